"""Some consecutive candidates that share a shard: their services, one Prefect task run each, and their journals."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from flows.given import given_candidates
from flows.tools import Tools
from tasks.augment.author import Authored
from tasks.augment.state import Search
from tasks.augment.task import Step, author_shard, search_shard
from tasks.check import Check
from tasks.dedupe.gate import Compared, Text
from tasks.dedupe.task import compare_shard
from tasks.diagnose.task import Unclean, diagnose_shard, repair_shard
from tasks.gather import drop
from tasks.journal import Journal
from tasks.persona.task import draw_batch
from tasks.problem.task import Disputed, Unposed, pose_shard, review_shard
from tasks.program.task import write_shard
from tasks.record import (
    Candidate,
    Findings,
    Posed,
    Program,
    Proven,
    Ranked,
    Rejected,
    Render,
    RenderOrder,
    Written,
)
from tasks.render.task import render_shard
from tasks.rows import load_rows, save_rows
from tasks.service import Service
from tasks.shard.task import shard_batch
from tasks.shard.write import RunStamp


class Shard:
    """`size` candidates from `start` on. Its folder holds, of each, what every stage has made."""

    def __init__(self, tools: Tools, number: int, start: int) -> None:
        """`number`: from 0, in the order of the candidates."""
        self._tools = tools
        self.number, self.start = number, start
        self.folder = tools.order.folder / "work" / f"shard-{number:04d}"
        self.posed = Journal(self.folder / "posed.jsonl", Posed)
        self.written = Journal(self.folder / "written.jsonl", Written)
        self.proven = Journal(self.folder / "proven.jsonl", Proven)
        self._ranked = Journal(self.folder / "ranked.jsonl", Ranked)
        self._rejected = Journal(self.folder / "rejected.jsonl", Rejected)
        self.problems: Service[Unposed, Posed | Rejected] = Service()
        self.texts: Service[Text, Compared] = Service()
        self.programs: Service[Posed, Written | Rejected] = Service()
        self.diagnoses: Service[Program, Findings] = Service()
        self.repairs: Service[Unclean, Written] = Service()
        self.reviews: Service[Disputed, Written] = Service()
        self.renders: Service[RenderOrder, Render] = Service()
        self.edits: Service[Proven, Authored] = Service()
        self.steps: Service[Step, Search] = Service()
        self.candidates: Sequence[Candidate] = ()
        self._running: list[asyncio.Task[int]] = []

    @classmethod
    async def open(cls, tools: Tools, number: int, start: int) -> "Shard":
        """A shard whose candidates can begin."""
        shard = cls(tools, number, start)
        await shard._begin()
        return shard

    @property
    def size(self) -> int:
        """How many candidates it has room for."""
        return len(self.candidates)

    @property
    def running(self) -> Sequence[asyncio.Task[int]]:
        """The task runs that serve it; one that ends before it is settled has failed."""
        return self._running

    async def _begin(self) -> None:
        """Draw its candidates, and serve them unless all are done."""
        tools, order = self._tools, self._tools.order
        drawn = self.folder / "candidates.jsonl"
        settled = (self.folder / "settled.jsonl").exists()
        size = min(order.settings.batch, order.max_candidates - self.start)
        if not settled:  # an end of the run with fewer tasks may have cut it short, or another setting
            drawn.unlink(missing_ok=True)
        with tools.progress.stage("persona", 0 if settled else size):
            if order.programs is not None:
                save_rows(drawn, given_candidates(order.programs, order.seed, self.start, size))
            else:
                weights = order.settings.topics.weights()
                await draw_batch(order.pool, order.seed, weights, self.start, size, drawn)
        self.candidates = load_rows(drawn, Candidate)
        if not all(self.outcome(candidate.index) for candidate in self.candidates):
            self._running = [asyncio.create_task(run) for run in self._runs()]

    def _runs(self) -> list[Coroutine[Any, Any, int]]:
        tools, number, repair = self._tools, self.number, self._tools.order.settings.repair

        async def look(program: Program, checks: Sequence[Check]) -> Render:
            return await self.renders.ask(RenderOrder(program=program, checks=tuple(checks)))

        runs: list[Coroutine[Any, Any, int]] = [
            pose_shard(number, self.problems, tools.gateway),
            compare_shard(number, self.texts, tools.gate),
            write_shard(number, self.programs, tools.gateway),
            diagnose_shard(number, self.diagnoses, tools.servers),
            repair_shard(number, self.repairs, tools.gateway, repair, look),
            review_shard(number, self.reviews, tools.gateway),
            render_shard(number, self.renders, tools.pool),
            search_shard(number, self.steps),
        ]
        if tools.order.settings.authors != "rules":
            runs.append(author_shard(number, self.edits, tools.gateway))
        return runs

    def outcome(self, index: int) -> Ranked | Rejected | None:
        """What came of a candidate, if its way is over."""
        return self._ranked.get(index) or self._rejected.get(index)

    def conclude(self, end: Ranked | Rejected) -> None:
        """Keep what came of a candidate."""
        if isinstance(end, Ranked):
            self._ranked.add(end)
        else:
            self._rejected.add(end)

    async def settle(self, launched: int) -> dict[int, str]:
        """End its services and write the shard and its rows of the index, for its first `launched` candidates, which
        are all over; gives the accepted tasks' ids by candidate."""
        tools, order = self._tools, self._tools.order
        await self._close()
        ends = [self.outcome(candidate.index) for candidate in self.candidates[:launched]]
        ranked = [end for end in ends if isinstance(end, Ranked)]
        lost = [self._rejected.path] if len(ranked) < launched else []
        settled = self.folder / "settled.jsonl"
        with tools.progress.stage("shard", len(ranked)):
            rows = await tools.gate.settle(ranked)
            if not settled.exists():
                save_rows(self.folder / "candidates.jsonl", self.candidates[:launched])
                save_rows(settled, rows)
            stamp = RunStamp(
                run_id=order.run_id, config_hash=order.config_hash, seed=order.seed, created_at=order.created_at
            )
            name = f"{order.run_id}-{self.number:04d}"
            await shard_batch(order.dataset, name, stamp, settled, lost, order.folder)
            await tools.index.add(load_rows(settled, Ranked), order.run_id)
        return {row.candidate.index: row.task_id for row in ranked}

    async def _close(self) -> None:
        for close in (
            self.problems.close,
            self.texts.close,
            self.programs.close,
            self.diagnoses.close,
            self.repairs.close,
            self.reviews.close,
            self.renders.close,
            self.edits.close,
            self.steps.close,
        ):
            close()
        await asyncio.gather(*self._running)

    async def drop(self) -> None:
        """End its services at once."""
        await drop(self._running)
