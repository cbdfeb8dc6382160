"""The Prefect tasks of the shard room: one run writes one shard, or opens them all."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.record import Ranked, Rejected
from tasks.rows import load_rows
from tasks.shard.identity import identify_dataset
from tasks.shard.read import Pair, need_tasks, read_pairs
from tasks.shard.write import RunStamp, ShardPaths, write_shard


@dataclass(frozen=True)
class Shards:
    """A dataset that has tasks: its id, how to read them, and how many candidates were rejected."""

    dataset_id: str
    pairs: Callable[[], Iterator[Pair]]
    """Begins to read the tasks, each with its truth, one shard in memory at a time."""
    rejected: int


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


@task(name="open-shards", cache_policy=NO_CACHE, persist_result=False)
async def open_shards(dataset: str) -> Shards:
    """A dataset in, what can be read of it out.

    Raises:
        BadInput: it holds no task, or shards of another schema version.
    """
    counts = await asyncio.to_thread(need_tasks, dataset)
    dataset_id = await asyncio.to_thread(identify_dataset, dataset)
    return Shards(dataset_id=dataset_id, pairs=partial(read_pairs, dataset), rejected=counts.rejected)
