"""How batches are launched: as many tasks as asked for, losses replaced at once, whatever finishes first."""

import asyncio
from types import SimpleNamespace

import pytest

from flows import generate
from tasks.errors import Stopped
from tasks.model.purse import Purse
from tasks.settings import Settings


class Fate:
    """What becomes of each candidate, and what was done in which order."""

    def __init__(self, lost_early=(), lost_late=()):
        self.lost_early, self.lost_late = set(lost_early), set(lost_late)
        self.launched, self.log = [], []
        self.told = asyncio.Event()
        """Set with every launch."""
        self.hold = asyncio.Event()
        """The first batch's ladders take as long as this."""
        self.hold.set()

    def batch(self, tools, number, start, size, lost):
        return Scripted(self, number, range(start, start + size), lost)


class Scripted:
    def __init__(self, fate, number, indices, lost):
        self.fate, self.number, self.indices, self.lost = fate, number, indices, lost
        self.size = self.alive = len(indices)
        fate.launched.append(tuple(indices))
        fate.told.set()

    def lose(self, doomed):
        gone = len(doomed & set(self.indices))
        self.alive -= gone
        if gone:
            self.lost.set()

    async def run(self):
        await asyncio.sleep(0)
        self.lose(self.fate.lost_early)
        if self.number == 0:
            await self.fate.hold.wait()
        self.lose(self.fate.lost_late)

    async def settle(self):
        self.fate.log.append(self.number)
        return {self.indices.start + n: f"task-{self.indices.start + n}" for n in range(self.alive)}


async def run(monkeypatch, fate, tasks, max_candidates=1000, **settings):
    monkeypatch.setattr(generate, "Batch", fate.batch)
    order = SimpleNamespace(tasks=tasks, max_candidates=max_candidates, settings=Settings(**settings))
    fate.purse = Purse()
    accepted, task_ids = await generate._batches(SimpleNamespace(order=order, purse=fate.purse))
    assert len(task_ids) == accepted
    return accepted


async def test_nothing_lost_nothing_more_is_tried(monkeypatch):
    fate = Fate()
    assert await run(monkeypatch, fate, 20, batch=8, overlap=2) == 20
    assert [len(batch) for batch in fate.launched] == [8, 8, 4]
    assert fate.log == [0, 1, 2]


async def test_a_lost_candidate_is_replaced_before_its_batch_is_over(monkeypatch):
    fate = Fate(lost_early={1})
    fate.hold.clear()
    running = asyncio.create_task(run(monkeypatch, fate, 8, batch=8, overlap=2))
    async with asyncio.timeout(5):
        while (8,) not in fate.launched:
            fate.told.clear()
            await fate.told.wait()
    assert fate.log == []
    fate.hold.set()
    assert await running == 8
    assert fate.log == [0, 1, 2]


@pytest.mark.parametrize("lost", [{0}, {0, 3, 5}, {7, 8, 9, 10}, set(range(0, 30, 2))])
@pytest.mark.parametrize("late", [False, True])
async def test_exactly_as_many_tasks_from_the_same_candidates_whenever_they_are_lost(monkeypatch, lost, late):
    fate = Fate(lost_late=lost) if late else Fate(lost_early=lost)
    assert await run(monkeypatch, fate, 8, batch=4, overlap=2) == 8
    tried = [index for batch in fate.launched for index in batch]
    assert tried == list(range(len(tried)))
    assert len(set(tried) - lost) == 8


async def test_the_candidates_run_out(monkeypatch):
    fate = Fate(lost_early=set(range(100)))
    assert await run(monkeypatch, fate, 3, max_candidates=10) == 0
    assert sum(map(len, fate.launched)) == 10


async def test_a_batch_that_breaks_ends_the_run_and_the_others(monkeypatch):
    fate = Fate()

    async def broken(self):
        if self.number == 0:
            raise RuntimeError("no browser")
        await asyncio.Event().wait()

    monkeypatch.setattr(Scripted, "run", broken)
    with pytest.raises(RuntimeError, match="no browser"):
        await asyncio.wait_for(run(monkeypatch, fate, 20, batch=4, overlap=3), 5)


async def test_once_the_run_is_to_stop_no_batch_begins_and_those_under_way_are_settled(monkeypatch):
    fate = Fate()
    fate.hold.clear()
    running = asyncio.create_task(run(monkeypatch, fate, 40, batch=8, overlap=2))
    async with asyncio.timeout(5):
        while len(fate.launched) < 2:
            fate.told.clear()
            await fate.told.wait()
    fate.purse.stop("Stopped: enough.")
    fate.hold.set()
    assert await running == 16
    assert fate.log == [0, 1]
    assert len(fate.launched) == 2


async def test_a_batch_that_may_not_ask_any_more_ends_the_run_with_what_was_settled_before_it(monkeypatch):
    fate = Fate()

    async def refused(self):
        if self.number == 1:
            raise Stopped("Stopped: enough.")

    monkeypatch.setattr(Scripted, "run", refused)
    assert await run(monkeypatch, fate, 24, batch=8, overlap=3) == 8
    assert fate.log == [0]
