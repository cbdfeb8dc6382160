"""What a sealed page shows when nobody touches it: loaded in the browser, no check run, nothing clicked."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.ladders import Quad
from tasks.record import Render
from tasks.render.quality import accessibility, performance, visual
from tasks.settings import QualityWeights

Floats = NDArray[np.float64]

MOST_TOP = 0.45
"""Top-1 of the untouched page at the most."""
ALL = "touchless: all signals"
_ERROR = 0.05
"""What an error costs in the sum of all signals, in units of q."""


def touchless(quads: Sequence[Quad], renders: Mapping[str, Render]) -> dict[str, Floats]:
    """Scores by each signal and by all together, shape (ladders, 4); less of a fault is better.

    All together is q as the house computes it, without function, less a little for each error: what someone would
    take who has the same instruments and only looks.
    """
    signals = [[_signals(renders[rung.completion_id]) for rung in quad.rungs] for quad in quads]
    return {
        f"touchless: {name}" if name != ALL else ALL: np.array([[one[name] for one in four] for four in signals])
        for name in signals[0][0]
    }


def _signals(render: Render) -> dict[str, float]:
    seen, weights = render.measures, QualityWeights()
    errors = len(render.errors) + (render.outcome != "ok") * 10
    thrown = sum(error.kind in ("uncaught", "rejection") for error in render.errors)
    together = (
        weights.visual * visual(seen)
        + weights.performance * performance(seen)
        + weights.accessibility * accessibility(seen)
        - _ERROR * errors
    )
    return {
        ALL: together,
        "exceptions": -float(thrown),
        "console and other errors": -float(errors - thrown),
        "axe": accessibility(seen),
        "contrast": -seen.low_contrast,
        "overflow": -seen.overflow,
        "overlap": -seen.overlap,
        "clipped text": -seen.clipped,
        "long tasks": -seen.blocked_ms,
        "dropped frames": -seen.dropped,
    }
