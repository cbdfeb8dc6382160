"""What attempts come to, and how sure that is: percentile bootstraps over faults (Efron and Tibshirani 1993, chapter
13). All strategies see the same draws of faults, so that differences between two are paired."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from evals.diagnosis.shares import Share
from evals.repairs.attempt import Attempt
from evals.stats import RESAMPLES, Floats, Interval
from tasks.settings import Strategy

ALPHA = 0.05
MEASURES = ("fixed", "broken further", "checks passed", "tokens out", "dollars")
"""Of one attempt; the first two are 0 or 1, the third a share."""


@dataclass(frozen=True)
class Results:
    """The attempts as numbers."""

    strategies: tuple[Strategy, ...]
    values: Floats
    """Shape (strategies, faults, MEASURES)."""
    draws: Floats
    """Shape (RESAMPLES, faults): how often each fault is in each draw, as a share."""

    @cached_property
    def _drawn(self) -> Floats:
        """Means of the draws, shape (strategies, RESAMPLES, MEASURES)."""
        return np.stack([self.draws @ one for one in self.values])

    def mean(self, strategy: Strategy, measure: str) -> Interval:
        """The mean over faults."""
        at, column = self.strategies.index(strategy), MEASURES.index(measure)
        return _interval(self.values[at, :, column].mean(), self._drawn[at, :, column])

    def share(self, strategy: Strategy, measure: str) -> Interval:
        """The share of the faults, with Wilson's interval: a bootstrap of all or of none has no width."""
        values = self.values[self.strategies.index(strategy), :, MEASURES.index(measure)]
        found = Share.of_all(bool(value) for value in values)
        return Interval(found.value, *found.interval)

    def per_fix(self, strategy: Strategy, measure: str) -> Interval:
        """What one fix takes, the attempts that failed included; infinite where a draw has no fix."""
        at, column = self.strategies.index(strategy), MEASURES.index(measure)
        sums, drawn = self.values[at].sum(axis=0), self._drawn[at]
        return _interval(_ratio(sums[column], sums[0]), _ratio(drawn[:, column], drawn[:, 0]))

    def gap(self, one: Strategy, other: Strategy, measure: str) -> Interval:
        """The mean of the one less that of the other, on the same faults."""
        a, b, column = self.strategies.index(one), self.strategies.index(other), MEASURES.index(measure)
        gaps = self.values[a, :, column] - self.values[b, :, column]
        return _interval(gaps.mean(), self._drawn[a, :, column] - self._drawn[b, :, column])

    def gap_per_fix(self, one: Strategy, other: Strategy, measure: str) -> Interval | None:
        """The same of what one fix takes; None if either fixes nothing in some draw."""
        a, b, column = self.strategies.index(one), self.strategies.index(other), MEASURES.index(measure)
        if (self._drawn[[a, b], :, 0] == 0).any():
            return None
        drawn = [_ratio(self._drawn[at, :, column], self._drawn[at, :, 0]) for at in (a, b)]
        found = [self.per_fix(name, measure).mean for name in (one, other)]
        return _interval(found[0] - found[1], drawn[0] - drawn[1])


def results(attempts: Sequence[Attempt], seed: int = 0) -> Results:
    """The attempts by strategy and fault; every strategy must have tried every fault."""
    strategies = tuple(dict.fromkeys(one.strategy for one in attempts))
    faults = list(dict.fromkeys(one.fault_id for one in attempts))
    by = {(one.strategy, one.fault_id): _measured(one) for one in attempts}
    values = np.array([[by[strategy, fault] for fault in faults] for strategy in strategies], dtype=np.float64)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(faults), np.full(len(faults), 1 / len(faults)), size=RESAMPLES) / len(faults)
    return Results(strategies, values, draws)


def figures_of(attempts: Sequence[Attempt], models: Sequence[str], budget: int) -> dict[str, Any]:
    """The figures for a machine: of each strategy, and of each two; a figure that is infinite is null."""
    found = results(attempts)

    def told(one: Interval | None) -> dict[str, float | None] | None:
        if one is None:
            return None
        return {name: value if np.isfinite(value) else None for name, value in asdict(one).items()}

    return {
        "models": list(models),
        "tokens_out": budget,
        "faults": found.values.shape[1],
        "strategies": {
            strategy: {
                "fixed": told(found.share(strategy, "fixed")),
                "broken_further": told(found.share(strategy, "broken further")),
                "checks_passed": told(found.mean(strategy, "checks passed")),
                "tokens_out_per_fix": told(found.per_fix(strategy, "tokens out")),
                "usd_per_fix": told(found.per_fix(strategy, "dollars")),
                "usd": sum(one.spent.usd for one in attempts if one.strategy == strategy),
            }
            for strategy in found.strategies
        },
        "differences": [
            {
                "first": second,
                "second": first,
                "fixed": told(found.gap(second, first, "fixed")),
                "broken_further": told(found.gap(second, first, "broken further")),
                "checks_passed": told(found.gap(second, first, "checks passed")),
                "tokens_out_per_fix": told(found.gap_per_fix(second, first, "tokens out")),
                "usd_per_fix": told(found.gap_per_fix(second, first, "dollars")),
            }
            for first, second in combinations(found.strategies, 2)
        ],
    }


def _measured(one: Attempt) -> tuple[float, ...]:
    return float(one.fixed), float(one.worse), one.passed, float(one.spent.completion_tokens), one.spent.usd


def _ratio(above: Floats, below: Floats) -> Floats:
    whole = np.asarray(above, dtype=np.float64)
    return np.divide(whole, below, out=np.full_like(whole, np.inf), where=np.asarray(below) > 0)


def _interval(mean: float | Floats, drawn: Floats) -> Interval:
    low, high = np.quantile(drawn, [ALPHA / 2, 1 - ALPHA / 2], method="closest_observation")
    return Interval(float(mean), float(low), float(high))
