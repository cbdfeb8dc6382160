"""Personas in, shards of ranked tasks out.

A run is a row of batches. Batches overlap, and yet the same order gives the same tasks: candidates are numbered in
the order of the draw, each that is lost is replaced by the next one, dedupe decides in their order, and shards are
written in their order.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Annotated

from prefect import flow
from pydantic import Field

from flows.order import place_order, record_status
from flows.prove import prove
from flows.rank import rank
from flows.report import write_report
from flows.tools import Tools, open_tools
from flows.tracing import BatchTrace
from tasks.dedupe.task import gate_problems_batch, gate_programs_batch
from tasks.errors import Stopped
from tasks.gather import drop
from tasks.persona.task import draw_batch
from tasks.problem.task import pose_batch
from tasks.program.task import write_batch
from tasks.record import Ranked, Record, Rejected
from tasks.rows import count_rows, load_rows, save_rows
from tasks.settings import Authors, Settings
from tasks.shard.task import shard_batch
from tasks.shard.write import RunStamp


class Outcome(Record):
    """How a run ended."""

    run_id: str
    dataset: str
    seed: int
    wanted: int
    accepted: int
    candidates: int
    report: str
    """Path of the report, in the run's folder."""
    stopped: str = ""
    """The sentence of a hard stop, if there was one."""

    @property
    def short(self) -> bool:
        """Whether the candidates ran out before the tasks were there."""
        return self.accepted < self.wanted


@flow(name="generate", flow_run_name="generate-{tasks}-{model}", validate_parameters=True)
async def generate(
    tasks: Annotated[int, Field(ge=1)] = 8,
    personas: str = "starter",
    model: str | None = None,
    seed: int | None = None,
    out: str = "data/default",
    settings: Settings | None = None,
    authors: Authors | None = None,
) -> Outcome:
    """Make exactly so many ranked tasks and write them into a dataset.

    The same order again goes on where it was stopped, and does nothing if it is finished.

    Args:
        tasks: How many accepted tasks are wanted, exactly.
        personas: `starter`, a JSONL or Parquet file, or a dataset on the Hub, e.g. proj-persona/PersonaHub.
        model: `offline`, or any LiteLLM model name; none takes that of the settings.
        seed: Of the draw; none goes on with an unfinished run, or takes the first unused one.
        out: The dataset: a folder or an fsspec URL.
        settings: Everything else; none takes the defaults.
        authors: Who proposes the edits: `rules`, `model` or `both`; none takes that of the settings.

    Raises:
        BadInput: the order can't be carried out; nothing has been spent or written.
        BrokenRun: the model, the browser or a language server can't be used any more; what is done is kept.

    A hard stop (`settings.limits`, Ctrl-C) raises nothing: what is under way ends, what is done is written, and
    `Outcome.stopped` says why.
    """
    order = place_order(tasks, personas, model, seed, out, settings, authors)
    record_status(order, "running", 0)
    async with open_tools(order) as tools:
        accepted, task_ids = await _batches(tools)
        candidates, stopped = tools.progress.snapshot().candidates, tools.purse.stopped
        tools.ledger.close(task_ids)
    record_status(order, "finished" if accepted >= tasks else "stopped", accepted)
    return Outcome(
        run_id=order.run_id,
        dataset=order.dataset,
        seed=order.seed,
        wanted=tasks,
        accepted=accepted,
        candidates=candidates,
        report=str(write_report(order.dataset, order.folder)),
        stopped=stopped if accepted < tasks else "",
    )


async def _batches(tools: Tools) -> tuple[int, dict[int, str]]:
    """Launch batches and settle them in their order, until the tasks are there, the candidates are used up, or the run
    is to stop; gives how many tasks were accepted, and their ids by candidate.

    As many candidates as tasks are launched first, in batches that overlap; a small run is divided, so that they do
    there too. A candidate that is lost is replaced at once, so that no accepted task is ever too many.
    """
    order = tools.order
    largest = min(order.settings.batch, ceil(order.tasks / order.settings.overlap))
    under_way: deque[tuple[Batch, asyncio.Task[None]]] = deque()
    lost = asyncio.Event()
    accepted = launched = number = 0
    task_ids: dict[int, str] = {}

    def size() -> int:
        if tools.purse.stopped:
            return 0
        if launched < order.tasks:
            free = len(under_way) < order.settings.overlap
            wanted = order.tasks - launched if free else 0
        else:
            wanted = order.tasks - accepted - sum(batch.alive for batch, _ in under_way)
        return min(wanted, largest, order.max_candidates - launched)

    try:
        while accepted < order.tasks:
            lost.clear()
            while size() > 0:
                batch = Batch(tools, number, launched, size(), lost)
                under_way.append((batch, asyncio.create_task(batch.run())))
                number, launched = number + 1, launched + batch.size
            if not under_way:
                break
            batch, work = under_way[0]
            await _either(work, lost)
            if work.done():
                under_way.popleft()
                await work
                settled = await batch.settle()
                task_ids.update(settled)
                accepted += len(settled)
    except Stopped:  # shards are written in their order: the later batches go as far as they can, for the next session
        await asyncio.gather(*(work for _, work in under_way), return_exceptions=True)
    finally:
        await drop([work for _, work in under_way])
    return accepted, task_ids


