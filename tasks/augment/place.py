"""Where a model's edit goes: a span found by its text, and what may stand there instead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.augment.syntax import Region, Tongue, read_regions
from tasks.record import Program

LONGEST = 1_200
"""Bytes of a span's text and of a wording: beyond that it is a rewrite, not an edit."""

_REACHING = re.compile(
    r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeerConnection|importScripts|(?:Shared)?Worker|"
    r"serviceWorker|eval|Function|localStorage|sessionStorage|indexedDB|cookie|cookieStore|caches|location|import)\b"
)
"""Words of the network, of storage and of evaluated text. Not a guard: the versions pass diagnosis and run in the
prison. It spares the renders."""
_ADDRESS = re.compile(r"(?i)\b(?:(?:https?|wss?|ftp|file)://|javascript:|data:\w+/)|\burl\(")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff]")
"""Control characters, lone surrogates and private letters: nothing that a page's text needs."""
_ENDS = re.compile(r"(?i)</(?:script|style)|<!--|<script")


@dataclass(frozen=True)
class Place:
    """A span of a file. Offsets are in bytes of its UTF-8 text."""

    program: Program
    file: str
    start: int
    end: int
    line: int
    """From 1."""
    tongue: Tongue

    def overlaps(self, other: "Place") -> bool:
        """Whether the two can't be edited independently; places that touch can't."""
        return self.file == other.file and self.start <= other.end and other.start <= self.end

    def refuses(self, wording: str) -> str:
        """Why a wording can't stand here, as the end of a sentence; empty if it can."""
        if reason := _unfit(wording):
            return reason
        source = (self.program.text(self.file) or "").encode()
        known = source[self.start : self.end].decode()
        if self.tongue != "markup" and _ENDS.search(wording):
            return "would end the script or style sheet"
        if set(_REACHING.findall(wording)) - set(_REACHING.findall(known)):
            return "reaches outside the page"
        if set(_ADDRESS.findall(wording)) - set(_ADDRESS.findall(known)):
            return "holds an address"
        changed = source[: self.start] + wording.encode() + source[self.end :]
        if _readable(self.program.replaced(self.file, changed.decode())) != _readable(self.program):
            return "leaves a file that can't be parsed"
        return ""


def find_place(program: Program, regions: Sequence[Region], file: str, find: str) -> Place | str:
    """The span that a text names, or why there is none, as the end of a sentence. `regions`: those of the program."""
    content = program.text(file)
    if content is None:
        return f"there is no such file; the files are {', '.join(f.filename for f in program.files)}"
    if not find.strip():
        return "the text is empty"
    if reason := _unfit(find):
        return f"the text {reason}"
    source, wanted = content.encode(), find.encode()
    at = source.find(wanted)
    if at < 0:
        return "the text does not occur in the file"
    if source.find(wanted, at + 1) >= 0:
        return "the text occurs more than once in the file"
    end = at + len(wanted)
    inside = [
        region
        for region in regions
        if region.file == file and region.offset <= at and end <= region.offset + len(region.text)
    ]
    if not inside:
        return "the text stands in no file that can be parsed"
    innermost = max(inside, key=lambda region: region.offset)
    return Place(program, file, at, end, 1 + source.count(b"\n", 0, at), innermost.tongue)


def _readable(program: Program) -> list[tuple[str, Tongue]]:
    return [(region.file, region.tongue) for region in read_regions(program)]


def _unfit(text: str) -> str:
    if _UNSEEN.search(text):
        return "holds characters that nobody sees"
    return f"is longer than {LONGEST:,} bytes" if len(text.encode()) > LONGEST else ""
