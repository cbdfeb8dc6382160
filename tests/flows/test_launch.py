"""Which candidates are launched, and when shards are written: as many tasks as asked for, losses replaced at once."""

import asyncio
from types import SimpleNamespace

import pytest

from flows.launch import Launcher
from tasks.errors import Stopped
from tasks.model.purse import Purse
from tasks.record import Candidate, Persona, Rejected, Usage
from tasks.settings import Settings

PERSONA = Persona(persona_id="p", text="A glazier.", source="s")


def lost(index):
    candidate = Candidate(index=index, seed=1, topic="tools", persona=PERSONA)
    return Rejected(candidate=candidate, stage="render", reason="checks fail", detail="", usage=Usage())


class World:
    """What becomes of each candidate, and what was done in which order."""

    def __init__(self, tasks, lost=(), max_candidates=1000, **settings):
        self.lost, self.held, self.stopping = set(lost), {}, set()
        self.launched, self.over, self.written = [], [], []
        order = SimpleNamespace(tasks=tasks, max_candidates=max_candidates, settings=Settings(**settings))
        self.purse, self.stops = Purse(), []
        self.tools = SimpleNamespace(
            order=order,
            purse=self.purse,
            progress=SimpleNamespace(launch=lambda count: None),
            gate=SimpleNamespace(stop=self.stops.append),
        )
        self.changed = asyncio.Condition()
        self.most = self.now = 0

    def hold(self, *indices):
        """These candidates take until they are set."""
        self.held |= {index: asyncio.Event() for index in indices}

    async def open(self, number, start):
        return Scripted(self, number, start, self.tools.order.settings.batch)

    async def follow(self, shard, index):
        self.launched.append(index)
        self.now += 1
        self.most = max(self.most, self.now)
        await self.say()
        if index in self.held:
            await self.held[index].wait()
        await asyncio.sleep(0)
        self.now -= 1
        if index in self.stopping:
            raise Stopped("Stopped: enough.")
        self.over.append(index)
        shard.ends[index] = end = lost(index) if index in self.lost else f"task-{index}"
        await self.say()
        return end

    async def say(self):
        async with self.changed:
            self.changed.notify_all()

    async def until(self, true):
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(true)

    async def run(self):
        return await Launcher(self.tools, self.open, self.follow).run()


class Scripted:
    def __init__(self, world, number, start, size):
        self.world, self.number, self.start, self.size = world, number, start, size
        self.ends, self.running, self.dropped = {}, [], False

    def outcome(self, index):
        return self.ends.get(index)

    async def settle(self, launched):
        await asyncio.sleep(0)
        self.world.written.append((self.start, launched))
        await self.world.say()
        return {i: end for i, end in self.ends.items() if not isinstance(end, Rejected)}

    async def drop(self):
        for one in self.running:
            one.cancel()


async def test_nothing_lost_nothing_more_is_tried():
    world = World(20, batch=8)
    assert len(await world.run()) == 20
    assert world.launched == list(range(20))
    assert world.written == [(0, 8), (8, 8), (16, 4)]


async def test_nobody_waits_for_a_slow_one_but_the_shards_do():
    world = World(12, batch=4)
    world.hold(1)
    running = asyncio.create_task(world.run())
    await world.until(lambda: len(world.over) == 11)
    assert world.written == []
    world.held[1].set()
    assert len(await running) == 12
    assert world.written == [(0, 4), (4, 4), (8, 4)]


async def test_a_lost_candidate_is_replaced_while_others_are_under_way():
    world = World(8, lost={1}, batch=8)
    world.hold(0)
    running = asyncio.create_task(world.run())
    await world.until(lambda: 8 in world.over)
    world.held[0].set()
    assert sorted(await running) == [0, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("doomed", [{0}, {0, 3, 5}, {7, 8, 9, 10}, set(range(0, 30, 2))])
async def test_exactly_as_many_tasks_from_the_same_candidates(doomed):
    world = World(8, lost=doomed, batch=4)
    found = await world.run()
    assert len(found) == 8
    assert world.launched == list(range(len(world.launched)))
    assert set(found) == set(world.launched) - doomed


async def test_no_more_are_under_way_than_the_settings_say():
    world = World(30, batch=4, under_way=5)
    assert len(await world.run()) == 30
    assert world.most == 5


async def test_the_candidates_run_out():
    world = World(3, lost=set(range(100)), max_candidates=10)
    assert await world.run() == {}
    assert len(world.launched) == 10
    assert world.written == [(0, 8), (8, 2)]


async def test_a_candidate_that_breaks_ends_the_run_and_the_others():
    world = World(20, batch=4)
    world.hold(*range(1, 20))
    follow = world.follow

    async def broken(shard, index):
        if index == 0:
            raise RuntimeError("no browser")
        return await follow(shard, index)

    world.follow = broken
    with pytest.raises(RuntimeError, match="no browser"):
        await asyncio.wait_for(world.run(), 5)
    assert world.written == []


async def test_a_service_that_fails_ends_the_run():
    world = World(4)
    world.hold(0)

    async def fails():
        raise RuntimeError("Prefect is gone")

    async def opened(number, start):
        shard = Scripted(world, number, start, 8)
        shard.running = [asyncio.create_task(fails())]
        return shard

    world.open = opened
    with pytest.raises(RuntimeError, match="Prefect is gone"):
        await asyncio.wait_for(world.run(), 5)


async def test_once_the_run_is_to_stop_none_begins_and_what_is_whole_is_written():
    world = World(40, batch=4, under_way=8)
    world.hold(*range(8))
    running = asyncio.create_task(world.run())
    await world.until(lambda: len(world.launched) == 8)
    world.purse.stop("Stopped: enough.")
    for event in world.held.values():
        event.set()
    assert len(await running) == 8
    assert world.written == [(0, 4), (4, 4)]
    assert len(world.launched) == 8


async def test_what_stops_keeps_the_shards_behind_it_from_being_written():
    world = World(24, batch=8)
    world.stopping = {9}
    assert sorted(await world.run()) == list(range(8))
    assert world.written == [(0, 8)]
    assert world.stops == [9]
    assert len(world.over) == 23
