"""Work that is under way at once, and ends together: none of it goes on behind a failure."""

import asyncio
from collections.abc import Collection, Coroutine, Iterable
from typing import Any, TypeVar

from tasks.errors import Stopped

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


async def gather(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Do all at once; what each gave, in their order. If one fails, the others are cancelled and waited for, then its
    error is raised: itself, with its cause, where `asyncio.TaskGroup` raises a group of errors. `Stopped` cancels
    nobody: what is under way may be paid for, and ends by itself."""
    running = [asyncio.create_task(one) for one in work]
    try:
        return await asyncio.gather(*running)
    except Stopped:
        await asyncio.gather(*running, return_exceptions=True)
        raise
    finally:
        await drop(running)


async def both(one: Coroutine[Any, Any, A], other: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """`gather` for two of different kinds."""
    work: tuple[Coroutine[Any, Any, Any], ...] = (one, other)
    first, second = await gather(work)
    return first, second


async def drop(running: Collection[asyncio.Task[Any]]) -> None:
    """Cancel what still runs and wait until all of it has ended, however it does."""
    for one in running:
        one.cancel()
    await asyncio.gather(*running, return_exceptions=True)
