"""Many callers, a few cells, a time box each."""

import asyncio
import time
from pathlib import Path
from typing import Self

from playwright.async_api import Error as PlaywrightError

from tasks.errors import BrowserDown
from tasks.record import Render, RenderOrder
from tasks.render.browser import Chromium
from tasks.render.cell import Cell, Crashed, Hung
from tasks.render.examine import examine, without_page
from tasks.settings import QualityWeights, RenderSettings

CELL_LIFE = 40
"""Orders after which a cell is replaced, so that no renderer grows for ever."""


class RenderPool:
    """Renders orders in one browser, `settings.pages` at once; an async context manager.

    Screenshots go to `folder`; the paths in orders are relative to it.
    """

    def __init__(self, settings: RenderSettings, weights: QualityWeights, folder: Path) -> None:
        self.settings = settings
        self.weights = weights
        self.folder = folder
        self._chromium = Chromium(settings)
        self._free: asyncio.Queue[tuple[Cell | None, int]] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        await self._chromium.__aenter__()
        for _ in range(self.settings.pages):
            self._free.put_nowait((None, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        cells = [self._free.get_nowait()[0] for _ in range(self._free.qsize())]
        await asyncio.gather(*(cell.close() for cell in cells if cell))
        await self._chromium.__aexit__()

    async def render(self, order: RenderOrder) -> Render:
        """What the program did. A page that hangs or crashes is an outcome, not an error.

        Raises:
            BrowserDown: the browser itself can't be used.
        """
        cell, used = await self._free.get()
        started = time.monotonic()
        render = None
        try:
            for last in (False, True):
                try:
                    if cell is None:
                        cell, used = await self._open(), 0
                    async with asyncio.timeout(self.settings.time_box_s):
                        render = await examine(cell, order, self.settings, self.weights, self.folder)
                    break
                except (Hung, TimeoutError):
                    render = without_page(order, "hang", "the page did not answer in its time")
                    break
                except Crashed as error:
                    # once may be a neighbour's doing: the browser died under it
                    render = without_page(order, "crash", str(error)) if last else None
                    await _close(cell)
                    cell = None
        finally:
            used += 1
            if used >= CELL_LIFE or render is None or render.outcome != "ok":
                await _close(cell)
                cell = None
            self._free.put_nowait((cell, used))
        assert render is not None
        return render.model_copy(update={"seconds": round(time.monotonic() - started, 3)})

    async def _open(self) -> Cell:
        for _ in range(3):
            try:
                return await Cell.open(self._chromium)
            except PlaywrightError as error:
                said = error.message.split("\n")[0]
        raise BrowserDown(f"the browser opens no page ({said}): see `dojo doctor`")


async def _close(cell: Cell | None) -> None:
    if cell is not None:
        await cell.close()
