"""Which candidates are under way, and when a shard is written.

Candidates are numbered in the order of the draw, and each goes its way alone: it waits for no other but where order
demands it. As many are launched as tasks are wanted, and one more for each that is lost, as soon as it is, so that no
accepted task is ever too many. Shards are written in the order of their candidates.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from flows.shard import Shard
from flows.tools import Tools
from tasks.errors import Stopped
from tasks.gather import drop
from tasks.record import Ranked, Rejected

OpenShard = Callable[[int, int], Awaitable[Shard]]
"""The shard of this number, whose first candidate has this index."""

Follow = Callable[[Shard, int], Coroutine[Any, Any, Ranked | Rejected]]
"""The whole way of a shard's candidate."""


class Launcher:
    """The candidates of one run."""

    def __init__(self, tools: Tools, open_shard: OpenShard, follow: Follow) -> None:
        """Nothing is launched before `run`."""
        self._tools, self._open_shard, self._follow = tools, open_shard, follow
        self._shards: list[Shard] = []
        self._launched = self._lost = 0
        self._under_way: dict[asyncio.Task[Ranked | Rejected], int] = {}
        """By task, the candidate's index."""
        self._left: list[int] = []
        """By shard, how many of its candidates are not over; those that are not launched yet included."""
        self._written = 0
        """Shards that are written, or being."""
        self._writing: asyncio.Task[dict[int, str]] | None = None
        self._task_ids: dict[int, str] = {}

    async def run(self) -> dict[int, str]:
        """Launch candidates until the tasks are there, the candidates are used up, or the run is to stop; gives the
        ids of the tasks that were written, by candidate."""
        try:
            while True:
                while self._may_launch():
                    await self._launch()
                self._write_next()
                if not self._under_way and self._writing is None:
                    break
                await self._wait()
            await self._write_last()
        finally:
            await drop([*self._under_way, *([self._writing] if self._writing else [])])
            for shard in self._shards:
                await shard.drop()
        return self._task_ids

    def _may_launch(self) -> bool:
        order = self._tools.order
        wanted = min(order.tasks + self._lost, order.max_candidates)
        free = len(self._under_way) < order.settings.candidates_at_once
        return free and self._launched < wanted and not self._tools.purse.stopped

    async def _launch(self) -> None:
        index = self._launched
        if not self._shards or index >= self._shards[-1].start + self._shards[-1].size:
            self._shards.append(await self._open_shard(len(self._shards), index))
            self._left.append(self._shards[-1].size)
        self._launched += 1
        self._tools.progress.launch(1)
        self._under_way[asyncio.create_task(self._follow(self._shards[-1], index))] = index

    async def _wait(self) -> None:
        """Wait until something ends, and take it in."""
        writing = [self._writing] if self._writing else []
        serving = [run for shard in self._shards[self._written :] for run in shard.running]
        done, _ = await asyncio.wait([*self._under_way, *writing, *serving], return_when=asyncio.FIRST_COMPLETED)
        for task in [one for one in self._under_way if one in done]:
            index = self._under_way.pop(task)
            try:
                end = task.result()
            except Stopped:
                self._tools.gate.stop(index)
                continue
            self._lost += isinstance(end, Rejected)
            self._left[self._number_of(index)] -= 1
        if self._writing in done:
            self._take_in()
        for run in serving:
            if run in done:
                run.result()  # it serves until its shard is closed: it can only have failed

    def _number_of(self, index: int) -> int:
        return next(number for number, shard in enumerate(self._shards) if index < shard.start + shard.size)

    def _write_next(self) -> None:
        """Begin to write the next shard, if it is full and over."""
        if self._writing is None and self._written < len(self._shards) and self._left[self._written] == 0:
            shard = self._shards[self._written]
            self._written += 1
            self._writing = asyncio.create_task(shard.settle(shard.size))

    def _take_in(self) -> None:
        assert self._writing is not None
        self._task_ids |= self._writing.result()
        self._writing = None

    async def _write_last(self) -> None:
        """Write the shards that have no more to come, as far as all before them could be."""
        for shard in self._shards[self._written :]:
            launched = min(self._launched - shard.start, shard.size)
            if not all(shard.outcome(shard.start + at) for at in range(launched)):
                break
            self._written += 1
            self._task_ids |= await shard.settle(launched)
