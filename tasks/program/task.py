"""The program room as a Prefect task: one run writes the programs of one shard."""

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.model.gateway import Gateway
from tasks.program.author import write
from tasks.record import Posed, Rejected, Written
from tasks.service import Service


@task(name="program", task_run_name="program-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def write_shard(shard: int, posed: Service[Posed, Written | Rejected], gateway: Gateway) -> int:
    """Write a program for each problem handed in; gives how many there were."""
    return await posed.serve(partial(write, gateway))
