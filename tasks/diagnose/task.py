"""The room as Prefect tasks: one task run is one stage of one batch, never one record."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.diagnose.repair import repair
from tasks.diagnose.servers import Servers
from tasks.diagnose.strategy.case import Look
from tasks.gather import gather
from tasks.model.gateway import Gateway
from tasks.record import Findings, Program, Render, Written
from tasks.rows import load_rows, save_rows
from tasks.settings import Strategy

_AT_ONCE = 8
"""Programs of a batch under way at once: enough to keep every server busy, whatever their number."""


@task(name="diagnose", persist_result=False, cache_policy=NO_CACHE)
async def diagnose_batch(programs: Path, out: Path, servers: Servers) -> Path:
    """Rows of `Written` in, rows of `Findings` out, in the same order; nothing is done if `out` is there."""
    if out.exists():
        return out
    rows = await asyncio.to_thread(load_rows, programs, Written)
    return await _diagnose([row.program for row in rows], out, servers)


@task(name="diagnose-programs", persist_result=False, cache_policy=NO_CACHE)
async def diagnose_programs(programs: Path, out: Path, servers: Servers) -> Path:
    """Rows of `Program` in, rows of `Findings` out, in the same order; nothing is done if `out` is there."""
    if out.exists():
        return out
    return await _diagnose(await asyncio.to_thread(load_rows, programs, Program), out, servers)


@task(name="repair", persist_result=False, cache_policy=NO_CACHE)
async def repair_batch(
    written: Path,
    findings: Path,
    renders: Path,
    out: Path,
    gateway: Gateway,
    round_: int,
    rounds: int,
    strategy: Strategy = "cot",
    look: Look | None = None,
) -> Path:
    """Three files of as many rows, `Written`, `Findings`, `Render`, in; rows of `Written` out, in the same order, each
    one round older. A row whose repair failed keeps its program. Nothing is done if `out` is there."""
    if out.exists():
        return out
    rows = zip(load_rows(written, Written), load_rows(findings, Findings), load_rows(renders, Render), strict=True)
    repaired = await gather(
        repair(gateway, row, found, render, round_, rounds, strategy=strategy, look=look) for row, found, render in rows
    )
    return await asyncio.to_thread(save_rows, out, repaired)


async def _diagnose(programs: Sequence[Program], out: Path, servers: Servers) -> Path:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(program: Program) -> Findings:
        async with places:
            return await servers.diagnose(program)

    return await asyncio.to_thread(save_rows, out, await gather(map(one, programs)))
