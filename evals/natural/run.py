"""`dojo eval natural`: whether the mutators' edits could be a programmer's."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from evals.bench.pages import offline_orders, read_pages
from evals.diagnosis.shares import Share
from evals.door import Door, plain_door
from evals.experiment import Case, Experiment, Tried, record
from evals.leaks.judge import judges
from evals.natural.judge import pairs_of, told_apart
from evals.natural.report import Outcome, paper_of, write_edits
from evals.natural.trial import Made, try_pages
from evals.pace import Tell
from evals.paper import Paper, publish
from tasks.errors import BadInput
from tasks.record import Program, Repair
from tasks.settings import OFFLINE, Settings
from tasks.shard.read import read_side


def run(
    pages: Path | None,
    out: Path,
    settings: Settings,
    tell: Tell,
    *,
    clean: int,
    most: int,
    pairs: int,
    drafts: str | None = None,
    door: Door = plain_door,
) -> Paper:
    """Try every mutator on pages, and write what came of it into a folder.

    Args:
        pages: a folder of pages, as `read_pages` takes them; one that can't be read is named and left out.
        out: for tables and page, and for what a model answered, which a second run takes from there.
        settings: the models that judge are shown pairs of programs, unless it is the offline one alone.
        tell: hears how far it is.
        clean: pages of the offline model's, the archetypes in turn.
        most: edits of one mutator on one page.
        pairs: shown to the model.
        drafts: a dataset whose faulty drafts are the untouched programs that a model is shown; else clean pages.
        door: opens the way to the models.

    Raises:
        BadInput: there are no pages, none that can be read, or no drafts in the dataset.
        Missing, ServerDown: the language servers can't be used.
        ModelDown: the model can't be used.
        Stopped: the money is used up, or somebody asks; what was answered is kept.
    """
    programs = {f"offline {n}": order.program for n, order in enumerate(offline_orders(clean))}
    remarks: list[str] = []
    if pages is not None:
        given = read_pages(pages)
        programs |= {name: order.program for name, order in given.orders.items()}
        remarks += given.remarks
    if not programs:
        raise BadInput("There are no pages to try; name a folder with --pages, or ask for some with --clean.")
    untouched = faulty_drafts(drafts) if drafts else {}
    offered, made = try_pages(programs, most, tell)
    told = None
    if judges(settings.model) == (OFFLINE,):
        remarks.append("No model was shown any pair: the offline model is a stand-in; name --model or --settings.")
    else:
        shown = pairs_of(programs, untouched, pairs)
        found = asyncio.run(told_apart(shown, settings, out / "answers.jsonl", tell, door))
        told = Share.of_all(one for one in found if one is not None)
        if None in found:
            remarks.append(f"Of {found.count(None)} pairs the model gave no usable answer.")
        if not untouched:
            remarks.append("The untouched programs of the pairs are clean pages, which work better; see --drafts.")
    outcome = Outcome(offered, made, told, tuple(remarks))
    paper = paper_of(outcome)
    publish(paper, out)
    write_edits(outcome, out)
    record([_experiment(made, sorted(programs), told)], tell)
    return paper


def faulty_drafts(dataset: str) -> dict[str, Program]:
    """The first draft of each task that had to be repaired, by task: untouched, and with faults of its author's.

    Raises:
        BadInput: there is none.
    """
    found = {}
    for row in read_side(dataset, "private", ["task_id", "repairs"]).to_pylist():
        for one in json.loads(row["repairs"] or "[]")[:1]:
            found[row["task_id"]] = Repair.model_validate(one).draft
    if not found:
        raise BadInput(
            f"No task of {dataset} had to be repaired, so that it has no drafts (nor are any known of a task of "
            "schema 1); name another dataset."
        )
    return found


def _experiment(made: Sequence[Made], pages: Sequence[str], told: Share | None) -> Experiment:
    """The edits, as a run over them."""
    return Experiment(
        dataset="dojo eval natural",
        name=f"{len(made)} edits on {len(pages)} pages",
        settings={"pages": list(pages)},
        tried=[
            Tried(
                Case(
                    f"{one.page}/{one.edit.file}/{one.edit.start}/{one.edit.mutator}/{one.edit.after}",
                    {"page": one.page, "mutator": one.edit.mutator, "file": one.edit.file, "line": one.edit.line},
                    "no error, and the file's formatting",
                ),
                {"before": one.edit.before, "after": one.edit.after, "habits broken": list(one.habits)},
                {"new errors": float(bool(one.errors)), "formatting kept": float(not one.habits)},
            )
            for one in made
        ],
        scores={} if told is None else {"edited program told by its style": told.value},
    )
