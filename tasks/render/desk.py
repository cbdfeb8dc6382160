"""A place in the pool: one cell that sees and one that is blind, each opened when it is first needed."""

import contextlib
from dataclasses import dataclass

from playwright.async_api import Error as PlaywrightError

from tasks.errors import BrowserDown
from tasks.render.browser import Chromium
from tasks.render.cell import Cell, Crashed, Hung

TRIES = 3
CELL_LIFE = 400
"""Loads after which a cell is replaced, so that no renderer grows for ever; a new one has to compile everything."""


@dataclass(frozen=True)
class Browsers:
    """The two browsers of a pool; most loads need no picture and go to the blind one."""

    seeing: Chromium
    blind: Chromium


class Desk:
    """Serves one order at a time. A blind load is cheaper and has no frames: no picture, no hover, no observers."""

    def __init__(self, browsers: Browsers) -> None:
        self._browsers = browsers
        self._seeing: Cell | None = None
        self._blind: Cell | None = None
        self.wary = 0
        """The next so many loads ask more often what they took of the processor, so that fewer have to be repeated:
        callbacks took long that had done little, as they do on a busy machine."""

    async def cell(self, *, frames: bool) -> Cell:
        """The cell for a load that needs real frames, or for one that does not.

        Raises:
            BrowserDown: the browser opens no page.
        """
        if frames:
            self._seeing = self._seeing or await _open(self._browsers.seeing)
            return self._seeing
        self._blind = self._blind or await _open(self._browsers.blind)
        return self._blind

    async def answers(self) -> bool:
        """Whether the browsers of the cells do; one that does not is ended, and its pages are not to blame."""
        used = [(self._seeing, self._browsers.seeing), (self._blind, self._browsers.blind)]
        return all([await chromium.answers() for cell, chromium in used if cell is not None])

    async def rest(self) -> None:
        """Leave the last page behind, with all that it could have kept for the next."""
        self._seeing = await _rested(self._seeing)
        self._blind = await _rested(self._blind)

    async def clear(self) -> None:
        """Close both cells; the next order gets new ones."""
        cells, self._seeing, self._blind = (self._seeing, self._blind), None, None
        for cell in cells:
            if cell is not None:
                await _close(cell)


async def _rested(cell: Cell | None) -> Cell | None:
    """The cell without its last page; nothing if it is to be replaced."""
    if cell is None:
        return None
    if cell.loads < CELL_LIFE:
        with contextlib.suppress(Hung, Crashed):
            await cell.forget()
            return cell
    await _close(cell)
    return None


async def _close(cell: Cell) -> None:
    with contextlib.suppress(PlaywrightError):
        await cell.close()


async def _open(chromium: Chromium) -> Cell:
    said = ""
    for _ in range(TRIES):
        try:
            return await Cell.open(chromium)
        except PlaywrightError as error:
            said = error.message.split("\n")[0]
    raise BrowserDown(f"the browser opens no page ({said}): see `dojo doctor`")
