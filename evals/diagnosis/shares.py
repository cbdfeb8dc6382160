"""Shares with their intervals."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

_Z = 1.959964
"""Of the normal distribution, for 95 %."""


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @classmethod
    def of_all(cls, hits: Iterable[bool]) -> "Share":
        """How many of these hold."""
        counted = list(hits)
        return cls(sum(counted), len(counted))

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % score interval (1927), which has a width at 0 and at 1, where a bootstrap has none."""
        if not self.of:
            return 0.0, 1.0
        spread = _Z * sqrt(self.value * (1 - self.value) / self.of + _Z**2 / (4 * self.of**2))
        middle, scale = self.value + _Z**2 / (2 * self.of), 1 + _Z**2 / self.of
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """How many, of how many, the share, and its interval: for a table."""
        low, high = self.interval
        return str(self.hits), str(self.of), f"{self.value:.3f}", f"{low:.3f} to {high:.3f}"
