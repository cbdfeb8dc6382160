"""Which candidates repeat a task: against everything accepted before, and against what passed earlier in this run.

What this run itself has accepted is left out of the search in the index, because it is in the gate's memory already: so
a decision depends on the candidates' order and content alone, not on when a shard was written, and a run that is
started again does not find its own tasks to be their own duplicates.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
from numpy.typing import NDArray

from tasks.dedupe.embed import Kind, Vectors, normal_text, program_text
from tasks.dedupe.index import Index
from tasks.record import Candidate, Neighbour, Posed, Proven, Ranked, Rejected, task_id_of
from tasks.settings import DedupeSettings


class _Memory:
    """Vectors of what passed in this run, each under its candidate's place; a candidate has one, the latest."""

    def __init__(self) -> None:
        self._places: list[int] = []
        self._names: list[tuple[str, str]] = []
        self._vectors: list[NDArray[np.float32]] = []

    def keep(self, place: int, task_id: str, title: str, vector: NDArray[np.float32]) -> None:
        if place in self._places:
            at = self._places.index(place)
            self._names[at], self._vectors[at] = (task_id, title), vector
        else:
            self._places.append(place)
            self._names.append((task_id, title))
            self._vectors.append(vector)

    def nearest(self, place: int, vector: NDArray[np.float32]) -> tuple[Neighbour, str] | None:
        """The nearest of another candidate, and how to speak of it."""
        others = [at for at, other in enumerate(self._places) if other != place]
        if not others:
            return None
        cosines = np.stack([self._vectors[at] for at in others]) @ vector
        best = int(np.argmax(cosines))
        (task_id, title), other = self._names[others[best]], self._places[others[best]]
        near = Neighbour(task_id=task_id, similarity=round(float(cosines[best]), 6))
        return near, f'candidate {other} of this run, "{title}"'


class _Turns:
    """Lets batches through in the order of their numbers, those that left passed over."""

    def __init__(self) -> None:
        self._done: set[int] = set()
        self._changed = asyncio.Condition()

    async def wait(self, batch: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: all(n in self._done for n in range(batch)))

    async def end(self, batch: int) -> None:
        async with self._changed:
            self._done.add(batch)
            self._changed.notify_all()


