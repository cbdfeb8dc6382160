"""Accepted ladders as the evals take them: four sealed pages in their public order, and beside them the truth."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tasks.check import Check
from tasks.errors import BadInput
from tasks.record import FAMILIES, Edit, Family, Problem, Program
from tasks.shard.read import need_tasks, read_side

PAGE = "index.html"
"""The one file of a sealed version."""


@dataclass(frozen=True)
class Rung:
    """One of four versions, in both forms."""

    completion_id: str
    sealed: str
    """The page that labellers get."""
    program: Program
    """The natural files."""
    rank: int
    """0 best .. 3 worst."""
    q: float
    parts: dict[Family, float]
    edits: tuple[Edit, ...]

    @property
    def page(self) -> Program:
        """The sealed page as a program."""
        return Program.of([(PAGE, self.sealed)])


@dataclass(frozen=True)
class Quad:
    """One accepted ladder."""

    task_id: str
    run_id: str
    problem: Problem
    clean: Program
    rungs: tuple[Rung, ...]
    """In their public order, which says nothing."""
    completion_tokens: int

    @property
    def ranks(self) -> tuple[int, ...]:
        """Of the four, in their public order."""
        return tuple(rung.rank for rung in self.rungs)

    @property
    def checks(self) -> tuple[Check, ...]:
        """The problem's."""
        return self.problem.checks

    @property
    def ordered(self) -> tuple[Rung, ...]:
        """Best to worst."""
        return tuple(sorted(self.rungs, key=lambda rung: rung.rank))


def load_quads(dataset: str, ladders: int) -> list[Quad]:
    """The first so many ladders of a dataset, shards in the order of their names.

    Raises:
        BadInput: there is no ladder, or a row is not what a ladder's row is.
    """
    need_tasks(dataset)
    private = {row["task_id"]: row for row in read_side(dataset, "private").to_pylist()}
    public = read_side(dataset, "public").slice(0, ladders).to_pylist()
    return [quad_of(row, private[row["task_id"]]) for row in public]


def quad_of(public: dict[str, Any], private: dict[str, Any]) -> Quad:
    """A ladder from its two rows.

    Raises:
        BadInput: they are not what a ladder's rows are.
    """
    if private["seal_template"] is None:
        raise BadInput(
            f"Task {public['task_id']} is of schema 1, without sealed pages; take a dataset that this dojo made."
        )
    told = {rung["completion_id"]: rung for rung in private["ladder"]}
    try:
        return Quad(
            task_id=public["task_id"],
            run_id=private["run_id"],
            problem=Problem.model_validate_json(private["problem"]),
            clean=Program.of((file["filename"], file["content"]) for file in private["clean"]),
            rungs=tuple(_rung(completion, told[completion["completion_id"]]) for completion in public["completions"]),
            completion_tokens=private["completion_tokens"],
        )
    except (ValidationError, ValueError, KeyError) as error:
        raise BadInput(f"Task {public['task_id']} is not a ladder as this dojo writes them: {error!r:.200}.") from error


def _rung(completion: dict[str, Any], told: dict[str, Any]) -> Rung:
    (page,) = completion["files"]
    return Rung(
        completion_id=completion["completion_id"],
        sealed=page["content"],
        program=Program.of((file["filename"], file["content"]) for file in told["files"]),
        rank=told["rank"],
        q=told["q"],
        parts={family: told[f"q_{family}"] for family in FAMILIES},
        edits=tuple(Edit.model_validate(edit) for edit in json.loads(told["edits"])),
    )
