"""A stage's service: every request its answer, whoever comes or goes meanwhile."""

import asyncio

import pytest

from tasks.errors import BrokenRun
from tasks.service import Service


async def test_each_request_is_answered_without_waiting_for_another():
    service: Service[int, int] = Service()
    slow = asyncio.Event()

    async def work(row: int) -> int:
        if row == 0:
            await slow.wait()
        return row * 10

    serving = asyncio.create_task(service.serve(work))
    first = asyncio.create_task(service.ask(0))
    assert await asyncio.gather(*(service.ask(n) for n in (1, 2, 3))) == [10, 20, 30]
    assert not first.done()
    slow.set()
    assert await first == 0
    service.close()
    assert await serving == 4


async def test_what_the_work_raises_reaches_the_asker_and_nobody_else():
    service: Service[int, int] = Service()

    async def work(row: int) -> int:
        if row == 1:
            raise BrokenRun("no browser")
        return row

    serving = asyncio.create_task(service.serve(work))
    answers = await asyncio.gather(*(service.ask(n) for n in range(3)), return_exceptions=True)
    assert isinstance(answers[1], BrokenRun)
    assert [answers[0], answers[2]] == [0, 2]
    service.close()
    assert await serving == 3


async def test_the_work_of_an_asker_that_is_gone_ends():
    service: Service[int, int] = Service()
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work(row: int) -> int:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return row

    serving = asyncio.create_task(service.serve(work))
    asker = asyncio.create_task(service.ask(0))
    await begun.wait()
    asker.cancel()
    await asyncio.wait_for(ended.wait(), 5)
    service.close()
    assert await asyncio.wait_for(serving, 5) == 1


async def test_closed_it_still_answers_what_was_asked():
    service: Service[int, int] = Service()
    asked = [asyncio.create_task(service.ask(n)) for n in range(3)]
    await asyncio.sleep(0)
    service.close()

    async def work(row: int) -> int:
        await asyncio.sleep(0)
        return row + 1

    assert await service.serve(work) == 3
    assert await asyncio.gather(*asked) == [1, 2, 3]


async def test_together_takes_all_that_wait_in_one_call():
    service: Service[int, int] = Service()
    calls: list[list[int]] = []

    async def work(rows):
        calls.append(list(rows))
        await asyncio.sleep(0)
        return [row * 2 for row in rows]

    asked = [asyncio.create_task(service.ask(n)) for n in range(5)]
    await asyncio.sleep(0)
    asked[1].cancel()
    await asyncio.sleep(0)
    serving = asyncio.create_task(service.serve_together(work))
    assert [await one for one in (asked[0], *asked[2:])] == [0, 4, 6, 8]
    assert await service.ask(9) == 18
    service.close()
    assert await serving == 5
    assert calls == [[0, 2, 3, 4], [9]]


async def test_together_everyone_hears_of_a_failure_and_the_next_call_is_made():
    service: Service[int, int] = Service()

    async def work(rows):
        if 0 in rows:
            raise BrokenRun("no index")
        return list(rows)

    serving = asyncio.create_task(service.serve_together(work))
    failed = await asyncio.gather(service.ask(0), service.ask(1), return_exceptions=True)
    assert all(isinstance(one, BrokenRun) for one in failed)
    assert await service.ask(2) == 2
    service.close()
    await serving


@pytest.mark.parametrize("together", [False, True])
async def test_a_service_that_is_dropped_leaves_no_work_behind(together):
    service: Service[int, int] = Service()
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work(_):
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    serving = asyncio.create_task((service.serve_together if together else service.serve)(work))
    asker = asyncio.create_task(service.ask(0))
    await begun.wait()
    serving.cancel()
    await asyncio.wait([serving])
    assert ended.is_set()
    asker.cancel()
