"""`dojo eval leaks`: what can be told of the order by who reads, runs the loader and reads, loads, and uses."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.again import render_again
from evals.door import Door, plain_door
from evals.experiment import Case, Experiment, Tried, record
from evals.ladders import Quad, load_quads
from evals.leaks.attack import Scores, attacks, bases_of, examine_all
from evals.leaks.judge import Form, judged, judges
from evals.leaks.keys import Sealed, compare, key_tests
from evals.leaks.report import JUDGE, LOADS, READS, RUNS, USES, Outcome, paper_of, write_keys
from evals.leaks.touchless import touchless
from evals.pace import Tell
from evals.paper import publish
from evals.stats import Floats, marks, showings
from tasks.address import shown_name
from tasks.record import FAMILIES
from tasks.settings import OFFLINE, Settings

ALPHA = 0.05
"""Of all intervals of one kind of attacker together."""


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
        settings: the models that judge are shown both forms, unless it is the offline one alone.
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
    sealed = [compare(quad) for quad in quads]
    keyed = [(one, quad) for one, quad in zip(sealed, quads, strict=True) if one.keys]
    examined = examine_all(quads, tell)
    scores: dict[str, Scores] = {READS: beside_texts(quads, sealed), RUNS: attacks(examined, tell)}
    if judges(settings.model) == (OFFLINE,):
        remarks.append(
            f"'{JUDGE}' was skipped: the offline model is a stand-in and can't read pages; name --model or --settings."
        )
    else:
        forms: tuple[tuple[str, Form], ...] = ((READS, "sealed"), (RUNS, "natural"))
        for means, form in forms:
            scores[means][JUDGE] = asyncio.run(judged(quads, form, settings, out / "answers.jsonl", tell, door))
    if browser:
        renders = render_again(quads, dataset, out / "untouched.jsonl", tell, with_checks=False)
        scores[LOADS] = touchless(quads, renders)
    else:
        remarks.append("Nothing was loaded, as no browser was wanted.")
    scores[USES] = used(quads)
    ranks = np.array([quad.ranks for quad in quads], dtype=np.int64)
    marked = {means: {name: marks(one, ranks) for name, one in found.items()} for means, found in scores.items()}
    outcome = Outcome(
        dataset=shown_name(dataset),
        ladders=len(quads),
        bases=len(set(bases_of(examined).tolist())),
        alphas={means: ALPHA / len(found) for means, found in marked.items()},
        showings={means: showings(found, ALPHA / len(found)) for means, found in marked.items()},
        faults={quad.task_id: one.fault for one, quad in zip(sealed, quads, strict=True) if one.fault},
        tests=key_tests([one.keys for one, _ in keyed], [quad.ranks for _, quad in keyed]) if keyed else (),
        remarks=tuple(remarks),
    )
    publish(paper_of(outcome), out)
    write_keys(outcome, out)
    record([_experiment(outcome, quads, marked[READS])], tell)
    return outcome


def beside_texts(quads: Sequence[Quad], sealed: Sequence[Sealed]) -> Scores:
    """Attackers that see what differs between sealed versions: their keys, and what comes with them."""
    keys = [[int(key, 16) / 16 ** len(key) for key in one.keys] or [0.0] * 4 for one in sealed]
    digits = [[float(sum(int(digit, 16) for digit in key)) for key in one.keys] or [0.0] * 4 for one in sealed]
    return {
        "place in the shard": np.array([[-float(place) for place in range(4)] for _ in quads]),
        "completion id": np.array(
            [[float(int.from_bytes(rung.completion_id.encode()[:6], "big")) for rung in quad.rungs] for quad in quads]
        ),
        "key, as a number": np.array(keys),
        "key, sum of its digits": np.array(digits),
    }


def used(quads: Sequence[Quad]) -> Scores:
    """What somebody finds who makes every check and has the house's instruments: the parts of q as they are stored."""
    return {
        f"uses: {family}": np.array([[rung.parts[family] for rung in quad.rungs] for quad in quads])
        for family in FAMILIES
    }


def _experiment(outcome: Outcome, quads: Sequence[Quad], marked: dict[str, Floats]) -> Experiment:
    """The attackers that read, as a run over the ladders: which of them find a ladder's best and worst version."""
    names = np.array(list(marked))
    hits = np.stack([given[:, :2] for given in marked.values()])
    return Experiment(
        dataset="dojo eval leaks",
        name=f"{outcome.ladders} ladders of {outcome.dataset}",
        settings={"attackers": names.tolist(), "alpha": outcome.alphas[READS]},
        tried=[
            Tried(
                Case(
                    quad.task_id,
                    {"ladder": quad.task_id, "of": outcome.dataset},
                    "one text but for the key, found no more often than by chance",
                ),
                {"best": names[hits[:, at, 0] == 1].tolist(), "worst": names[hits[:, at, 1] == 1].tolist()},
                {
                    "best": float(hits[:, at, 0].mean()),
                    "worst": float(hits[:, at, 1].mean()),
                    "equal but for the key": float(quad.task_id not in outcome.faults),
                },
            )
            for at, quad in enumerate(quads)
        ],
        scores={
            f"{end}: {name}": getattr(shown, end).mean
            for name, shown in outcome.showings[READS].items()
            for end in ("best", "worst")
        },
    )
