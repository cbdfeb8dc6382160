"""The ladders drawn."""

import numpy as np
from numpy.typing import NDArray

from evals.ladder.figures import Ladders, gaps, off_line, span
from evals.paper import BAD
from tasks.record import FAMILIES, Family
from tasks.report import plot

_STEPS = ("best to 2nd", "2nd to 3rd", "3rd to worst")


def by_rank(ladders: Ladders) -> str:
    """q by rank as rendered again: a thin line a ladder, and the means on their straight line."""
    drawn, axes = plot.figure(5.4, 3.4)
    for q in ladders.again:
        axes.plot(range(4), q, color=plot.MUTED, alpha=max(0.05, min(0.4, 20 / len(ladders.again))), linewidth=1)
    means = ladders.again.mean(axis=0)
    axes.plot([0, 3], [means[0], means[3]], color=plot.INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.scatter(range(4), means, color=plot.RANKS, s=52, zorder=3)
    axes.set_xticks(range(4), ["best", "2nd", "3rd", "worst"])
    axes.set_ylabel("q, rendered again")
    return plot.svg(drawn)


def distances(ladders: Ladders, most: float) -> str:
    """How far ladders are from their straight line, stored and again, and where the limit is."""
    drawn, axes = plot.figure(5.4, 3.4)
    edges = np.linspace(0, max(most * 1.2, _largest(off_line(ladders.again))), 25)
    axes.hist(off_line(ladders.stored), edges, color="#9db8de", label="stored")
    axes.hist(_finite(off_line(ladders.again)), edges, histtype="step", color=plot.INK, label="again")
    axes.axvline(most, color=BAD, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlabel("distance from the line / span")
    axes.set_ylabel("ladders")
    axes.legend(frameon=False, fontsize=8)
    return plot.svg(drawn)


def evenness(ladders: Ladders) -> str:
    """The three gaps of every ladder as shares of its span: a third each is perfectly even."""
    drawn, axes = plot.figure(5.4, 3.4)
    whole = span(ladders.again) > 0
    shares = gaps(ladders.again)[whole] / span(ladders.again)[whole][:, None]
    for step in range(3):
        spots = step + 0.3 * ((np.arange(len(shares)) * 0.618) % 1 - 0.5)
        axes.scatter(spots, shares[:, step], color=plot.RANKS[step + 1], s=12, alpha=0.6, linewidths=0)
    axes.axhline(1 / 3, color=plot.INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xticks(range(3), _STEPS)
    axes.set_ylabel("gap / span, rendered again")
    return plot.svg(drawn)


def families(shares: dict[str, dict[Family, float]], least: float) -> str:
    """Each family's share in the harm, one bar for each way to count it."""
    drawn, axes = plot.figure(5.4, 3.4)
    width = 0.8 / len(shares)
    for place, (name, found) in enumerate(shares.items()):
        spots = [at + (place - (len(shares) - 1) / 2) * width for at in range(len(FAMILIES))]
        colour = ("#2d5c9e", "#9db8de", "#d08a1d", "#6a9b3f")[place % 4]
        axes.bar(spots, [found[family] for family in FAMILIES], width, color=colour, label=name)
    axes.axhline(least, color=BAD, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xticks(range(len(FAMILIES)), FAMILIES)
    axes.set_ylabel("share of the harm")
    axes.legend(frameon=False, fontsize=8)
    return plot.svg(drawn)


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[np.isfinite(values)]


def _largest(values: NDArray[np.float64]) -> float:
    return float(_finite(values).max(initial=0.0))
