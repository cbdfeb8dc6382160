"""A text made of pieces that know where in the author's files they come from."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tasks.record import Program

_LINE_END = re.compile(r"\r\n?")


@dataclass(frozen=True)
class Part:
    """A piece of a text. With a `file` it is the author's, verbatim; without, it was put in."""

    text: str
    file: str = ""
    at: int = 0
    """Offset of its first character in the author's file."""


Parts = tuple[Part, ...]
Edit = tuple[int, int, Parts]
"""Start and end of what is replaced, and what stands there instead; with equal ends it is put in."""


@dataclass(frozen=True)
class Unit:
    """One script as the engine compiles it."""

    name: str
    """What its `sourceURL` says; empty for a script that stands in the author's HTML."""
    parts: Parts
    url: str = ""
    """The address it is loaded from, where it is not text in the page."""
    held: bool = False
    """Whether a starter begins it."""


def verbatim(file: str, text: str, at: int = 0) -> Parts:
    """A stretch of an author's file that begins at `at`, its line ends as a parser reads them (LF)."""
    parts, done = [], 0
    for end in _LINE_END.finditer(text):
        parts.append(Part(text[done : end.start()], file, at + done))
        parts.append(Part("\n", file, at + end.start()))
        done = end.end()
    return (*parts, Part(text[done:], file, at + done))


def edited(file: str, text: str, edits: Iterable[Edit], at: int = 0) -> Parts:
    """A stretch of an author's file with pieces replaced; an edit inside another is left out."""
    parts: list[Part] = []
    done = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < done:
            continue
        parts += (*verbatim(file, text[done:start], at + done), *new)
        done = end
    return (*parts, *verbatim(file, text[done:], at + done))


def whole(program: Program, name: str) -> tuple[str, int]:
    """A file's text without its byte order mark, and the offset at which it begins."""
    text = program.text(name) or ""
    return (text[1:], 1) if text.startswith("\ufeff") else (text, 0)


def replaced(parts: Parts, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Parts:
    """The same pieces, with each match inside one of them replaced."""
    found: list[Part] = []
    for part in parts:
        done = 0
        for match in pattern.finditer(part.text):
            found.append(Part(part.text[done : match.start()], part.file, part.at + done))
            found.append(Part(new(match)))
            done = match.end()
        found.append(Part(part.text[done:], part.file, part.at + done))
    return tuple(found)


def joined(parts: Iterable[Part]) -> str:
    """The text."""
    return "".join(part.text for part in parts)
