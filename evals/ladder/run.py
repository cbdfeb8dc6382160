"""`dojo eval ladder`: every version rendered once more from its shard in both forms, and what the ladders are worth."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.again import render_again, settings_of
from evals.experiment import Case, Experiment, Tried, record
from evals.ladder import plots
from evals.ladder.books import Books, read_books
from evals.ladder.figures import (
    LEAST_SHARE,
    Goal,
    Ladders,
    apart,
    gaps,
    gather,
    goals,
    lost_from_best,
    lost_from_whole,
    off_line,
    span,
    spread,
)
from evals.ladders import load_quads
from evals.pace import Tell
from evals.paper import Paper, Table, publish, write_csv
from tasks.address import shown_name
from tasks.record import FAMILIES, Family

_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)
_HEADINGS = ("least", "25 %", "half", "75 %", "95 %", "most")


def run(dataset: str, ladders: int, out: Path, tell: Tell) -> Paper:
    """Measure the first `ladders` ladders of a dataset, and write what came of it into a folder.

    Args:
        dataset: a folder or an fsspec URL.
        ladders: how many are wanted; fewer are taken where there are no more.
        out: for tables, plots and page, and for what was rendered, which a second run takes from there.
        tell: hears how far it is.

    Raises:
        BadInput: there are no ladders.
        BrowserDown: the browser can't be used.
    """
    quads = load_quads(dataset, ladders)
    renders = render_again(quads, dataset, out / "again.jsonl", tell, with_checks=True)
    natural = render_again(quads, dataset, out / "again.jsonl", tell, with_checks=True, natural=True)
    found = gather(quads, renders, natural)
    books = read_books(dataset, quads)
    settings = settings_of(dataset, quads[0].run_id, lambda _: None)
    reached = goals(found, books, settings.ladder, settings.quality)
    shares = {
        "lost from rank 0, weighted": lost_from_best(found, settings.quality),
        "lacking to 1, weighted": lost_from_whole(found, settings.quality),
        "lost from rank 0, unweighted": lost_from_best(found, None),
    }
    whole = _paper(dataset, found, books, reached, shares, settings.ladder.max_off_line)
    publish(whole, out)
    each = _each(found, books)
    write_csv(each, out / "ladders.csv")
    record([_experiment(dataset, found, each, reached)], tell)
    return whole


def _experiment(dataset: str, found: Ladders, each: Sequence[dict[str, object]], reached: Sequence[Goal]) -> Experiment:
    """What was measured again, as a run over the ladders."""
    scores: dict[str, NDArray[np.generic]] = {
        "strict order": np.asarray((gaps(found.again) > 0).all(axis=1)),
        "off the line": off_line(found.again),
        "span": span(found.again),
        "spread": spread(found),
        "sealed and natural apart": apart(found),
    }
    name = shown_name(dataset)
    return Experiment(
        dataset="dojo eval ladder",
        name=f"{len(each)} ladders of {name}",
        settings={"goals": {goal.figure: goal.goal for goal in reached}},
        tried=[
            Tried(
                Case(str(row["task_id"]), {"ladder": row["task_id"], "of": name}, "q falls strictly and evenly again"),
                row,
                {score: float(values[at]) for score, values in scores.items()},
            )
            for at, row in enumerate(each)
        ],
        scores={goal.figure: goal.value for goal in reached},
    )


def _paper(
    dataset: str,
    found: Ladders,
    books: Books,
    reached: Sequence[Goal],
    shares: dict[str, dict[Family, float]],
    most_off: float,
) -> Paper:
    said = {True: "yes", False: "no", None: "–"}
    met = [goal for goal in reached if goal.met is not None]
    remarks = [f"Clean programs without a ladder: {reason}, {count}." for reason, count in books.reasons.items()]
    if not books.renders:
        remarks.append("The run's folder is not at hand, so that renders and seconds are not reported.")
    return Paper(
        title="Ladders: are they what they promise?",
        lead=f"{len(found.task_ids)} accepted ladders of {shown_name(dataset)}, every version rendered once more from "
        "its shard, sealed and natural, in a browser started for it. 'Again' is of the sealed pages.",
        facts={
            "ladders": str(len(found.task_ids)),
            "goals met": f"{sum(bool(goal.met) for goal in met)} of {len(met)}",
            "strict order, sealed": reached[1].found,
            "sealed as natural": reached[3].found,
        },
        tables=(
            Table(
                title="Figures against their goals",
                headings=("figure", "goal", "found", "met"),
                rows=tuple((goal.figure, goal.goal, goal.found, said[goal.met]) for goal in reached),
            ),
            _spreads(found, books),
            Table(
                title="Families",
                headings=("counted as", *FAMILIES),
                rows=(
                    *((name, *(f"{share[family]:.3f}" for family in FAMILIES)) for name, share in shares.items()),
                    ("edits, number", *(str(found.edits[family]) for family in FAMILIES)),
                ),
                note="Shares of the four parts of q in the harm over all ladders. Weighted: as the parts count in q.",
            ),
        ),
        plots={
            "q by rank": plots.by_rank(found),
            "Distance from the line": plots.distances(found, most_off),
            "Spacing of the gaps": plots.evenness(found),
            "Families": plots.families(shares, LEAST_SHARE),
        },
        records=tuple(
            {"figure": one.figure, "goal": one.goal, "value": one.value, "found": one.found, "met": said[one.met]}
            for one in reached
        ),
        remarks=tuple(remarks),
    )


def _spreads(found: Ladders, books: Books) -> Table:
    again = gaps(found.again)
    wide = np.maximum(spread(found), 1e-6)
    renders = np.array([books.renders[task] for task in found.task_ids if task in books.renders], dtype=np.float64)
    rows = [
        ("distance from the line / span, stored", off_line(found.stored)),
        ("distance from the line / span, again", off_line(found.again)),
        ("distance from the line / span, natural", off_line(found.natural)),
        ("span, stored", span(found.stored)),
        ("span, again", span(found.again)),
        ("span, natural", span(found.natural)),
        *((f"gap {step + 1}, again", again[:, step]) for step in range(3)),
        ("spread: |q again - q stored|, largest of four", spread(found)),
        ("|q sealed - q natural|, largest of four", apart(found)),
        ("least gap / spread (spread at least 1e-6)", gaps(found.stored).min(axis=1) / wide),
        ("renders", renders),
    ]
    return Table(
        title="Spreads",
        headings=("of each ladder", *_HEADINGS),
        rows=tuple((name, *_quantiles(values)) for name, values in rows if len(values)),
        note="Quantiles over ladders.",
    )


def _quantiles(values: NDArray[np.float64]) -> list[str]:
    return [f"{value:.4g}" for value in np.quantile(values, _QUANTILES, method="closest_observation")]


def _each(found: Ladders, books: Books) -> list[dict[str, object]]:
    columns = {
        "span": span(found.stored),
        "off_line": off_line(found.stored),
        "off_line_again": off_line(found.again),
        "spread": spread(found),
        "off_line_natural": off_line(found.natural),
        "apart": apart(found),
    }
    rows: list[dict[str, object]] = []
    for at, task in enumerate(found.task_ids):
        row: dict[str, object] = {"task_id": task}
        row |= {f"q{rank}": float(found.stored[at, rank]) for rank in range(4)}
        row |= {f"q{rank}_again": float(found.again[at, rank]) for rank in range(4)}
        row |= {f"q{rank}_natural": float(found.natural[at, rank]) for rank in range(4)}
        row |= {name: float(values[at]) for name, values in columns.items()}
        rows.append(row | {"renders": books.renders.get(task, "")})
    return rows
