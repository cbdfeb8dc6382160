# ruff: noqa: E501 - a page reads best as its author wrote it
"""Pages that hang, storm, grow or try to get out: the pool goes on, and nobody outside hears of them."""

import asyncio
import contextlib

import pytest

from tasks.render.pool import RenderPool
from tasks.settings import QualityWeights, RenderSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLICK = {
    "steps": [{"do": "click", "target": {"role": "button", "name": "Go"}}],
    "expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "gone"}],
}
BODY = '<button id="b">Go</button><p id="o"></p>'
FINE = 'b.onclick = () => { o.textContent = "gone"; };'


HANGS = {
    "in a click": "b.onclick = () => { while (1); };",
    "at load": "while (1);",
    "in microtasks": "b.onclick = function f() { Promise.resolve().then(f); };",
}


async def test_pages_that_hang_are_an_outcome_and_harm_no_neighbour(order, tmp_path):
    async with RenderPool(RenderSettings(pages=4, time_box_s=6), QualityWeights(), tmp_path) as pool:
        fine = order(BODY, FINE, checks=[CLICK])
        *hung, neighbour = await asyncio.gather(
            *(pool.render(order(BODY, script, checks=[CLICK])) for script in HANGS.values()), pool.render(fine)
        )
        after = await asyncio.gather(*(pool.render(fine) for _ in range(4)))
    for render in hung:
        assert render.outcome == "hang"
        assert [v.value for v in render.verdicts] == ["unjudged"]
        assert render.quality.q == 0
        assert render.errors[0].kind == "hang"
    assert [r.passed for r in (neighbour, *after)] == [1] * 5


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
    called = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
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
            await asyncio.wait_for(called.wait(), 0.5)
    finally:
        server.close()
    assert heard == []


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
        browser = pool._browsers.blind._browser
        assert browser is not None
        session = await browser.new_browser_cdp_session()
        with contextlib.suppress(Exception):
            await session.send("Browser.close")
        assert (await pool.render(fine)).passed == 1


KEEPS = """
window.name = "kept";
try { localStorage.kept = 1; } catch { }
addEventListener("pagehide", () => { parent.kept = 1; });
"""
LOOKS = """
let storage = "";
try { storage = localStorage.kept ?? ""; } catch { }
o.textContent = [window.name, storage, typeof window.kept, history.state].join("|");
"""


async def test_nothing_of_a_page_is_left_for_the_next(order, tmp_path):
    clean = {"expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "||undefined|"}]}
    async with RenderPool(RenderSettings(pages=1), QualityWeights(), tmp_path) as pool:
        await pool.render(order(BODY, KEEPS + FINE, checks=[CLICK]))
        after = await pool.render(order(BODY, LOOKS, checks=[clean]))
    assert after.passed == 1, after.verdicts


async def test_a_page_that_does_not_let_go_harms_no_neighbour(order, tmp_path):
    clings = 'addEventListener("pagehide", () => { while (1); });'
    async with RenderPool(RenderSettings(pages=1), QualityWeights(), tmp_path) as pool:
        await pool.render(order(BODY, clings + FINE, checks=[CLICK]))
        assert (await pool.render(order(BODY, FINE, checks=[CLICK]))).passed == 1


@pytest.mark.parametrize("away", ["location.reload()", 'location.href = "https://example.com/"', "history.back()"])
async def test_a_page_that_leaves_while_it_loads_is_held(render, away):
    held = await render(BODY, FINE + away, checks=[CLICK])
    assert held.outcome == "ok"
    assert held.passed == 1


async def test_a_page_can_not_reach_ours(render):
    script = """
    const said = [];
    for (const reach of [() => parent.document.title, () => top.location.href, () => parent.document.body]) {
      try { said.push(String(reach())); } catch { said.push("no"); }
    }
    parent.postMessage("hello", "*");
    o.textContent = said.join("|");
    """
    seen = await render(
        BODY,
        script,
        checks=[{"expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "no|no|no"}]}],
    )
    assert seen.passed == 1, seen.verdicts


async def test_a_flood_of_words_on_the_console_costs_nothing(render):
    flood = "for (let i = 0; i < 2e5; i++) { console.log(i, { i }); console.table([[i]]); }"
    seen = await render(BODY, flood + FINE, checks=[CLICK])
    assert seen.outcome == "ok"
    assert seen.passed == 1
    assert seen.seconds < 20
