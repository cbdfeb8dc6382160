"""One page in the browser: it loads a program, asks the probe, and ends what hangs."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Coroutine
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from tasks.render.browser import Chromium
from tasks.render.serve import URL, axe_source, body, headers, probe_source, shim_source

WORLD = "dojo"
HANG_S = 4.0
"""Seconds of real time after which one load or one question counts as hanging; an honest one takes about 0.1.
Longer where the machine has more work than processors: slow is not hung."""
MOST_PATIENCE = 4.0
PARTING_S = 3.0

T = TypeVar("T")


class Hung(Exception):
    """The page does not answer."""


class Crashed(Exception):
    """The page's process died, or the browser did."""


class Baffled(Exception):
    """The probe itself failed on this page."""


class Cell:
    """A page that is used again and again; every load starts afresh, in an origin that has no storage."""

    def __init__(self, context: BrowserContext, page: Page, session: CDPSession) -> None:
        self._context = context
        self._page = page
        self._cdp = session
        self._frame = ""
        self._world = 0
        self._served: tuple[str, bool] | None = None
        self._loaded: dict[str, asyncio.Event] = {}
        self._begun: set[str] = set()
        self.refused: list[str] = []
        """Where the page tried to go since it was loaded."""
        self._dead = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._size = (0, 0)

    @classmethod
    async def open(cls, chromium: Chromium) -> "Cell":
        """A cell in a context of its own."""
        context = await chromium.context()
        try:
            page = await context.new_page()
            cell = cls(context, page, await context.new_cdp_session(page))
            await cell._prepare()
        except BaseException:
            with contextlib.suppress(PlaywrightError):
                await context.close()
            raise
        return cell

    async def _prepare(self) -> None:
        size = self._page.viewport_size
        self._size = (size["width"], size["height"]) if size else (0, 0)
        self._page.on("crash", lambda _: self._dead.set())
        self._page.on("close", lambda _: self._dead.set())
        self._context.on("page", lambda popup: self._spawn(popup.close()))
        self._cdp.on("Fetch.requestPaused", lambda event: self._spawn(self._answer(event)))
        self._cdp.on("Page.lifecycleEvent", self._note_load)
        self._cdp.on("Page.frameStoppedLoading", self._note_stop)
        secret = "dojo" + secrets.token_hex(8)
        send = self._cdp.send
        tree = await send("Page.getFrameTree")
        self._frame = tree["frameTree"]["frame"]["id"]
        await asyncio.gather(
            send("Page.enable"),
            send("Page.setLifecycleEventsEnabled", {"enabled": True}),
            send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}),
            send("Page.addScriptToEvaluateOnNewDocument", {"source": shim_source(secret)}),
            send("Page.addScriptToEvaluateOnNewDocument", {"source": probe_source(secret), "worldName": WORLD}),
        )

    async def close(self) -> None:
        """Give the page and its context back, whatever state they are in."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(self._context.close(), PARTING_S)

    async def load(self, page: str, *, inert: bool) -> None:
        """Load a document and wait until it has.

        Raises:
            Hung, Crashed
        """
        self._served = (page, inert)
        self.refused.clear()
        answer = await self._ask("Page.navigate", {"url": URL})
        if answer.get("errorText"):
            raise Crashed(str(answer["errorText"]))
        loaded = self._loaded.setdefault(answer["loaderId"], asyncio.Event())
        await self._bounded(loaded.wait())
        self._loaded.clear()
        self._begun.clear()
        made = await self._ask("Page.createIsolatedWorld", {"frameId": self._frame, "worldName": WORLD})
        self._world = made["executionContextId"]

    async def ask(self, expression: str) -> Any:
        """What an expression in the probe's world comes to, its promise awaited.

        Raises:
            Hung, Crashed, Baffled
        """
        asked = {"expression": expression, "contextId": self._world, "awaitPromise": True, "returnByValue": True}
        answer = await self._ask("Runtime.evaluate", asked)
        if details := answer.get("exceptionDetails"):
            thrown = details.get("exception", {})
            raise Baffled(
                str(thrown.get("description") or thrown.get("value") or details.get("text")).split("\n    at ")[0]
            )
        return answer["result"].get("value")

    async def bring_axe(self) -> None:
        """Put axe-core into the probe's world."""
        await self.ask(axe_source() + "\n;globalThis.axe !== undefined")

    async def resize(self, width: int, height: int) -> None:
        """Give the window another size, in CSS pixels."""
        if self._size != (width, height):
            await self._bounded(self._page.set_viewport_size({"width": width, "height": height}))
            self._size = (width, height)

    async def point(self, x: float, y: float) -> None:
        """Move the real mouse, so that `:hover` applies."""
        await self._ask("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y})

    async def picture(self) -> str:
        """A PNG of the window, base64."""
        answer = await self._ask("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
        return str(answer["data"])

    async def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return await self._bounded(self._cdp.send(method, params))

    async def _bounded(self, call: Coroutine[Any, Any, T]) -> T:
        """The call's result, unless the page dies or time runs out before."""
        task = asyncio.ensure_future(call)
        death = asyncio.ensure_future(self._dead.wait())
        try:
            await asyncio.wait({task, death}, timeout=HANG_S * _patience(), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            if death.done():
                raise Crashed("the page's process died")
            with contextlib.suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(self._cdp.send("Runtime.terminateExecution"), PARTING_S)
            raise Hung("the page does not answer")
        except PlaywrightError as error:
            raise Crashed(error.message.split("\n")[0]) from error
        finally:
            for one in (task, death):
                one.cancel()
            await asyncio.gather(task, death, return_exceptions=True)

    def _note_load(self, event: dict[str, Any]) -> None:
        if event["frameId"] != self._frame or event["name"] not in ("init", "load"):
            return
        self._begun.add(event["loaderId"])
        if event["name"] == "load":
            self._loaded.setdefault(event["loaderId"], asyncio.Event()).set()

    def _note_stop(self, event: dict[str, Any]) -> None:
        # a page that tries to leave while it loads stops loading there and then, and has no `load`
        if event["frameId"] == self._frame:
            for loader in self._begun:
                self._loaded.setdefault(loader, asyncio.Event()).set()

    async def _answer(self, event: dict[str, Any]) -> None:
        """Serve the one document that was asked for; refuse everything else."""
        served, name = self._served, {"requestId": event["requestId"]}
        wanted = (
            event["resourceType"] == "Document" and event["frameId"] == self._frame and event["request"]["url"] == URL
        )
        with contextlib.suppress(PlaywrightError):
            if not wanted or served is None:
                if event["resourceType"] == "Document" and event["frameId"] == self._frame:
                    self.refused.append(event["request"]["url"])
                await self._cdp.send("Fetch.failRequest", {**name, "errorReason": "Aborted"})
                return
            self._served = None
            page, inert = served
            reply = {**name, "responseCode": 200, "responseHeaders": headers(inert), "body": body(page)}
            await self._cdp.send("Fetch.fulfillRequest", reply)

    def _spawn(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _patience() -> float:
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(MOST_PATIENCE, max(1.0, load / 2))
