"""Every page in `hostile/`, rendered beside an honest one, without the layers that the machine may lack.

A page's second line says what it does, how its render may end, whether its check may pass (null: either), and a kind of
error that must be named. Its button says `gone` where the page is honest about its own work.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
import pytest_asyncio
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright

from tasks.check import Check
from tasks.record import Program, Render, RenderOrder
from tasks.render.browser import find_browser
from tasks.render.jail import LAUNCHER, find_jail
from tasks.render.pool import RenderPool
from tasks.settings import QualityWeights, RenderSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = sorted((Path(__file__).parent / "hostile").glob("*.html"))
TIME_BOX_S = 12.0
LONGEST_S = 150.0
BULK_BYTES = 50_000_000
GONE = Check.model_validate(
    {
        "id": "goes",
        "title": "The button says it is gone",
        "severity": "major",
        "steps": [{"do": "click", "target": {"css": "#b"}}],
        "expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "gone"}],
    }
)
HONEST = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Honest</title></head><body>'
    '<button id="b">Go</button><p id="o"></p>'
    '<script>b.onclick = () => { o.textContent = "gone"; };</script></body></html>'
)


@dataclass
class Listener(asyncio.DatagramProtocol):
    """Hears whatever arrives at one port of this machine, by TCP and by UDP."""

    heard: list[bytes] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", self.port))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._datagrams.close()
        self._server.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append(data[:80])

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(b"connected")
        with contextlib.suppress(ConnectionError, TimeoutError):
            self.heard.append(await asyncio.wait_for(reader.read(80), 2))
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def listener() -> AsyncIterator[Listener]:
    async with Listener() as listener:
        yield listener


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bare_pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RenderPool]:
    settings = RenderSettings(pages=2, time_box_s=TIME_BOX_S, sandbox="off", heap_mb=96)
    async with RenderPool(settings, QualityWeights(), tmp_path_factory.mktemp("hostile")) as pool:
        yield pool


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def alone(bare_pool: RenderPool) -> Render:
    """The honest page with no neighbour."""
    return await bare_pool.render(order_of(HONEST, screenshot="alone.png"))


def order_of(page: str, **more: Any) -> RenderOrder:
    return RenderOrder(program=Program.of([("index.html", page)]), checks=(GONE,), **more)


def text_of(path: Path, port: int) -> str:
    bulk = "<p>bulk</p>\n" * (BULK_BYTES // 12) if path.stem == "huge-page" else ""
    host = f"127.0.0.1:{port}"
    text = path.read_text("utf-8").replace("@HTTP@", f"http://{host}").replace("@WS@", f"ws://{host}")
    return text.replace("@HOST@", host).replace("@PORT@", str(port)).replace("@BULK@", bulk)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
async def test_a_hostile_page_gets_nowhere_and_harms_no_one(
    path: Path, bare_pool: RenderPool, listener: Listener, alone: Render
):
    told = json.loads(path.read_text("utf-8").splitlines()[1].removeprefix("<!-- ").removesuffix(" -->"))
    hostile, neighbour = await asyncio.wait_for(
        asyncio.gather(
            bare_pool.render(order_of(text_of(path, listener.port))),
            bare_pool.render(order_of(HONEST, screenshot="neighbour.png")),
        ),
        LONGEST_S,
    )
    after = await asyncio.wait_for(bare_pool.render(order_of(HONEST, screenshot="after.png")), LONGEST_S)
    assert hostile.outcome in told["outcome"]
    (verdict,) = hostile.verdicts
    if told["passes"] is not None:
        assert (verdict.value == "pass") is told["passes"], verdict
    if hostile.outcome != "ok":
        assert verdict.value == "unjudged" and hostile.errors[0].kind == hostile.outcome
    if says := told.get("says"):
        assert says in {error.kind for error in hostile.errors}
    for honest in (neighbour, after):
        assert (honest.outcome, honest.verdicts, honest.dom_hash) == ("ok", alone.verdicts, alone.dom_hash)
        assert honest.pixel_hash == alone.pixel_hash
    assert listener.heard == []


async def test_the_ways_out_are_ways_out_of_an_open_browser():
    """So that the suite can fail: most pages that name the listener reach it where nothing holds them."""
    named = [path for path in PAGES if "@HTTP@" in path.read_text("utf-8") or "@HOST@" in path.read_text("utf-8")]
    reached = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(RenderSettings()))
        for path in named:
            async with Listener() as listener:
                context = await browser.new_context()
                page = await context.new_page()
                with contextlib.suppress(PlaywrightError):
                    await page.set_content(text_of(path, listener.port), wait_until="commit", timeout=5000)
                for _ in range(10):
                    if listener.heard:
                        break
                    await asyncio.sleep(0.1)
                reached += [path.stem] if listener.heard else []
                with contextlib.suppress(PlaywrightError):
                    await context.close()
        await browser.close()
    print(len(reached), "of", len(named), "reach it; not", sorted({path.stem for path in named} - set(reached)))
    assert len(reached) >= len(named) * 0.7


async def test_the_namespace_alone_holds_a_browser_that_is_open():
    path = find_browser(RenderSettings())
    jail = find_jail(path)
    if not jail.network:
        pytest.skip("this machine allows no network namespace")
    async with Listener() as listener, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(LAUNCHER), env=dict(jail.environment(path, RenderSettings()))
        )
        page = await browser.new_page()
        for way in ("fetch", "websocket", "webrtc-turn", "speculation-rules", "shared-worker"):
            text = text_of(Path(__file__).parent / "hostile" / f"{way}.html", listener.port)
            await page.set_content(text, wait_until="load", timeout=10_000)
            await page.wait_for_timeout(300)
        await browser.close()
    assert listener.heard == []
