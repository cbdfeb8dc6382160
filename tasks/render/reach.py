"""Which parts of a program's scripts ran while a check was made: V8's block coverage, in the author's own files."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from tasks.record import Program, SourceFile, Span
from tasks.render.serve import PAGE_URL

_INLINE = re.compile(r"<script\b[^>]*>(.*?)</script\s*>", re.I | re.S)
_TAIL = len("\n//# sourceURL=\n")
"""What the bundle adds to a script, besides its name."""


def ran(coverage: Sequence[dict[str, Any]], program: Program) -> tuple[Span, ...]:
    """The parts that ran at least once, in the order of the files and of the text.

    `coverage` is the `result` of Profiler.takePreciseCoverage: of a script its functions, of a function its blocks,
    outer before inner; the innermost block's count holds. The scripts that stand in the HTML all have the page's
    address and are told apart by their length. What can't be told has run.
    """
    spans: list[Span] = []
    for file in program.files:
        counts = _inline(file, coverage) if file.filename.endswith(".html") else _linked(file, coverage)
        at = 0
        for alive, run in groupby(counts, bool):
            end = at + sum(1 for _ in run)
            if alive:
                spans.append(_in_bytes(file.filename, file.content, at, end))
            at = end
    return tuple(spans)


def _linked(file: SourceFile, coverage: Iterable[dict[str, Any]]) -> list[int]:
    """Of each UTF-16 unit of a script of its own, how often it ran."""
    length = _units(file.content)
    counts = [0] * length
    for script in coverage:
        if script["url"] == file.filename:
            whole = _end(script) in (length, length + _TAIL + _units(file.filename))
            here = _painted(script["functions"], length) if whole else [1] * length
            counts = [max(a, b) for a, b in zip(counts, here, strict=True)]
    return counts


def _inline(file: SourceFile, coverage: Iterable[dict[str, Any]]) -> list[int]:
    """Of each UTF-16 unit of a page, how often it ran; nothing outside its scripts does."""
    places = [(_units(file.content[: m.start(1)]), _units(m[1])) for m in _INLINE.finditer(file.content)]
    counts = [0] * _units(file.content)
    told, strange = set(), False
    for script in coverage:
        if script["url"] != PAGE_URL:
            continue
        mine = [place for place in places if place[1] == _end(script)]
        strange = strange or not mine
        told.update(mine)
        for start, length in mine:
            here = _painted(script["functions"], length)
            counts[start : start + length] = [
                max(a, b) for a, b in zip(counts[start : start + length], here, strict=True)
            ]
    for start, length in places if strange else ():
        if (start, length) not in told:
            counts[start : start + length] = [1] * length
    return counts


def _end(script: dict[str, Any]) -> int:
    return max((block["endOffset"] for function in script["functions"] for block in function["ranges"]), default=0)


def _painted(functions: Iterable[dict[str, Any]], length: int) -> list[int]:
    blocks = [block for function in functions for block in function["ranges"]]
    counts = [0] * length
    for block in sorted(blocks, key=lambda block: block["startOffset"] - block["endOffset"]):
        start, end = block["startOffset"], min(block["endOffset"], length)
        counts[start:end] = [block["count"]] * max(0, end - start)
    return counts


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _in_bytes(name: str, content: str, start: int, end: int) -> Span:
    units = content.encode("utf-16-le")
    before, inside = units[: 2 * start], units[2 * start : 2 * end]
    first = len(before.decode("utf-16-le", "replace").encode())
    return Span(file=name, start=first, end=first + len(inside.decode("utf-16-le", "replace").encode()))
