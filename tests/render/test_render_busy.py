# ruff: noqa: E501 - a page reads best as its author wrote it
"""The same numbers on a busy machine: work is counted, the clock waits for the browser, slow is not hung."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.bench.busy import SPIN, bench_busy
from evals.bench.heavy import heavy_orders
from tasks.record import Program, RenderOrder
from tasks.render.browser import Chromium
from tasks.render.pool import RenderPool
from tasks.render.work import Source, script_ns
from tasks.settings import QualityWeights, RenderSettings, Settings

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUTTON = '<main><h1>Work</h1><button id="b">Go</button><p id="o"></p><ul id="list"></ul></main>'
GO = {
    "steps": [{"do": "click", "target": {"role": "button", "name": "Go"}}],
    "expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "done"}],
}
ARITHMETIC = "let x = 0; for (let i = 0; i < %d; i++) { x = (x + i * 7) %% 1013; if (x === 5) x += 2; }"
WORK = {
    "arithmetic": ARITHMETIC % 15_000_000,
    "a simulation": "const g = Array.from({ length: 90000 }, (_, n) => n % 3 === 0); for (let k = 0; k < 14; k++) g.forEach((one, n) => { let c = 0; for (let d = -4; d <= 4; d++) if (g[(n + d * 300 + 90000) % 90000]) c++; g[n] = c > 3; });",
    "a list built anew": "for (let n = 0; n < 300; n++) list.innerHTML += `<li><b>Item ${n}</b> <span>$${n * 3}</span></li>`;",
    "layout read and written in turn": "for (let n = 0; n < 900; n++) { const row = document.createElement('li'); row.textContent = n; list.append(row); row.style.height = list.offsetHeight % 30 + 20 + 'px'; }",
    "a sort": "const rows = Array.from({ length: 400000 }, (_, n) => (n * 7919) % 400009); rows.sort((a, b) => a - b);",
}


def page(work: str) -> str:
    return f'b.onclick = () => {{ {work} o.textContent = "done"; }};'


@contextlib.contextmanager
def spinners(count: int) -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
async def test_work_comes_to_the_same_number_beside_spinning_processes(render, work):
    alone = [await render(BUTTON, page(work), checks=[GO]) for _ in range(2)]
    with spinners(3):
        beside = await asyncio.gather(*(render(BUTTON, page(work), checks=[GO]) for _ in range(3)))
    seen = {one.measures.blocked_ms for one in [*alone, *beside]}
    assert len(seen) == 1, seen
    assert seen.pop() > 20
    assert {one.passed for one in [*alone, *beside]} == {1}


async def test_twice_the_work_is_twice_the_number(render):
    one, two = [(await render(BUTTON, page(ARITHMETIC % n), checks=[GO])).measures.blocked_ms + 50 for n in (2e7, 4e7)]
    assert two / one == pytest.approx(2, rel=0.01)


async def test_comments_and_spaces_are_no_work(render):
    loop = ARITHMETIC % 20_000_000
    padded = loop.replace("x = (", "/* as the author\n   explains */ x   =   (").replace(" if", "\n// again\n if")
    plain, spaced = [await render(BUTTON, page(work), checks=[GO]) for work in (loop, padded)]
    assert plain.measures.blocked_ms == spaced.measures.blocked_ms > 20


@pytest.mark.parametrize(
    "hidden",
    [
        'const s = document.createElement("script"); s.textContent = work + "\\n//# sourceURL="; document.body.append(s);',
        'o.setAttribute("onclick", work); o.click();',
        'const d = document.createElement("div"); d.innerHTML = `<p onclick="${work}"></p>`; d.firstChild.click();',
        "Performance.prototype.now = () => 0; Set.prototype.has = () => false; Set.prototype.add = () => 0; Math.max = () => 0; (() => { WORK })();",
        "Array.prototype.sort = (f) => f(); [].sort(() => { WORK });",
    ],
)
async def test_work_is_counted_wherever_a_page_hides_it(render, hidden):
    work = (ARITHMETIC % 20_000_000).replace('"', "'")
    script = page(f"const work = {json.dumps(work)}; {hidden.replace('WORK', work)}")
    seen = await render(BUTTON, script, checks=[GO])
    assert seen.measures.blocked_ms == pytest.approx(
        (await render(BUTTON, page(work), checks=[GO])).measures.blocked_ms, rel=0.1
    )


async def test_work_that_no_count_sees_is_found_by_its_processor_time(render):
    astray = 'const text = "a".repeat(26) + "!"; /^(a+)+$/.test(text);'
    assert (await render(BUTTON, page(astray), checks=[GO])).measures.blocked_ms > 0


async def test_the_count_agrees_with_a_real_click(render):
    """Within a factor of ten, as machines and kinds of work differ; the least of three, as this one may be busy."""
    async with Chromium(RenderSettings()) as chromium:
        plain = await (await chromium.context()).new_page()
        for work in (ARITHMETIC % 60_000_000, WORK["a list built anew"]):
            took = []
            for _ in range(3):
                await plain.set_content(BUTTON)
                took.append(
                    await plain.evaluate(
                        """(script) => { const [b, o, list] = ["b", "o", "list"].map((id) => document.getElementById(id));
                        new Function("b", "o", "list", script)(b, o, list);
                        const before = performance.now(); b.click(); return performance.now() - before; }""",
                        page(work),
                    )
                )
            counted = (await render(BUTTON, page(work), checks=[GO])).measures.blocked_ms + 50
            assert min(took) / 10 < counted < min(took) * 10


async def test_the_clock_waits_for_what_the_browser_does_beside_the_page(render):
    """Each of these took as many frames of the page's clock as the machine was slow."""
    script = """
    const picture = () => { const c = document.createElement("canvas"); c.width = c.height = 300; c.getContext("2d").fillRect(0, 0, 99, 99); return c; };
    b.onclick = async () => {
      for (let n = 0; n < 10; n++) await crypto.subtle?.digest("SHA-256", new Uint8Array(400000));
      const blob = await new Promise((done) => picture().toBlob(done));
      await createImageBitmap(blob);
      const read = new FileReader();
      await new Promise((done) => { read.onload = done; read.readAsDataURL(blob); });
      const image = new Image();
      await new Promise((done) => { image.onload = done; image.src = read.result; });
      await image.decode();
      await new Promise((done) => { list.innerHTML = `<img alt="" src="https://pictures.invalid/x.png">`; list.firstChild.onerror = done; });
      await fetch("https://data.invalid/x.json").catch(() => 0);
      o.textContent = "done";
    };
    """
    check = {**GO, "within_ms": 50}
    with spinners(3):
        seen = await asyncio.gather(*(render(BUTTON, script, checks=[check]) for _ in range(4)))
    assert [one.passed for one in seen] == [1] * 4, [one.verdicts for one in seen]
    assert len({one.measures.delay_ms for one in seen}) == 1


