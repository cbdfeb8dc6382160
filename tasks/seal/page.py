"""Versions made into one sealed page, and a sealed page opened again.

The document is written while the page is parsed. It is cut before the end tag of each script that the parser runs, and
the sealed page's own text supplies that tag: so no code of ours is on the stack when a script of the page runs, and
what waits behind it (microtasks) runs when it does in the natural page.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tasks.document.tags import scan
from tasks.errors import BadInput
from tasks.record import Seal
from tasks.seal.align import aligned, common_head
from tasks.seal.mixing import NONCE, ROUNDS, streams

FORMAT = 1
LEAST_SITES = 32
"""Digits of a key for sites, if there are fewer of them."""
MOST_ALTERNATIVES = 16

_TAG = r"(?:[^>\"']|\"[^\"]*\"|'[^']*')*>"
_SPACE = r"(?:[\t\n\f\r ]|<!--(?!>|->)(?:(?!--).)*-->)*"
_OPENING = re.compile(
    rf"{_SPACE}(?:<!doctype(?=[\s>]){_TAG}{_SPACE})?(?:<html(?=[\s>]){_TAG}{_SPACE}(?:<head(?=[\s>]){_TAG})?)?",
    re.I | re.S,
)
_END = "</script>"
_META = '<meta charset="utf-8">'
_BEGIN = f"<script>/* dojo seal {FORMAT} */"
_DATA, _KEY = "const pieces=", 'const key="'
_CODE = (Path(__file__).parent / "loader.js").read_text("utf-8")


class Unsealable(Exception):
    """The construction can't hold the page; the text says why, in short."""


class Opened(NamedTuple):
    """What stands in a sealed page."""

    prefix: str
    pieces: list[list[str | list[str]]]
    """Parts of the document: text, or the alternatives of a site; an end tag of a script goes between two pieces."""
    key: str


def seal(pages: Sequence[str]) -> Seal:
    """The sealed page of some versions, bundled, best first.

    Which alternatives a site has tells nothing of the versions, nor does their order: it is that of their hashes.

    Raises:
        Unsealable: the versions have different numbers of scripts that the parser runs, there is a site with more than
            16 alternatives, or a page poses as a sealed one.
    """
    pages = [page.replace("\r\n", "\n").replace("\r", "\n") for page in pages]
    if any("/* dojo seal " in page for page in pages):
        raise Unsealable("a page poses as a sealed one")
    prefix = _prefix(pages)
    cut = [_cut(page, len(prefix)) for page in pages]
    if len({len(pieces) for pieces in cut}) > 1:
        raise Unsealable("the versions have different numbers of scripts")
    pieces: list[list[str | list[str]]] = []
    choices: list[list[int]] = [[] for _ in pages]
    for texts in zip(*cut, strict=True):
        parts: list[str | list[str]] = []
        for part in aligned(texts):
            parts.append(part if isinstance(part, str) else _offered(part, choices))
        pieces.append(parts)
    page = _written(prefix, pieces, "0" * digits_for(choices[0]))
    made = Seal(format=FORMAT, page=page, choices=tuple(tuple(own) for own in choices))
    written = _read(page)
    for own, chosen in zip(cut, made.choices, strict=True):
        if _shown(written, chosen) != prefix + _END.join(own):
            raise Unsealable("a version can't be told from its sealed text")
    return made


def key_in(text: str) -> str:
    """The key of a sealed page.

    Raises:
        BadInput: it is none, or of another format.
    """
    return _read(text).key


def opened(text: str) -> str:
    """The document that a sealed page writes: the natural version, bundled.

    Raises:
        BadInput: the page is not sealed, of another format, or its key is damaged.
    """
    page = _read(text)
    chosen = chosen_by(page.key)
    for site, part in enumerate(part for piece in page.pieces for part in piece if isinstance(part, list)):
        if chosen[site] >= len(part):
            raise BadInput("The key of the sealed page is damaged; take the copy as it was given out.")
    return _shown(page, chosen)


def chosen_by(key: str) -> list[int]:
    """The alternatives that a key chooses, site by site, and numbers without meaning behind the last site."""
    stream = streams([key[:NONCE]], len(key) - NONCE)[0]
    return [int(digit, 16) ^ int(own) for digit, own in zip(key[NONCE:], stream, strict=True)]


def with_key(seal: Seal, key: str) -> str:
    """A sealed page with this key."""
    return seal.page.replace(f'{_KEY}{"0" * len(key)}"', f'{_KEY}{key}"', 1)


def digits_for(choice: Sequence[int]) -> int:
    """Hex digits of a key that holds so many sites' alternatives."""
    return NONCE + max(LEAST_SITES, len(choice))


def _prefix(pages: Sequence[str]) -> str:
    """What the parser may read before our script is there."""
    found = _OPENING.match(pages[0][: common_head(pages)])
    return found[0] if found else ""


def _cut(page: str, start: int) -> list[str]:
    """The page's text from `start`, in pieces that end where the end tag of a script has to follow."""
    pieces, done = [], start
    for tag in scan(page).tags:
        if tag.name == "script" and tag.closed and not tag.inert and not tag.foreign:
            pieces.append(page[done : tag.content])
            done = tag.close
    return [*pieces, page[done:]]


def _offered(texts: tuple[str, ...], choices: list[list[int]]) -> list[str]:
    """The alternatives of a site; what each version takes is added to its choices."""
    offered = sorted(set(texts), key=lambda text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    if len(offered) > MOST_ALTERNATIVES:
        raise Unsealable(f"a site has {len(offered)} alternatives")
    for own, text in zip(choices, texts, strict=True):
        own.append(offered.index(text))
    return offered


def _written(prefix: str, pieces: Sequence[Sequence[str | list[str]]], key: str) -> str:
    data = json.dumps(pieces, ensure_ascii=False, separators=(",", ":"))
    data = re.sub(r"<(?=!|script)", r"\\u003c", data.replace("</", "<\\/"), flags=re.I)
    name = "s" + hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:15]
    code = _CODE.replace("%ROUNDS%", str(ROUNDS)).replace("%NAME%", name).strip()
    code = code.replace("%KEY%", key).replace("%PIECES%", data)
    tail = f"</script><script>{name}()</script>" * (len(pieces) - 1)
    return f"{prefix}{_META}{_BEGIN}{code}</script>{tail}"


def _read(text: str) -> Opened:
    at = text.find(_BEGIN)
    if at < 0:
        found = re.search(r"<script>/\* dojo seal (\d+) \*/", text)
        if found:
            raise BadInput(
                f"The page is sealed in format {found[1]}, this dojo reads format {FORMAT}; use the one that made it."
            )
        raise BadInput("The page is not a sealed one of dojo's; give a copy as it was given out.")
    try:
        pieces, end = json.JSONDecoder().raw_decode(text, text.index(_DATA, at) + len(_DATA))
        begin = text.index(_KEY, end) + len(_KEY)
        key = text[begin : text.index('"', begin)]
    except ValueError:
        raise BadInput("The sealed page is damaged; take the copy as it was given out.") from None
    if not re.fullmatch(rf"[0-9a-f]{{{NONCE + LEAST_SITES},}}", key):
        raise BadInput("The key of the sealed page is damaged; take the copy as it was given out.")
    return Opened(text[:at].removesuffix(_META), pieces, key)


def _shown(page: Opened, chosen: Sequence[int]) -> str:
    """The document with these choices; between pieces stands the end tag that the page supplies."""
    site = iter(chosen)
    texts = ["".join(part if isinstance(part, str) else part[next(site)] for part in piece) for piece in page.pieces]
    return page.prefix + _END.join(texts)
