"""One page in the browser: it loads a program, asks the probe, and ends what hangs."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from tasks.gather import drop
from tasks.render.browser import Chromium
from tasks.render.counter import Counter
from tasks.render.patience import wait_fairly
from tasks.render.serve import (
    BINDING,
    DESK,
    DESK_HEADERS,
    DESK_URL,
    PAGE_URL,
    body,
    desk_source,
    page_headers,
    probe_source,
    shim_source,
)
from tasks.render.work import Source

WORLD = "dojo"
_RENEW = (
    "(() => { const old = document.querySelector('iframe'), next = old.cloneNode(); next.removeAttribute('src');"
    " old.replaceWith(next); })()"
)
HANG_S = 4.0
"""Seconds in which a page could run (see `patience`) after which one load or one question counts as hanging; an honest
one takes about 0.1."""
COUNTING_HANG_S = 24.0
"""The same while work is counted, which takes several times as much."""
LOST_S = 120.0
"""Seconds of real time after which an answer is not waited for any longer, however busy the machine."""
PARTING_S = 3.0

T = TypeVar("T")


class Hung(Exception):
    """The page does not answer."""


class Crashed(Exception):
    """The page's process died, or the browser did."""


class Baffled(Exception):
    """The probe itself failed on this page."""


class Cell:
    """A page of ours with one frame in it; every load starts that frame afresh, in an origin that has no storage.

    The probe, in each frame's own world, reports through a binding which the page can't see.
    """

    def __init__(self, chromium: Chromium, context: BrowserContext, page: Page, session: CDPSession) -> None:
        self._chromium = chromium
        self._context = context
        self._page = page
        self._cdp = session
        self._desk = 0
        """The execution context of our own page."""
        self._top = ""
        self._frame = ""
        """The page's frame, in the top one."""
        self._world = 0
        """The probe's execution context in the frame as it is loaded now."""
        self._served: tuple[str, bool] | None = None
        """What the frame is to be given; nothing once a page has begun, so that it can't load itself again."""
        self._ready = asyncio.Event()
        self.refused: list[str] = []
        """Where the page tried to go since it was loaded."""
        self.loads = 0
        """Documents loaded so far."""
        self._secret = "dojo" + secrets.token_hex(8)
        self._shim = ""
        """The script's name in the protocol."""
        self._counter: Counter | None = None
        """While work is counted."""
        self.recording = False
        """Whether it counts what runs of the page's scripts."""
        self._spent_ms = 0.0
        """Of the processor, at the latest reading."""
        self._dead = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._size = (0, 0)

    @classmethod
    async def open(cls, chromium: Chromium) -> "Cell":
        """A cell in a context of its own."""
        context = await chromium.context()
        try:
            page = await context.new_page()
            cell = cls(chromium, context, page, await context.new_cdp_session(page))
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
        self._cdp.on("Page.frameAttached", self._note_frame)
        self._cdp.on("Page.frameStoppedLoading", self._note_stop)
        self._cdp.on("Runtime.bindingCalled", self._note_probe)
        self._cdp.on("Debugger.scriptParsed", self._note_script)
        secret, send = self._secret, self._cdp.send
        await asyncio.gather(
            send("Page.enable"),
            send("Runtime.enable"),
            send("Performance.enable", {"timeDomain": "threadTicks"}),
            send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}),
            send("Runtime.addBinding", {"name": BINDING, "executionContextName": WORLD}),
            send("Page.addScriptToEvaluateOnNewDocument", {"source": probe_source(secret), "worldName": WORLD}),
            self._put_shim(counts=False),
        )
        self._top = (await self._ask("Page.getFrameTree", {}))["frameTree"]["frame"]["id"]
        await self._bounded(self._page.goto(DESK_URL, timeout=0))
        world = await self._ask("Page.createIsolatedWorld", {"frameId": self._top, "worldName": WORLD})
        self._desk = world["executionContextId"]
        await self._evaluate(desk_source(secret), self._desk)

    async def close(self) -> None:
        """Give the page and its context back, whatever state they are in."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(self._context.close(), PARTING_S)

    async def load(self, page: str, *, inert: bool) -> None:
        """Load a document into the frame and wait until it has.

        Raises:
            Hung, Crashed
        """
        self.loads += 1
        self._served = (page, inert)
        self._world = 0
        self._ready.clear()
        self.refused.clear()
        await self._evaluate(f"document.querySelector('iframe').src = '{PAGE_URL}'", self._desk)
        await self._bounded(self._ready.wait())

    async def forget(self) -> None:
        """Put an empty frame in the place of the last one, with nothing of what it may have kept.

        Raises:
            Hung, Crashed
        """
        await self._evaluate(_RENEW, self._desk)

    async def ask(self, expression: str) -> Any:
        """What an expression in the probe's world comes to, its promise awaited.

        Raises:
            Hung, Crashed, Baffled
        """
        return await self._evaluate(expression, self._world)

    async def resize(self, width: int, height: int) -> None:
        """Give the window another size, in CSS pixels."""
        if self._size != (width, height):
            await self._bounded(self._page.set_viewport_size({"width": width, "height": height}))
            self._size = (width, height)

    async def point(self, x: float, y: float) -> None:
        """Move the real mouse, so that `:hover` applies."""
        await self._ask("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y})

    async def record(self) -> None:
        """From now on count what runs of the page's scripts; those that are compiled from now on."""
        if not self.recording:
            self.recording = True
            await self._ask("Profiler.enable", {})
            await self._ask("Profiler.startPreciseCoverage", {"callCount": True, "detailed": True})

    async def recorded(self) -> list[dict[str, Any]]:
        """What has run since the last call, script by script: the protocol's `ScriptCoverage`."""
        answer = await self._ask("Profiler.takePreciseCoverage", {})
        scripts: list[dict[str, Any]] = answer["result"]
        return scripts

    async def stop_recording(self) -> None:
        """Count no more."""
        self.recording = False
        await self._ask("Profiler.disable", {})

    async def processor_ms(self) -> float:
        """Processor time of the page's main thread so far; only differences mean something."""
        return (await self._metrics())["ThreadTime"] * 1000

    @contextlib.asynccontextmanager
    async def counting(self) -> AsyncIterator[list[float]]:
        """What is loaded meanwhile waits before and after each job that the probe was told to question, and its work is
        read. Gives what the work of each adds to the blocked time, in ms.

        Raises:
            Hung, Crashed
        """
        was_recording = self.recording
        self._counter = counter = Counter(self._desk)
        for method, params in (("Debugger.enable", {}), ("Debugger.setSkipAllPauses", {"skip": True})):
            await self._ask(method, params)
        await self._put_shim(counts=True)
        await self.record()
        try:
            yield counter.blocked
        finally:
            self._counter = None
            await self._put_shim(counts=False)
            await self._ask("Debugger.disable", {})
            if not was_recording:
                await self.stop_recording()

    async def _put_shim(self, *, counts: bool) -> None:
        """Have every load from now on begin with this shim."""
        if self._shim:
            await self._ask("Page.removeScriptToEvaluateOnNewDocument", {"identifier": self._shim})
        source = {"source": shim_source(self._secret, counts=counts)}
        self._shim = (await self._ask("Page.addScriptToEvaluateOnNewDocument", source))["identifier"]

    async def _metrics(self) -> dict[str, float]:
        answer = await self._ask("Performance.getMetrics", {})
        return {one["name"]: one["value"] for one in answer["metrics"]}

    async def _read(self, told: dict[str, Any]) -> None:
        """Read the work up to the moment at which the page waits, and let it go on."""
        counter, since = self._counter, self._spent_ms
        with contextlib.suppress(PlaywrightError, Hung, Crashed, Baffled):
            self._spent_ms = await self.processor_ms()
            if counter:
                scripts = [one for one in await self.recorded() if not counter.is_ours(one, self._world)]
                for script in scripts if told["over"] else ():
                    if script["scriptId"] not in counter.sources:
                        found = await self._ask("Debugger.getScriptSource", {"scriptId": script["scriptId"]})
                        counter.sources[script["scriptId"]] = Source(found["scriptSource"])
                counter.note(scripts, await self._metrics(), told)
            await self._evaluate(f"probe.on({self._spent_ms - since:.3f})", self._world)

    async def picture(self) -> str:
        """A PNG of the window, base64."""
        answer = await self._ask("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
        return str(answer["data"])

    async def _evaluate(self, expression: str, world: int) -> Any:
        asked = {"expression": expression, "contextId": world, "awaitPromise": True, "returnByValue": True}
        answer = await self._ask("Runtime.evaluate", asked)
        if details := answer.get("exceptionDetails"):
            thrown = details.get("exception", {})
            raise Baffled(
                str(thrown.get("description") or thrown.get("value") or details.get("text")).split("\n    at ")[0]
            )
        return answer["result"].get("value")

    async def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return await self._bounded(self._cdp.send(method, params))

    async def _bounded(self, call: Coroutine[Any, Any, T]) -> T:
        """The call's result, unless the page dies or time runs out before."""
        task = asyncio.ensure_future(call)
        death = asyncio.ensure_future(self._dead.wait())
        try:
            fair_s = COUNTING_HANG_S if self._counter else HANG_S
            await wait_fairly({task, death}, (self._chromium,), fair_s, LOST_S)
            if task.done():
                return task.result()
            if death.done():
                raise Crashed("the page's process died")
            with contextlib.suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(self._cdp.send("Runtime.terminateExecution"), PARTING_S)
            raise Hung("the page does not answer")
        except PlaywrightError as error:
            gone = "Cannot find context" in error.message
            raise Crashed("the page went away" if gone else error.message.split("\n")[0]) from error
        finally:
            await drop((task, death))

    def _note_frame(self, event: dict[str, Any]) -> None:
        if event["parentFrameId"] == self._top:
            self._frame = event["frameId"]

    def _note_script(self, event: dict[str, Any]) -> None:
        if self._counter:
            self._counter.worlds[event["scriptId"]] = event["executionContextId"]

    def _note_probe(self, event: dict[str, Any]) -> None:
        if event["payload"].startswith("{"):
            self._spawn(self._read(json.loads(event["payload"])))
            return
        self._world = event["executionContextId"]
        self._served = None
        if event["payload"] == "load":
            self._ready.set()

    def _note_stop(self, event: dict[str, Any]) -> None:
        # a page that tries to leave while it loads stops loading there and then, and has no `load`
        if event["frameId"] == self._frame and self._world:
            self._ready.set()

    async def _answer(self, event: dict[str, Any]) -> None:
        """Serve our page, and into its frame the one document that was asked for; refuse everything else."""
        name, url = {"requestId": event["requestId"]}, event["request"]["url"]
        document = event["resourceType"] == "Document"
        with contextlib.suppress(PlaywrightError):
            if document and url == DESK_URL and not self._desk:
                await self._fulfill(name, DESK_HEADERS, DESK)
            elif document and event["frameId"] == self._frame:
                if self._served and url == PAGE_URL:
                    page, inert = self._served
                    await self._fulfill(name, page_headers(inert), page)
                else:
                    self.refused.append(url)
                    await self._cdp.send("Fetch.fulfillRequest", {**name, "responseCode": 204})
            else:
                await self._cdp.send("Fetch.failRequest", {**name, "errorReason": "Aborted"})

    async def _fulfill(self, name: dict[str, str], headers: list[dict[str, str]], text: str) -> None:
        reply = {**name, "responseCode": 200, "responseHeaders": headers, "body": body(text)}
        await self._cdp.send("Fetch.fulfillRequest", reply)

    def _spawn(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
