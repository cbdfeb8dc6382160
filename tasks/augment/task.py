"""The augment room as Prefect tasks: one run searches the ladders of one shard, or has a model propose edits for it."""

import asyncio
from collections.abc import Callable
from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.augment.author import Authored, author_edits
from tasks.augment.state import Search
from tasks.model.gateway import Gateway
from tasks.record import Proven
from tasks.service import Service

Step = Callable[[], Search]
"""One step of one search: begun, or with what was measured of its trials."""


@task(name="augment-author", task_run_name="augment-author-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def author_shard(shard: int, proven: Service[Proven, Authored], gateway: Gateway) -> int:
    """Have a model propose edits for each clean program handed in; gives how many there were."""
    return await proven.serve(partial(author_edits, gateway=gateway))


@task(name="augment", task_run_name="augment-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def search_shard(shard: int, steps: Service[Step, Search]) -> int:
    """Take each step handed in, in a thread; gives how many there were."""
    return await steps.serve(asyncio.to_thread)
