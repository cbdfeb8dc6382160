"""The problem room as a Prefect task: one run poses the problems of one shard."""

from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.model.gateway import Gateway
from tasks.problem.author import pose
from tasks.problem.page import pose_for
from tasks.record import Candidate, Posed, Program, Rejected
from tasks.service import Service


@dataclass(frozen=True)
class Unposed:
    """A candidate that needs a problem."""

    candidate: Candidate
    program: Program | None = None
    """The page that exists already, if one does."""


@task(name="problem", task_run_name="problem-{shard}", persist_result=False, cache_policy=NO_CACHE)
async def pose_shard(shard: int, unposed: Service[Unposed, Posed | Rejected], gateway: Gateway) -> int:
    """Pose a problem for each candidate handed in; gives how many there were."""

    async def posed(row: Unposed) -> Posed | Rejected:
        if row.program is None:
            return await pose(gateway, row.candidate)
        return await pose_for(gateway, row.candidate, row.program)

    return await unposed.serve(posed)
