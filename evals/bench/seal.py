"""What sealing costs: size, the mixing in a browser and in Python, and loading beside the natural page."""

import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from evals.bench.figures import Figure, Figures, machine
from evals.pace import Pace, Tell
from tasks.bundle import bundle
from tasks.record import RenderOrder
from tasks.render.browser import find_browser
from tasks.seal.keys import provisional
from tasks.seal.mixing import STEPS, streams
from tasks.seal.page import seal
from tasks.settings import RenderSettings

KEYS = 10_000
_LOADED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventStart"
_EMPTY = "<!doctype html><title>empty</title>"


def bench_seal(pages: Mapping[str, RenderOrder], loads: int, tell: Tell) -> Figures:
    """Load each page natural and sealed, `loads` times in turn, and mix 10,000 keys on one core.

    Raises:
        Missing: there is no browser.
    """
    natural = {name: bundle(order.program) for name, order in pages.items()}
    sealed = {name: provisional(seal([text]), 0, 0) for name, text in natural.items()}
    sizes = [len(sealed[name].encode()) / len(text.encode()) for name, text in natural.items()]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = find_browser(RenderSettings(), playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path)
        tab = browser.new_page()
        pace = Pace("pages loaded", len(natural) + 1, tell)
        over = []
        for name, text in natural.items():
            over.append(_over(tab, Path(folder), text, sealed[name], loads))
            pace.step()
        mixing = _over(tab, Path(folder), _EMPTY, provisional(seal([_EMPTY]), 0, 0), 2 * loads)
        pace.step()
        browser.close()
    began = time.process_time()
    streams([f"{n:032x}" for n in range(KEYS)], 32)
    mixed = time.process_time() - began
    figures = (
        Figure("size_median", "size / natural bundled page, median", statistics.median(sizes), 2),
        Figure("size_most", "size / natural bundled page, most", max(sizes), 2, "<= 1.6"),
        Figure("load_over_ms", "DOMContentLoaded over the natural page, ms, median", statistics.median(over), 1),
        Figure("load_over_most_ms", "the same, most of a page's medians", max(over), 1, "<= 8"),
        Figure("mixing_ms", "an empty page sealed over itself (the mixing), ms", mixing, 1, "<= 10"),
        Figure("keys_s", f"{KEYS:,} keys mixed in Python, processor seconds", mixed, 1, "<= 20"),
        Figure("steps", "elementary steps of mixing a key", STEPS, 0, ">= 100,000"),
    )
    note = f"{len(natural)} pages, one version each, loaded {loads} times natural and sealed in turn; {machine()}."
    return Figures("Seal", figures, note)


def _over(tab: Page, folder: Path, natural: str, sealed: str, loads: int) -> float:
    """Milliseconds by which the median load of a sealed page is later ready than the natural one's."""
    taken: dict[str, list[float]] = {natural: [], sealed: []}
    file = folder / "page.html"
    for _ in range(loads):
        for text, times in taken.items():
            file.write_text(text, "utf-8")
            tab.goto(file.as_uri())
            times.append(float(tab.evaluate(_LOADED)))
    return statistics.median(taken[sealed]) - statistics.median(taken[natural])
