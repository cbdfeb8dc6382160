"""Two sides as numbers, and how sure they are: percentile bootstraps over candidates that both have tried."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evals.sides.side import Side, Trial
from evals.stats import RESAMPLES, Floats, Interval

ALPHA = 0.05


@dataclass(frozen=True)
class Measure:
    """A ratio of two sums over candidates."""

    key: str
    words: str
    digits: int = 3


MEASURES = (
    Measure("accepted", "accepted, of the candidates"),
    Measure("clean", "clean program, of the candidates"),
    Measure("q", "q of the clean program, mean"),
    Measure("nearest", "similarity to the nearest other problem, mean"),
    Measure("calls", "calls per accepted task", 2),
    Measure("tokens_out", "tokens out per accepted task", 0),
    Measure("usd", "dollars per accepted task", 4),
)


@dataclass(frozen=True)
class Comparison:
    """What both sides come to, on the same candidates."""

    candidates: int
    found: dict[str, tuple[Interval | None, Interval | None, Interval | None]]
    """By measure: the one, the other, the other less the one; None where some draw has nothing to divide by."""


def compare(one: Side, other: Side, seed: int = 0) -> Comparison:
    """Compare two sides on the candidates that both were done with; a draw of candidates is the same for both."""
    both = sorted({trial.index for trial in one.trials} & {trial.index for trial in other.trials})
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(both), np.full(len(both), 1 / len(both)), size=RESAMPLES).astype(np.float64)
    sums = [_sums(side, both) for side in (one, other)]
    found: dict[str, tuple[Interval | None, Interval | None, Interval | None]] = {}
    for at, measure in enumerate(MEASURES):
        means, drawn = [], []
        for side in sums:
            above, below = side[:, at, 0], side[:, at, 1]
            means.append(float(above.sum() / below.sum()) if below.sum() else None)
            under = draws @ below
            drawn.append(draws @ above / under if (under > 0).all() else None)
        parts = [_interval(mean, some) for mean, some in zip(means, drawn, strict=True)]
        gap = None
        if means[0] is not None and means[1] is not None and drawn[0] is not None and drawn[1] is not None:
            gap = _interval(means[1] - means[0], drawn[1] - drawn[0])
        found[measure.key] = (parts[0], parts[1], gap)
    return Comparison(len(both), found)


def figures_of(one: Side, other: Side, found: Comparison) -> dict[str, Any]:
    """The figures for a machine; null where some draw has nothing to divide by."""
    return {
        "candidates": found.candidates,
        "sides": {
            side.name: {
                "models": list(side.models),
                "posed": len(side.posed),
                "topics": side.topics,
                "spent_usd": sum(trial.usage.usd for trial in side.trials),
                "rejected": dict(side.reasons.most_common()),
                **{key: _told(each[at]) for key, each in found.found.items()},
            }
            for at, side in enumerate((one, other))
        },
        "differences": {key: gap and asdict(gap) for key, (_, _, gap) in found.found.items()},
    }


def _sums(side: Side, both: list[int]) -> Floats:
    """Numerator and denominator of each measure for each candidate, shape (candidates, measures, 2)."""
    by = {trial.index: trial for trial in side.trials}
    return np.array([_parts(by[index], side) for index in both], dtype=np.float64)


def _parts(trial: Trial, side: Side) -> list[tuple[float, float]]:
    accepted, clean = float(trial.accepted), float(trial.q is not None)
    near = side.nearest.get(trial.index)
    return [
        (accepted, 1.0),
        (clean, 1.0),
        (trial.q or 0.0, clean),
        (near or 0.0, float(near is not None)),
        (float(trial.usage.calls), accepted),
        (float(trial.usage.completion_tokens), accepted),
        (trial.usage.usd, accepted),
    ]


def _interval(mean: float | None, drawn: Floats | None) -> Interval | None:
    if mean is None or drawn is None:
        return None
    low, high = np.quantile(drawn, [ALPHA / 2, 1 - ALPHA / 2])
    return Interval(mean, float(low), float(high))


def _told(one: Interval | None) -> dict[str, Any] | None:
    return None if one is None else asdict(one)
