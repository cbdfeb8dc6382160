"""The persona room as a Prefect task: one run draws the candidates of one batch."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.persona.draw import candidates
from tasks.persona.source import Pool
from tasks.record import Topic
from tasks.rows import save_rows


@task(name="persona", task_run_name="persona-{start}", persist_result=False, cache_policy=NO_CACHE)
async def draw_batch(pool: Pool, seed: int, weights: Mapping[Topic, float], start: int, count: int, out: Path) -> Path:
    """`Candidate` rows `start` to `start + count` out; what is already there is not drawn again."""
    if not out.exists():
        rows = await asyncio.to_thread(candidates, pool, seed, weights, start, count)
        await asyncio.to_thread(save_rows, out, rows)
    return out
