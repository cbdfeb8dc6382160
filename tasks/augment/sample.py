"""A measured version, as the search reckons with it."""

from dataclasses import dataclass
from typing import NamedTuple

from tasks.augment.site import Picks
from tasks.record import Render
from tasks.settings import QualityWeights


class Shown(NamedTuple):
    """What a page takes from q before anyone touches it."""

    looks: float
    axe: float


@dataclass(frozen=True)
class Sample:
    """A measured version: what it carried, which checks failed (a bit each), and its parts.

    Function is what two measures come to, the checks and `conduct`, what of the clean program's effects is the same.
    """

    picks: Picks
    failed: int
    function: float
    parts: tuple[float, float, float]
    """Visual, performance, accessibility."""
    conduct: float
    q: float

    def shown(self, weights: QualityWeights) -> Shown:
        """What the page takes from q before anyone touches it."""
        return Shown(weights.visual * (1 - self.parts[0]), weights.accessibility * (1 - self.parts[2]))


def sample_of(picks: Picks, render: Render) -> Sample:
    """A measured version; a check failed if it did not pass."""
    failed = sum((verdict.value != "pass") << bit for bit, verdict in enumerate(render.verdicts))
    own = render.quality
    conduct = 1 - (render.measures.diverged or 0.0)
    return Sample(picks, failed, own.function, (own.visual, own.performance, own.accessibility), conduct, own.q)
