"""The problem room as a Prefect task: one run poses the problems of one shard."""

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.model.gateway import Gateway
from tasks.problem.author import pose
from tasks.record import Candidate, Posed, Rejected
from tasks.service import Service


@task(name="problem", task_run_name="problem-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def pose_shard(shard: int, candidates: Service[Candidate, Posed | Rejected], gateway: Gateway) -> int:
    """Pose a problem for each candidate handed in; gives how many there were."""
    return await candidates.serve(partial(pose, gateway))
