"""`dojo eval repair`: strategies beside each other on the same faults, with the same budget for each fault."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from evals.door import Door, plain_door, traced_as
from evals.experiment import Experiment, Tried, fault_case, record
from evals.faults.bank import BANK, read_bank
from evals.faults.fault import Fault
from evals.pace import Tell
from evals.paper import Paper, publish
from evals.repairs.attempt import Attempt, place_of
from evals.repairs.book import attempts
from evals.repairs.figures import figures_of
from evals.repairs.page import paper_of
from tasks.errors import BadInput
from tasks.model.trace import trace_id
from tasks.rows import write_whole
from tasks.settings import Settings, Strategy

STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
BUDGET = 8_000
"""Tokens out for one fault: three or four rounds of patches with their reasoning."""
LEAST_BUDGET = 200


def read_strategies(text: str) -> tuple[Strategy, ...]:
    """Names of strategies between commas, each once.

    Raises:
        BadInput: there is no such strategy, or none is named.
    """
    named = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in named:
        if name not in STRATEGIES:
            raise BadInput(f"There is no repair strategy {name!r}; there are {', '.join(STRATEGIES)}.")
    if not named:
        raise BadInput(f"--strategies names none; there are {', '.join(STRATEGIES)}.")
    return named  # type: ignore[return-value]


def run(
    strategies: Sequence[Strategy],
    faults: int,
    budget: int,
    settings: Settings,
    out: Path,
    tell: Tell,
    door: Door = plain_door,
    bank: Path = BANK,
    figures: Path | None = None,
) -> Paper:
    """Try every strategy on the first `faults` faults of the bank, and write what came of it into a folder.

    Args:
        strategies: as `read_strategies` gives them.
        faults: how many; the bank's first are of all kinds.
        budget: tokens out for one fault.
        settings: the model, and how pages are rendered and diagnosed.
        out: for tables, plots and page, and for the attempts, which a second run goes on from.
        tell: hears how far it is.
        door: opens the way to the model.
        bank: the file of faults.
        figures: a file for the figures in JSON.

    Raises:
        BadInput: there are not so many faults, or the budget allows nothing.
        ModelDown, ServerDown, BrowserDown, Missing: they can't be used.
        Stopped: the money is used up, or somebody asks; what is done is kept.
    """
    there = read_bank(bank)
    if not 1 <= faults <= len(there):
        raise BadInput(f"--faults is {faults}; the bank has {len(there)}, ask for 1 to {len(there)}.")
    if budget < LEAST_BUDGET:
        raise BadInput(f"--tokens is {budget}; no repair fits into less than {LEAST_BUDGET}.")
    made = attempts(there[:faults], strategies, budget, settings, out / "attempts.jsonl", tell, door)
    paper = paper_of(made, settings.model.models, budget)
    publish(paper, out)
    if figures is not None:
        write_whole(figures, (json.dumps(figures_of(made, settings.model.models, budget), indent=2) + "\n").encode())
    record([_experiment(strategy, there, made, settings, budget, traced_as(out)) for strategy in strategies], tell)
    return paper


def _experiment(
    strategy: Strategy, bank: Sequence[Fault], made: Sequence[Attempt], settings: Settings, budget: int, calls: str
) -> Experiment:
    """A strategy's attempts, as a run over the bank's faults. `calls`: the session that has what was asked."""
    cases = {fault.fault_id: fault_case(fault) for fault in bank}
    models = ", ".join(settings.model.models)
    mine = [one for one in made if one.strategy == strategy]
    return Experiment(
        dataset="dojo eval repair",
        name=f"{strategy}, {models}, {budget} tokens out",
        settings={
            "strategy": strategy,
            "models": models,
            "temperature": settings.model.temperature,
            "tokens_out": budget,
        },
        tried=[
            Tried(
                cases[one.fault_id],
                {
                    "end": one.end,
                    "rounds": one.rounds,
                    "before": one.before.model_dump(),
                    "after": one.after.model_dump(),
                    "trace": trace_id(calls, place_of(one.key)) if one.spent.calls else "",
                },
                {
                    "fixed": float(one.fixed),
                    "broken further": float(one.worse),
                    "checks passed": one.passed,
                    "tokens out": float(one.spent.completion_tokens),
                    "dollars": one.spent.usd,
                },
            )
            for one in mine
        ],
        scores={"fixed": sum(one.fixed for one in mine) / len(mine), "dollars": sum(one.spent.usd for one in mine)},
    )
