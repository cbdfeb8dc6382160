"""A limited number of places, given to whoever comes first in the candidates' order."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Places:
    """So many may be inside at once; of those who wait, the one with the lowest index is next.

    An `asyncio.Semaphore` lets in whoever waits longest. Where candidates take the processor from one another, the
    oldest goes first, so that shards, which are written in order, are complete early.
    """

    def __init__(self, places: int) -> None:
        """`places`: at least 1."""
        self._free = places
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._came = 0

    @asynccontextmanager
    async def at(self, index: int) -> AsyncIterator[None]:
        """A place for as long as the context lasts."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(index)
        try:
            yield
        finally:
            self._leave()

    async def _wait(self, index: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._came += 1
        heapq.heappush(self._waiting, (index, self._came, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it had been given the place already
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