async def test_what_never_ends_beside_the_page_holds_the_clock_for_a_while_only(render):
    never = 'const r = new FileReader(); r.readAsText(new Blob(["x"])); addEventListener("loadend", (e) => e.stopImmediatePropagation(), true); const i = new Image(); i.src = "data:image/png;base64,AAAA"; i.removeAttribute("src");'
    seen = await render(BUTTON, never + page(""), checks=[GO])
    assert seen.passed == 1


async def test_a_slow_page_on_a_busy_machine_is_not_hung(pictures):
    """The time box is of the time in which a page can run: spinning processes do not shorten it."""
    settings = RenderSettings(pages=2, time_box_s=3)
    body = f'<!doctype html><html lang="en"><title>Slow</title><body>{BUTTON}<script>{page(ARITHMETIC % 3_000_000)}</script></body></html>'
    order = RenderOrder(program=Program.of([("index.html", body)]), checks=())
    with spinners(6):
        async with RenderPool(settings, QualityWeights(), pictures) as pool:
            seen = await asyncio.gather(*(pool.render(order) for _ in range(4)))
    assert [one.outcome for one in seen] == ["ok"] * 4


async def test_words_are_counted_in_their_own_block_and_not_in_the_one_around_it():
    text = 'let a = "one two"; // three\nfor (;;) { b( 5 ); }'
    source = Source(text)
    assert source.words(0, 18) == 5
    assert source.words(18, 28) == 0
    inner = text.index("{")
    blocks = [
        {"startOffset": 0, "endOffset": len(text), "count": 1},
        {"startOffset": inner, "endOffset": len(text), "count": 10},
    ]
    outer_only = [{"startOffset": 0, "endOffset": len(text), "count": 1}]
    sources = {"1": source}

    def ns(ranges: list[dict[str, int]]) -> float:
        return script_ns([{"scriptId": "1", "functions": [{"ranges": ranges}]}], sources)

    assert ns(blocks) > 4 * ns(outer_only)
    assert Source("\U0001f600 a").words(0, 2) == 2 - len("a")


async def test_the_bench_says_what_differs(tmp_path: Path):
    heavy = dict([*heavy_orders(3).items()][1:2])
    figures = await asyncio.to_thread(bench_busy, heavy, 10, 2, Settings(), lambda _: None)
    table = figures.table().markdown
    assert "pages with the same verdicts in all three, % | 100" in table
    assert {one.key for one in figures.figures} >= {"same_verdicts", "same_q", "largest_difference", "busy_ratio"}
