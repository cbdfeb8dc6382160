"""The dedupe room as a Prefect task: one run compares the problems and programs of one shard."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.dedupe.gate import Compared, Gate, Text
from tasks.service import Service


@task(name="dedupe", task_run_name="dedupe-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def compare_shard(shard: int, texts: Service[Text, Compared], gate: Gate) -> int:
    """Compare each text handed in with the accepted tasks, all that wait in one search; gives how many there were."""
    return await texts.serve_together(gate.compare)
