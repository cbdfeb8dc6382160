"""The Prefect task of the feed room: one run publishes one dataset."""

import asyncio

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.feed.publish import Published, Request, publish_tables


@task(name="publish-tables", cache_policy=NO_CACHE, persist_result=False)
async def publish_dataset(
    request: Request, dataset: str, public: pa.Table, private: pa.Table, rejected: int
) -> Published:
    """The id and the rows of a dataset in, a dataset with its card in a folder or on the Hub out."""
    return await asyncio.to_thread(publish_tables, request, dataset, public, private, rejected)
