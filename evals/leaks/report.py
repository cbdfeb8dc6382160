"""What came of the attacks, as tables, plots and a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evals.leaks.touchless import ALL, MOST_TOP
from evals.paper import BAD, GOOD, Paper, Table
from evals.stats import CHANCE_FLIP, CHANCE_TOP, RESAMPLES, WIDEST, Interval, Showing
from tasks.report import plot

TEETH = 0.9
"""Top-1 that the best attacker must reach on the control."""

_PARTS = ("best", "worst", "tau", "flip", "best_by_low", "worst_by_high")


@dataclass(frozen=True)
class Outcome:
    """How every attacker did."""

    dataset: str
    ladders: int
    bases: int
    """Base pages among them."""
    alpha: float
    """Of each interval, corrected for the number of attackers."""
    gated: dict[str, Showing]
    """Attackers that must see nothing."""
    beside: dict[str, Showing]
    """Attackers that do more than look at a text: those that follow references, those that load the page."""
    controls: dict[str, dict[str, Showing]]
    """The same attackers as in `gated` on the predecessor's construction, by its name."""
    control_ladders: dict[str, int]
    remarks: tuple[str, ...]

    @property
    def blind(self) -> int:
        """Gated attackers that see nothing."""
        return sum(showing.blind for showing in self.gated.values())

    @property
    def strongest_on_control(self) -> tuple[str, str, float]:
        """Construction, attacker and top-1 of whoever does best there, either way round."""
        tops = [
            (max(one.best.mean, one.best_by_low.mean), construction, name)
            for construction, showings in self.controls.items()
            for name, one in showings.items()
        ]
        top, construction, name = max(tops, default=(0.0, "", ""))
        return construction, name, top


def verdict(showing: Showing) -> str:
    """`blind`, or in which figures there is a leak, or that there are too few ladders to tell."""
    if showing.blind:
        return "blind"
    found = [
        f"{name} {'above' if top.mean > CHANCE_TOP else 'below'} chance"
        for name, top in (("best", showing.best), ("worst", showing.worst))
        if not top.holds(CHANCE_TOP)
    ]
    if not showing.tau.holds(0):
        found.append(f"tau {'above' if showing.tau.mean > 0 else 'below'} 0")
    half = max(showing.best.half, showing.worst.half)
    return ", ".join(found) or f"±{half:.2f}: too few"


def paper_of(outcome: Outcome) -> Paper:
    """The page and all that goes with it."""
    construction, name, top = outcome.strongest_on_control
    facts = {
        "ladders": str(outcome.ladders),
        "base pages": str(outcome.bases),
        "attackers that see nothing": f"{outcome.blind} of {len(outcome.gated)}",
    }
    if outcome.controls:
        facts[f"control ({construction}): {name}"] = f"{top:.2f} top-1 (wanted: {TEETH:.2f})"
    if ALL in outcome.beside:
        facts["touchless"] = f"{_range(outcome.beside[ALL].best)} (at the most {MOST_TOP:.2f})"
    return Paper(
        title="Leaks: can the order be told from the texts?",
        lead=f"{outcome.ladders} ladders of {outcome.dataset}, {len(outcome.gated)} attackers that see four texts and "
        "nothing else.",
        facts=facts,
        tables=(_gated(outcome), _beside(outcome)),
        plots=_plots(outcome),
        records=tuple(_records(outcome)),
        remarks=outcome.remarks,
    )


def _gated(outcome: Outcome) -> Table:
    columns = [(name, part) for name in outcome.controls for part in ("best", "worst")]
    rows = [
        (
            name,
            *(_range(getattr(showing, part)) for part in ("best", "worst", "tau", "flip")),
            verdict(showing),
            *(_either(outcome.controls[control].get(name), part) for control, part in columns),
        )
        for name, showing in outcome.gated.items()
    ]
    level = 100 * (1 - outcome.alpha)
    counts = ", ".join(f"{name} {count}" for name, count in outcome.control_ladders.items())
    headings = ("attacker", "best", "worst", "tau", "order up to flip", "verdict")
    return Table(
        title="Attackers that see the four texts",
        headings=(*headings, *(f"{control}: {part}" for control, part in columns)),
        rows=tuple(rows),
        note=f"Share of {outcome.ladders} ladders whose best text gets the highest score and whose worst gets the "
        f"lowest (chance .25), Kendall's tau-b (chance 0), whole order right but for its direction (chance "
        f"{CHANCE_FLIP:.3f}). In brackets the {level:.2f} % interval: 95 %, corrected for {len(outcome.gated)} "
        f"attackers, by {RESAMPLES:,} resamples of the ladders. Blind: both shares' intervals hold .25 and are within "
        f"±{WIDEST:.2f}, and tau's holds 0. To the right the control, the predecessor's construction (ladders: "
        f"{counts or 'none'}), either way round.",
    )


