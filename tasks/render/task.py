"""The Prefect task: a file of orders to a file of renders."""

import asyncio
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.record import RenderOrder
from tasks.render.pool import RenderPool
from tasks.rows import load_rows, save_rows


@task(name="render", persist_result=False, cache_policy=NO_CACHE)
async def render_batch(orders: Path, out: Path, pool: RenderPool) -> Path:
    """Render every order of a file, in its order; done before if `out` is there.

    Raises:
        BrowserDown: the browser can't be used.
    """
    if not out.exists():
        running = [asyncio.ensure_future(pool.render(order)) for order in load_rows(orders, RenderOrder)]
        try:
            save_rows(out, await asyncio.gather(*running))
        finally:
            for one in running:
                one.cancel()
    return out
