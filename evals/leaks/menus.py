"""What a reader gets who follows references: each `TABLE[2]` becomes the table's entry, each `var(--name)` its value.

It reads the text alone. Only what can be had by looking is put in: entries of a constant array that is written out at a
script's top level, of an array that is keyed on the spot, and custom properties that `:root` declares once. Nothing is
run.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from tree_sitter import Node

from tasks.augment.syntax import Region, read_regions, walk
from tasks.record import Program

_VAR = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,[^()]*)?\)")
_ROUNDS = 3
"""An entry may hold a reference itself."""


def resolved(program: Program) -> Program:
    """The program with the references written out that a reader can follow."""
    for _ in range(_ROUNDS):
        further = _properties_in(_entries_in(program))
        if further == program:
            break
        program = further
    return program


def standing(entry: str) -> str:
    """A script's text as it can stand in the place of a reference: a function in brackets, so that it can be called."""
    return f"({entry})" if "=>" in entry or entry.startswith("function") else entry


def _entries_in(program: Program) -> Program:
    regions = [region for region in read_regions(program) if region.tongue == "script"]
    tables: dict[str, list[str]] = {}
    for region in regions:
        tables.update(_tables(region))
    cuts: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for region in regions:
        end = 0
        for start, behind, entry in _looked_up(region, tables):
            if start >= end:
                cuts[region.file].append((region.offset + start, region.offset + behind, standing(entry)))
                end = behind
    return _cut(program, cuts)


def _tables(region: Region) -> Iterator[tuple[str, list[str]]]:
    for statement in region.root.named_children:
        if statement.type != "lexical_declaration" or not region.read(statement).startswith("const"):
            continue
        for declarator in statement.named_children:
            name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            if name is not None and value is not None and value.type == "array":
                yield region.read(name), _entries(region, value)


def _entries(region: Region, array: Node) -> list[str]:
    return [region.read(entry) for entry in array.named_children if entry.type != "comment"]


def _looked_up(region: Region, tables: dict[str, list[str]]) -> Iterator[tuple[int, int, str]]:
    for node in walk(region.root):
        if node.type != "subscript_expression":
            continue
        table, key = node.child_by_field_name("object"), node.child_by_field_name("index")
        if table is None or key is None or key.type != "number" or not region.read(key).isdigit():
            continue
        entries = _entries(region, table) if table.type == "array" else tables.get(region.read(table), [])
        place = int(region.read(key))
        if place < len(entries):
            yield node.start_byte, node.end_byte, entries[place]


def _properties_in(program: Program) -> Program:
    declared: dict[str, list[str]] = defaultdict(list)
    for region in read_regions(program):
        if region.tongue == "style":
            for name, value in _root_properties(region):
                declared[name].append(value)
    values = {name: found[0] for name, found in declared.items() if len(found) == 1}

    def value_of(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return match[0] if value is None or f"var({match[1]}" in value else value

    return Program.of((file.filename, _VAR.sub(value_of, file.content)) for file in program.files)


def _root_properties(region: Region) -> Iterator[tuple[str, str]]:
    for rule in region.root.named_children:
        if rule.type != "rule_set" or region.read(rule).partition("{")[0].strip() != ":root":
            continue
        for node in walk(rule):
            if node.type == "declaration":
                name, _, value = region.read(node).partition(":")
                if name.strip().startswith("--"):
                    yield name.strip(), value.strip().rstrip(";").strip()


def _cut(program: Program, cuts: dict[str, list[tuple[int, int, str]]]) -> Program:
    files = []
    for file in program.files:
        data = file.content.encode()
        for start, end, text in sorted(cuts.get(file.filename, []), reverse=True):
            data = data[:start] + text.encode() + data[end:]
        files.append((file.filename, data.decode("utf-8", "replace")))
    return Program.of(files)