class Gate:
    """One run's decisions on near-duplicates; lives as long as the run, on one event loop.

    Batches may arrive in any order: given its number, a batch waits until every batch before it has been decided or has
    left (`leave`), so that of two near-duplicates it is always the later candidate that goes.
    """

    def __init__(self, index: Index, settings: DedupeSettings, run_id: str) -> None:
        self._index = index
        self._least: dict[Kind, float] = {"problem": settings.problem, "program": settings.program}
        self._run_id = run_id
        self._memory: dict[Kind, _Memory] = {"problem": _Memory(), "program": _Memory()}
        self._settled = _Memory()
        self._turns: dict[Kind, _Turns] = {"problem": _Turns(), "program": _Turns()}

    async def problems(self, posed: Sequence[Posed], batch: int | None = None) -> list[Posed | Rejected]:
        """Each candidate as it is, or rejected; in the given order, which must be that of the candidates.

        Args:
            posed: the batch's problems.
            batch: its number in the run, from 0, if batches run at the same time; None decides at once.
        """
        async with self._turn("problem", batch):
            vectors = await self._problem_vectors(posed)
            near = await self._index.nearest("problem", vectors, not_run=self._run_id)
            decided: list[Posed | Rejected] = []
            for row, vector, accepted in zip(posed, vectors, near, strict=True):
                nearest, other = _nearer(self._memory["problem"], row.candidate, vector, accepted)
                if nearest and nearest.similarity >= self._least["problem"]:
                    decided.append(_rejected(row, "problem", nearest, other))
                else:
                    self._memory["problem"].keep(row.candidate.index, "", row.problem.title, vector)
                    decided.append(row)
            return decided

    async def programs(self, proven: Sequence[Proven], batch: int | None = None) -> list[Proven | Rejected]:
        """Each candidate with its `nearest` filled in, or rejected; order and `batch` as for `problems`."""
        async with self._turn("program", batch):
            vectors = await self._program_vectors(proven)
            near = await self._index.nearest("program", vectors, not_run=self._run_id)
            decided: list[Proven | Rejected] = []
            for row, vector, accepted in zip(proven, vectors, near, strict=True):
                nearest, other = _nearer(self._memory["program"], row.candidate, vector, accepted)
                if nearest and nearest.similarity >= self._least["program"]:
                    decided.append(_rejected(row, "program", nearest, other))
                else:
                    self._keep_program(row, vector)
                    decided.append(row.model_copy(update={"nearest": nearest}))
            return decided

    async def recall_problems(self, posed: Sequence[Posed], batch: int | None = None) -> None:
        """Remember problems that passed before the run was interrupted, without deciding again."""
        async with self._turn("problem", batch):
            for row, vector in zip(posed, await self._problem_vectors(posed), strict=True):
                self._memory["problem"].keep(row.candidate.index, "", row.problem.title, vector)

    async def recall_programs(self, proven: Sequence[Proven], batch: int | None = None) -> None:
        """Remember programs that passed before the run was interrupted, without deciding again."""
        async with self._turn("program", batch):
            for row, vector in zip(proven, await self._program_vectors(proven), strict=True):
                self._keep_program(row, vector)

    async def leave(self, batch: int) -> None:
        """Say that a batch will not come (again), so that later ones need not wait for it; harmless if it has come."""
        for turns in self._turns.values():
            await turns.end(batch)

    async def settle(self, tasks: Sequence[Ranked]) -> list[Ranked]:
        """The tasks with `nearest` set to the nearest *accepted* task before each: what the shards are to say.

        Call it for each batch of the run, in their order; an interrupted run starts again with its first batch.
        """
        texts = [program_text(task.ladder.versions[0].program) for task in tasks]
        vectors = await self._index.embedder.embed(texts)
        near = await self._index.nearest("program", vectors, not_run=self._run_id)
        settled = []
        for task, vector, before in zip(tasks, vectors, near, strict=True):
            nearest, _ = _nearer(self._settled, task.candidate, vector, before)
            self._settled.keep(task.candidate.index, task.task_id, task.problem.title, vector)
            settled.append(task.model_copy(update={"nearest": nearest}))
        return settled

    async def _problem_vectors(self, posed: Sequence[Posed]) -> Vectors:
        return await self._index.embedder.embed([normal_text(row.problem.prompt) for row in posed])

    async def _program_vectors(self, proven: Sequence[Proven]) -> Vectors:
        return await self._index.embedder.embed([program_text(row.program) for row in proven])

    def _keep_program(self, row: Proven, vector: NDArray[np.float32]) -> None:
        task_id = task_id_of(row.problem, row.program)
        self._memory["program"].keep(row.candidate.index, task_id, row.problem.title, vector)

    @asynccontextmanager
    async def _turn(self, kind: Kind, batch: int | None) -> AsyncIterator[None]:
        if batch is None:
            yield
            return
        await self._turns[kind].wait(batch)
        try:
            yield
        finally:
            await self._turns[kind].end(batch)


def _nearer(
    memory: _Memory, candidate: Candidate, vector: NDArray[np.float32], accepted: Neighbour | None
) -> tuple[Neighbour | None, str]:
    """The nearest of what was accepted before and what is in memory, and how to speak of it."""
    pending = memory.nearest(candidate.index, vector)
    if pending and (accepted is None or pending[0].similarity > accepted.similarity):
        return pending
    return accepted, f"task {accepted.task_id}" if accepted else ""


def _rejected(row: Posed | Proven, kind: Kind, near: Neighbour, other: str) -> Rejected:
    return Rejected(
        candidate=row.candidate,
        stage="dedupe",
        reason=f"near-duplicate {kind}",
        detail=f"The {kind} is that of {other}, but for little: similarity {near.similarity:.3f}.",
        usage=row.usage,
        problem=row.problem,
        program=row.program if isinstance(row, Proven) else None,
    )
