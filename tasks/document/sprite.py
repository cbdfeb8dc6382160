"""Images of a program's own: those that scripts name, and symbols that `<use>` takes from another file.

A browser refuses `<use href="data:…">`, so such a file stands in the page itself, out of sight, its ids prefixed with
its name: `icons.svg#sun` becomes `#icons.svg#sun`, and no id of the page is taken.
"""

import re
from collections.abc import Iterator

from tasks.document.code import Code
from tasks.document.parts import Edit, Part
from tasks.document.reference import data_url, find
from tasks.document.tags import scan
from tasks.record import Program

_PROLOG = re.compile(r"<\?.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>|<!--.*?-->", re.S | re.I)
_LOCAL = re.compile(r"url\(\s*([\"']?)#")
_HIDDEN = 'style="position:absolute;width:0;height:0;visibility:hidden" aria-hidden="true"'


def asset_edits(program: Program, code: Code, base: str | None) -> Iterator[Edit]:
    """The strings of a script that name an image of the program's, or hold markup or CSS that does."""
    images = [file.filename for file in program.files if file.filename.endswith(".svg")]
    if not images or base is None:
        return
    choice = "|".join(re.escape(name) for name in sorted(images, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w./#-])(?P<reference>(?:\./|/)?(?:{choice}))(?:(?P<symbol>#)|(?![\w./-]))")
    for fragment in code.fragments:
        for match in pattern.finditer(fragment.value):
            own = find(program, match["reference"], base)
            alone = match.start() == 0 and (match["symbol"] or match.end() == len(fragment.value))
            if own is None or not (alone or "<" in fragment.value or "url(" in fragment.value):
                continue
            new = f"#{own.name}#" if match["symbol"] else data_url(own.name, program.text(own.name) or "")
            yield fragment.start + match.start(), fragment.start + match.end(), (Part(new),)


def named_symbols(program: Program, code: Code, base: str | None) -> Iterator[str]:
    """Files whose symbols a script names."""
    for _, _, parts in asset_edits(program, code, base):
        if parts[0].text.startswith("#"):
            yield parts[0].text[1:-1]


def sprite(name: str, text: str) -> str:
    """A file of symbols as an element of the page that is not seen."""
    text = _PROLOG.sub("", text.removeprefix("\ufeff")).strip()
    edits: list[tuple[int, int, str]] = []
    for tag in scan(text).tags:
        for attribute in tag.attributes.values():
            start, end = attribute.inner
            if attribute.name == "id":
                edits.append((start, start, f"{name}#"))
            elif attribute.name in ("href", "xlink:href") and attribute.value.startswith("#"):
                edits.append((start, start + 1, f"#{name}#"))
            elif "url(" in attribute.value:
                edits.append((start, end, _LOCAL.sub(rf"url(\1#{name}#", text[start:end])))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return f"<svg {_HIDDEN}>{text}</svg>"
