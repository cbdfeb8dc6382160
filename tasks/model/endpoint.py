"""A deployment while it is used: how it has fared, and which of several is the one to call."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tasks.model.limit import Limit
from tasks.settings import Deployment

_NEW = 0.2
"""Share of the last answer in what an endpoint's answers take."""

_CROWDED = 2.0
"""An endpoint whose answers are late by so much more than another's is called only if the other has no place."""


@dataclass
class Endpoint:
    """A deployment, and how it has fared."""

    settings: Deployment
    arguments: dict[str, Any]
    limit: Limit
    credit: float = 0.0
    """Of the weighted round robin."""
    answered: float = float("-inf")
    """When it last did; as `time.monotonic`."""
    unusable: str = ""
    """What it said when it refused the key, the model, or all of it."""
    lately: float = 0.0
    """Seconds that answers took, the last ones most; 0 before the first."""
    quickest: float = float("inf")

    def took(self, seconds: float) -> None:
        """An answer came."""
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
