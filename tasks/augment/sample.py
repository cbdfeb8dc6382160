"""A measured version, as the search reckons with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasks.augment.site import Pick
from tasks.record import Render
from tasks.settings import QualityWeights


class Shown(NamedTuple):
    """What a page takes from q before anyone touches it."""

    looks: float
    axe: float


@dataclass(frozen=True)
class Sample:
    """A measured version: what it carried, which checks failed (a bit each), and its parts."""

    picks: tuple[Pick, ...]
    failed: int
    function: float
    parts: tuple[float, float, float]
    """Visual, performance, accessibility."""
    q: float

    def shown(self, weights: QualityWeights) -> Shown:
        """What the page takes from q before anyone touches it."""
        return Shown(weights.visual * (1 - self.parts[0]), weights.accessibility * (1 - self.parts[2]))


def sample_of(picks: tuple[Pick, ...], renders: Sequence[Render]) -> Sample:
    """A measured version; parts are means over its renders, a check failed if it did not pass in all of them."""
    failed = 0
    for render in renders:
        for bit, verdict in enumerate(render.verdicts):
            failed |= (verdict.value != "pass") << bit
    n = len(renders)

    def mean(name: str) -> float:
        return float(sum(getattr(render.quality, name) for render in renders)) / n

    return Sample(
        picks, failed, mean("function"), (mean("visual"), mean("performance"), mean("accessibility")), mean("q")
    )
