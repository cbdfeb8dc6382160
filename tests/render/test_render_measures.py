# ruff: noqa: E501 - a page reads best as its author wrote it
"""What is measured: determinism, errors with their place, layout, accessibility, delay, blocked time, frames."""

import asyncio
import math

import pytest
from PIL import Image

from tasks.record import Program, RenderOrder
from tasks.render.browser import Chromium
from tasks.settings import RenderSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOVING = """
const g = c.getContext("2d"); let n = 0;
function draw(t) {
  g.clearRect(0, 0, 200, 100); g.fillStyle = "teal"; g.beginPath();
  g.arc(100 + 80 * Math.cos(t / 200), 50 + Math.random() * 20, 9, 0, 7); g.fill(); requestAnimationFrame(draw);
}
requestAnimationFrame(draw);
setInterval(() => { o.textContent = new Date().toISOString() + " " + performance.now() + " " + crypto.randomUUID(); }, 70);
b.onclick = async () => { b.classList.toggle("on"); await new Promise((r) => setTimeout(r, 30)); b.textContent = "Done " + ++n; };
"""
STYLE = """
@keyframes spin { to { transform: rotate(360deg) } } #s { width: 60px; height: 60px; background: crimson; animation: spin 2s infinite linear }
button { transition: background-color .9s; border-radius: 6px } button.on { background-color: gold }
"""
BODY = '<main><h1>Clock</h1><canvas id="c" width="200" height="100"></canvas><div id="s"></div><button id="b">Go</button><p id="o"></p></main>'


def clicks(name, css="#b", value="Done 1"):
    return {
        "steps": [{"do": "click", "target": {"role": "button", "name": name}}],
        "expect": [{"see": "text", "target": {"css": css}, "how": "equals", "value": value}],
    }


async def test_the_same_page_gives_the_same_pixels_dom_and_verdicts(render, pictures):
    results = await asyncio.gather(
        *(render(BODY, MOVING, STYLE, [clicks("Go")], screenshot=f"same{n}.png") for n in range(6))
    )
    assert {r.dom_hash for r in results} == {results[0].dom_hash}
    assert len({r.pixel_hash for r in results}) == 1
    assert results[0].pixel_hash
    assert len({r.model_copy(update={"seconds": 0, "screenshot": None}).model_dump_json() for r in results}) == 1
    assert results[0].passed == 1
    with Image.open(pictures / "same0.png") as image:
        assert image.size == (1024, 768)
        # the picture is of the page after the click: the button is on its way to gold
        box = image.convert("RGB").crop((0, 0, 400, 400))
        assert any(r > 200 and g > 180 and b < 200 for _, (r, g, b) in box.getcolors(1 << 20))


async def test_errors_carry_the_authors_file_and_line(order, pool):
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><title>x</title>\n<link rel="stylesheet" href="style.css">\n</head><body>\n'
        '<button id="b">Go</button>\n<script src="script.js"></script>\n<script>\n  inline.fails();\n</script></body></html>'
    )
    script = '"use strict";\nb.onclick = () => {\n  nowhere();\n};\nconsole.error("careful", 5);\n\nPromise.reject(new TypeError("odd"));\n'
    program = Program.of([("index.html", page), ("style.css", "p {\n color: red;\n}\n"), ("script.js", script)])
    result = await pool.render(RenderOrder(program=program, checks=order("", checks=[clicks("Go")]).checks))
    found = {(e.kind, e.file, e.line) for e in result.errors}
    assert ("uncaught", "script.js", 3) in found
    assert ("uncaught", "index.html", 8) in found
    assert ("rejection", "script.js", 7) in found
    assert ("console", "script.js", 5) in found
    assert len(result.errors) == 4  # each once, though two loads ran into them


async def test_a_tidy_page_has_no_faults(render):
    result = await render("<main><h1>Tidy</h1><p>All of it can be read.</p><button>A button</button></main>")
    assert result.quality.visual == 1
    assert result.quality.accessibility == 1
    assert result.quality.performance == 1
    assert result.measures.flaws == ()


@pytest.mark.parametrize(
    ("field", "kind", "body", "style"),
    [
        ("overflow", "overflow", '<p>Text</p><div class="x">Wide</div>', ".x { width: 1400px; background: #ddd }"),
        (
            "overlap",
            "overlap",
            '<p>Some words to read here</p><div class="x"></div>',
            ".x { position: absolute; inset: 0 0 50% 0; background: #ddd }",
        ),
        (
            "clipped",
            "clipped",
            '<p class="x">Some words that do not fit into the little room</p>',
            ".x { width: 90px; overflow: hidden; white-space: nowrap }",
        ),
        ("clipped", "clipped", '<p class="x">Some very small words</p>', ".x { font-size: 6px }"),
        ("low_contrast", "contrast", '<p class="x">Some faint words</p>', ".x { color: #bbb }"),
        (
            "low_contrast",
            "contrast",
            '<p class="x">Some faint words</p>',
            ".x { color: #fff; background: linear-gradient(90deg, #333, #eee) }",
        ),
        (
            "low_contrast",
            "contrast",
            '<div class="y"><p class="x">Words on glass</p></div>',
            ".x { color: #333; background: rgba(0, 0, 0, .6) } .y { background: #444 }",
        ),
    ],
)
async def test_visible_faults_are_measured_and_named(render, field, kind, body, style):
    result = await render(f"<main><h1>Title</h1>{body}</main>", "", style)
    assert getattr(result.measures, field) > 0.05
    assert kind in [flaw.kind for flaw in result.measures.flaws]
    assert result.quality.visual < 0.95


