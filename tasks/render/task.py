"""The render room as a Prefect task: one run renders the pages of one shard."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.record import Render, RenderOrder
from tasks.render.pool import RenderPool
from tasks.service import Service


@task(name="render", task_run_name="render-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def render_shard(shard: int, orders: Service[RenderOrder, Render], pool: RenderPool) -> int:
    """Render each order handed in, as soon as a page is free; gives how many there were."""
    return await orders.serve(pool.render)
