"""A program's habits of formatting, and which of them an edit breaks."""

from collections import Counter
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from tasks.augment.syntax import MAX_NODES, Region, read_regions, walk
from tasks.record import Program

USUAL = 0.95
"""Share from which one way is the file's habit: a few exceptions are in every file."""
LEAST = 5
"""Occasions from which there is a habit."""
_UNITS = (8, 4, 2)
"""Columns of an indent that a file may go by, the widest first."""
_ENDED = frozenset(
    {
        *("expression_statement", "lexical_declaration", "variable_declaration", "return_statement", "throw_statement"),
        *("break_statement", "continue_statement"),
    }
)
"""Statements that end with a semicolon, or do without."""

Habits = Mapping[tuple[str, str], Counter[str]]
"""File and matter, e.g. quotes: how often each way is taken."""


def broken(clean: Program, edited: Program) -> tuple[str, ...]:
    """The matters in which the edited program goes against a habit of the clean one more often than the clean one does
    itself, sorted."""
    units = {file.filename: _unit(file.content) for file in clean.files}
    before, after = _habits(clean, units), _habits(edited, units)
    found = set()
    for (file, matter), ways in before.items():
        usual, count = ways.most_common(1)[0]
        total = ways.total()
        if total >= LEAST and count >= USUAL * total:
            now = after.get((file, matter), Counter())
            if now.total() - now[usual] > total - count:
                found.add(matter)
    return tuple(sorted(found))


def _habits(program: Program, units: Mapping[str, int]) -> Habits:
    found: dict[tuple[str, str], Counter[str]] = {}
    for file in program.files:
        for matter, way in _of_lines(file.content, units[file.filename]):
            found.setdefault((file.filename, matter), Counter())[way] += 1
    for region in read_regions(program):
        for node in walk(region.root, MAX_NODES):
            for matter, way in _of_node(node, region):
                found.setdefault((region.file, matter), Counter())[way] += 1
    return found


def _unit(text: str) -> int:
    """Columns that nearly all indents of spaces are multiples of."""
    columns = [len(line) - len(line.lstrip(" ")) for line in text.split("\n") if line.startswith(" ") and line.strip()]
    fitting = (unit for unit in _UNITS if sum(width % unit == 0 for width in columns) >= USUAL * len(columns))
    return next(fitting, 1) if columns else 1


def _of_lines(text: str, unit: int) -> Iterator[tuple[str, str]]:
    blank = False
    for line in text.split("\n")[:-1]:
        bare = line.rstrip("\r")
        yield "line ends", "CRLF" if bare != line else "LF"
        yield "space at a line's end", "some" if bare != bare.rstrip() and bare.strip() else "none"
        yield "blank lines", "two" if blank and not bare.strip() else "one at the most"
        blank = not bare.strip()
        indent = bare[: len(bare) - len(bare.lstrip())]
        if indent and bare.strip():
            yield "indent", "tab" if "\t" in indent else "odd" if len(indent) % unit else "whole"


def _of_node(node: Node, region: Region) -> Iterator[tuple[str, str]]:
    text = region.text[node.start_byte : node.end_byte]
    if node.type == "string" and region.tongue == "script":
        yield "quotes", text[:1].decode("utf-8", "replace")
    elif node.type == "quoted_attribute_value":
        yield "quotes of attributes", text[:1].decode("utf-8", "replace")
    elif node.type in _ENDED and region.tongue == "script":
        yield "semicolons", "with" if text.endswith(b";") else "without"
    elif node.type == "binary_expression" and (operator := node.child_by_field_name("operator")) is not None:
        around = region.text[operator.start_byte - 1 : operator.start_byte], region.text[operator.end_byte :][:1]
        yield "space round operators", "with" if all(one.isspace() for one in around) else "without"
    elif node.type == "declaration" and region.tongue == "style":
        yield "space behind a colon", "with" if text.partition(b":")[2][:1].isspace() else "without"
        yield "semicolons", "with" if text.endswith(b";") else "without"
