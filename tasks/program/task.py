"""The program room as a Prefect task: one run writes the programs of one batch."""

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.gather import gather
from tasks.model.gateway import Gateway
from tasks.program.author import write
from tasks.record import Posed
from tasks.rows import load_rows, save_outcomes


@task(name="program", persist_result=False, cache_policy=NO_CACHE)
async def write_batch(posed: Path, out: Path, rejected: Path, gateway: Gateway) -> Path:
    """`Posed` rows in, `Written` rows out, `Rejected` rows beside; what is already there is not paid for again."""
    if not out.exists():
        rows = load_rows(posed, Posed)
        outcomes = await gather(write(gateway, row) for row in rows)
        save_outcomes(out, rejected, outcomes)
    return out
