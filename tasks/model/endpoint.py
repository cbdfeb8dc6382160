"""A deployment while it is used: how it has fared, and which of several is the one to call."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tasks.model.dialect import Dialect
from tasks.model.limit import Begun, Limit
from tasks.settings import Deployment

_NEW = 0.2
"""Share of the last answer in what an endpoint's answers take."""

_CROWDED = 2.0
"""An endpoint whose answers are late by so much more than another's is called only if the other has no place."""

RESTED = 3
"""Failures in a row after which an endpoint is left alone for a while, and then asked with one call at a time. One that
fails a fifth of its calls comes to that once in a hundred."""

GIVEN_UP = 5
"""Failures in a row from which an endpoint counts as down."""

_FIRST_REST_S, _LONGEST_REST_S = 0.5, 60.0
"""How long it is left alone, doubled with each failure."""


@dataclass
class Endpoint:
    """A deployment, and how it has fared."""

    settings: Deployment
    arguments: dict[str, Any]
    limit: Limit
    dialect: Dialect
    """How it wants to be spoken to."""
    credit: float = 0.0
    """Of the weighted round robin."""
    answered: float = float("-inf")
    """When it last did; as `time.monotonic`."""
    unusable: str = ""
    """What it said when it refused the key, the model, or all of it."""
    lately: float = 0.0
    """Seconds that answers took, the last ones most; 0 before the first."""
    quickest: float = float("inf")
    failures: int = 0
    """In a row."""
    _failing_since: float = float("inf")
    _failed: float = float("-inf")
    """When the last failure came that counts."""
    _rests_until: float = float("-inf")

    @property
    def answers(self) -> bool:
        """Whether it ever did."""
        return self.answered > float("-inf")

    def free_at(self, now: float) -> float | None:
        """As `Limit.free_at`, for an endpoint that may have to be left alone."""
        if self.failures >= RESTED and self.limit.under_way:
            return None
        at = self.limit.free_at(now)
        return None if at is None else max(at, self._rests_until)

    def down(self, outage_s: float) -> bool:
        """Whether it is to be given up: it only fails, and has for `outage_s` seconds if it ever answered."""
        lasted = time.monotonic() - self._failing_since
        return self.failures >= GIVEN_UP and (not self.answers or lasted >= outage_s)

    def failed(self, call: Begun) -> None:
        """A call failed, or timed out. Of those that were under way together one counts."""
        if call.at < self._failed:
            return
        self._failed = time.monotonic()
        self._failing_since = min(self._failing_since, self._failed)
        self.failures += 1
        if self.failures >= RESTED:
            rest = min(_FIRST_REST_S * 2.0 ** (self.failures - RESTED), _LONGEST_REST_S)
            self._rests_until = self._failed + rest

    def works(self) -> None:
        """It answered, or said what is wrong with a call: failures are no longer in a row."""
        self.failures, self._failing_since, self._rests_until = 0, float("inf"), float("-inf")

    def took(self, seconds: float) -> None:
        """An answer came."""
        self.works()
        self.answered = time.monotonic()
        self.quickest = min(self.quickest, seconds)
        self.lately += (seconds - self.lately) * (_NEW if self.lately else 1.0)

    @property
    def crowding(self) -> float:
        """How much longer answers take than they can: calls that queue there could be answered elsewhere."""
        return self.lately / self.quickest if self.lately else 1.0


def by_turns(free: Sequence[Endpoint]) -> Endpoint:
    """Smooth weighted round robin, as nginx has it, among those that are not crowded beside the others: all get their
    weight as credit, the richest pays the sum."""
    room = _CROWDED * min(one.crowding for one in free)
    able = [one for one in free if one.crowding <= room]
    for one in able:
        one.credit += one.settings.weight
    chosen = max(able, key=lambda one: one.credit)
    chosen.credit -= sum(one.settings.weight for one in able)
    return chosen
