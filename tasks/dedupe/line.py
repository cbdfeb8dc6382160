"""Candidates in the order of their places, each decided when all before it are."""

import asyncio
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.record import Neighbour


@dataclass(frozen=True)
class Passer:
    """One candidate's text, as a vector of unit length."""

    place: int
    """The candidate's index."""
    task_id: str
    """Of the task that it would become; empty where that is not known yet."""
    title: str
    vector: NDArray[np.float32]


@dataclass(frozen=True)
class Decision:
    """Whether a candidate passes, the nearest before it, and how to speak of that one."""

    passes: bool
    nearest: Neighbour | None
    other: str


Pending = asyncio.Future[Decision | None]
"""None: it can't be decided any more, because a candidate before it stopped."""


class Line:
    """The decisions of one kind. A place comes (`arrive`, `recall`) or not (`leave`, `stop`); the first word counts."""

    def __init__(self, least: float) -> None:
        """`least`: the cosine from which two are the same."""
        self._least = least
        self._passed: dict[int, Passer] = {}
        self._waiting: dict[int, tuple[Passer, Neighbour | None, Pending]] = {}
        self._absent: set[int] = set()
        self._stopped: float = float("inf")
        """The first place that stopped."""
        self._turn = 0
        """The first place that is not decided."""

    def arrive(self, one: Passer, before: Neighbour | None) -> Pending:
        """Take a candidate in; `before`: the nearest task accepted before the run. Gives what will be decided."""
        decision: Pending = asyncio.get_running_loop().create_future()
        if one.place > self._stopped:
            decision.set_result(None)
        else:
            self._waiting[one.place] = one, before, decision
            self._go_on()
        return decision

    def doubtful(self, place: int) -> bool:
        """Whether something known speaks against a candidate that is not decided: an accepted task, or an earlier
        candidate, decided or not."""
        if place not in self._waiting:
            return False
        one, before, _ = self._waiting[place]
        if before is not None and before.similarity >= self._least:
            return True
        known = {at: other for at, (other, _, _) in self._waiting.items()} | self._passed
        near, _ = _nearest(one, [other for at, other in known.items() if at < place])
        return near is not None and near.similarity >= self._least

    def recall(self, one: Passer) -> None:
        """Let a candidate pass that passed in an earlier session."""
        self._passed[one.place] = one
        self._absent.add(one.place)
        self._go_on()

    def leave(self, place: int) -> None:
        """A candidate will not come; harmless if it has."""
        if place >= self._turn and place not in self._waiting:
            self._absent.add(place)
            self._go_on()

    def stop(self, place: int) -> None:
        """A candidate that may still come does not in this session; those behind it stay undecided."""
        if place < self._turn or place in self._waiting or place in self._absent:
            return
        self._stopped = min(self._stopped, place)
        for at, (_, _, decision) in self._waiting.items():
            if at > place and not decision.done():
                decision.set_result(None)

    def nearer(self, one: Passer, before: Neighbour | None) -> tuple[Neighbour | None, str]:
        """The nearest of what was accepted before the run and of what has passed in it, and how to speak of it."""
        near, words = _nearest(one, [other for at, other in self._passed.items() if at < one.place])
        if near and (before is None or near.similarity > before.similarity):
            return near, words
        return before, f"task {before.task_id}" if before else ""

    def _go_on(self) -> None:
        while True:
            if self._turn in self._waiting:
                one, before, decision = self._waiting.pop(self._turn)
                nearest, other = self.nearer(one, before)
                passes = nearest is None or nearest.similarity < self._least
                if passes:
                    self._passed[one.place] = one
                if not decision.done():  # nobody waits for a candidate that was lost meanwhile
                    decision.set_result(Decision(passes, nearest, other))
            elif self._turn not in self._absent:
                return
            self._turn += 1


def _nearest(one: Passer, others: list[Passer]) -> tuple[Neighbour | None, str]:
    if not others:
        return None, ""
    cosines = np.stack([other.vector for other in others]) @ one.vector
    best = int(np.argmax(cosines))
    found = others[best]
    near = Neighbour(task_id=found.task_id, similarity=round(float(cosines[best]), 6))
    return near, f'candidate {found.place} of this run, "{found.title}"'
