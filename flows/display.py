"""What the command line shows: a run while it goes on, how it ended, one task."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from flows.order import RunOrder
from flows.progress import STAGES, Listener, Snapshot, listener
from tasks.clock import clock
from tasks.diff import files_diff
from tasks.errors import BadInput
from tasks.output import print_line
from tasks.settings import ROOT

if TYPE_CHECKING:
    from flows.generate import Outcome

_REASONS = 4
"""Reasons for rejection that the live display has room for."""

_MOST_NOTES = 20
"""Sentences about the pages of `--programs` that are shown; a run of thousands may have as many."""

_QUIET_S = 10
"""Between two lines where the output is no terminal."""

console = Console(highlight=False, emoji=False)


@contextmanager
def watching(order: RunOrder) -> Iterator[None]:
    """Show the run while the context lasts: live on a terminal, a line now and then elsewhere."""
    start = Snapshot(run_id=order.run_id, wanted=order.tasks)
    if console.is_terminal:
        live = Live(_panel(start), console=console, refresh_per_second=4, transient=True)
        with live, _listening(lambda now: live.update(_panel(now))):
            yield
        return
    console.print(_line(start))
    last = time.monotonic()
    shown = 0

    def print_now_and_then(now: Snapshot) -> None:
        nonlocal last, shown
        busy = any(now.under_way.values())
        if now.accepted != shown or (busy and time.monotonic() - last > _QUIET_S):
            last, shown = time.monotonic(), now.accepted
            console.print(_line(now))

    with _listening(print_now_and_then):
        yield


def show_outcome(outcome: "Outcome") -> None:
    """How a run ended, and where its things are."""
    console.print(
        f"{outcome.accepted} of {outcome.wanted} tasks accepted from {outcome.candidates} candidates "
        f"(run {outcome.run_id})\n  dataset  {escape(outcome.dataset)}\n  report   {escape(outcome.report)}",
        soft_wrap=True,
    )
    if outcome.waiting:
        console.print(f"  waiting  {outcome.waiting} more are made; they are written after those before them")


def show_notes(notes: Sequence[str]) -> None:
    """What was left out of the pages that were given, and what was translated, before they are tried."""
    for note in notes[:_MOST_NOTES]:
        console.print(note, markup=False, soft_wrap=True)
    if len(notes) > _MOST_NOTES:
        console.print(f"and {len(notes) - _MOST_NOTES:,} more of the kind")


def show_given(outcome: "Outcome") -> None:
    """What became of pages that were given, if fewer were accepted than were wanted."""
    if outcome.short:
        console.print(
            f"{outcome.accepted} of the {outcome.candidates} pages that were tried became tasks; the report says why "
            "the others did not.",
            soft_wrap=True,
        )


def show_task(task_id: str, dataset: str | None) -> None:
    """Print one task: the problem, then the four versions in their measured order.

    Raises:
        BadInput: no dataset has such a task.
    """
    from tasks.record import FAMILIES
    from tasks.shard.old import NOT_HELD
    from tasks.shard.read import find_task

    datasets = [dataset] if dataset else sorted(str(p.parent) for p in (ROOT / "data").glob("*/public"))
    found = next((rows for rows in (find_task(each, task_id) for each in datasets) if rows), None)
    if found is None:
        raise BadInput(
            f"There is no task {task_id} in {', '.join(datasets) or 'data/'}; name its dataset with --dataset."
        )
    public, private = found
    console.print(public["prompt"], markup=False)
    ladder = private["ladder"]
    table = Table("", *(f"rank {rung['rank']}" for rung in ladder))
    for key in ("q", *(f"q_{family}" for family in FAMILIES)):
        table.add_row(key.removeprefix("q_"), *(f"{rung[key]:.3f}" for rung in ladder))
    table.add_row("checks", *(f"{rung['checks_passed']}/{rung['checks_total']}" for rung in ladder))
    console.print(table)
    for rung in ladder:
        console.print(f"\nrank {rung['rank']}, completion {rung['completion_id']}", style="bold")
        if rung["files"] is None:
            console.print(f"  {NOT_HELD}", soft_wrap=True)
            continue
        for edit in json.loads(rung["edits"]):
            cause = f"{edit['family']}, {edit['mutator']}, strength {edit['strength']}"
            console.print(f"  {edit['file']}:{edit['line']}  {edit['note']} ({cause})", markup=False, soft_wrap=True)
        clean = {file["filename"]: file["content"] for file in private["clean"]}
        changed = files_diff(clean, ((file["filename"], file["content"]) for file in rung["files"]))
        print_line(changed.removesuffix("\n") or "  The clean program.")


@contextmanager
def _listening(hear: Listener) -> Iterator[None]:
    token = listener.set(hear)
    try:
        yield
    finally:
        listener.reset(token)


def _panel(now: Snapshot) -> Group:
    bar = Table.grid(padding=(0, 2))
    bar.add_row(
        f"[bold]{now.accepted}[/] of {now.wanted} accepted",
        ProgressBar(total=now.wanted, completed=now.accepted, width=30),
        f"{now.candidates} candidates",
        f"{clock(now.seconds)} gone",
        f"{clock(now.seconds_left)} left" if now.seconds_left is not None else "",
    )
    stages = Table(*STAGES, box=None, header_style="dim", padding=(0, 1, 0, 0), pad_edge=False)
    stages.add_row(*(str(now.under_way.get(name) or "·") for name in STAGES))
    stages.add_row(*(f"[dim]{now.done.get(name, 0)}[/]" for name in STAGES))
    usage = f"{now.usage.prompt_tokens:,} tokens in, {now.usage.completion_tokens:,} out, ${now.usage.usd:.4f}"
    reasons = [f"  {count} x {escape(reason)}" for reason, count in list(now.rejected.items())[:_REASONS]]
    lost = [f"{sum(now.rejected.values())} rejected", *reasons] if reasons else []
    return Group(bar, stages, usage, *lost)


def _line(now: Snapshot) -> str:
    busy = ", ".join(f"{name} {count}" for name, count in now.under_way.items() if count) or "starting"
    left = f", {clock(now.seconds_left)} left" if now.seconds_left is not None and now.accepted < now.wanted else ""
    lost = f", {sum(now.rejected.values())} rejected" if now.rejected else ""
    return f"{clock(now.seconds)}  {now.accepted} of {now.wanted} accepted{lost}  ({busy}){left}"
