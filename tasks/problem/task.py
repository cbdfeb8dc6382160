"""The problem room as a Prefect task: one run poses the problems of one batch."""

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.gather import gather
from tasks.model.gateway import Gateway
from tasks.problem.author import pose
from tasks.record import Candidate
from tasks.rows import load_rows, save_outcomes


@task(name="problem", persist_result=False, cache_policy=NO_CACHE)
async def pose_batch(candidates: Path, out: Path, rejected: Path, gateway: Gateway) -> Path:
    """`Candidate` rows in, `Posed` rows out, `Rejected` rows beside; what is already there is not paid for again."""
    if not out.exists():
        rows = load_rows(candidates, Candidate)
        outcomes = await gather(pose(gateway, row) for row in rows)
        save_outcomes(out, rejected, outcomes)
    return out
