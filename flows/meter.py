"""Seconds and CPU-seconds by stage, of this process and all that it started.

Stages overlap: what passes while several are under way is divided evenly between them, so that the sums over all
stages are the run's own seconds and CPU-seconds. A look through all processes takes
milliseconds, and candidates change their stages often: what passes between two looks goes to who was there at the
second one.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from tasks.record import Record


class Spell(Record):
    """What a stage has taken so far."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0


FRESH_S = 0.25
"""A look as young as this is young enough."""


class Meter:
    """Counts from the moment it is made; `stage("render")` is a context."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._active: list[str] = []
        self._spells: dict[str, Spell] = {}
        self._last = time.monotonic(), self._cpu()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what passes inside as the named stage's."""
        self._look()
        self._active.append(name)
        try:
            yield
        finally:
            self._look()
            self._active.remove(name)

    def spells(self) -> dict[str, Spell]:
        """What every stage has taken, by name, in the order of their first appearance; `other` is what fell between
        stages."""
        self._look()
        return dict(self._spells)

    def _look(self) -> None:
        if time.monotonic() - self._last[0] > FRESH_S:
            self._settle()

    def _settle(self) -> None:
        then, cpu_then = self._last
        self._last = now, cpu = time.monotonic(), self._cpu()
        stages = sorted(set(self._active)) or ["other"]
        for name in stages:
            spell = self._spells.get(name, Spell())
            self._spells[name] = Spell(
                seconds=spell.seconds + (now - then) / len(stages),
                cpu_seconds=spell.cpu_seconds + max(0.0, cpu - cpu_then) / len(stages),
            )

    def _cpu(self) -> float:
        total = 0.0
        for process in [self._process, *self._process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total
