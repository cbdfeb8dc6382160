"""The Prefect task of the shard room: one run writes one shard."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.record import Ranked, Rejected, load_rows
from tasks.shard.write import RunStamp, ShardPaths, write_shard


@task(name="shard", task_run_name="shard-{shard}", cache_policy=NO_CACHE)
async def shard_batch(
    dataset: str, shard: str, run: RunStamp, ranked: Path, rejected: Sequence[Path], screenshots: Path
) -> ShardPaths:
    """Rows of `Ranked` and several files of rows of `Rejected` in, one shard written to the dataset.

    A batch that is written again under the same name changes nothing. `screenshots` is the folder that the renders'
    screenshot paths are relative to.
    """
    tasks = load_rows(ranked, Ranked)
    lost = sorted((row for path in rejected for row in load_rows(path, Rejected)), key=lambda row: row.candidate.index)
    return await asyncio.to_thread(write_shard, dataset, shard, run, tasks, lost, screenshots)
