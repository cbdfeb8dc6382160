"""How well measures agree with ratings, and which weights agree best."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.stats import kendalltau

from tasks.settings import QualityWeights

Floats = NDArray[np.float64]

LOSSES = ("checks", "conduct", "visual", "performance", "accessibility")
"""What q takes off, each in [0, 1]; the first two make function."""
DRAWN = 1.0
"""How much the weights are drawn towards those in use: a unit of it is one version whose rating they explain."""
LEAST = 0.05
"""Weight of a part at the least."""
RESAMPLES = 500


@dataclass(frozen=True)
class Case:
    """A rated task, measured; four versions in one order."""

    name: str
    ratings: tuple[float, ...]
    """Means, 0 to 100."""
    by_rater: tuple[tuple[float, ...], ...]
    """Each rater's four."""
    q: tuple[float, ...]
    """As the settings have it."""
    score: tuple[float, ...]
    """The same without the clean program."""
    losses: tuple[tuple[float, ...], ...]
    """Of each version, in the order of `LOSSES`."""


def tau(one: Sequence[float], other: Sequence[float]) -> float:
    """Kendall's tau-b of two scores of four versions; 0 if one tells nothing."""
    found = float(kendalltau(one, other).statistic)
    return found if found == found else 0.0


def raters_tau(case: Case) -> float | None:
    """Of each two raters with each other, the mean; None if there is one."""
    pairs = [(a, b) for n, a in enumerate(case.by_rater) for b in case.by_rater[:n]]
    return fmean(tau(a, b) for a, b in pairs) if pairs else None


def coefficients(weights: QualityWeights) -> Floats:
    """The weights in the order of `LOSSES`."""
    function, conduct = weights.function, weights.conduct
    parts = (weights.visual, weights.performance, weights.accessibility)
    return np.array([function * (1 - conduct), function * conduct, *parts])


def fitted(cases: Sequence[Case], today: Floats) -> Floats:
    """Weights that sum to 1: non-negative least squares of the ratings on the losses, both less their task's mean, so
    that nothing is learnt from single pages; drawn towards today's."""
    rows, seen = [], []
    for case in cases:
        losses, ratings = np.array(case.losses), np.array(case.ratings) / 100
        rows.append(-(losses - losses.mean(axis=0)))
        seen.append(ratings - ratings.mean())
    design = np.vstack([*rows, DRAWN * np.eye(len(LOSSES))])
    found, _ = nnls(design, np.concatenate([*seen, DRAWN * today]))
    return _floored(found / (found.sum() or 1))


def predicted(case: Case, weights: Floats) -> list[float]:
    """q with other weights, but for what is left when function, a product, has errors."""
    return [float(1 - weights @ np.array(losses)) for losses in case.losses]


def one_left_out(cases: Sequence[Case], today: Floats) -> dict[str, float]:
    """By task, tau of the ratings with what weights say that were fitted to the other tasks."""
    found = {}
    for case in cases:
        others = [other for other in cases if other is not case]
        weights = fitted(others, today) if others else today
        found[case.name] = tau(predicted(case, weights), case.ratings)
    return found


def interval(cases: Sequence[Case], value: Callable[[Sequence[Case]], Floats], seed: int = 0) -> tuple[Floats, Floats]:
    """The middle 95 % of a value over tasks drawn again."""
    rng = np.random.default_rng(seed)
    drawn = [value([cases[n] for n in rng.integers(len(cases), size=len(cases))]) for _ in range(RESAMPLES)]
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    return low, high


def steps(values: Mapping[str, Sequence[float]], order: Mapping[str, Sequence[int]]) -> list[float]:
    """Shares of the span that lie between neighbours in q's order, best first; means over tasks that have a span."""
    found = []
    for name, scores in values.items():
        ranked = [scores[n] for n in order[name]]
        span = ranked[0] - ranked[-1]
        if span > 0:
            found.append([(a - b) / span for a, b in pairwise(ranked)])
    return [fmean(column) for column in zip(*found, strict=True)]


def _floored(weights: Floats) -> Floats:
    """No part below `LEAST`, the sum 1."""
    parts = np.array([weights[0] + weights[1], *weights[2:]])
    low = parts < LEAST
    for _ in parts:  # what is taken from the others for those that are low may leave one of them low
        kept = np.where(low, LEAST, parts * (1 - LEAST * low.sum()) / (parts[~low].sum() or 1))
        low = low | (kept < LEAST)
    function = weights[0] + weights[1]
    conduct = weights[1] / function if function else 0.5
    return np.array([kept[0] * (1 - conduct), kept[0] * conduct, *kept[1:]])
