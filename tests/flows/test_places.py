"""Places go to the oldest candidate that waits, and none is lost."""

import asyncio

from flows.places import Places


async def test_the_lowest_index_is_next_whoever_came_first():
    places, order = Places(1), []

    async def enter(index):
        async with places.at(index):
            order.append(index)
            await asyncio.sleep(0)

    async with places.at(0):
        waiting = [asyncio.create_task(enter(index)) for index in (9, 4, 7, 4)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert order == [4, 4, 7, 9]


async def test_so_many_at_once_and_none_lost_when_somebody_leaves_the_line():
    places, inside, most = Places(2), 0, 0

    async def enter(index):
        nonlocal inside, most
        async with places.at(index):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    tasks = [asyncio.create_task(enter(index)) for index in range(20)]
    await asyncio.sleep(0)
    for task in tasks[5:15:2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (most, inside) == (2, 0)
    async with asyncio.timeout(5), places.at(0), places.at(1):
        pass