async def test_text_for_screen_readers_and_pictures_behind_text_are_no_faults(render):
    style = """
    .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0, 0, 0, 0) }
    .pic { color: #777; background: url(data:image/gif;base64,R0lGODlhAQABAAAAACw=) }
    """
    result = await render(
        '<main><h1>Title</h1><span class="sr">Only heard</span><p class="pic">On a picture</p></main>', "", style
    )
    assert result.quality.visual == 1


async def test_accessibility_counts_what_axe_finds_but_no_contrast(render):
    result = await render(
        '<main><h1>Title</h1><button></button><input><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p class="x">Faint</p></main>',
        "",
        ".x { color: #ccc }",
    )
    rules = {violation.rule: violation.impact for violation in result.measures.violations}
    assert rules["button-name"] == "critical"
    assert "image-alt" in rules
    assert "color-contrast" not in rules
    assert result.quality.accessibility < 0.5


def waits(ms):
    return f'b.onclick = () => setTimeout(() => {{ b.textContent = "Done 1"; }}, {ms});'


def spins(ms):
    return f'b.onclick = () => {{ const t = performance.now(); while (performance.now() - t < {ms}); b.textContent = "Done 1"; }};'


async def test_delay_is_the_time_to_the_first_effect_that_the_input_has(render):
    check = {**clicks("Go"), "within_ms": 1500}
    quick, slow = await asyncio.gather(
        render('<button id="b">Go</button>', waits(0), checks=[check]),
        render('<button id="b">Go</button>', waits(800), checks=[check]),
    )
    assert quick.measures.delay_ms < 50
    assert slow.measures.delay_ms == pytest.approx(800, abs=20)
    assert quick.quality.performance == 1
    assert 0.2 < slow.quality.performance < 0.5


async def test_what_moves_anyway_is_no_effect(render):
    script = "setInterval(() => { o.textContent = performance.now(); }, 30);" + waits(500)
    body = '<button id="b">Go</button><p id="o"></p>'
    result = await render(body, script, checks=[{**clicks("Go"), "within_ms": 900}])
    assert result.measures.delay_ms == pytest.approx(500, abs=25)


async def test_a_page_that_spins_on_the_clock_ends_and_is_held_to_account(render):
    result = await render('<button id="b">Go</button>', spins(300), checks=[clicks("Go")])
    assert result.passed == 1
    assert result.measures.blocked_ms == pytest.approx(250, abs=5)
    assert 0.2 < result.quality.performance < 0.7


async def test_the_stepped_clock_agrees_with_real_time(render):
    """The same pages, without the shim, by a real clock and a real click."""
    chromium = Chromium(RenderSettings())
    async with chromium:
        page = await (await chromium.context()).new_page()
        for script, wanted in ((waits(800), 800), (spins(300), 300)):
            await page.set_content('<button id="b">Go</button>')
            took = await page.evaluate(
                """async (script) => { const b = document.getElementById("b"); new Function("b", script)(b);
                const before = performance.now(), done = new Promise((r) => new MutationObserver(r).observe(b, { childList: true }));
                b.click(); await done; return performance.now() - before; }""",
                script,
            )
            stepped = await render('<button id="b">Go</button>', script, checks=[{**clicks("Go"), "within_ms": 1500}])
            assert stepped.measures.delay_ms == pytest.approx(wanted, abs=20)
            assert wanted - 5 <= took < wanted + 400  # a busy machine is late, never early


async def test_work_that_holds_the_processor_counts_without_any_clock(render):
    work = 'b.onclick = () => { let x = 0; for (let i = 0; i < 1.5e8; i++) x = (x + i * 7) % 1013; b.textContent = "Done " + (x > -1 ? 1 : 0); };'
    result = await render('<button id="b">Go</button>', work, checks=[clicks("Go")])
    assert result.measures.blocked_ms > 100


async def test_frames_without_motion_are_dropped_frames(render):
    def page(every):
        return (
            "const g = c.getContext('2d'); let n = 0; (function loop() { requestAnimationFrame(loop); "
            f"if (n++ % {every}) return; g.clearRect(0, 0, 200, 100); g.fillRect(n % 180, 20, 9, 9); }})();"
        )

    body = '<canvas id="c" width="200" height="100"></canvas>'
    smooth, rough = await asyncio.gather(render(body, page(1)), render(body, page(4)))
    assert smooth.measures.dropped == 0
    assert rough.measures.dropped == pytest.approx(0.75, abs=0.06)
    assert math.isclose(rough.quality.performance, 1 - rough.measures.dropped, abs_tol=1e-3)


async def test_promises_settle_between_two_callbacks_of_one_frame(render):
    script = """
    const said = [];
    const say = (word) => { said.push(word); document.querySelector("p").textContent = said.join(" "); };
    setTimeout(() => { Promise.resolve().then(() => say("a2")); say("a1"); }, 40);
    setTimeout(() => { queueMicrotask(() => say("b2")); say("b1"); }, 40);
    setTimeout(() => { say("c1"); throw new Error("in c"); }, 40);
    setTimeout(async () => { say("d1"); await null; say("d2"); }, 40);
    """
    said = {"see": "text", "target": {"css": "p"}, "how": "equals", "value": "a1 a2 b1 b2 c1 d1 d2"}
    seen = await render("<p></p>", script, checks=[{"expect": [said]}])
    assert seen.passed == 1, seen.verdicts
    assert [error.message for error in seen.errors] == ["Uncaught Error: in c"]
