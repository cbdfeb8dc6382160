"""`dojo eval people`: whether the measured order is the one that people see."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from evals.again import Asked, render_kept
from evals.experiment import Case as Tested
from evals.experiment import Experiment, Tried, record
from evals.pace import Tell
from evals.paper import Paper, Table, publish
from evals.people.fit import (
    LOSSES,
    Case,
    coefficients,
    fitted,
    interval,
    one_left_out,
    raters_tau,
    steps,
    tau,
)
from tasks.rate.ratings import RatedTask, read_ratings
from tasks.record import Render
from tasks.render.quality import function, score
from tasks.settings import QualityWeights, Settings


def run(ratings: Path, out: Path, settings: Settings, tell: Tell) -> Paper:
    """Measure every rated version beside its clean program, and compare with the ratings.

    Args:
        ratings: a folder of rated tasks, as `dojo rate import` writes it.
        out: for table and page, and for renders, which a second run takes from there.
        settings: the browser, and the weights in use.
        tell: hears how far it is.

    Raises:
        BadInput: there are no ratings, or they are damaged.
        BrowserDown: the browser can't be used.
    """
    tasks = read_ratings(ratings)
    asked = {
        f"{task.name} {one.letter}": Asked(one.program, task.problem.checks, task.clean, settings)
        for task in tasks
        for one in task.versions
    }
    renders = render_kept(asked, out / "renders.jsonl", tell)
    cases = [_case(task, renders, settings.quality) for task in tasks]
    paper = _paper(cases, settings.quality)
    publish(paper, out)
    record([_experiment(cases)], tell)
    return paper


def _case(task: RatedTask, renders: dict[str, Render], weights: QualityWeights) -> Case:
    found = [renders[f"{task.name} {one.letter}"] for one in task.versions]
    return Case(
        name=task.name,
        ratings=tuple(one.rating for one in task.versions),
        by_rater=tuple(zip(*(one.ratings for one in task.versions), strict=True)),
        q=tuple(render.quality.q for render in found),
        score=tuple(_alone(task, render, weights) for render in found),
        losses=tuple(_losses(task, render) for render in found),
    )


def _alone(task: RatedTask, render: Render, weights: QualityWeights) -> float:
    """What the page would score if there were no clean program."""
    measures = render.measures.model_copy(update={"diverged": None, "shrunk": 0.0})
    return score(measures, render.verdicts, task.problem.checks, render.errors, weights).q


def _losses(task: RatedTask, render: Render) -> tuple[float, ...]:
    """In the order of `LOSSES`."""
    quality = render.quality
    checks = function(render.verdicts, task.problem.checks, render.errors, None, 0)
    conduct = render.measures.diverged or 0.0
    return 1 - checks, conduct, 1 - quality.visual, 1 - quality.performance, 1 - quality.accessibility


def _paper(cases: Sequence[Case], weights: QualityWeights) -> Paper:
    today = coefficients(weights)
    best = fitted(cases, today)
    low, high = interval(cases, lambda drawn: fitted(drawn, today))
    left_out = one_left_out(cases, today)
    rows: list[dict[str, object]] = [
        {
            "task": case.name,
            "raters": len(case.by_rater),
            "q": tau(case.q, case.ratings),
            "score": tau(case.score, case.ratings),
            "fitted, task left out": left_out[case.name],
            "raters with each other": raters_tau(case),
            **{
                f"{what} {n}": value[n]
                for n in range(4)
                for what, value in (("rating", case.ratings), ("q of", case.q))
            },
        }
        for case in cases
    ]
    return Paper(
        title="People: is the measured order the one that they see?",
        lead=f"{len(cases)} tasks of four versions each, rated by use; every version was measured anew.",
        facts={
            "tau of q and ratings": f"{fmean(tau(case.q, case.ratings) for case in cases):.2f}",
            "best found": f"{sum(_same(case, max) for case in cases)} of {len(cases)}",
            "worst found": f"{sum(_same(case, min) for case in cases)} of {len(cases)}",
        },
        tables=(_agreement(cases, left_out), _weights(today, best, low, high), _evenness(cases), _by_task(rows)),
        plots={},
        records=tuple(rows),
        remarks=(),
    )


def _same(case: Case, which: Callable[[Sequence[float]], float]) -> bool:
    return case.q.index(which(case.q)) == case.ratings.index(which(case.ratings))


def _agreement(cases: Sequence[Case], left_out: dict[str, float]) -> Table:
    groups = {
        "all": cases,
        "one rater": [case for case in cases if len(case.by_rater) == 1],
        "several raters": [case for case in cases if len(case.by_rater) > 1],
    }
    rows = []
    for name, group in groups.items():
        if not group:
            continue
        between = [found for case in group if (found := raters_tau(case)) is not None]
        cells = [
            fmean(tau(case.q, case.ratings) for case in group),
            fmean(tau(case.score, case.ratings) for case in group),
            fmean(left_out[case.name] for case in group),
        ]
        rows.append(
            (name, str(len(group)), *(f"{cell:.2f}" for cell in cells), f"{fmean(between):.2f}" if between else "")
        )
    return Table(
        title="Agreement",
        headings=("tasks", "", "q", "score", "fitted, task left out", "raters with each other"),
        rows=tuple(rows),
        note="Kendall's tau-b with the raters' mean, task by task, and the mean over tasks. q: as settings have it. "
        "Score: the same without the clean program, from checks and looks alone. Fitted: with weights fitted to all "
        "other tasks.",
    )


def _weights(today: np.ndarray, best: np.ndarray, low: np.ndarray, high: np.ndarray) -> Table:
    return Table(
        title="Weights",
        headings=("loss", "in use", "fitted", "95 %"),
        rows=tuple(
            (name, f"{a:.2f}", f"{b:.2f}", f"{c:.2f} to {d:.2f}")
            for name, a, b, c, d in zip(LOSSES, today, best, low, high, strict=True)
        ),
        note="Of q, the sum is 1; checks and conduct are function. Fitted: least squares of ratings on losses, both "
        "less their task's mean, drawn towards those in use, no part below 0.05. The interval is of tasks drawn again.",
    )


def _evenness(cases: Sequence[Case]) -> Table:
    order = {case.name: sorted(range(4), key=lambda n, case=case: -case.q[n]) for case in cases}  # type: ignore[misc]
    rows = []
    for name, values in (
        ("ratings", {case.name: case.ratings for case in cases}),
        ("q", {case.name: case.q for case in cases}),
    ):
        rows.append((name, *(f"{100 * share:.0f} %" for share in steps(values, order))))
    return Table(
        title="Steps",
        headings=("", "best to second", "second to third", "third to worst"),
        rows=tuple(rows),
        note="Shares of the span between the versions that q calls best and worst.",
    )


def _by_task(rows: Sequence[dict[str, object]]) -> Table:
    shown = ("task", "raters", "q", "score", "fitted, task left out", "raters with each other")
    return Table(
        title="Tasks",
        headings=shown,
        rows=tuple(tuple(_cell(row[key]) for key in shown) for row in rows),
        note="Tau, as above.",
    )


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _experiment(cases: Sequence[Case]) -> Experiment:
    """The tasks, as a run over them."""
    return Experiment(
        dataset="dojo eval people",
        name=f"{len(cases)} rated tasks",
        settings={},
        tried=[
            Tried(
                Tested(case.name, {"task": case.name}, "the raters' order"),
                {"ratings": list(case.ratings), "q": list(case.q)},
                {"tau": tau(case.q, case.ratings)},
            )
            for case in cases
        ],
        scores={},
    )
