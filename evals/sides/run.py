"""`dojo eval generate`: two settings on the same candidates, from their runs' folders to a page."""

import json
from pathlib import Path

from evals.experiment import Case, Experiment, Tried, record
from evals.pace import Tell
from evals.paper import Paper, publish
from evals.sides.figures import compare, figures_of
from evals.sides.page import paper_of
from evals.sides.side import Side, Trial, read_side
from tasks.content import content_id
from tasks.model.trace import trace_id
from tasks.rows import write_whole


def run(
    runs: dict[str, Path], models: dict[str, tuple[str, ...]], out: Path, tell: Tell, figures: Path | None = None
) -> Paper:
    """Compare two runs, and write what came of it into a folder.

    Args:
        runs: the two sides' names and their runs' folders.
        models: the models that each side may call, by its name.
        out: for table and page.
        tell: hears what is said of it beside.
        figures: a file for the figures in JSON.

    Raises:
        BadInput: a side has too few candidates that were done with.
    """
    one, other = (read_side(name, folder, models[name]) for name, folder in runs.items())
    found = compare(one, other)
    paper = paper_of(one, other, found)
    publish(paper, out)
    if figures is not None:
        write_whole(figures, (json.dumps(figures_of(one, other, found), indent=2) + "\n").encode())
    record([_experiment(side) for side in (one, other)], tell)
    return paper


def _experiment(side: Side) -> Experiment:
    """A side, as a run over the candidates; what it called is in the traces of its own run."""
    models = ", ".join(side.models)
    return Experiment(
        dataset="dojo eval generate",
        name=f"{side.name}, {models}, {side.run_id}",
        settings={"side": side.name, "models": models, "run": side.run_id},
        tried=[_tried(trial, side.run_id) for trial in side.trials],
        scores={"accepted": sum(trial.accepted for trial in side.trials) / len(side.trials)},
    )


def _tried(trial: Trial, run_id: str) -> Tried:
    one = trial.candidate
    given = {"candidate": one.index, "seed": one.seed, "topic": one.topic, "persona": one.persona.text}
    scores = {
        "accepted": float(trial.accepted),
        "tokens out": float(trial.usage.completion_tokens),
        "dollars": trial.usage.usd,
    }
    return Tried(
        Case(content_id(one.persona.persona_id, one.topic, str(one.index), str(one.seed)), given, "an accepted task"),
        {
            "title": trial.problem.title if trial.problem else "",
            "outcome": trial.reason or "accepted",
            "trace": trace_id(run_id, one.index),
        },
        scores if trial.q is None else {**scores, "q": trial.q},
    )
