"""Personas, or pages that exist, in; shards of ranked tasks out.

`generate` opens what a run needs and launches its candidates; `make_task` is the way of each.
"""

from functools import partial
from typing import Annotated

from prefect import flow, get_run_logger
from pydantic import Field

from flows.candidate import CandidateRun
from flows.launch import Launcher
from flows.order import place_order, record_status
from flows.prove import prove
from flows.rank import rank
from flows.report import write_report
from flows.shard import Shard
from flows.tools import open_tools
from tasks.record import Posed, Proven, Ranked, Record, Rejected
from tasks.settings import Authors, Settings


class Outcome(Record):
    """How a run ended."""

    run_id: str
    dataset: str
    seed: int
    wanted: int
    accepted: int
    """Tasks that were written."""
    waiting: int
    """Tasks that are made, and are written after those before them: the run was stopped."""
    candidates: int
    report: str
    """Path of the report, in the run's folder."""
    stopped: str = ""
    """The sentence of a hard stop, if there was one."""

    @property
    def short(self) -> bool:
        """Whether the candidates ran out before the tasks were there."""
        return self.accepted < self.wanted


@flow(name="generate", flow_run_name="generate-{out}", validate_parameters=True)
async def generate(
    tasks: Annotated[int, Field(ge=1)] | None = None,
    personas: str = "starter",
    model: str | None = None,
    seed: int | None = None,
    out: str = "data/default",
    settings: Settings | None = None,
    authors: Authors | None = None,
    programs: str | None = None,
) -> Outcome:
    """Make exactly so many ranked tasks and write them into a dataset.

    The same order again goes on where it was stopped, and does nothing if it is finished.

    Args:
        tasks: How many accepted tasks are wanted, exactly; none means 8, or as many as pages are given.
        personas: `starter`, a JSONL or Parquet file, or a dataset on the Hub, e.g. proj-persona/PersonaHub.
        model: `offline`, or any LiteLLM model name; none takes that of the settings.
        seed: Of the draw; none goes on with an unfinished run, or takes the first unused one.
        out: The dataset: a folder or an fsspec URL.
        settings: Everything else; none takes the defaults.
        authors: Who proposes the edits: `rules`, `model` or `both`; none takes that of the settings.
        programs: Pages that exist, in place of personas: a folder with one each, Parquet or JSONL.

    Raises:
        BadInput: the order can't be carried out; nothing has been spent or written.
        BrokenRun: the model, the browser or a language server can't be used any more; what is done is kept.

    A hard stop (`settings.limits`, Ctrl-C) raises nothing: what is under way ends, what is done is written, and
    `Outcome.stopped` says why.
    """
    order = place_order(tasks, personas, model, seed, out, settings, authors, programs)
    for note in order.programs.notes if order.programs else ():
        get_run_logger().info(note)
    async with open_tools(order) as tools:

        async def follow(shard: Shard, index: int) -> Ranked | Rejected:
            return await CandidateRun(tools, shard, index).follow(make_task)

        task_ids = await Launcher(tools, partial(Shard.open, tools), follow).run()
        now, stopped = tools.progress.snapshot(), tools.purse.stopped
        tools.ledger.close(task_ids)
    accepted = len(task_ids)
    over = order.is_finished(accepted, accepted + sum(now.rejected.values()))
    record_status(order, "finished" if over else "stopped", accepted)
    return Outcome(
        run_id=order.run_id,
        dataset=order.dataset,
        seed=order.seed,
        wanted=order.tasks,
        accepted=accepted,
        waiting=now.accepted - accepted,
        candidates=now.candidates,
        report=str(write_report(order.dataset, order.folder)),
        stopped="" if over else stopped,
    )


async def make_task(run: CandidateRun) -> Ranked | Rejected:
    """A candidate's way, from its persona to a ranked task."""
    posed = await run.pose()
    if isinstance(posed, Rejected):
        return posed

    async def with_problem(posed: Posed) -> Ranked | Rejected:
        written = await run.write(posed)
        if isinstance(written, Rejected):
            return written
        proven = await run.prove(written, prove)
        if isinstance(proven, Rejected):
            return proven
        return await run.unless_repeated(proven, with_program)

    async def with_program(proven: Proven) -> Ranked | Rejected:
        return await rank(run, proven)

    return await run.unless_repeated(posed, with_problem)
