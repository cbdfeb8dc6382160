"""Accepted ladders as the evals take them: four texts in their public order, and beside them the truth."""

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from pydantic import ValidationError

from tasks.check import Check
from tasks.errors import BadInput
from tasks.record import FAMILIES, Edit, Family, Problem, Program, task_id_of
from tasks.shard.read import need_tasks, read_side

MOST_TRIES = 64
"""Ways of undoing edits that are looked at where the text at a site stands more than once on its line."""


@dataclass(frozen=True)
class Rung:
    """One of four versions."""

    completion_id: str
    program: Program
    filenames: tuple[str, ...]
    """In the order of the shard; a program sorts them."""
    rank: int
    """0 best .. 3 worst."""
    q: float
    parts: dict[Family, float]
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Quad:
    """One accepted ladder."""

    task_id: str
    run_id: str
    problem: Problem
    rungs: tuple[Rung, ...]
    """In their public order, which says nothing."""
    completion_tokens: int

    @property
    def ranks(self) -> tuple[int, ...]:
        """Of the four texts, in their public order."""
        return tuple(rung.rank for rung in self.rungs)

    @property
    def checks(self) -> tuple[Check, ...]:
        """The problem's."""
        return self.problem.checks

    @property
    def ordered(self) -> tuple[Rung, ...]:
        """Best to worst."""
        return tuple(sorted(self.rungs, key=lambda rung: rung.rank))

    @cached_property
    def origin(self) -> "Origin | None":
        """The program that the versions were made from, or None if their edits can't be undone beyond doubt: the
        task's id is a hash of it."""
        first = self.rungs[0]
        for origin in undone(first.program, first.edits):
            if task_id_of(self.problem, origin.program) == self.task_id:
                return origin
        return None


@dataclass(frozen=True)
class Origin:
    """A program with its edits undone, and where they were."""

    program: Program
    places: tuple[int, ...]
    """Offset of each edit's `before` in its file, in the order in which the edits were given."""


def load_quads(dataset: str, ladders: int) -> list[Quad]:
    """The first so many ladders of a dataset, shards in the order of their names.

    Raises:
        BadInput: there is no ladder, or a row is not what a ladder's row is.
    """
    need_tasks(dataset)
    private = {row["task_id"]: row for row in read_side(dataset, "private").to_pylist()}
    public = read_side(dataset, "public").slice(0, ladders).to_pylist()
    return [_quad(row, private[row["task_id"]]) for row in public]


def undone(version: Program, edits: tuple[Edit, ...]) -> list[Origin]:
    """The programs that a version may have been made from, the likeliest first; mostly one.

    Menus are taken out, and then edits undone from top to bottom, so that each stands on the line that it had in the
    original.
    """
    ways: list[list[_Way]] = []
    for file in version.files:
        text = file.content
        mine = [(place, edit) for place, edit in enumerate(edits) if edit.file == file.filename]
        for _, edit in mine:
            text = text.replace(edit.menu, "", 1) if edit.menu else text
        ways.append(_undo(text, sorted(mine, key=lambda pair: pair[1].line)))
    names = [file.filename for file in version.files]
    found = []
    for way, _ in zip(product(*ways), range(MOST_TRIES), strict=False):
        places = {place: at for _, some in way for place, at in some.items()}
        program = Program.of((name, text) for name, (text, _) in zip(names, way, strict=True))
        found.append(Origin(program, tuple(places[place] for place in sorted(places))))
    return found


_Way = tuple[str, dict[int, int]]
"""A text so far, and where the edits that are undone were in it."""


def _undo(text: str, edits: list[tuple[int, Edit]]) -> list[_Way]:
    """Every way to undo edits that stand in the order of their lines."""
    ways: list[_Way] = [(text, {})]
    behind = [0]
    for place, edit in edits:
        further, ends = [], []
        for (so_far, places), end in zip(ways, behind, strict=True):
            for at in _places(so_far, edit, end):
                undone = so_far[:at] + edit.before + so_far[at + len(edit.after) :]
                further.append((undone, {**places, place: at}))
                ends.append(at + len(edit.before))
        ways, behind = further[:MOST_TRIES], ends[:MOST_TRIES]
    return ways


def _places(text: str, edit: Edit, behind: int) -> list[int]:
    """Where the edit's text begins, on its line if it is there; anywhere behind the last edit otherwise."""
    found, at = [], text.find(edit.after, behind)
    while at >= 0 and edit.after:
        found.append(at)
        at = text.find(edit.after, at + 1)
    on_line = [at for at in found if text.count("\n", 0, at) + 1 == edit.line]
    return on_line or found


def _quad(public: dict[str, Any], private: dict[str, Any]) -> Quad:
    told = {rung["completion_id"]: rung for rung in private["ladder"]}
    try:
        return Quad(
            task_id=public["task_id"],
            run_id=private["run_id"],
            problem=Problem.model_validate_json(private["problem"]),
            rungs=tuple(_rung(completion, told[completion["completion_id"]]) for completion in public["completions"]),
            completion_tokens=private["completion_tokens"],
        )
    except (ValidationError, ValueError, KeyError) as error:
        raise BadInput(f"Task {public['task_id']} is not a ladder as this dojo writes them: {error!r:.200}.") from error


def _rung(completion: dict[str, Any], told: dict[str, Any]) -> Rung:
    return Rung(
        completion_id=completion["completion_id"],
        program=Program.of((file["filename"], file["content"]) for file in completion["files"]),
        filenames=tuple(file["filename"] for file in completion["files"]),
        rank=told["rank"],
        q=told["q"],
        parts={family: told[f"q_{family}"] for family in FAMILIES},
        edits=tuple(Edit.model_validate(edit) for edit in json.loads(told["edits"])),
    )
