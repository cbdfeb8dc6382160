"""What a run may spend, counted before it is spent, and the one place that says stop.

A call reserves the most that it can cost. What does not fit beside the other reservations waits until some of them are
settled for what they cost in fact; once none is left and it still does not fit, the money is used up. So the run never
spends more than it may, as long as no call costs more than was reserved for it; whoever reserves learns from those that
do (`call.Caller`).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tasks.errors import Stopped

WATCHED = 40
"""Calls whose share of failed ones is watched; a call and its re-asks are one."""


class Bill:
    """One reservation; `usd` is what the call cost in the end, and 0 if it never got that far."""

    def __init__(self) -> None:
        """Nothing is spent yet."""
        self.usd = 0.0


class Purse:
    """The money and the patience of one run. Once `stop` is called, nobody gets anything any more."""

    def __init__(self, usd: float | None = None, spent: float = 0.0, error_rate: float = 1.0) -> None:
        """`usd`: dollars that may be spent, those `spent` in earlier sessions included; None is no limit.
        `error_rate`: share of failed calls among the last `WATCHED` above which the run stops; 1 never does."""
        self._limit, self._error_rate = usd, error_rate
        self._spent = spent
        self._reserved: list[float] = []
        self._recent: deque[bool] = deque(maxlen=WATCHED)
        self._freed = asyncio.Condition()
        self._heeding: list[Callable[[str], None]] = []
        self.stopped = ""
        """Why nothing is given any more; empty while it is."""

    @property
    def spent(self) -> float:
        """Dollars, those of earlier sessions included."""
        return self._spent

    def stop(self, why: str) -> None:
        """Give nothing from now on; the first reason stays."""
        if not self.stopped:
            self.stopped = why
            for told in self._heeding:
                told(why)

    def heed(self, told: Callable[[str], None]) -> None:
        """`told` is called with the reason once nothing is given any more."""
        self._heeding.append(told)
        if self.stopped:
            told(self.stopped)

    def heard(self, failed: bool) -> None:
        """A call brought what was asked for, wherever and however often it was tried, or nobody answered it, or its
        last reply was still unusable; too many of the latter end the run."""
        self._recent.append(failed)
        if self._error_rate < 1 and len(self._recent) == WATCHED and sum(self._recent) > self._error_rate * WATCHED:
            self.stop(
                f"Stopped: {sum(self._recent)} of the last {WATCHED} calls failed (limits.error_rate is "
                f"{self._error_rate:g}). What is done is kept; the same command goes on from here."
            )

    @asynccontextmanager
    async def reserve(self, most: float) -> AsyncIterator[Bill]:
        """Room for a call that costs `most` dollars at the most; its bill is settled when the context ends.

        Raises:
            Stopped: there is no such room any more, or the run is to stop.
        """
        await self._take(most)
        bill = Bill()
        try:
            yield bill
        finally:
            self._reserved.remove(most)
            self._spent += bill.usd
            async with self._freed:
                self._freed.notify_all()

    async def _take(self, most: float) -> None:
        async with self._freed:
            while not self.stopped and not self._fits(most):
                if not self._reserved:
                    self.stop(
                        f"Stopped: ${self._spent:.4f} of ${self._limit or 0:g} are spent, and the next call may cost "
                        f"${most:.4f}. What is done is kept; the same command with a larger --max-usd goes on from "
                        "here."
                    )
                    self._freed.notify_all()
                else:
                    await self._freed.wait()
            if self.stopped:
                raise Stopped(self.stopped)
            self._reserved.append(most)

    def _fits(self, most: float) -> bool:
        return self._limit is None or self._spent + sum(self._reserved) + most <= self._limit
