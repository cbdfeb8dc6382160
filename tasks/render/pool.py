"""Many callers, a few desks, a time box each."""

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Self

from tasks.gather import drop
from tasks.record import Render, RenderOrder
from tasks.render.browser import Chromium
from tasks.render.cell import Crashed, Hung
from tasks.render.desk import Browsers, Desk
from tasks.render.examine import examine, without_page
from tasks.render.patience import wait_fairly
from tasks.settings import QualityWeights, RenderSettings

PATIENCE = 20
"""Times the time box, in real time, after which a render ends however busy the machine is."""
CRASHES = 3
"""Tries of an order whose page or browser dies: it may be a neighbour's doing, or the page left at the wrong moment."""


class RenderPool:
    """Renders orders, `settings.pages` at once; an async context manager.

    Screenshots go to `folder`; the paths in orders are relative to it.
    """

    def __init__(self, settings: RenderSettings, weights: QualityWeights, folder: Path) -> None:
        self.settings = settings
        self.weights = weights
        self.folder = folder
        self._browsers = Browsers(seeing=Chromium(settings), blind=Chromium(settings, blind=True))
        self._free: asyncio.Queue[Desk] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        await self._browsers.blind.__aenter__()
        try:
            await self._browsers.seeing.__aenter__()
        except BaseException:
            await self._browsers.blind.__aexit__()
            raise
        for _ in range(self.settings.pages):
            self._free.put_nowait(Desk(self._browsers))
        return self

    async def __aexit__(self, *_: object) -> None:
        desks = [self._free.get_nowait() for _ in range(self._free.qsize())]
        await asyncio.gather(*(desk.clear() for desk in desks))
        await asyncio.gather(self._browsers.seeing.__aexit__(), self._browsers.blind.__aexit__())

    async def render(self, order: RenderOrder) -> Render:
        """What the program did. A page that hangs or crashes is an outcome, not an error.

        Raises:
            BrowserDown: the browser itself can't be used.
        """
        size = sum(len(file.content) for file in order.program.files)
        if size > self.settings.page_chars:
            said = f"the page's files hold {size:,} characters; {self.settings.page_chars:,} are the most"
            return without_page(order, "oversize", said)
        desk = await self._free.get()
        started = time.monotonic()
        render = None
        try:
            for left in reversed(range(CRASHES)):
                try:
                    render = await self._boxed(examine(desk, order, self.settings, self.weights, self.folder))
                    break
                except (Hung, TimeoutError):
                    if left and not await desk.answers():
                        await desk.clear()
                        continue
                    render = without_page(order, "hang", "the page did not answer in its time")
                    break
                except Crashed as error:
                    render = None if left else without_page(order, "crash", str(error))
                    await desk.clear()
        finally:
            if render is None or render.outcome != "ok":
                await desk.clear()
            else:
                await desk.rest()
            self._free.put_nowait(desk)
        assert render is not None
        return render.model_copy(update={"seconds": round(time.monotonic() - started, 3)})

    async def _boxed(self, work: Coroutine[Any, Any, Render]) -> Render:
        """Its result.

        Raises:
            TimeoutError: it was not there in its time.
        """
        task = asyncio.ensure_future(work)
        try:
            box = self.settings.time_box_s
            await wait_fairly({task}, (self._browsers.blind, self._browsers.seeing), box, box * PATIENCE)
            if not task.done():
                raise TimeoutError
            return task.result()
        finally:
            await drop((task,))
