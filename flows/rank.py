"""A batch's clean programs made ladders: candidates taken to the browser and back, until the search has its four.

The search renders nothing and knows no browser; this loop carries its trials there and brings home what was measured.
Every round leaves its files in the batch's folder, so that an interrupted search is replayed from them and goes on.
"""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from flows.tools import Tools
from tasks.augment.batch import BatchTrial
from tasks.augment.task import author_batch, begin_batch, conclude_batch, learn_batch, propose_batch
from tasks.diagnose.task import diagnose_programs
from tasks.gather import gather
from tasks.record import RenderOrder
from tasks.render.task import render_batch
from tasks.rows import count_rows, load_rows, save_rows


async def rank(tools: Tools, proven: Path, folder: Path) -> Path:
    """`Proven` rows in, `Ranked` rows out, in the candidates' order; the others land in `rejected-augment.jsonl`."""
    out = folder / "ranked.jsonl"
    if out.exists():
        return out
    candidates, settings = count_rows(proven), tools.order.settings
    with tools.progress.stage("augment", candidates):
        authored = None
        if settings.authors != "rules":
            authored = await author_batch(proven, folder / "authored.jsonl", tools.gateway)
        searches = await begin_batch(proven, folder / "search-00.jsonl", settings, authored)
    for round_ in count(1):
        at = folder / f"ladder-{round_:02d}"
        with tools.progress.stage("augment", candidates):
            proposed = await propose_batch(searches, at / "trials.jsonl")
        trials = load_rows(proposed, BatchTrial)
        if not trials:
            break
        renders, findings = await _measure(tools, trials, at)
        with tools.progress.stage("augment", candidates):
            searches = await learn_batch(searches, renders, findings, folder / f"search-{round_:02d}.jsonl")
    return await conclude_batch(searches, out, folder / "rejected-augment.jsonl")


async def _measure(tools: Tools, trials: Sequence[BatchTrial], folder: Path) -> tuple[Path, Path]:
    """What the browser says of every trial, and what the servers say of those that they have not seen."""
    orders = save_rows(
        folder / "orders.jsonl",
        (
            RenderOrder(
                program=row.trial.program,
                checks=row.checks,
                screenshot=f"work/screenshots/{row.trial.screenshot}" if row.trial.screenshot else None,
            )
            for row in trials
        ),
    )
    unseen = save_rows(folder / "unseen.jsonl", (row.trial.program for row in trials if row.trial.diagnose))

    async def rendered() -> Path:
        with tools.progress.stage("render", len(trials)):
            return await render_batch(orders, folder / "renders.jsonl", tools.pool)

    async def looked_at() -> Path:
        with tools.progress.stage("diagnose", sum(row.trial.diagnose for row in trials)):
            return await diagnose_programs(unseen, folder / "findings.jsonl", tools.servers)

    renders, findings = await gather([rendered(), looked_at()])
    return renders, findings
