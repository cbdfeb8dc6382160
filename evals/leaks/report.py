"""What came of the attacks, as tables, plots and a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.leaks.keys import ALPHA, KeyTest
from evals.leaks.touchless import ALL, MOST_TOP
from evals.paper import BAD, GOOD, Paper, Table, write_csv
from evals.stats import CHANCE_FLIP, CHANCE_TOP, RESAMPLES, WIDEST, Interval, Showing
from tasks.report import plot

READS = "reads"
RUNS = "runs the loader and reads"
LOADS = "loads and does not touch"
USES = "uses"
JUDGE = "model that reads"

_NOTES = {
    READS: "The four sealed texts, their keys, and what comes with them. Blind: both shares' intervals hold .25 and "
    f"are within ±{WIDEST:.2f}, and tau's holds 0.",
    RUNS: "Who runs the loader has the natural documents, and compares them: the seal does not hide from him what "
    "a reviewer sees in a diff. Reported, without a goal. Learners are trained on ladders of other base pages.",
    LOADS: f"Each sealed page is loaded, and what shows without a touch is scored; at the most {MOST_TOP:.2f} may be "
    "found by it.",
    USES: "Each part of q alone, as it is stored: what the checks and the house's instruments tell of the order. q "
    "itself is the order.",
}
_PARTS = ("best", "worst", "tau", "flip", "best_by_low", "worst_by_high")
_SAID = {True: "passed", False: "failed", None: "too few keys"}


@dataclass(frozen=True)
class Outcome:
    """How every attacker did."""

    dataset: str
    ladders: int
    bases: int
    """Base pages among them."""
    alphas: dict[str, float]
    """Of each interval, by what an attacker may do, corrected for the number of such attackers."""
    showings: dict[str, dict[str, Showing]]
    """By what an attacker may do, and by its name."""
    faults: dict[str, str]
    """By task, why its four sealed texts are not one text but for the key."""
    tests: tuple[KeyTest, ...]
    remarks: tuple[str, ...]

    @property
    def random(self) -> bool | None:
        """Whether the keys pass every test that could be made; None if none could."""
        judged = [held for one in self.tests if (held := one.holds(len(self.tests))) is not None]
        return all(judged) if judged else None


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
    reads, runs = outcome.showings[READS], outcome.showings[RUNS]
    strongest = max(runs, key=lambda name: runs[name].best.mean)
    facts = {
        "ladders": str(outcome.ladders),
        "texts equal but for the key": f"{outcome.ladders - len(outcome.faults)} of {outcome.ladders}",
        "keys": {True: "pass every test", False: "fail a test", None: "too few to test"}[outcome.random],
        "best found by a model that reads": _range(reads[JUDGE].best) if JUDGE in reads else "not measured",
        f"best found, loader run: {strongest}": _range(runs[strongest].best),
    }
    if LOADS in outcome.showings:
        facts["best found untouched"] = f"{_range(outcome.showings[LOADS][ALL].best)} (at the most {MOST_TOP:.2f})"
    return Paper(
        title="Leaks: what tells the order, to whom?",
        lead=f"{outcome.ladders} ladders of {outcome.dataset}, from {outcome.bases} base pages, against attackers who "
        "may do ever more.",
        facts=facts,
        tables=(*(_attackers(outcome, means) for means in outcome.showings), _tests(outcome)),
        plots={
            f"Best version found by who {means}": _forest(found, CHANCE_TOP)
            for means, found in outcome.showings.items()
        },
        records=tuple(_records(outcome)),
        remarks=(
            *(f"Task {task}: {fault}." for task, fault in outcome.faults.items()),
            *outcome.remarks,
        ),
    )


def write_keys(outcome: Outcome, out: Path) -> None:
    """The tests of the keys, unrounded, as `keys.csv`."""
    of = len(outcome.tests)
    rows = [
        {"test": one.name, "statistic": one.statistic, "p": one.p, "verdict": _SAID[one.holds(of)]}
        for one in outcome.tests
    ]
    write_csv(rows, out / "keys.csv")


def _attackers(outcome: Outcome, means: str) -> Table:
    gated = means == READS
    rows = [
        (
            name,
            *(_range(getattr(showing, part)) for part in ("best", "worst", "tau", "flip")),
            *((verdict(showing),) if gated else ()),
        )
        for name, showing in outcome.showings[means].items()
    ]
    level = 100 * (1 - outcome.alphas[means])
    return Table(
        title=f"Who {means}",
        headings=("attacker", "best", "worst", "tau", "order up to flip", *(("verdict",) if gated else ())),
        rows=tuple(rows),
        note=f"{_NOTES[means]} Share of {outcome.ladders} ladders whose best version gets the highest score and whose "
        f"worst gets the lowest (chance .25), Kendall's tau-b (chance 0), whole order right but for its direction "
        f"(chance {CHANCE_FLIP:.3f}). In brackets the {level:.2f} % interval: 95 %, corrected for {len(rows)} "
        f"attackers, by {RESAMPLES:,} resamples of the ladders.",
    )


def _tests(outcome: Outcome) -> Table:
    of = len(outcome.tests)
    return Table(
        title="Keys: do they look random?",
        headings=("test", "statistic", "p", "verdict"),
        rows=tuple((one.name, f"{one.statistic:.4g}", f"{one.p:.4f}", _SAID[one.holds(of)]) for one in outcome.tests),
        note=f"Four keys of each of {outcome.ladders} ladders. A test is passed at p >= {ALPHA:g} / {of or 1}: random "
        f"keys fail any of them with a chance of {ALPHA:g}.",
    )


def _records(outcome: Outcome) -> list[dict[str, Any]]:
    rows = []
    for means, found in outcome.showings.items():
        for name, showing in found.items():
            row: dict[str, Any] = {"who": means, "attacker": name, "ladders": outcome.ladders}
            row["alpha"] = outcome.alphas[means]
            for part in _PARTS:
                interval: Interval = getattr(showing, part)
                row |= {part: interval.mean, f"{part}_low": interval.low, f"{part}_high": interval.high}
            rows.append(row | {"verdict": verdict(showing) if means == READS else ""})
    return rows


def _forest(showings: Mapping[str, Showing], chance: float) -> str:
    """A line an attacker: mean and interval against chance."""
    drawn, axes = plot.figure(6.2, 0.8 + 0.24 * len(showings))
    for place, showing in enumerate(showings.values()):
        top = showing.best
        colour = GOOD if top.holds(chance) else BAD
        axes.plot([top.low, top.high], [place, place], color=colour, linewidth=2, solid_capstyle="round")
        axes.plot([top.mean], [place], "o", color=colour, markersize=4.5)
    axes.axvline(chance, color=plot.INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(showings)), list(showings))
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("top-1, best")
    return plot.svg(drawn)


def _range(interval: Interval) -> str:
    return f"{interval.mean:.2f} [{interval.low:.2f}, {interval.high:.2f}]"
