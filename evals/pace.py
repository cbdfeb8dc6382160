"""A line now and then while something long goes on."""

import time
from collections.abc import Callable

from tasks.clock import clock

Tell = Callable[[str], None]
"""Takes one line for the user."""

_QUIET_S = 10
"""Between two lines."""


class Pace:
    """Counts what is done of so many, and says so at the start, every ten seconds and at the end."""

    def __init__(self, what: str, total: int, tell: Tell) -> None:
        """`what`: plural, e.g. `versions rendered`."""
        self._what, self._total, self._tell = what, total, tell
        self._done = 0
        self._began = self._last = time.monotonic()

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        now = time.monotonic()
        if self._done == self._total or now - self._last > _QUIET_S:
            self._last = now
            gone = now - self._began
            left = gone / self._done * (self._total - self._done)
            rest = f", about {clock(left)} left" if self._done < self._total else ""
            self._tell(f"{clock(gone)}  {self._done} of {self._total} {self._what}{rest}")
