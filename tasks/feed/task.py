"""The Prefect task of the feed room: one run publishes one dataset."""

import asyncio
from collections.abc import Callable, Iterator

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.feed.publish import Pair, Published, Request, publish_pairs


@task(name="publish-tasks", cache_policy=NO_CACHE, persist_result=False)
async def publish_dataset(
    request: Request, dataset: str, pairs: Callable[[], Iterator[Pair]], rejected: int
) -> Published:
    """The id and the tasks of a dataset in, a dataset with its card in a folder or on the Hub out.

    `pairs` begins to read the tasks, one after the other.
    """
    return await asyncio.to_thread(lambda: publish_pairs(request, dataset, pairs(), rejected))
