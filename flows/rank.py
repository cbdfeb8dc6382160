"""A batch's clean programs made ladders: candidates taken to the browser and back, until the search has its four.

The search renders nothing and knows no browser; this loop carries its trials there and brings home what was measured. Every
round leaves its files in the batch's folder, so that an interrupted search is replayed from them and goes on.
"""

from pathlib import Path

from flows.tools import Tools
from tasks.augment.search import Search
from tasks.augment.task import Trials, begin_batch, conclude_batch, learn_batch, propose_batch
from tasks.diagnose.task import diagnose_programs
from tasks.record import load_rows
from tasks.render.task import render_batch


async def rank(tools: Tools, proven: Path, folder: Path) -> Path:
    """`Proven` rows in, `Ranked` rows out, in the candidates' order; the others land in `rejected-augment.jsonl`."""
    out = folder / "ranked.jsonl"
    if out.exists():
        return out
    searches = folder / "search-00.jsonl"
    with tools.progress.stage("augment", len(load_rows(proven, Proven))):
        searches = await begin_batch(proven, searches, tools.order.settings)
