"""From a command to a flow and back: a run of `generate`, and what Ctrl-C and SIGTERM mean."""

import asyncio
import signal
import tempfile
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from flows.halt import gently, say
from tasks.errors import Stopped
from tasks.settings import ROOT, Settings

if TYPE_CHECKING:
    from flows.generate import Outcome
    from flows.order import RunOrder

T = TypeVar("T")


def make_tasks(
    tasks: int | None,
    personas: str,
    model: str | None,
    seed: int | None,
    out: str,
    settings: Settings | None,
    authors: str | None = None,
    programs: str | None = None,
) -> None:
    """Run the flow `generate` with a Prefect server of its own, and say how it went.

    Of pages that are given, fewer may be accepted than there are: that is what the run is to find out.

    Raises:
        BadInput: something asked for can't be.
        Stopped: the candidates or the budget are used up, or Ctrl-C.
    """
    from flows.display import show_given, show_notes
    from flows.order import place_order

    order = place_order(tasks, personas, model, seed, out, settings, authors, programs)
    if order.programs is not None:
        show_notes(order.programs.notes)
    (outcome,) = carry_out([order])
    if order.programs is not None:
        show_given(outcome)
    elif outcome.short:
        raise Stopped(
            f"Only {outcome.accepted} of {outcome.wanted} tasks were accepted: all {outcome.candidates} candidates are "
            "used up. Look at the reasons in the report, or run it again with a larger --max-candidates."
        )


def carry_out(orders: Sequence["RunOrder"]) -> list["Outcome"]:
    """The same of one order after the other, however many of their candidates are accepted.

    One server is there for all of them: Prefect, once it is imported, knows no other.

    Raises:
        Stopped: a budget is used up, or Ctrl-C; the orders behind it are not begun.
    """
    from flows.local_server import prefect_server

    for remark in dict.fromkeys(order.pool.remark for order in orders):
        if remark:
            say(f"{orders[0].pool.name}: {remark}")
    _warn_of_replies(orders)
    with prefect_server():
        return [_carry_out(order) for order in orders]


def _warn_of_replies(orders: Sequence["RunOrder"]) -> None:
    """Say where replies are kept, if nobody has named that place and it may be emptied."""
    from flows.order import replies_folder

    if any(order.settings.model.reuse and order.settings.model.replies is None for order in orders):
        place = replies_folder(Settings())
        if place.is_relative_to(tempfile.gettempdir()) and not place.is_relative_to(ROOT):
            say(f"Replies are kept in {place}, which may be emptied; name a folder in the settings (model.replies).")


def _carry_out(order: "RunOrder") -> "Outcome":
    from flows.display import show_outcome, watching
    from flows.local_server import wait_until_up

    with watching(order):
        from flows.generate import generate as flow
        from tasks.model.gateway import load_libraries

        load_libraries()
        wait_until_up()
        programs = order.programs.place if order.programs else None
        wanted = (order.tasks, order.source, None, order.seed, order.dataset, order.settings)
        outcome = run_flow(flow(*wanted, programs=programs))
    show_outcome(outcome)
    if outcome.stopped:
        raise Stopped(outcome.stopped)
    return outcome


def run_flow(flow: Coroutine[Any, Any, T]) -> T:
    """What the flow returns.

    Raises:
        Stopped: Ctrl-C twice, or the machine asks the run to end (SIGTERM).
    """
    from prefect.exceptions import TerminationSignal

    async def watched() -> T:
        with gently(say):
            return await flow

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Prefect's own is there only while its engine runs
    try:
        return asyncio.run(watched())
    except (KeyboardInterrupt, TerminationSignal, asyncio.CancelledError):
        raise Stopped("Stopped. What is done is kept; the same command goes on from here.") from None
