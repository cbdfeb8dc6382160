"""How many machines a cadence takes: so many validators that each want a task every so many minutes."""

import json
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from flows.spans import Span, counted, priced, span_of
from flows.yields import Floats, Pace
from tasks.errors import BadInput
from tasks.record import Record

if TYPE_CHECKING:
    from evals.paper import Table


class Demand(Record):
    """What validators and miners ask for."""

    every_minutes: float = 15.0
    """Between two tasks of one validator."""
    validators: int = 10
    miners: int = 240
    outputs: int = 4

    @property
    def tasks_per_hour(self) -> float:
        """New tasks, each validator its own."""
        return self.validators * 60 / self.every_minutes

    @property
    def renders_per_minute(self) -> float:
        """If each output were rendered anew for each miner."""
        return self.validators * self.miners * self.outputs / self.every_minutes


class Machines(Record):
    """How many machines such as this one a demand takes."""

    demand: Demand
    renders_per_minute: float
    """Of one machine."""
    source: str
    """Of that rate."""
    making: Span
    """Machines that make as many tasks as are asked for."""
    rendering: int
    """Machines that render each output for each miner."""
    usd_month: Span | None
    """Dollars in 30 days for the tasks."""


def machines_of(demand: Demand, pace: Pace, hours: Floats, usd: Floats | None) -> Machines:
    """What a demand takes. `hours` and `usd`: of one day's tasks on one machine, by draw."""
    making = span_of(hours / 24)
    return Machines(
        demand=demand,
        renders_per_minute=pace.renders_per_minute,
        source=pace.source,
        making=Span(low=ceil(making.low), middle=ceil(making.middle), high=ceil(making.high)),
        rendering=ceil(demand.renders_per_minute / pace.renders_per_minute),
        usd_month=None if usd is None else span_of(usd * 30),
    )


def read_rate(path: Path) -> float:
    """Renders a minute, from the file that `dojo bench render --json` has written.

    Raises:
        BadInput: it is no such file.
    """
    try:
        return float(json.loads(path.read_text("utf-8"))["versions_per_minute"])
    except (OSError, ValueError, TypeError, KeyError):
        raise BadInput(f"--bench {path} is no file that `dojo bench render --json` has written.") from None


def machines_table(machines: Machines) -> "Table":
    """For people."""
    from evals.paper import Table

    demand = machines.demand
    rows = (
        ("new tasks an hour, each validator its own", f"{demand.tasks_per_hour:,.4g}"),
        ("machines such as this one that make them", counted(machines.making)),
        ("dollars in 30 days for them", priced(machines.usd_month)),
        ("renders a minute, if each output were rendered for each miner", f"{demand.renders_per_minute:,.4g}"),
        ("renders a minute of one machine", f"{machines.renders_per_minute:,.4g}"),
        ("machines that render so", f"{machines.rendering:,}"),
    )
    return Table(
        f"A task every {demand.every_minutes:g} minutes for {demand.validators} validators x {demand.miners} miners x "
        f"{demand.outputs} outputs",
        ("what", "value"),
        rows,
        "Here the four versions of a task are rendered and measured once, when it is made, whoever sees them then; the "
        "other way to count is the original's, in which each miner's outputs are rendered.",
    )