def _beside(outcome: Outcome) -> Table:
    rows = [
        (name, *(_range(getattr(showing, part)) for part in ("best", "worst", "tau", "flip")))
        for name, showing in outcome.beside.items()
    ]
    return Table(
        title="Attackers that do more than look",
        headings=("attacker", "best", "worst", "tau", "order up to flip"),
        rows=tuple(rows),
        note="'resolved' follows every reference to what it stands for before it looks; 'touchless' loads each page "
        f"and looks at what shows without a touch, where at the most {MOST_TOP:.2f} may be seen. Intervals as above.",
    )


def _records(outcome: Outcome) -> list[dict[str, Any]]:
    groups: list[tuple[str, int, Mapping[str, Showing]]] = [
        ("ours", outcome.ladders, outcome.gated),
        ("ours, beside", outcome.ladders, outcome.beside),
        *((f"control {name}", outcome.control_ladders[name], found) for name, found in outcome.controls.items()),
    ]
    rows = []
    for group, ladders, showings in groups:
        for name, showing in showings.items():
            row: dict[str, Any] = {"texts": group, "attacker": name, "ladders": ladders, "alpha": outcome.alpha}
            for part in _PARTS:
                interval: Interval = getattr(showing, part)
                row |= {part: interval.mean, f"{part}_low": interval.low, f"{part}_high": interval.high}
            rows.append(row | {"verdict": verdict(showing) if group == "ours" else ""})
    return rows


def _plots(outcome: Outcome) -> dict[str, str]:
    found = {
        "Best version found": _forest(outcome.gated, ("best",), CHANCE_TOP, "top-1, best"),
        "Worst version found": _forest(outcome.gated, ("worst",), CHANCE_TOP, "top-1, worst"),
        "Order": _forest(outcome.gated, ("tau",), 0.0, "Kendall's tau-b"),
    }
    for name, showings in outcome.controls.items():
        found[f"Control: {name}"] = _forest(
            showings, ("best", "best_by_low"), CHANCE_TOP, "top-1, best, either way round"
        )
    if outcome.beside:
        found["Attackers that do more than look"] = _forest(outcome.beside, ("best",), CHANCE_TOP, "top-1, best")
    return found


def _forest(showings: Mapping[str, Showing], parts: tuple[str, ...], chance: float, label: str) -> str:
    """A line an attacker: mean and interval against chance; of several parts the one that does best."""
    drawn, axes = plot.figure(6.2, 0.8 + 0.24 * len(showings))
    for place, showing in enumerate(showings.values()):
        chosen: Interval = max((getattr(showing, part) for part in parts), key=lambda one: one.mean)
        colour = GOOD if chosen.holds(chance) else BAD
        axes.plot([chosen.low, chosen.high], [place, place], color=colour, linewidth=2, solid_capstyle="round")
        axes.plot([chosen.mean], [place], "o", color=colour, markersize=4.5)
    axes.axvline(chance, color=plot.INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(showings)), list(showings))
    axes.invert_yaxis()
    axes.set_xlim((-1, 1) if chance == 0 else (0, 1))
    axes.set_xlabel(label)
    return plot.svg(drawn)


def _range(interval: Interval) -> str:
    return f"{interval.mean:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


def _either(showing: Showing | None, part: str) -> str:
    if showing is None:
        return "–"
    other = "best_by_low" if part == "best" else "worst_by_high"
    return f"{max(getattr(showing, part).mean, getattr(showing, other).mean):.2f}"
