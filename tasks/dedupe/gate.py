"""Which candidates repeat a task: against everything accepted before, and against what passed earlier in this run.

Decisions are made in the candidates' order, so that of two near-duplicates it is always the later one that goes,
whichever comes first. A candidate does not wait for them: while nothing that is known speaks against it, it goes on,
and what it has begun is dropped if its turn says otherwise.

What this run itself has accepted is left out of the search in the index, because it is in the gate's memory already: so
a decision depends on the candidates' order and content alone, not on when a shard was written, and a run that is
started again does not find its own tasks to be their own duplicates.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tasks.dedupe.embed import Kind, normal_text, program_text
from tasks.dedupe.index import Index
from tasks.dedupe.line import Decision, Line, Passer
from tasks.errors import Stopped
from tasks.gather import drop
from tasks.record import Neighbour, Posed, Proven, Ranked, Rejected, task_id_of
from tasks.settings import DedupeSettings

Row = TypeVar("Row", Posed, Proven)
End = TypeVar("End")


@dataclass(frozen=True)
class Text:
    """What is compared."""

    kind: Kind
    text: str
    """Normalised, as it is embedded."""

    @classmethod
    def of(cls, row: Posed | Proven) -> "Text":
        """A candidate's problem before it has a program, its program afterwards."""
        if isinstance(row, Proven):
            return cls("program", program_text(row.program))
        return cls("problem", normal_text(row.problem.prompt))


@dataclass(frozen=True)
class Compared:
    """A text's vector, of the index's dimension, and the nearest task that was accepted before this run."""

    vector: NDArray[np.float32]
    nearest: Neighbour | None


class Gate:
    """One run's decisions on near-duplicates; lives as long as the run, on one event loop."""

    def __init__(self, index: Index, settings: DedupeSettings, run_id: str) -> None:
        """Every candidate from index 0 on has to come, be recalled, leave or stop: later ones' turns wait for it."""
        self._index = index
        self._run_id = run_id
        self._lines: dict[Kind, Line] = {"problem": Line(settings.problem), "program": Line(settings.program)}
        self._settled = Line(settings.program)

    async def compare(self, texts: Sequence[Text]) -> list[Compared]:
        """The vector and the nearest accepted task of each text: one search for all of a kind."""
        found: dict[int, Compared] = {}
        for kind in dict.fromkeys(text.kind for text in texts):
            places = [at for at, text in enumerate(texts) if text.kind == kind]
            vectors = await self._index.embedder.embed([texts[at].text for at in places])
            near = await self._index.nearest(kind, vectors, not_run=self._run_id)
            found |= {at: Compared(vector, one) for at, vector, one in zip(places, vectors, near, strict=True)}
        return [found[at] for at in range(len(texts))]

    async def through(self, row: Row, compared: Compared, onward: Callable[[Row], Awaitable[End]]) -> End | Rejected:
        """What comes of a candidate that goes `onward`, unless its problem (`Posed`) or program (`Proven`) repeats
        another's.

        `onward` begins at once if nothing known speaks against the candidate, and is cancelled if an earlier one that
        comes later does; a loss in there is returned without waiting.

        Raises:
            Stopped: an earlier candidate stopped, so that it can't be decided in this session; `onward` is over then.
        """
        kind: Kind = "program" if isinstance(row, Proven) else "problem"
        line = self._lines[kind]
        decision = line.arrive(_passer(row, compared.vector), compared.nearest)
        if decision.done() or line.doubtful(row.candidate.index):
            decided = _need(await decision)
            return await onward(row) if decided.passes else _rejected(row, kind, decided)

        async def worked() -> End:
            return await onward(row)

        work = asyncio.create_task(worked())
        try:
            await asyncio.wait((work, decision), return_when=asyncio.FIRST_COMPLETED)
            if work.done() and (work.cancelled() or work.exception() or isinstance(work.result(), Rejected)):
                return work.result()
            if await decision is None:
                await work  # what is under way may be paid for, and is kept for the next session
            decided = _need(decision.result())
            return await work if decided.passes else _rejected(row, kind, decided)
        finally:
            await drop([work])

    async def recall(self, outcome: Ranked | Rejected) -> None:
        """Remember what passed before the run was interrupted, without deciding again."""
        place, problem, program = outcome.candidate.index, outcome.problem, outcome.program
        stage = "" if isinstance(outcome, Ranked) else outcome.stage
        posed = problem is not None and stage != "problem" and not (stage == "dedupe" and program is None)
        proven = program is not None and stage in ("", "augment")
        if problem is not None and posed:
            (vector,) = await self._index.embedder.embed([normal_text(problem.prompt)])
            self._lines["problem"].recall(Passer(place, "", problem.title, vector))
        if problem is not None and program is not None and proven:
            (vector,) = await self._index.embedder.embed([program_text(program)])
            self._lines["program"].recall(Passer(place, task_id_of(problem, program), problem.title, vector))
        self.leave(place)

    def leave(self, place: int) -> None:
        """Say that a candidate will not come (again), so that later ones need not wait for it; harmless if it has."""
        for line in self._lines.values():
            line.leave(place)

    def stop(self, place: int) -> None:
        """Say that a candidate will not come in this session: those behind it can't be decided in it."""
        for line in self._lines.values():
            line.stop(place)

    async def settle(self, tasks: Sequence[Ranked]) -> list[Ranked]:
        """The tasks with `nearest` set to the nearest *accepted* task before each: what the shards are to say.

        Call it for each shard of the run, in their order; an interrupted run starts again with its first shard.
        """
        texts = [program_text(task.ladder.versions[0].program) for task in tasks]
        vectors = await self._index.embedder.embed(texts)
        near = await self._index.nearest("program", vectors, not_run=self._run_id)
        settled = []
        for task, vector, before in zip(tasks, vectors, near, strict=True):
            one = Passer(task.candidate.index, task.task_id, task.problem.title, vector)
            nearest, _ = self._settled.nearer(one, before)
            self._settled.recall(one)
            settled.append(task.model_copy(update={"nearest": nearest}))
        return settled


def _passer(row: Posed | Proven, vector: NDArray[np.float32]) -> Passer:
    task_id = task_id_of(row.problem, row.program) if isinstance(row, Proven) else ""
    return Passer(row.candidate.index, task_id, row.problem.title, vector)


def _need(decided: Decision | None) -> Decision:
    if decided is None:
        raise Stopped("Stopped before all earlier candidates were compared.")
    return decided


def _rejected(row: Posed | Proven, kind: Kind, decided: Decision) -> Rejected:
    similarity = decided.nearest.similarity if decided.nearest else 1.0
    return Rejected(
        candidate=row.candidate,
        stage="dedupe",
        reason=f"near-duplicate {kind}",
        detail=f"The {kind} is that of {decided.other}, but for little: similarity {similarity:.3f}.",
        usage=row.usage,
        problem=row.problem,
        program=row.program if isinstance(row, Proven) else None,
    )
