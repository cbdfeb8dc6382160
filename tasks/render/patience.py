"""Waiting that a busy machine does not cut short: what is timed is how long the page could have run."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import psutil

from tasks.render.browser import Chromium

FIRST_S = 0.5
GLANCE_S = 1.0
"""Seconds until the first look at who has used the processors, and between two."""
IDLE_SHARE = 0.25
"""Of an idle second of a processor, what counts. A page that can run does; one that is kept from it by what does
not show here (a quota of the container, a slow disk) gets four times as long."""
ASLEEP_S = 0.01
"""Processor time between two looks below which no page ran at all: then all of an idle second counts."""


async def wait_fairly(
    awaited: set[asyncio.Task[Any]], browsers: Sequence[Chromium], fair_s: float, most_s: float
) -> None:
    """Wait until one of them is done, a page has had `fair_s` to do it in, or `most_s` of real time have passed.

    A page that hangs is given a processor in turn with its neighbours, so whatever the busiest renderer has used, ours
    could have used as well; and where a processor was idle, nothing kept a page from running.
    """
    began = last = time.monotonic()
    had = 0.0
    used: dict[int, float] | None = None
    idle = psutil.cpu_times().idle
    while last - began < most_s:
        pause = FIRST_S if used is None else GLANCE_S
        done, _ = await asyncio.wait(awaited, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        if done:
            return
        now, now_used, now_idle = time.monotonic(), await _used(browsers), psutil.cpu_times().idle
        busiest = max((s - used.get(pid, 0.0) for pid, s in now_used.items()), default=0.0) if used else 0.0
        could = min(now - last, now_idle - idle)
        had += could if used is not None and busiest < ASLEEP_S else max(busiest, could * IDLE_SHARE)
        last, used, idle = now, now_used, now_idle
        if had >= fair_s:
            return


async def _used(browsers: Sequence[Chromium]) -> dict[int, float]:
    used: dict[int, float] = {}
    for browser in browsers:
        used |= await browser.renderers()
    return used
