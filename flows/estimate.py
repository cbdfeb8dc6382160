"""What so many tasks will take: calls, tokens, dollars and hours, with ranges, before anything is spent.

The runs are drawn (`flows/draws.py`) from what candidates have taken so far (`flows/yields.py`); a range is from the
10th to the 90th percentile, its middle the median.
"""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from flows.cadence import Demand, Machines, machines_of, machines_table
from flows.chosen import limited, read_settings, with_authors, with_model
from flows.draws import FIRST_S, OTHERS, SPEED, Drawn, Factor, draw_runs
from flows.order import roles_of
from flows.spans import Span, counted, priced, span_of
from flows.yields import CALLS, IN, OUT, PRIOR_SOURCE, ROLES, Floats, Lives, Pace, lives_of
from tasks.address import local_folder
from tasks.errors import BadInput
from tasks.model.price import Price, cost, price_of
from tasks.model.provider import check_names
from tasks.record import Record
from tasks.settings import OFFLINE, Role, Settings

if TYPE_CHECKING:
    from evals.paper import Table

MOST_TASKS = 1_000_000_000
"""That are estimated: more are a slip of the keyboard."""
_LEAST, _MOST = 1e-6, 1e9
"""Of each number of a demand."""

STAGE: dict[Role, str] = {"poser": "problem", "author": "program", "repairer": "diagnose", "editor": "augment"}


class Line(Record):
    """What one role will take."""

    stage: str
    role: str
    calls: Span
    tokens_in: Span
    tokens_out: Span
    usd: Span | None
    """None if the price of one of its models is unknown."""
    source: str
    """Of the price."""


class Estimate(Record):
    """What a number of tasks will take."""

    tasks: int
    models: tuple[str, ...]
    candidates: Span
    lines: tuple[Line, ...]
    total: Line
    hours: Span
    short: float
    """Chance that the candidates are used up before the tasks are there."""
    machines: Machines
    remarks: tuple[str, ...]
    """Where each figure comes from, and what it leaves out; one sentence each."""


def estimate(
    tasks: int,
    settings: Settings,
    dataset: str | None = None,
    demand: Demand | None = None,
    renders_per_minute: float | None = None,
    seed: int = 0,
) -> Estimate:
    """Estimate what `dojo generate --tasks N` with these settings will take; nothing is called, spent or written.

    Args:
        tasks: accepted tasks.
        settings: of the run.
        dataset: folder whose earlier runs are gone by; None, or one without tasks, goes by the prior.
        demand: None is the original's.
        renders_per_minute: of this machine, as `dojo bench render` measures it; None goes by the dataset, or the prior.
        seed: of the draws.

    Raises:
        BadInput: no number of tasks, no demand, a role without a deployment, an unknown provider, no dataset.
    """
    demand = demand or Demand()
    _check_numbers(tasks, demand, renders_per_minute)
    if dataset is not None and (folder := local_folder(dataset)) is not None and folder.is_file():
        raise BadInput(f"--dataset {dataset} is a file; name the folder of a dataset.")
    check_names(settings.model, roles_of(settings))
    prices = {role: _prices(settings, role) for role in roles_of(settings)}
    lives, pace = lives_of(dataset, settings)
    if renders_per_minute is not None:
        pace = _at_rate(pace, renders_per_minute)
    drawn = draw_runs(tasks, settings, lives, pace, seed)
    lines = tuple(_line(role, drawn, prices[role]) for role in ROLES if role in prices)
    spent, most = _spent(drawn, prices), settings.max_candidates or max(20, 10 * tasks)
    day = draw_runs(ceil(24 * demand.tasks_per_hour), settings, lives, pace, seed)
    return Estimate(
        tasks=tasks,
        models=settings.model.models,
        candidates=span_of(drawn.candidates),
        lines=lines,
        total=Line(
            stage="all",
            role="",
            calls=span_of(drawn.use[:, :, CALLS].sum(axis=1)),
            tokens_in=span_of(drawn.use[:, :, IN].sum(axis=1)),
            tokens_out=span_of(drawn.use[:, :, OUT].sum(axis=1)),
            usd=None if spent is None else span_of(spent),
            source="",
        ),
        hours=span_of(drawn.hours),
        short=float((drawn.candidates > most).mean()),
        machines=machines_of(demand, pace, day.hours, _spent(day, prices)),
        remarks=tuple(_remarks(settings, lives, pace, dataset, lines)),
    )


def _check_numbers(tasks: int, demand: Demand, renders_per_minute: float | None) -> None:
    """Refuse questions that no run could answer."""
    if not 1 <= tasks <= MOST_TASKS:
        raise BadInput(f"--tasks is {tasks}; ask for at least {1 if tasks < 1 else f'1 and at most {MOST_TASKS:,}'}.")
    for name, value in (("every", demand.every_minutes), ("validators", demand.validators), ("miners", demand.miners),
                        ("outputs", demand.outputs), ("renders-per-minute", renders_per_minute)):  # fmt: skip
        if value is not None and not _LEAST <= value <= _MOST:
            raise BadInput(f"--{name} is {value}; it is a number from {_LEAST:f} to {_MOST:,.0f}.")
    if 24 * demand.tasks_per_hour > MOST_TASKS:
        raise BadInput(
            f"--every {demand.every_minutes:g} for --validators {demand.validators} asks for more than {MOST_TASKS:,} "
            "tasks a day; name fewer, or more minutes."
        )


def settings_for(
    path: Path | None, model: str | None, authors: str | None, assume_price: tuple[float, float] | None
) -> Settings:
    """The settings of a run as the command line names them; None leaves what the file, or the default, says.

    Raises:
        BadInput: the file can't be read, or a value is none.
    """
    settings = with_model(limited(read_settings(path), None, None, None, assume_price, reuse=True, prompts=None), model)
    return with_authors(settings, authors)


