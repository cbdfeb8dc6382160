"""Pages that hang, storm, grow or try to get out: the pool goes on, and nobody outside hears of them."""

import asyncio
import contextlib

import pytest

from tasks.errors import Missing
from tasks.render.browser import find_browser
from tasks.render.pool import RenderPool
from tasks.settings import QualityWeights, RenderSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLICK = {
    "steps": [{"do": "click", "target": {"role": "button", "name": "Go"}}],
    "expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "gone"}],
}
BODY = '<button id="b">Go</button><p id="o"></p>'
FINE = 'b.onclick = () => { o.textContent = "gone"; };'


@pytest.mark.parametrize(
    "script",
    [
        "b.onclick = () => { while (1); };",
        "while (1);",
        "b.onclick = function f() { Promise.resolve().then(f); };",
    ],
    ids=["in a click", "at load", "in microtasks"],
)
async def test_a_page_that_hangs_is_an_outcome_and_harms_no_neighbour(render, script):
    hung, fine = await asyncio.gather(render(BODY, script, checks=[CLICK]), render(BODY, FINE, checks=[CLICK]))
    assert hung.outcome == "hang"
    assert [v.value for v in hung.verdicts] == ["unjudged"]
    assert hung.quality.q == 0
    assert hung.errors[0].kind == "hang"
    assert fine.passed == 1
    assert (await render(BODY, FINE, checks=[CLICK])).passed == 1


async def test_a_page_that_eats_memory_crashes_alone(order, tmp_path):
    hog = order(
        BODY,
        "b.onclick = () => { const a = []; for (;;) a.push(new Array(1e5).fill(Math.random())); };",
        checks=[CLICK],
    )
    async with RenderPool(RenderSettings(pages=2, heap_mb=48), QualityWeights(), tmp_path) as pool:
        crashed, fine = await asyncio.gather(pool.render(hog), pool.render(order(BODY, FINE, checks=[CLICK])))
    assert crashed.outcome in ("crash", "hang")
    assert fine.passed == 1


async def test_the_time_box_holds(order, tmp_path):
    slow = order(BODY, "b.onclick = () => { while (1); };", checks=[CLICK])
    async with RenderPool(RenderSettings(pages=1, time_box_s=1.5), QualityWeights(), tmp_path) as pool:
        started = asyncio.get_running_loop().time()
        assert (await pool.render(slow)).outcome == "hang"
        assert asyncio.get_running_loop().time() - started < 12


async def test_storms_of_dialogs_popups_and_reloads_are_refused(render):
    script = """
    for (let i = 0; i < 300; i++) { alert(i); confirm(i); prompt(i); window.open("about:blank"); }
    setInterval(() => location.reload(), 20);
    setTimeout(() => { location.href = "https://example.com/"; }, 50);
    """
    result = await render(BODY, script + FINE, checks=[CLICK])
    assert result.outcome == "ok"
    assert result.passed == 1


async def test_nothing_reaches_a_listener_on_this_machine(render):
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(64))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    at = f"127.0.0.1:{port}"
    script = f"""
    const tries = [
      () => fetch("http://{at}/fetch", {{ mode: "no-cors" }}), () => navigator.sendBeacon("http://{at}/beacon"),
      () => new WebSocket("ws://{at}/socket"), () => new EventSource("http://{at}/events"),
      () => {{ new Image().src = "http://{at}/image"; }}, () => import("http://{at}/module.js"),
      () => new Worker(URL.createObjectURL(new Blob(['fetch("http://{at}/worker")']))),
      () => new SharedWorker("data:text/javascript,fetch('http://{at}/shared')"),
      () => {{ const f = document.createElement("iframe"); f.src = "http://{at}/frame"; document.body.append(f); }},
      () => {{ const s = document.createElement("script"); s.type = "speculationrules";
        s.textContent = JSON.stringify({{ prefetch: [{{ source: "list", urls: ["http://{at}/rules"] }}] }}); document.head.append(s); }},
      () => {{ const l = document.createElement("link"); l.rel = "preconnect"; l.href = "http://{at}"; document.head.append(l); }},
      () => {{ const p = new RTCPeerConnection({{ iceServers: [{{ urls: "turn:{at}?transport=tcp", username: "u", credential: "c" }}] }});
        p.createDataChannel("x"); return p.createOffer().then((o) => p.setLocalDescription(o)); }},
      () => window.open("http://{at}/popup"), () => {{ location.href = "http://{at}/away"; }},
    ];
    for (const one of tries) try {{ Promise.resolve(one()).catch(() => 0); }} catch {{ }}
    """
    try:
        result = await render(
            BODY + f'<form action="http://{at}/form" id="f"></form>', script + FINE + "f.submit();", checks=[CLICK]
        )
        assert result.passed == 1
        assert any(error.kind == "blocked" for error in result.errors)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_until(heard), 0.5)
    finally:
        server.close()
    assert heard == []


async def _until(heard: list[bytes]) -> None:
    while not heard:
        await asyncio.sleep(0.02)


async def test_an_inert_run_fails_the_checks_that_need_a_script(render):
    inert = await render(
        '<button id="b" onclick="o.textContent = \'gone\'">Go</button><p id="o"></p>', checks=[CLICK], inert=True
    )
    assert [v.value for v in inert.verdicts] == ["fail"]
    assert (
        await render('<button onclick="o.textContent = \'gone\'">Go</button><p id="o"></p>', checks=[CLICK])
    ).passed == 1


async def test_a_browser_that_dies_is_brought_back(order, tmp_path):
    async with RenderPool(RenderSettings(pages=1), QualityWeights(), tmp_path) as pool:
        fine = order(BODY, FINE, checks=[CLICK])
        assert (await pool.render(fine)).passed == 1
        browser = pool._chromium._browser
        assert browser is not None
        session = await browser.new_browser_cdp_session()
        with contextlib.suppress(Exception):
            await session.send("Browser.close")
        assert (await pool.render(fine)).passed == 1


def test_a_browser_that_is_not_there_is_named(monkeypatch):
    with pytest.raises(Missing, match=r"render\.browser names /no/such"):
        find_browser(RenderSettings(browser="/no/such"))
    monkeypatch.setenv("DOJO_BROWSER", "/none/here")
    with pytest.raises(Missing, match="DOJO_BROWSER names /none/here"):
        find_browser(RenderSettings())
    monkeypatch.delenv("DOJO_BROWSER")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Missing, match="apt-get install chromium-headless-shell"):
        find_browser(RenderSettings())
