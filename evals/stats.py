"""How well scores tell an order of four, and how sure that is."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES = 10_000
CHANCE_TOP = 1 / 4
CHANCE_FLIP = 1 / 12
WIDEST = 0.07
"""Half the width of an interval at the most, for a top-1 at chance to mean anything."""

_PAIRS = list(combinations(range(4), 2))
_ORDERS = np.array([1, 2, 4, 6, 24, 24, 24])
"""Orders that so many tied pairs leave open: two pairs are two groups of two, three are a group of three, six are all
four."""
_EXACT = 1e-9
"""Within which two scores are the same: sums of the same terms in another order are."""
_PART = 1_000
"""Resamples drawn at a time, to bound memory."""


@dataclass(frozen=True)
class Interval:
    """A mean over ladders with its bootstrap interval."""

    mean: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half its width."""
        return (self.high - self.low) / 2

    def holds(self, value: float) -> bool:
        """Whether the value lies in it."""
        return self.low - _EXACT <= value <= self.high + _EXACT


@dataclass(frozen=True)
class Showing:
    """What an attacker gets right, over all ladders."""

    best: Interval
    """How often the text with the highest score is the best one. Chance: 1/4."""
    worst: Interval
    """How often the one with the lowest score is the worst one. Chance: 1/4."""
    tau: Interval
    """Kendall's tau-b between scores and quality, from -1 to 1. Chance: 0."""
    flip: Interval
    """How often the whole order is right, or right but for its direction. Chance: 1/12."""
    best_by_low: Interval
    """How often the text with the lowest score is the best one: the same attacker with its sign turned."""
    worst_by_high: Interval
    """How often the one with the highest score is the worst one."""

    @property
    def blind(self) -> bool:
        """Whether nothing speaks for a leak: the intervals of both top-1 hold 1/4 and are narrow enough to tell, and
        that of tau holds 0. Below chance is a leak too."""
        tops = (self.best, self.worst)
        narrow = all(top.half <= WIDEST + _EXACT for top in tops)
        return narrow and all(top.holds(CHANCE_TOP) for top in tops) and self.tau.holds(0)


def marks(scores: Floats, ranks: Ints) -> Floats:
    """What each ladder gives an attacker, shape (ladders, 6): best, worst, tau, flip, best by low, worst by high.

    Ties count by expectation, as if they were broken at random.

    Args:
        scores: shape (ladders, 4), higher where a text looks better; in any order of the four.
        ranks: shape (ladders, 4), 0 best .. 3 worst, in the same order.
    """
    order = np.argsort(ranks, axis=1)
    given = np.take_along_axis(np.asarray(scores, dtype=np.float64), order, axis=1)
    ladder = np.take_along_axis(ranks, order, axis=1)
    if (ladder != np.arange(4)).any():
        raise ValueError("each ladder's ranks must be 0, 1, 2 and 3 in some order")
    if not np.isfinite(given).all():
        raise ValueError("scores must be finite")
    scale = np.maximum(1.0, np.abs(given).max(axis=1, keepdims=True))
    high = given >= given.max(axis=1, keepdims=True) - _EXACT * scale
    low = given <= given.min(axis=1, keepdims=True) + _EXACT * scale
    highest, lowest = high.sum(axis=1), low.sum(axis=1)
    gaps = np.stack([given[:, a] - given[:, b] for a, b in _PAIRS], axis=1)
    signs = np.where(np.abs(gaps) <= _EXACT * scale, 0, np.sign(gaps))
    return np.stack(
        [
            high[:, 0] / highest,
            low[:, 3] / lowest,
            _tau(signs),
            _flip(signs),
            low[:, 0] / lowest,
            high[:, 3] / highest,
        ],
        axis=1,
    )


def showings(given: dict[str, Floats], alpha: float, seed: int = 0) -> dict[str, Showing]:
    """Each attacker's means with percentile bootstrap intervals over ladders (Efron and Tibshirani 1993, chapter 13).

    Every attacker sees the same resamples.

    Args:
        given: `marks` of each attacker, all over the same ladders.
        alpha: share of the intervals that may miss, both sides together; divide by the number of attackers to correct.
        seed: of the resamples.
    """
    if not given:
        return {}
    stacked = np.concatenate(list(given.values()), axis=1)
    means, low, high = bootstrap(stacked, alpha, seed)
    found = {}
    for at, name in enumerate(given):
        columns = range(6 * at, 6 * at + 6)
        parts = [Interval(float(means[i]), float(low[i]), float(high[i])) for i in columns]
        found[name] = Showing(*parts)
    return found


def bootstrap(values: Floats, alpha: float, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """Means of columns over rows, and the ends of their percentile intervals, each of shape (columns,)."""
    rows = len(values)
    rng = np.random.default_rng(seed)
    means = []
    for _ in range(RESAMPLES // _PART):
        counts = rng.multinomial(rows, np.full(rows, 1 / rows), size=_PART)
        means.append(counts @ values / rows)
    low, high = np.quantile(np.concatenate(means), [alpha / 2, 1 - alpha / 2], axis=0)
    return values.mean(axis=0), low, high


def _tau(signs: Floats) -> Floats:
    """Kendall's tau-b; ranks have no ties, so that only those of the scores shrink the denominator. 0 if all are."""
    tied = (signs == 0).sum(axis=1)
    return np.asarray(signs.sum(axis=1) / np.sqrt(np.maximum(1, 6 - tied) * 6))


def _flip(signs: Floats) -> Floats:
    """Chance of the right order and of its reverse, ties broken at random."""
    orders = _ORDERS[(signs == 0).sum(axis=1)]
    return np.asarray(((signs >= 0).all(axis=1) * 1.0 + (signs <= 0).all(axis=1)) / orders)
