"""`dojo prompts`: the prompts, who answers them, and where they are asked."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.model.prompt import PromptBook
from tasks.record import Record
from tasks.settings import ROOT

if TYPE_CHECKING:
    from evals.paper import Table

ASKING = ("tasks", "evals", "flows")
"""Folders whose code asks models."""


@dataclass(frozen=True)
class Use:
    """A call in the code that names a prompt."""

    file: str
    """From the project's folder."""
    line: int
    kind: str
    """Name of the record that the answer is asked for as; empty if the call does not name one."""

    @property
    def place(self) -> str:
        """As editors take it."""
        return f"{self.file}:{self.line}"


class Listed(Record):
    """One prompt, as it is in effect."""

    name: str
    role: str
    revision: int | None
    """The number that its author gave it."""
    version: str
    """The hash that goes into records."""
    schema_name: str
    """Dotted name of the record that the answer becomes."""
    places: tuple[str, ...]
    """Where it is asked, `tasks/problem/author.py:54`."""
    overridden: bool


def list_prompts(folder: Path | None) -> tuple[Listed, ...]:
    """All prompts by name. `folder`: its files stand in for ours, as with `dojo generate --prompts`.

    Raises:
        BadInput: a prompt is not in the form, or stands in for none of ours.
    """
    book, uses = PromptBook(folder), find_uses()
    return tuple(
        Listed(
            name=prompt.name,
            role=prompt.role,
            revision=prompt.revision,
            version=prompt.version,
            schema_name=prompt.schema,
            places=tuple(use.place for use in uses.get(prompt.name, ())),
            overridden=book.overrides(prompt.name),
        )
        for prompt in map(book.load, book.names)
    )


@cache
def find_uses() -> dict[str, tuple[Use, ...]]:
    """Every call `….ask("name", data, Kind)` in the code, by the prompt's name, in the order of files and lines."""
    found = defaultdict(list)
    for folder in ASKING:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for name, use in _uses_in(path):
                found[name].append(use)
    return {name: tuple(uses) for name, uses in found.items()}


def prompts_table(listed: tuple[Listed, ...]) -> "Table":
    """For people."""
    from evals.paper import Table

    rows = tuple(
        (
            one.name + (" *" if one.overridden else ""),
            one.role,
            "-" if one.revision is None else str(one.revision),
            one.version,
            one.schema_name or "-",
            ", ".join(one.places) or "nowhere",
        )
        for one in listed
    )
    note = "* stands in for ours" if any(one.overridden for one in listed) else ""
    return Table("Prompts", ("prompt", "role", "version", "hash", "schema", "asked in"), rows, note)


def _uses_in(path: Path) -> Iterator[tuple[str, Use]]:
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "ask"):
            continue
        first = node.args[0] if node.args else None
        name = constants.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
        if isinstance(name, str) and name in PromptBook().names:
            kind = node.args[2] if len(node.args) > 2 else None
            yield (
                name,
                Use(path.relative_to(ROOT).as_posix(), node.lineno, kind.id if isinstance(kind, ast.Name) else ""),
            )
