"""Which attributes of a page's tags name files, and what a browser takes a script element for."""

import re

from tasks.document.reference import folder_of, resolve
from tasks.document.tags import Attribute, Tag

_CLASSIC = frozenset(
    {
        *(f"{kind}/{name}" for kind in ("application", "text") for name in ("ecmascript", "javascript")),
        *(f"{kind}/x-{name}" for kind in ("application", "text") for name in ("ecmascript", "javascript")),
        *(f"text/javascript1.{n}" for n in range(6)),
        *("text/jscript", "text/livescript"),
    }
)
"""JavaScript MIME types (MIME Sniffing Standard, 4.6)."""
_URLS = ("src", "href", "xlink:href", "poster", "background", "data")
SETS = ("srcset", "imagesrcset")
_CANDIDATE = re.compile(r"[\s,]*(\S+)")


def script_kind(tag: Tag) -> str:
    """What a browser takes a script element for: classic, module, importmap or data."""
    if tag.name != "script":
        return ""
    given, language = tag.get("type"), tag.get("language")
    if given is None and language:
        given = f"text/{language}"
    kind = (given or "").strip("\t\n\f\r ").lower() if given else "text/javascript"
    if kind in _CLASSIC:
        return "classic"
    return kind if kind in ("module", "importmap") else "data"


def refers(tag: Tag, attribute: Attribute) -> bool:
    """Whether a browser fetches what the attribute names, or would on a click that saves it."""
    if attribute.name in SETS:
        return True
    if attribute.name not in _URLS or tag.name in ("base", "iframe", "frame"):
        return False
    if tag.name in ("a", "area"):
        return attribute.name == "href" and "download" in tag.attributes
    if tag.name == "script":
        named = ("href", "xlink:href") if tag.foreign else ("src",)
        return attribute.name in named and script_kind(tag) in ("classic", "module")
    return attribute.name != "data" or tag.name == "object"


def addresses(attribute: Attribute) -> list[str]:
    """What such an attribute names."""
    if attribute.name in SETS:
        return [attribute.value[start:end] for start, end in candidates(attribute.value)]
    return [attribute.value]


def candidates(value: str) -> list[tuple[int, int]]:
    """Where the addresses of a `srcset` stand."""
    found, at = [], 0
    while match := _CANDIDATE.match(value, at):
        url = match[1].rstrip(",")
        found.append((match.start(1), match.start(1) + len(url)))
        at = match.end()
        if url == match[1]:
            comma = value.find(",", at)
            at = comma + 1 if comma >= 0 else len(value)
    return found


def base_folder(tags: tuple[Tag, ...]) -> str | None:
    """The folder from which the page's references count; None if its base leads elsewhere."""
    given = next((href for tag in tags if tag.name == "base" and (href := tag.get("href")) is not None), None)
    if given is None or not given.strip() or given.strip().startswith(("#", "?")):
        return ""
    own = resolve(given.rstrip() + "x", "")
    return folder_of(own.name) if own else None
