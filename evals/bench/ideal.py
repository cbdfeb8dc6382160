"""The shortest time that candidates take who wait for nothing but a place at the endpoint and a processor."""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from tasks.errors import BadInput


@dataclass(frozen=True)
class Calls:
    """A call of a model."""

    seconds: float


@dataclass(frozen=True)
class Renders:
    """Renders that may be made at the same time, on as many processors as are free."""

    number: int
    seconds: float
    """Of one."""


@dataclass(frozen=True)
class Course:
    """What one candidate does, one part after the other."""

    parts: tuple[Calls | Renders, ...]
    accepted: bool


class _Servers:
    """So many servers, first come, first served."""

    def __init__(self, number: int) -> None:
        self._free, self._line = number, deque[tuple[float, int]]()

    def come(self, seconds: float, who: int) -> None:
        self._line.append((seconds, who))

    def begin(self) -> list[tuple[float, int]]:
        """Those whose turn it is."""
        begun = []
        while self._free and self._line:
            self._free -= 1
            begun.append(self._line.popleft())
        return begun

    def end(self) -> None:
        self._free += 1


def ideal_seconds(courses: Sequence[Course], tasks: int, places: int, processors: int) -> float:
    """Seconds until so many are accepted; one more candidate begins for each that is lost.

    Raises:
        BadInput: the courses have fewer accepted candidates.
    """
    servers = {Calls: _Servers(places), Renders: _Servers(processors)}
    events: list[tuple[float, int, type[Calls | Renders], int]] = []
    order, at = count(), [0] * len(courses)
    pending = [0] * len(courses)
    now, accepted, lost, launched = 0.0, 0, 0, 0

    def go_on(who: int) -> None:
        nonlocal accepted, lost
        course = courses[who]
        if at[who] == len(course.parts):
            accepted, lost = accepted + course.accepted, lost + (not course.accepted)
            return
        part = course.parts[at[who]]
        at[who] += 1
        pending[who] = part.number if isinstance(part, Renders) else 1
        for _ in range(pending[who]):
            servers[type(part)].come(part.seconds, who)

    while accepted < tasks:
        while launched < min(tasks + lost, len(courses)):
            launched += 1
            go_on(launched - 1)
        for kind, server in servers.items():
            for seconds, who in server.begin():
                heapq.heappush(events, (now + seconds, next(order), kind, who))
        if not events:
            raise BadInput(f"Only {accepted} of {tasks} candidates are accepted; measure a run that is complete.")
        now, _, kind, who = heapq.heappop(events)
        servers[kind].end()
        pending[who] -= 1
        if not pending[who]:
            go_on(who)
    return now
