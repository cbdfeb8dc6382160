"""Work at once: its order, its first failure, and that nothing of it goes on afterwards."""

import asyncio

import pytest

from tasks.errors import BrowserDown
from tasks.gather import drop, gather


class Work:
    """Two that wait, and whether they had time to put their things away."""

    def __init__(self):
        self.begun, self.tidied = [], []
        self.under_way = asyncio.Event()

    async def last(self, name):
        """Never ends by itself, and is not gone at once when it is cancelled."""
        self.begun.append(name)
        if len(self.begun) == 2:
            self.under_way.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            self.tidied.append(name)

    async def fail(self, error):
        await self.under_way.wait()
        raise error


async def test_results_come_in_the_order_of_the_work_whatever_ends_first():
    async def wait(seconds):
        await asyncio.sleep(seconds)
        return seconds

    assert await gather(map(wait, (0.02, 0, 0.01))) == [0.02, 0, 0.01]
    assert await gather([]) == []


async def test_a_failure_comes_as_itself_when_all_the_rest_has_ended():
    work, cause = Work(), OSError("no such file")
    error = BrowserDown("The browser does not start.")
    error.__cause__ = cause
    with pytest.raises(BrowserDown) as raised:
        await gather([work.last("a"), work.fail(error), work.last("b")])
    assert raised.value is error and error.__cause__ is cause
    assert sorted(work.tidied) == ["a", "b"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_who_is_cancelled_meanwhile_leaves_nothing_behind():
    work = Work()
    waiting = asyncio.create_task(gather([work.last("a"), work.last("b")]))
    await work.under_way.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert sorted(work.tidied) == ["a", "b"]


async def test_what_is_dropped_has_ended_and_its_errors_are_nobodys():
    work = Work()
    running = [asyncio.create_task(each) for each in (work.last("a"), work.last("b"), work.fail(OSError()))]
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    await drop(running)
    assert all(one.done() for one in running)
    assert sorted(work.tidied) == ["a", "b"]
