"""What one side made of its candidates, read back from its run's folder."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from evals.leaks.words import families
from evals.stats import Floats
from tasks.dedupe.embed import LexicalEmbedder, normal_text
from tasks.errors import BadInput
from tasks.record import Candidate, Problem, Proven, Ranked, Rejected, Usage
from tasks.rows import load_rows
from tasks.settings import DedupeSettings

R = TypeVar("R", Proven, Rejected)


@dataclass(frozen=True)
class Trial:
    """What became of one candidate."""

    candidate: Candidate
    usage: Usage
    """What its calls cost when they were made; a reply that was reused cost what it cost then."""
    q: float | None
    """Of its clean program; None if there was none."""
    problem: Problem | None
    """As it was posed, if it was."""
    accepted: bool
    reason: str
    """Why it was not accepted; empty if it was."""

    @property
    def index(self) -> int:
        """Its place in the draw."""
        return self.candidate.index


@dataclass(frozen=True)
class Side:
    """One of the two."""

    name: str
    models: tuple[str, ...]
    trials: tuple[Trial, ...]
    """In the candidates' order."""
    run_id: str = ""

    @cached_property
    def posed(self) -> tuple[Trial, ...]:
        """Those with a problem."""
        return tuple(trial for trial in self.trials if trial.problem is not None)

    @cached_property
    def nearest(self) -> dict[int, float]:
        """For each posed candidate the cosine of its problem's text to the most similar other one of this side."""
        if len(self.posed) < 2:
            return {}
        near = self._vectors @ self._vectors.T
        np.fill_diagonal(near, -1.0)
        return {trial.index: float(row.max()) for trial, row in zip(self.posed, near, strict=True)}

    @cached_property
    def topics(self) -> int:
        """Groups of problems that a chain of similar ones links."""
        return len(set(families(self._vectors).tolist())) if self.posed else 0

    @cached_property
    def reasons(self) -> Counter[str]:
        """Of rejections."""
        return Counter(trial.reason for trial in self.trials if not trial.accepted)

    @cached_property
    def _vectors(self) -> Floats:
        """Of the posed problems, shape (problems, dimension), of length 1."""
        texts = [normal_text(trial.problem.prompt) for trial in self.posed if trial.problem is not None]
        embedder = LexicalEmbedder(DedupeSettings().dimension)
        return np.asarray(asyncio.run(embedder.embed(texts)), dtype=np.float64)


def read_side(name: str, run: Path, models: Sequence[str], least: int = 2) -> Side:
    """The side whose run lies in a folder.

    Raises:
        BadInput: fewer than `least` of its candidates were done with.
    """
    trials: dict[int, Trial] = {}
    for shard in sorted(run.glob("work/shard-*")):
        if not (shard / "settled.jsonl").exists():
            continue
        rejected = _rows(shard / "rejected.jsonl", Rejected)
        repeats = {lost.candidate.index for lost in rejected if lost.stage == "dedupe"}
        proven = [row for row in _rows(shard / "proven.jsonl", Proven) if row.candidate.index not in repeats]
        clean = {row.candidate.index: row.render.quality.q for row in proven}
        for row in load_rows(shard / "settled.jsonl", Ranked):
            index = row.candidate.index
            trials[index] = Trial(row.candidate, row.usage, clean.get(index), row.problem, accepted=True, reason="")
        for lost in rejected:
            index = lost.candidate.index
            reason = f"{lost.stage}: {lost.reason}"
            trials[index] = Trial(
                lost.candidate, lost.usage, clean.get(index), lost.problem, accepted=False, reason=reason
            )
    if len(trials) < least:
        raise BadInput(f"Side {name} has {len(trials)} candidates that were done with; {least} are the least.")
    return Side(name, tuple(models), tuple(trials[index] for index in sorted(trials)), run.name)


def _rows(path: Path, kind: type[R]) -> list[R]:
    """A journal that nobody wrote to is not there."""
    return load_rows(path, kind) if path.exists() else []
