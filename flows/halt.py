"""The wish that a run should end: what is under way ends by itself, what is done is written."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Halt:
    """Whoever can stop a run asks here; whoever has to know says so with `heed`."""

    def __init__(self, hold_signals: Callable[[], None] = lambda: None) -> None:
        """Nobody has asked yet.

        Args:
            hold_signals: takes Ctrl-C and SIGTERM, again if others have taken them since.
        """
        self.hold_signals = hold_signals
        self._heeding: list[Callable[[str], None]] = []
        self._asked = ""

    def ask(self, why: str) -> None:
        """Tell everyone, those who come later too; the first reason stays."""
        self._asked = self._asked or why
        for heed in self._heeding:
            heed(self._asked)

    def heed(self, stop: Callable[[str], None]) -> None:
        """`stop` is called with the reason once somebody asks; at once if that was before."""
        self._heeding.append(stop)
        if self._asked:
            stop(self._asked)

    @property
    def asked(self) -> bool:
        """Whether somebody has."""
        return bool(self._asked)


halt: ContextVar[Halt | None] = ContextVar("halt", default=None)
"""Of this command, if it can be stopped gently: the command line sets it, a deployment leaves it."""


def say(sentence: str) -> None:
    """To the user, beside what a command prints."""
    print(f"dojo: {sentence}", file=sys.stderr, flush=True)


@contextmanager
def gently(say: Callable[[str], None]) -> Iterator[Halt]:
    """Within, the first Ctrl-C asks the run to end and says so; the second one, or SIGTERM, cancels the task that is
    running now.

    Has to be entered in the event loop's own thread. Prefect's engine answers SIGTERM with an exception wherever the
    signal finds the process: in a candidate's own task it would be seen only when that is waited for, in a finaliser it
    is printed and lost. So a flow takes the signals again (`Halt.hold_signals`).
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupted() -> None:
        if asked.asked and task is not None:
            task.cancel()
            return
        say("Finishing what is under way, without new calls to a model; Ctrl-C again stops at once.")
        asked.ask("Stopped. What is done is kept; the same command goes on from here.")

    def terminated() -> None:
        if task is not None and not task.cancelling():  # once: Prefect hands the signal on
            task.cancel()

    def hold_signals() -> None:
        loop.add_signal_handler(signal.SIGINT, interrupted)
        loop.add_signal_handler(signal.SIGTERM, terminated)

    asked = Halt(hold_signals)
    token = halt.set(asked)
    hold_signals()
    try:
        yield asked
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
        halt.reset(token)
