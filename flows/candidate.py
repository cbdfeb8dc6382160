"""One candidate on its way: what it asks of each stage, and what of it is kept."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from flows.given import given_problem, given_program
from flows.shard import Shard
from flows.tools import Tools
from flows.tracing import CandidateTrace
from tasks.augment.author import Authored
from tasks.augment.state import Search
from tasks.augment.task import Step
from tasks.dedupe.gate import Text
from tasks.diagnose.task import Unclean
from tasks.problem.task import Unposed
from tasks.program.given.page import Page
from tasks.record import (
    Findings,
    Posed,
    Program,
    Proven,
    Ranked,
    Rejected,
    Render,
    RenderOrder,
    Usage,
    Written,
)
from tasks.service import Service
from tasks.settings import Settings

In = TypeVar("In")
Out = TypeVar("Out")
Counted = TypeVar("Counted", Posed | Rejected, Written | Rejected, Proven | Rejected)
Row = TypeVar("Row", Posed, Proven)


class CandidateRun:
    """A candidate's requests to the services of its shard, each counted, timed and traced as its stage."""

    def __init__(self, tools: Tools, shard: Shard, index: int) -> None:
        """`shard`: whose services are asked and whose journals keep the rows. `index`: the candidate's."""
        self.candidate = shard.candidates[index - shard.start]
        self._tools, self._shard = tools, shard
        self._trace = CandidateTrace(tools.tracer, self.candidate, shard.number)
        self._spent = Usage()
        """Of the last row that was reached."""

    @property
    def settings(self) -> Settings:
        """The run's."""
        return self._tools.order.settings

    @property
    def _page(self) -> Page | None:
        """The page that it begins with, if pages are given."""
        programs = self._tools.order.programs
        return programs.items[self.candidate.index] if programs else None

    async def follow(self, way: Callable[["CandidateRun"], Awaitable[Ranked | Rejected]]) -> Ranked | Rejected:
        """The end of its way, which is kept; done before if it is kept already.

        Raises:
            Stopped: the run is to stop; the candidate goes on from its last row in the next session.
        """
        gate, index = self._tools.gate, self.candidate.index
        if known := self._shard.outcome(index):
            await gate.recall(known)
            self._tools.progress.conclude(known)
            return known
        end = await way(self)
        if isinstance(end, Rejected):  # what was begun beside the gate's decision is paid for, too
            end = end.model_copy(update={"usage": max(end.usage, self._spent, key=lambda usage: usage.calls)})
        self._shard.conclude(end)
        gate.leave(index)
        self._tools.progress.conclude(end)
        self._trace.tell(end)
        return end

    async def pose(self) -> Posed | Rejected:
        """Its problem."""
        posed: Posed | Rejected | None = self._shard.posed.get(self.candidate.index)
        page = self._page
        if posed is None and page is not None:
            posed = given_problem(self.candidate, page)
        if posed is None:
            unposed = Unposed(self.candidate, page.program if page else None)
            posed = await self._ask("problem", self._shard.problems, unposed)
            if isinstance(posed, Posed):
                self._shard.posed.add(posed)
        return self._counted(posed)

    async def write(self, posed: Posed) -> Written | Rejected:
        """Its program, not yet looked at."""
        written: Written | Rejected | None = self._shard.written.get(self.candidate.index)
        if written is None and self._page is not None:
            written = given_program(posed, self._page)
        if written is None:
            written = await self._ask("program", self._shard.programs, posed)
            if isinstance(written, Written):
                self._shard.written.add(written)
        return self._counted(written)

    async def prove(
        self, written: Written, proof: Callable[["CandidateRun", Written], Awaitable[Proven | Rejected]]
    ) -> Proven | Rejected:
        """Its program, clean."""
        proven: Proven | Rejected | None = self._shard.proven.get(self.candidate.index)
        if proven is None:
            proven = await proof(self, written)
            if isinstance(proven, Proven):
                self._shard.proven.add(proven)
        return self._counted(proven)

    async def unless_repeated(
        self, row: Row, onward: Callable[[Row], Awaitable[Ranked | Rejected]]
    ) -> Ranked | Rejected:
        """What comes of it `onward`, unless its problem or its program repeats another's; see `Gate.through`."""
        compared = await self._ask("dedupe", self._shard.texts, Text.of(row))
        return await self._tools.gate.through(row, compared, onward)

    async def diagnose(self, program: Program) -> Findings:
        """What the language servers say."""
        return await self._ask("diagnose", self._shard.diagnoses, program)

    async def repair(self, unclean: Unclean) -> Written:
        """The program after one round of repair."""
        repaired = await self._ask("diagnose", self._shard.repairs, unclean)
        self._spent = repaired.usage
        return repaired

    async def render(self, order: RenderOrder) -> Render:
        """What the browser says."""
        return await self._ask("render", self._shard.renders, order)

    async def edit(self, proven: Proven) -> Authored:
        """The edits that a model proposes."""
        return await self._ask("augment", self._shard.edits, proven)

    async def step(self, step: Step) -> Search:
        """One step of its search."""
        return await self._ask("augment", self._shard.steps, step)

    def searching(self) -> AbstractAsyncContextManager[None]:
        """A place among those that search: they take the browser from one another, so the oldest go first."""
        return self._tools.searches.at(self.candidate.index)

    async def _ask(self, stage: str, service: Service[In, Out], row: In) -> Out:
        with self._tools.progress.stage(stage, 1), self._trace.stage(stage):
            return await service.ask(row)

    def _counted(self, row: Counted) -> Counted:
        self._spent = row.usage
        return row