async def _either(work: asyncio.Task[None], event: asyncio.Event) -> None:
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


class Batch:
    """So many candidates on their way through all stages; each stage leaves its file in the batch's folder."""

    def __init__(self, tools: Tools, number: int, start: int, size: int, lost: asyncio.Event) -> None:
        """A batch that an interrupted run had begun keeps the size that it had then. `lost`: set with every loss."""
        self._tools, self._number, self._start = tools, number, start
        self._folder = tools.order.folder / "work" / f"batch-{number:04d}"
        drawn = self._folder / "candidates.jsonl"
        self.size = count_rows(drawn) if drawn.exists() else size
        self.alive = self.size
        """Candidates that may still be accepted."""
        self._lost = lost
        self._trace = BatchTrace(tools.tracer, number)

    async def run(self) -> None:
        """From personas to ladders."""
        tools, order, at = self._tools, self._tools.order, self._folder
        number = self._number
        tools.progress.launch(self.size)
        with self._stage("persona", self.size):
            drawn = await draw_batch(
                order.pool, order.seed, order.settings.topics.weights(), self._start, self.size, at / "candidates.jsonl"
            )
        with self._stage("problem", self.size):
            posed = await pose_batch(drawn, at / "posed.jsonl", at / "rejected-problem.jsonl", tools.gateway)
        with self._stage("dedupe", count_rows(posed)):
            fresh = await gate_problems_batch(
                posed, at / "fresh.jsonl", at / "rejected-repeat.jsonl", tools.gate, number
            )
        with self._stage("program", count_rows(fresh)):
            written = await write_batch(fresh, at / "written.jsonl", at / "rejected-program.jsonl", tools.gateway)
        proven = await prove(tools, written, at, self._stage)
        with self._stage("dedupe", count_rows(proven)):
            single = await gate_programs_batch(
                proven, at / "single.jsonl", at / "rejected-twin.jsonl", tools.gate, number
            )
        self._count(count_rows(single))
        with self._trace.stage("augment"):
            self._count(count_rows(await rank(tools, single, at)))

    @contextmanager
    def _stage(self, name: str, candidates: int) -> Iterator[None]:
        with self._tools.progress.stage(name, candidates), self._trace.stage(name):
            yield

    def _count(self, alive: int) -> None:
        if alive < self.alive:
            self.alive = alive
            self._lost.set()

    async def settle(self) -> dict[int, str]:
        """Write the batch's shard and its rows of the index; gives the accepted tasks' ids by candidate."""
        tools, order, at = self._tools, self._tools.order, self._folder
        ranked = load_rows(at / "ranked.jsonl", Ranked)
        losses = sorted(at.glob("rejected-*.jsonl"))
        with self._stage("shard", len(ranked)):
            settled = at / "settled.jsonl"
            new = not settled.exists()
            if new:
                save_rows(settled, await tools.gate.settle(ranked))
            stamp = RunStamp(
                run_id=order.run_id, config_hash=order.config_hash, seed=order.seed, created_at=order.created_at
            )
            await shard_batch(order.dataset, f"{order.run_id}-{self._number:04d}", stamp, settled, losses, order.folder)
            await tools.index.add(load_rows(settled, Ranked), order.run_id)
        lost = _all_rejected(losses)
        tools.progress.settle(len(ranked), lost)
        if new:  # a session that goes on settles again what an earlier one has told
            self._trace.tell(ranked, lost)
        return {row.candidate.index: row.task_id for row in ranked}


def _all_rejected(losses: Sequence[Path]) -> list[Rejected]:
    return [row for path in losses for row in load_rows(path, Rejected)]
