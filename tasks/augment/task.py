"""The augment stage as Prefect tasks: one task run is one step of one batch.

The flow goes round propose, render, diagnose, learn. Every step writes a file of its own and does nothing if that is
there, so that an interrupted search goes on where it was.
"""

import asyncio
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.augment.batch import author_searches, begin_searches, conclude_searches, learn_renders, propose_trials
from tasks.model.gateway import Gateway
from tasks.settings import Settings


@task(name="augment-author", persist_result=False, cache_policy=NO_CACHE)
async def author_batch(proven: Path, out: Path, gateway: Gateway) -> Path:
    """`Proven` rows in, `Authored` rows out; what is already there is not paid for again."""
    if not out.exists():
        await author_searches(proven, out, gateway)
    return out


@task(name="augment-begin", persist_result=False, cache_policy=NO_CACHE)
async def begin_batch(proven: Path, out: Path, settings: Settings, authored: Path | None = None) -> Path:
    """`Proven` rows in, with the `Authored` rows for them if a model is an author, `Search` rows out."""
    if not out.exists():
        await asyncio.to_thread(begin_searches, proven, out, settings, authored)
    return out


@task(name="augment-propose", persist_result=False, cache_policy=NO_CACHE)
async def propose_batch(searches: Path, out: Path) -> Path:
    """`Search` rows in, `BatchTrial` rows out; none when every search is over."""
    if not out.exists():
        await asyncio.to_thread(propose_trials, searches, out)
    return out


@task(name="augment-learn", persist_result=False, cache_policy=NO_CACHE)
async def learn_batch(searches: Path, renders: Path, findings: Path, out: Path) -> Path:
    """`Search` rows and what was measured of their trials in, `Search` rows out."""
    if not out.exists():
        await asyncio.to_thread(learn_renders, searches, renders, findings, out)
    return out


@task(name="augment-conclude", persist_result=False, cache_policy=NO_CACHE)
async def conclude_batch(searches: Path, out: Path, rejected: Path) -> Path:
    """`Search` rows in, `Ranked` rows out, `Rejected` rows beside."""
    if not out.exists():
        await asyncio.to_thread(conclude_searches, searches, out, rejected)
    return out
