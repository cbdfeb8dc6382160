"""Which of a program's files a reference names, and a file as an address of its own."""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from tasks.record import Program

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", re.I)
_PLAIN = "-._~!*:/?=,;+@$"
"""What an address may hold that also needs no escape in an attribute, a style sheet, a string or a `srcset`."""
_TYPES = {
    "svg": "image/svg+xml", "css": "text/css", "js": "text/javascript", "mjs": "text/javascript",
    "json": "application/json", "webmanifest": "application/manifest+json", "html": "text/html", "vtt": "text/vtt",
    "xml": "text/xml", "csv": "text/csv",
}  # fmt: skip


@dataclass(frozen=True)
class Own:
    """A reference to a file of the program."""

    name: str
    fragment: str = ""
    """With its `#`; empty if there is none."""


def resolve(reference: str, folder: str | None) -> Own | None:
    """The file that a reference means, by the rules for relative addresses; None if it leads elsewhere or nowhere.

    `folder`: of the text that refers, as "" or "css/"; None if the page's base leads elsewhere.
    """
    path = re.sub(r"[\t\n\r]", "", reference.strip("\x00\t\n\f\r "))
    if folder is None or _ELSEWHERE.match(path):
        return None
    path, mark, fragment = path.partition("#")
    path = unquote(path.partition("?")[0]).replace("\\", "/")
    if not path:
        return None
    name = posixpath.normpath("/" + ("" if path.startswith("/") else folder) + path).lstrip("/")
    return None if not name or path.endswith("/") else Own(name, mark + fragment if fragment else "")


def find(program: Program, reference: str, folder: str | None) -> Own | None:
    """The same, if the program has the file."""
    own = resolve(reference, folder)
    return own if own and program.text(own.name) is not None else None


def folder_of(name: str) -> str:
    """The folder of a file, as `resolve` takes it."""
    return name[: name.rfind("/") + 1]


def media_type(name: str) -> str:
    """The type that a server would give, by the name's end."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "text/plain")


def data_url(name: str, text: str) -> str:
    """A file as a `data:` address without white space, quotes or brackets."""
    return (
        f"data:{media_type(name)};charset=utf-8,{quote(text.removeprefix(chr(0xFEFF)), safe=_PLAIN, errors='replace')}"
    )
