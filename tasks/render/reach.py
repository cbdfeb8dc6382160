"""Which parts of a program's scripts ran while a check was made: V8's block coverage, in the author's own files."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from tasks.document.assembly import assemble
from tasks.document.parts import Part, Unit, joined
from tasks.document.tags import scan
from tasks.record import Program, SourceFile, Span
from tasks.render.serve import PAGE_URL


def ran(coverage: Sequence[dict[str, Any]], program: Program) -> tuple[Span, ...]:
    """The parts that ran at least once, in the order of the files and of the text.

    `coverage` is the `result` of Profiler.takePreciseCoverage: of a script its functions, of a function its blocks,
    outer before inner; the innermost block's count holds. The scripts that stand in the HTML all have the page's
    address and are told apart by their length. What can't be told has run.
    """
    units = [*assemble(program).units, *(Unit(f.filename, (Part(f.content, f.filename),)) for f in program.files)]
    counts = {file.filename: [0] * len(file.content) for file in program.files}
    strange: set[str] = set()
    told: list[Unit] = []
    for script in coverage:
        name = "" if script["url"] == PAGE_URL else script["url"]
        mine = [unit for unit in units if unit.name == name and _units(joined(unit.parts)) == _end(script)]
        if not mine:
            strange.add(name)
        for unit in mine:
            _note(counts, unit, _painted(script["functions"], joined(unit.parts)))
        told += mine
    for file in program.files:
        if file.filename in strange:
            counts[file.filename] = [1] * len(file.content)
        elif file.filename.endswith(".html") and "" in strange:
            _note_untold(counts[file.filename], file, [unit for unit in told if not unit.name])
    return tuple(span for file in program.files for span in _spans(file, counts[file.filename]))


def _note(counts: dict[str, list[int]], unit: Unit, painted: list[int]) -> None:
    """Take over how often each character of a unit ran into the files that it comes from."""
    at = 0
    for part in unit.parts:
        if part.file in counts:
            here, end = counts[part.file], part.at + len(part.text)
            here[part.at : end] = map(max, here[part.at : end], painted[at : at + len(part.text)])
        at += len(part.text)


def _note_untold(counts: list[int], file: SourceFile, told: list[Unit]) -> None:
    """Where a script ran that can't be told from others, every script of the page that did not show itself has run."""
    known = {part.at for unit in told for part in unit.parts if part.file == file.filename}
    for tag in scan(file.content).tags:
        if tag.name == "script" and tag.end not in known:
            counts[tag.end : tag.content] = [1] * (tag.content - tag.end)


def _spans(file: SourceFile, counts: list[int]) -> Iterator[Span]:
    at = byte = 0
    for alive, run in groupby(counts, bool):
        end = at + sum(1 for _ in run)
        after = byte + len(file.content[at:end].encode("utf-8", "replace"))
        if alive:
            yield Span(file=file.filename, start=byte, end=after)
        at, byte = end, after


def _end(script: dict[str, Any]) -> int:
    return max((block["endOffset"] for function in script["functions"] for block in function["ranges"]), default=0)


def _painted(functions: Iterable[dict[str, Any]], text: str) -> list[int]:
    """Of each character of a script, how often it ran; the protocol counts UTF-16 units."""
    blocks = [block for function in functions for block in function["ranges"]]
    counts = [0] * _units(text)
    for block in sorted(blocks, key=lambda block: block["startOffset"] - block["endOffset"]):
        start, end = block["startOffset"], min(block["endOffset"], len(counts))
        counts[start:end] = [block["count"]] * max(0, end - start)
    if len(counts) == len(text):
        return counts
    at, found = 0, []
    for character in text:
        found.append(counts[at])
        at += 2 if ord(character) > 0xFFFF else 1
    return found


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
