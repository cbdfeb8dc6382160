"""Which parts of a program's scripts ran while a check was made: V8's block coverage, in the author's own files."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from tasks.record import Program, Span


def ran(coverage: Iterable[dict[str, Any]], program: Program) -> tuple[Span, ...]:
    """The parts that ran at least once, in the order of the files and of the text.

    `coverage` is the `result` of Profiler.takePreciseCoverage: of a script its functions, of a function its blocks,
    outer before inner; the innermost block's count holds. A file that can't be told from another, or that the bundle
    had to change, has no spans.
    """
    spans: list[Span] = []
    for file in program.files:
        length = len(file.content.encode("utf-16-le")) // 2
        counts = [0] * length
        for script in coverage:
            if script["url"] == file.filename:
                here = _painted(script["functions"], length)
                counts = [max(a, b) for a, b in zip(counts, here, strict=True)]
        at = 0
        for alive, run in groupby(counts, bool):
            end = at + sum(1 for _ in run)
            if alive:
                spans.append(_in_bytes(file.filename, file.content, at, end))
            at = end
    return tuple(spans)


def _painted(functions: Iterable[dict[str, Any]], length: int) -> list[int]:
    blocks = [block for function in functions for block in function["ranges"]]
    counts = [0] * length
    for block in sorted(blocks, key=lambda block: block["startOffset"] - block["endOffset"]):
        start, end = block["startOffset"], min(block["endOffset"], length)
        counts[start:end] = [block["count"]] * max(0, end - start)
    return counts


def _in_bytes(name: str, content: str, start: int, end: int) -> Span:
    units = content.encode("utf-16-le")
    before, inside = units[: 2 * start], units[2 * start : 2 * end]
    first = len(before.decode("utf-16-le", "replace").encode())
    return Span(file=name, start=first, end=first + len(inside.decode("utf-16-le", "replace").encode()))
