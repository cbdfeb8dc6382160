"""How long replies take, as those of real models do: a few much longer than most."""

import math
from dataclasses import dataclass

from tasks.model.offline.archetype import rng_of

_Z_95 = 1.6449
"""The 95th percentile of a standard normal distribution."""


@dataclass(frozen=True)
class Latency:
    """A log-normal distribution of seconds."""

    median: float = 0.0
    """Half of the replies take less; 0: all come at once."""
    p95: float = 0.0
    """95 % take less."""

    def __post_init__(self) -> None:
        """Raises ValueError: it is no distribution of times."""
        if not (0 < self.median <= self.p95 < math.inf or self.median == self.p95 == 0):
            raise ValueError(f"a 95th percentile of {self.p95:g} s does not fit to a median of {self.median:g} s")

    def seconds(self, *asked: str) -> float:
        """How long the reply to this request takes: always the same."""
        if not self.median:
            return 0.0
        sigma = math.log(self.p95 / self.median) / _Z_95
        return self.median * math.exp(sigma * rng_of("latency", *asked).gauss(0.0, 1.0))


AT_ONCE = Latency()
