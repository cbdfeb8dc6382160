"""The wish that a run should end: what is under way ends by itself, what is done is written."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Halt:
    """Whoever can stop a run asks here; whoever has to know says so with `heed`."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
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


@contextmanager
def gently(say: Callable[[str], None]) -> Iterator[None]:
    """Within, the first Ctrl-C asks the run to end and says so; the second one cancels the task that is running now.

    Has to be entered in the event loop's own thread.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked = Halt()

    def interrupted() -> None:
        if asked.asked and task is not None:
            task.cancel()
            return
        say("Finishing what is under way, without new calls to a model; Ctrl-C again stops at once.")
        asked.ask("Stopped. What is done is kept; the same command goes on from here.")

    token = halt.set(asked)
    loop.add_signal_handler(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        halt.reset(token)
