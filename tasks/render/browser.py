"""One Chromium, with everything closed that a page could get out by."""

import asyncio
import contextlib
import logging
import os
import shutil
from functools import cache
from pathlib import Path
from typing import Self

from playwright.async_api import Browser, BrowserContext, CDPSession, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from tasks.errors import BrowserDown, Missing
from tasks.render.jail import LAUNCHER, NO_JAIL, Jail, find_jail
from tasks.settings import RenderSettings

SYSTEM_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAY_OUT = (
    "no Chromium was found: `apt-get install chromium-headless-shell` (or `playwright install chromium`) gets one, "
    "or name yours in DOJO_BROWSER"
)
CLOSED = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--no-proxy-server",
)
"""Name resolution and WebRTC closed together leave no way to the network (22 tried); the rest keeps it quiet."""
STEADY = (
    "--disable-gpu",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--disable-smooth-scrolling",
    "--disable-partial-raster",
    "--mute-audio",
)
"""The same pixels on the same machine, whatever else it does."""
TOGETHER = (
    "--disable-features=IsolateSandboxedIframes,HttpsUpgrades,MediaRouter,NetworkTimeServiceQuerying,"
    "OptimizationHints,PaintHolding,PreconnectToSearch",
)
"""The page's frame shares a process with ours, so that a load starts none. Chromium heeds one such list, ours, so that
Playwright's own has to be said again where it is about pages or the network."""
BLIND = ("--disable-threaded-compositing",)
"""With this, headless Chromium lays out and runs but draws no frame; a load costs two thirds (decision 9)."""
LAUNCH_S = 120.0
ANSWER_S = 10.0
"""Seconds after which a browser that does not answer counts as hanging. It is replaced then, and no page is blamed."""
PARTING_S = 3.0
"""Seconds to wait for one that is ended; Playwright kills it some time later."""


def find_browser(settings: RenderSettings, own: str | None = None) -> str:
    """Path of the Chromium to run: the setting, DOJO_BROWSER, Playwright's own (`own`), then the system's.

    Raises:
        Missing: a named one is not there, or none is.
    """
    for source, path in (
        ("the setting render.browser", settings.browser),
        ("DOJO_BROWSER", os.environ.get("DOJO_BROWSER")),
    ):
        if path:
            found = shutil.which(path)
            if not found:
                raise Missing(f"{source} names {path}, which is not a program that can be run: correct or remove it")
            return found
    if own and Path(own).exists():
        return own
    for name in SYSTEM_BROWSERS:
        if found := shutil.which(name):
            return found
    raise Missing(WAY_OUT)


class Chromium:
    """The browser process; `context` launches it, and launches it anew after it died.

    A blind one draws nothing: no picture can be taken, no real frame is waited for, the mouse moves over nothing.
    """

    def __init__(self, settings: RenderSettings, *, blind: bool = False, flags: tuple[str, ...] = ()) -> None:
        """`flags`: further ones of the command line."""
        self._settings = settings
        self._flags = (*(BLIND if blind else ()), *flags)
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._lock = asyncio.Lock()
        self._session: tuple[Browser, CDPSession] | None = None
        """To ask the browser itself."""

    async def __aenter__(self) -> Self:
        self._playwright = await async_playwright().start()
        try:
            await self._running()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._browser:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(self._browser.close(), ANSWER_S)
        if self._playwright:
            await self._playwright.stop()
        self._browser = self._playwright = None

    async def context(self) -> BrowserContext:
        """A fresh context: no storage, no permissions, no downloads, no service workers, a fixed locale, zone and size.

        Raises:
            BrowserDown: the browser can't be brought back.
        """
        for _ in range(2):
            browser = await self._running()
            try:
                async with asyncio.timeout(ANSWER_S):
                    return await browser.new_context(
                        viewport={"width": self._settings.width, "height": self._settings.height},
                        device_scale_factor=1,
                        locale="en-US",
                        timezone_id="UTC",
                        color_scheme="light",
                        reduced_motion="no-preference",
                        accept_downloads=False,
                        service_workers="block",
                        permissions=[],
                    )
            except PlaywrightError:
                if browser.is_connected():
                    raise
            except TimeoutError:
                await self._replace(browser)
        raise BrowserDown("the browser dies as soon as a page is opened: see `dojo doctor`")

    async def answers(self) -> bool:
        """Whether the browser itself does; if not, it is ended, and the next context launches another."""
        browser = self._browser
        if browser is None or not browser.is_connected():
            return False
        try:
            async with asyncio.timeout(ANSWER_S):
                session = await browser.new_browser_cdp_session()
                await session.send("Browser.getVersion")
                await session.detach()
        except (PlaywrightError, TimeoutError):
            await self._replace(browser)
            return False
        return True

    async def renderers(self) -> dict[int, float]:
        """Seconds of processor that each renderer has used, by process; nothing if the browser does not say."""
        browser = self._browser
        if browser is None:
            return {}
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(PARTING_S):
                if self._session is None or self._session[0] is not browser:
                    self._session = (browser, await browser.new_browser_cdp_session())
                found = await self._session[1].send("SystemInfo.getProcessInfo")
                return {one["id"]: one["cpuTime"] for one in found["processInfo"] if one["type"] == "renderer"}
        return {}

    async def _replace(self, browser: Browser) -> None:
        async with self._lock:
            if self._browser is browser:
                self._browser = None
        with contextlib.suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(browser.close(), PARTING_S)

    async def _running(self) -> Browser:
        async with self._lock:
            if self._browser is None or not self._browser.is_connected():
                self._browser = await self._launch()
            return self._browser

    async def _launch(self) -> Browser:
        if self._playwright is None:
            raise BrowserDown("the browser was closed while a page was still to be rendered")
        path = find_browser(self._settings, self._playwright.chromium.executable_path)
        jail = find_jail(path) if self._settings.sandbox != "off" else NO_JAIL
        strict = self._settings.sandbox == "strict"
        if strict and jail.gaps:
            raise Missing(f"render.sandbox is strict and this machine lacks {'; '.join(jail.gaps)}")
        said = ""
        for tried in (jail,) if strict or jail == NO_JAIL else (jail, NO_JAIL):
            try:
                browser = await self._start(path, tried)
            except PlaywrightError as error:
                said = error.message.strip().split("\n")[0]
            else:
                if self._settings.sandbox != "off":
                    _warn(tried.gaps)
                return browser
        raise BrowserDown(
            f"{path} does not start ({said}): try it on the command line, or name another in DOJO_BROWSER"
        )

    async def _start(self, path: str, jail: Jail) -> Browser:
        assert self._playwright is not None
        heap = f"--js-flags=--max-old-space-size={self._settings.heap_mb}"
        return await self._playwright.chromium.launch(
            executable_path=str(LAUNCHER) if jail != NO_JAIL else path,
            env=dict(jail.environment(path, self._settings)),
            args=[*CLOSED, *STEADY, *TOGETHER, *self._flags, heap],
            chromium_sandbox=jail.sandbox,
            timeout=LAUNCH_S * 1000,
        )


@cache
def _warn(gaps: tuple[str, ...]) -> None:
    """Say once what does not hold the pages."""
    if gaps:
        logging.getLogger(__name__).warning("pages are rendered with fewer layers around them: %s", "; ".join(gaps))
