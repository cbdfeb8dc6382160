"""From measures and verdicts to q, or to the score: docs/quality.md has the sources of constants."""

import math

from tasks.check import Check
from tasks.record import Measures, PageError, Quality, Verdict
from tasks.settings import QualityWeights

ERROR_FACTOR = 0.9
"""Of the function score, for each distinct uncaught error or rejection."""
ERROR_FLOOR = 0.5
"""Errors alone never take more than half: what works, works."""

OVERFLOW_LOSS = 0.8
OVERLAP_LOSS = 0.9
CLIPPED_LOSS = 0.9
CONTRAST_LOSS = 0.75
SHRUNK_LOSS = 0.25
"""Of the visual score, when the whole of it is at fault."""
OVERFLOW_BEND = 0.15
OVERLAP_BEND = 0.20
CLIPPED_BEND = 0.20
CONTRAST_BEND = 0.25
SHRUNK_BEND = 0.10
"""Share at which 1 - 1/e of the loss is reached: people see a fault long before the whole page has it."""

DELAY_FREE_MS = 100.0
"""RAIL (web.dev/rail): an answer within 100 ms feels immediate."""
DELAY_LOST_MS = 2000.0
"""Nielsen (1993) and RAIL put lost focus at 1 s and more; at 2 s a click seems to have done nothing."""
BLOCKED_LOST_MS = 1000.0
"""Lighthouse calls a total blocking time above 600 ms poor."""
BLOCKED_BEND_MS = 50.0
"""The W3C's long task: what is small against it costs little."""

VIOLATION_LOSS = {"critical": 0.30, "serious": 0.20, "moderate": 0.08, "minor": 0.03}
"""By axe-core's impact, per rule broken; accessibility is exp(-sum)."""
NODES_SLOPE = 0.25
"""A rule broken at n places weighs 1 + 0.25 log2 n."""


def score(
    measures: Measures,
    verdicts: tuple[Verdict, ...],
    checks: tuple[Check, ...],
    errors: tuple[PageError, ...],
    weights: QualityWeights,
) -> Quality:
    """q and its parts, each in [0, 1], rounded to 6 digits so that it survives a file and a sum in another order."""
    parts = {
        "function": function(verdicts, checks, errors, measures.diverged, weights.conduct),
        "visual": visual(measures),
        "performance": performance(measures),
        "accessibility": accessibility(measures),
    }
    q = sum(getattr(weights, name) * value for name, value in parts.items())
    return Quality(q=round(q, 6), **{name: round(value, 6) for name, value in parts.items()})


def function(
    verdicts: tuple[Verdict, ...],
    checks: tuple[Check, ...],
    errors: tuple[PageError, ...],
    diverged: float | None,
    conduct: float,
) -> float:
    """Share of the checks that pass, by severity, and by the weight `conduct` what of the clean program's effects is
    the same, if it is known; less 10 % for each distinct uncaught error. 0 without checks."""
    total = sum(check.weight for check in checks)
    passed = {verdict.check_id for verdict in verdicts if verdict.value == "pass"}
    share = min(1.0, sum(check.weight for check in checks if check.id in passed) / total) if total else 0.0
    if diverged is not None:
        share += conduct * (1 - diverged - share)
    distinct = len({(error.kind, error.message) for error in errors if error.kind in ("uncaught", "rejection")})
    return share * max(ERROR_FLOOR, ERROR_FACTOR**distinct)


def visual(measures: Measures) -> float:
    """Product of what each kind of fault leaves: `1 - loss * (1 - exp(-share / bend))`, scaled to reach `loss` at 1."""
    return (
        _left(measures.overflow, OVERFLOW_LOSS, OVERFLOW_BEND)
        * _left(measures.overlap, OVERLAP_LOSS, OVERLAP_BEND)
        * _left(measures.clipped, CLIPPED_LOSS, CLIPPED_BEND)
        * _left(measures.low_contrast, CONTRAST_LOSS, CONTRAST_BEND)
        * _left(measures.shrunk, SHRUNK_LOSS, SHRUNK_BEND)
    )


def performance(measures: Measures) -> float:
    """Product of three: delay and blocked time fall with their logarithms, to 0 at 2 s and at 1 s; frames linearly."""
    delay = 1 - math.log(max(measures.delay_ms, DELAY_FREE_MS) / DELAY_FREE_MS) / math.log(
        DELAY_LOST_MS / DELAY_FREE_MS
    )
    blocked = 1 - math.log1p(max(0.0, measures.blocked_ms) / BLOCKED_BEND_MS) / math.log1p(
        BLOCKED_LOST_MS / BLOCKED_BEND_MS
    )
    return max(0.0, delay) * max(0.0, blocked) * (1 - min(1.0, max(0.0, measures.dropped)))


def accessibility(measures: Measures) -> float:
    """exp(-sum over broken rules of impact * (1 + 0.25 log2 nodes))."""
    lost = sum(
        VIOLATION_LOSS[one.impact] * (1 + NODES_SLOPE * math.log2(max(1, one.nodes))) for one in measures.violations
    )
    return math.exp(-lost)


def _left(share: float, loss: float, bend: float) -> float:
    share = min(1.0, max(0.0, share))
    return 1 - loss * (1 - math.exp(-share / bend)) / (1 - math.exp(-1 / bend))
