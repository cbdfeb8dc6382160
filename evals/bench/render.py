"""Rendered and checked versions a minute, beside the naive way in the same run.

The naive way is one full Chromium, no pool, and for each page a fresh context in which it is loaded, looked at,
checked and pictured by the same probe, one page after the other on each core.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from evals.bench.figures import Figure, Figures, machine
from evals.bench.footprint import Footprint, footprint
from evals.pace import Pace, Tell
from tasks.gather import gather
from tasks.record import Render, RenderOrder
from tasks.render.browser import Chromium
from tasks.render.cell import Cell
from tasks.render.desk import Browsers, Desk
from tasks.render.examine import examine
from tasks.render.pool import RenderPool
from tasks.settings import Settings

FULL = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What a full Chromium is called."""
ONE_PROCESS = ("--disable-site-isolation-trials",)
"""A full Chromium gives a frame a process of its own, where our cell does not see it."""
WARM = 8
"""Renders before the clock is started."""
EMPTY = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Empty</title></head><body></body></html>'
EMPTY_LOADS = 60
"""Loads of an empty page: what a load costs before a page, a check or a measure comes to it."""


class _OneCell(Desk):
    """A desk whose every load is made in one cell: that of a browser that sees."""

    async def cell(self, *, frames: bool) -> Cell:
        return await super().cell(frames=True)


def bench_render(orders: Sequence[RenderOrder], count: int, naive: int, settings: Settings, tell: Tell) -> Figures:
    """Render `count` versions in the pool, the orders in turn, and `naive` of them the naive way.

    Raises:
        BrowserDown, Missing: the browser can't be used.
    """
    return asyncio.run(_bench(orders, count, naive, settings, tell))


async def _bench(orders: Sequence[RenderOrder], count: int, naive: int, settings: Settings, tell: Tell) -> Figures:
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name:
        folder = Path(name)
        full = next((found for one in FULL if (found := shutil.which(one))), None)
        before = await _naively(orders, (naive + 1) // 2, settings, folder, full)
        async with RenderPool(settings.render, settings.quality, folder) as pool:
            await gather(pool.render(_pictured(order)) for order in itertools.islice(itertools.cycle(orders), WARM))
            seen, marks, seconds = await _in_pool(pool, orders, count, tell)
        after = await _naively(orders, naive // 2, settings, folder, full)
        empty = await _empty(settings)
    ours, theirs = count / seconds * 60, naive / (before + after) * 60
    again = [renders for renders in seen.values() if len(renders) > 1]
    pairs = sum(len(renders) - 1 for renders in again)
    same = sum((one.dom_hash, one.verdicts) == (r[0].dom_hash, r[0].verdicts) for r in again for one in r[1:])
    pixels = sum(one.pixel_hash == r[0].pixel_hash for r in again for one in r[1:])
    checks = sum(len(renders[0].verdicts) for renders in seen.values()) / len(seen)
    figures = [
        Figure("versions_per_minute", "rendered and checked versions a minute", ours, 0, ">= 640"),
        Figure("naive_per_minute", "the naive way", theirs, 0),
        Figure("ratio_to_naive", "ratio to it", ours / theirs, 1, ">= 5"),
        Figure("cpu_seconds_per_version", "CPU-seconds a version", _cpu(marks[0], marks[-1]) / count, 3),
        Figure("cpu_seconds_empty", f"of these, {checks + 1:.1f} loads of an empty page", empty * (checks + 1), 3),
        Figure("rss_mb", "memory of browser and run at the end, MiB", marks[-1].memory_mb, 0, "<= 1,536"),
        Figure("rss_growth", "memory at the end / at a fifth of the way", _growth(marks), 2, "flat"),
        Figure("cost_drift", "CPU of the last fifth of the versions / of the first", _drift(marks), 2, "0.9 to 1.1"),
    ]
    if pairs:
        figures += [
            Figure("same_dom", "rendered again: same DOM and verdicts, %", 100 * same / pairs, 1, "100"),
            Figure("same_pixels", "same pixels, %", 100 * pixels / pairs, 1, ">= 99"),
        ]
    note = (
        f"{count} versions of {len(seen)} pages, {checks:.1f} checks and a screenshot each, {settings.render.pages} at "
        f"once; naive: {naive} in {Path(full).name if full else 'the headless shell: no full Chromium is installed'}; "
        f"{machine()}."
    )
    return Figures("Render", tuple(figures), note)


def _pictured(order: RenderOrder) -> RenderOrder:
    return order.model_copy(update={"screenshot": f"{order.program.program_id}.png"})


async def _in_pool(
    pool: RenderPool, orders: Sequence[RenderOrder], count: int, tell: Tell
) -> tuple[dict[str, list[Render]], list[Footprint], float]:
    """The renders by page; the footprint at the start and after each fifth; and the seconds it took."""
    seen: dict[str, list[Render]] = defaultdict(list)
    marks = [footprint()]
    pace = Pace("versions rendered", count, tell)
    source = itertools.islice(itertools.cycle(orders), count)
    done = 0
    began = time.monotonic()

    async def work() -> None:
        nonlocal done
        for order in source:
            seen[order.program.program_id].append(await pool.render(_pictured(order)))
            done += 1
            pace.step()
            if done % max(1, count // 5) == 0:
                marks.append(footprint())

    await gather(work() for _ in range(pool.settings.pages))
    return seen, marks, time.monotonic() - began


async def _naively(
    orders: Sequence[RenderOrder], count: int, settings: Settings, folder: Path, full: str | None
) -> float:
    """Seconds for so many of the orders, the naive way."""
    if not count:
        return 0.0
    plain = settings.render.model_copy(update={"browser": full or settings.render.browser, "sandbox": "off"})
    source = itertools.islice(itertools.cycle(orders), count)
    async with Chromium(plain, flags=ONE_PROCESS) as chromium:

        async def work() -> None:
            for order in source:
                desk = _OneCell(Browsers(seeing=chromium, blind=chromium))
                await examine(desk, _pictured(order), plain, settings.quality, folder)
                await desk.clear()

        began = time.monotonic()
        await gather(work() for _ in range(os.cpu_count() or 1))
        return time.monotonic() - began


async def _empty(settings: Settings) -> float:
    """CPU-seconds of loading an empty page into a frame, and no more."""
    async with Chromium(settings.render, blind=True) as chromium:
        cell = await Cell.open(chromium)
        for _ in range(WARM):
            await cell.load(EMPTY, inert=False)
        before = footprint()
        for _ in range(EMPTY_LOADS):
            await cell.load(EMPTY, inert=False)
        spent = _cpu(before, footprint())
        await cell.close()
    return spent / EMPTY_LOADS


def _cpu(one: Footprint, other: Footprint) -> float:
    return other.cpu_s - one.cpu_s


def _growth(marks: Sequence[Footprint]) -> float:
    return marks[-1].memory_mb / marks[1].memory_mb


def _drift(marks: Sequence[Footprint]) -> float:
    return _cpu(marks[-2], marks[-1]) / max(1e-9, _cpu(marks[0], marks[1]))
