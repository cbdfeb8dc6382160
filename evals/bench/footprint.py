"""Processor time and memory of this process and of all that it started."""

from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Footprint:
    """At one moment."""

    cpu_s: float
    """Seconds of processor so far; of processes that have ended, too."""
    memory_mb: float
    """MiB; what several processes share is counted once (`PSS`, proc(5))."""


def footprint() -> Footprint:
    """Of this process and its children, theirs and so on."""
    me = psutil.Process()
    cpu = memory = 0.0
    for process in [me, *me.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            times = process.cpu_times()
            cpu += times.user + times.system + times.children_user + times.children_system
            memory += process.memory_full_info().pss / 2**20
    return Footprint(cpu, memory)
