"""`dojo eval leaks`: attackers on the first ladders of a dataset, and on the predecessor's construction beside them."""

import asyncio
from pathlib import Path

import numpy as np

from evals.again import render_again
from evals.door import Door, plain_door
from evals.experiment import Case, Experiment, Tried, record
from evals.ladders import Quad, load_quads
from evals.leaks.attack import Examined, Scores, attacks, bases_of, examine_all, ranks_of, resolver_attacks
from evals.leaks.judge import judged, judges
from evals.leaks.report import Outcome, paper_of
from evals.leaks.restore import Construction, Texts, control, texts_of
from evals.leaks.touchless import touchless
from evals.pace import Tell
from evals.paper import publish
from evals.stats import Floats, marks, showings
from tasks.address import shown_name
from tasks.settings import OFFLINE, Settings

CONTROL = 200
"""Ladders remade by the predecessor's construction at the most: it leaks so much that more would tell nothing."""
ALPHA = 0.05
"""Of all intervals of one kind together."""
JUDGE = "model shown the four texts"
CONSTRUCTIONS: tuple[Construction, ...] = ("rising", "single")


def run(
    dataset: str,
    ladders: int,
    out: Path,
    settings: Settings,
    tell: Tell,
    *,
    browser: bool = True,
    door: Door = plain_door,
) -> Outcome:
    """Attack the first `ladders` ladders of a dataset, and write what came of it into a folder.

    Args:
        dataset: a folder or an fsspec URL.
        ladders: how many are wanted; fewer are taken where there are no more.
        out: for table, plots and page, and for what was rendered or answered, which a second run takes from there.
        settings: the models that judge are shown the texts, unless it is the offline one alone.
        tell: hears how far it is.
        browser: load every page untouched as well.
        door: opens the way to the models.

    Raises:
        BadInput: there are no ladders.
        ModelDown: the model can't be used.
        Stopped: the money is used up, or somebody asks; what is done is kept.
        BrowserDown: the browser can't be used.
    """
    quads = load_quads(dataset, ladders)
    remarks: list[str] = []
    sets: dict[str, list[Texts]] = {"": [texts_of(quad) for quad in quads]}
    for construction in CONSTRUCTIONS:
        made, remark = _control(quads, construction)
        remarks += remark
        if made:
            sets[construction] = made
    read = iter(examine_all([one for texts in sets.values() for one in texts], tell, following=len(quads)))
    examined = {name: [next(read) for _ in texts] for name, texts in sets.items()}
    scores = {name: attacks(found, tell) for name, found in examined.items()}
    if judges(settings.model) == (OFFLINE,):
        remarks.append(
            f"'{JUDGE}' was skipped: the offline model is a stand-in and can't read pages; name --model or --settings."
        )
    else:
        for name, texts in sets.items():
            scores[name][JUDGE] = asyncio.run(judged(texts, settings, out / "answers.jsonl", tell, door))
    beside = resolver_attacks(examined[""], tell)
    if browser:
        renders = render_again(quads, dataset, out / "untouched.jsonl", tell, with_checks=False)
        beside |= touchless(quads, renders)
    else:
        remarks.append("The touchless attacker was skipped, as no browser was wanted.")
    alpha = ALPHA / len(scores[""])
    marked = {name: _marked(found, scores[name]) for name, found in examined.items()}
    shown = {name: showings(given, alpha) for name, given in marked.items()}
    outcome = Outcome(
        dataset=shown_name(dataset),
        ladders=len(quads),
        bases=len(set(bases_of(examined[""]).tolist())),
        alpha=alpha,
        gated=shown.pop(""),
        beside=showings(_marked(examined[""], beside), alpha),
        controls=shown,
        control_ladders={name: len(sets[name]) for name in shown},
        remarks=tuple(remarks),
    )
    publish(paper_of(outcome), out)
    record([_experiment(outcome, examined[""], marked[""])], tell)
    return outcome


def _experiment(outcome: Outcome, examined: list[Examined], marked: dict[str, Floats]) -> Experiment:
    """The attackers that count, as a run over the ladders: which of them find a ladder's best and worst version."""
    names = np.array(list(marked))
    hits = np.stack([given[:, :2] for given in marked.values()])
    return Experiment(
        dataset="dojo eval leaks",
        name=f"{outcome.ladders} ladders of {outcome.dataset}",
        settings={"attackers": names.tolist(), "alpha": outcome.alpha},
        tried=[
            Tried(
                Case(one.task_id, {"ladder": one.task_id, "of": outcome.dataset}, "found no more often than by chance"),
                {"best": names[hits[:, at, 0] == 1].tolist(), "worst": names[hits[:, at, 1] == 1].tolist()},
                {"best": float(hits[:, at, 0].mean()), "worst": float(hits[:, at, 1].mean())},
            )
            for at, one in enumerate(examined)
        ],
        scores={
            f"{end}: {name}": getattr(shown, end).mean
            for name, shown in outcome.gated.items()
            for end in ("best", "worst")
        },
    )


def _control(quads: list[Quad], construction: Construction) -> tuple[list[Texts], list[str]]:
    """The remade ladders, and what has to be said if some could not be."""
    asked = quads[:CONTROL]
    made = [texts for quad in asked if (texts := control(quad, construction)) is not None]
    if len(made) == len(asked):
        return made, []
    return made, [
        f"Control '{construction}' is made from {len(made)} of {len(asked)} ladders: of the others the original can't "
        "be had back from the edits, or fewer than three sites have a harmful text."
    ]


def _marked(examined: list[Examined], scores: Scores) -> dict[str, Floats]:
    """What each ladder gives each attacker."""
    ranks = ranks_of(examined)
    return {name: marks(score, ranks) for name, score in scores.items()}
