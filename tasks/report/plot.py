"""The report's plots, as SVG text that takes its colours from the page."""

import io
import re
from collections.abc import Sequence
from typing import Any

from tasks.report.facts import SpellFacts, TaskFacts

INK, MUTED, LINE = "#1d2433", "#667085", "#d7dce5"
RANKS = ("#1f7a5c", "#6a9b3f", "#d08a1d", "#b3402e")
"""Best to worst; the page uses the same."""


def ladders(tasks: Sequence[TaskFacts]) -> str:
    """q by rank: a thin line a task, and the mean with its straight line."""
    drawn, axes = figure(5.2, 3.2)
    for task in tasks:
        axes.plot(range(4), [v.q for v in task.versions], color=MUTED, alpha=0.28, linewidth=1)
    means = [sum(t.versions[r].q for t in tasks) / len(tasks) for r in range(4)]
    axes.plot([0, 3], [means[0], means[3]], color=INK, linewidth=1, linestyle=(0, (4, 3)), label="straight line")
    axes.scatter(range(4), means, color=RANKS, s=52, zorder=3, label="mean")
    axes.set_xticks(range(4), ["best", "2nd", "3rd", "worst"])
    axes.set_ylabel("q")
    axes.legend(frameon=False, fontsize=8)
    return svg(drawn)


def spacing(tasks: Sequence[TaskFacts]) -> str:
    """The three gaps of every ladder as shares of its span: a third each would be perfectly even."""
    drawn, axes = figure(5.2, 3.2)
    shares = [[task.gaps[i] / task.span for task in tasks] for i in range(3)]
    for place, values in enumerate(shares):
        spots = [place + 0.16 * ((n * 0.618) % 1 - 0.5) for n in range(len(values))]
        axes.scatter(spots, values, color=RANKS[place + 1], s=16, alpha=0.65, linewidths=0)
    axes.axhline(1 / 3, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xticks(range(3), ["best to 2nd", "2nd to 3rd", "3rd to worst"])
    axes.set_ylabel("gap / span")
    axes.set_ylim(0, 0.67)
    return svg(drawn)


def timings(spells: Sequence[SpellFacts], tasks: int) -> str:
    """Seconds and CPU-seconds by stage, per accepted task."""
    drawn, axes = figure(5.2, 3.2)
    places = range(len(spells))
    axes.barh(
        [p - 0.19 for p in places], [s.seconds / tasks for s in spells], height=0.36, color="#3f6fb5", label="seconds"
    )
    axes.barh(
        [p + 0.19 for p in places],
        [s.cpu_seconds / tasks for s in spells],
        height=0.36,
        color="#9db8de",
        label="CPU-seconds",
    )
    axes.set_yticks(list(places), [s.stage for s in spells])
    axes.invert_yaxis()
    axes.set_xlabel("per accepted task")
    axes.legend(frameon=False, fontsize=8)
    return svg(drawn)


def figure(width: float, height: float) -> tuple[Any, Any]:
    """A matplotlib figure and its axes, in the house's plain look; sizes in inches."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(width, height), layout="constrained")
    axes = drawn.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(colors=MUTED, labelsize=9, length=0)
    axes.yaxis.label.set_color(MUTED)
    axes.xaxis.label.set_color(MUTED)
    axes.grid(axis="both", color=LINE, linewidth=0.5, alpha=0.6)
    axes.set_axisbelow(True)
    return drawn, axes


def svg(drawn: Any) -> str:
    """A figure as SVG text, the same whenever it is drawn: no XML prologue, no metadata, and text as text."""
    import matplotlib as mpl

    stream = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "dojo", "font.family": "sans-serif"}):
        drawn.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)
    text = stream.getvalue()
    return re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S)