def _at_rate(pace: Pace, renders_per_minute: float) -> Pace:
    """The pace of a machine that renders as fast as is said."""
    return Pace(
        seconds=pace.seconds,
        render_seconds=pace.renders / renders_per_minute * 60,
        renders=pace.renders,
        waits=pace.waits,
        source=f"{renders_per_minute:g} renders a minute as given, the rest {pace.source}",
        measured=pace.measured,
    )


def _prices(settings: Settings, role: Role) -> list[tuple[float, str, Price | None]]:
    """Share of the calls, model, and price, of each endpoint that the role may call."""
    model, assume = settings.model, settings.limits.assume_price
    if not model.deployments:
        return [(1.0, model.name, price_of(model.name, None, None, assume))]
    serving = [one for one in model.deployments if role in one.serves]
    weight = sum(one.weight for one in serving)
    return [(one.weight / weight, one.model, price_of(one.listed, one.usd_in, one.usd_out, assume)) for one in serving]


def _dollars(use: Floats, prices: Sequence[tuple[float, str, Price | None]]) -> Floats | None:
    """Of each draw; `use` has shape (draws, 4)."""
    total = np.zeros(len(use))
    for share, _, price in prices:
        if price is None:
            return None
        for draw, (calls, tokens_in, tokens_out, cached) in enumerate(use):
            if calls:
                one = cost(price, *(round(part / calls) for part in (tokens_in, tokens_out, cached)))
                total[draw] += share * calls * one
    return total


def _spent(drawn: Drawn, prices: dict[Role, list[tuple[float, str, Price | None]]]) -> Floats | None:
    parts = [_dollars(drawn.use[:, ROLES.index(role)], some) for role, some in prices.items()]
    known = [part for part in parts if part is not None]
    return np.sum(known, axis=0) if len(known) == len(parts) else None


def _line(role: Role, drawn: Drawn, prices: Sequence[tuple[float, str, Price | None]]) -> Line:
    use = drawn.use[:, ROLES.index(role)]
    usd = _dollars(use, prices)
    sources = dict.fromkeys(price.source if price else f"no price of {model} is known" for _, model, price in prices)
    return Line(
        stage=STAGE[role],
        role=role,
        calls=span_of(use[:, CALLS]),
        tokens_in=span_of(use[:, IN]),
        tokens_out=span_of(use[:, OUT]),
        usd=None if usd is None else span_of(usd),
        source="; ".join(sources),
    )


def _remarks(settings: Settings, lives: Lives, pace: Pace, dataset: str | None, lines: Sequence[Line]) -> list[str]:
    said = [f"Calls, tokens and the share that is accepted: {lives.source}."]
    if dataset is not None and lives.source == PRIOR_SOURCE:
        said.append(f"{dataset} has no accepted task to go by.")
    models = ", ".join(settings.model.models)
    if lives.models != settings.model.models:
        of = "the offline model, whose tokens are no real model's" if lives.models == (OFFLINE,) else "other models"
        said.append(
            f"That is of {of}; the ranges for {models} are wider by assumption: {_told(OTHERS.tokens_in)} as many "
            f"tokens in, {_told(OTHERS.tokens_out)} out (reasoning counts), {_told(OTHERS.repairs)} the repairs, and "
            "half to nine tenths accepted. A few tasks made with it are a better guide: name their folder."
        )
    if "editor" in roles_of(settings) and lives.source != PRIOR_SOURCE and not lives.accepted[:, -1, CALLS].any():
        said.append(f"Nobody was asked for edits there; the editor's calls: {PRIOR_SOURCE}.")
    said.append(f"Hours, and renders a minute: {pace.source}.")
    if not pace.waits and settings.model.models != (OFFLINE,):
        said.append(
            f"Waiting for the model is assumed: {FIRST_S:g} s a call and {SPEED.low:g} to {SPEED.high:g} tokens out "
            f"a second, {settings.model.at_once} calls at once at the most."
        )
    for source in dict.fromkeys(line.source for line in lines):
        said.append(f"Price for {', '.join(line.role for line in lines if line.source == source)}: {source}.")
    if any(line.usd is None for line in lines):
        said.append("Dollars are left open: give --assume-price IN OUT (dollars a million tokens), or usd_in and "
                    "usd_out of the deployment.")  # fmt: skip
    said.append("Replies that are kept already cost nothing again; that is not counted here.")
    return said


def tables(found: Estimate) -> "tuple[Table, Table]":
    """For people: what it takes, and how many machines a cadence takes."""
    from evals.paper import Table

    rows = [
        (line.stage, line.role, counted(line.calls), counted(line.tokens_in), counted(line.tokens_out),
         priced(line.usd)) for line in (*found.lines, found.total)
    ]  # fmt: skip
    short = f" The candidates run out first in {found.short:.0%} of the draws." if found.short >= 0.005 else ""
    note = (
        f"{counted(found.candidates)} candidates, {_timed(found.hours)}. Ranges are from the 10th to the 90th "
        f"percentile, with the median between.{short}"
    )
    what = f"{found.tasks:,} accepted task{'s' if found.tasks > 1 else ''} with {', '.join(found.models)}"
    takes = Table(what, ("stage", "role", "calls", "tokens in", "tokens out", "dollars"), tuple(rows), note)
    return takes, machines_table(found.machines)


def _timed(span: Span) -> str:
    """In hours, or minutes if it is less than two hours."""
    if span.middle >= 2:
        return f"{counted(span)} hours"
    return f"{counted(Span(low=span.low * 60, middle=span.middle * 60, high=span.high * 60))} minutes"


def _told(factor: Factor) -> str:
    return f"{factor.low:g} to {factor.high:g} times"
