"""The Prefect task: a file of orders to a file of renders."""

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.gather import gather
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
        save_rows(out, await gather(pool.render(order) for order in load_rows(orders, RenderOrder)))
    return out
