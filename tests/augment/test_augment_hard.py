"""Programs that are hard to make a ladder of: each gives one that keeps every rule, or a reason, in half a minute."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.augment.accept import refusals
from tasks.augment.search import begin
from tasks.check import Check
from tasks.diagnose.servers import Servers
from tasks.record import Program
from tasks.render.pool import RenderPool
from tasks.settings import Settings
from tests.augment.browser import PAGES, prove, search_for, stored_page

SETTINGS = Settings()
LONGEST_S = 30.0

Hard = tuple[Program, tuple[Check, ...]]


def page(body: str, script: str, checks: str, sheet: str = "body { color: #222; margin: 1rem; }") -> Hard:
    markup = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hard</title>'
        f'<link rel="stylesheet" href="style.css"></head><body>{body}<script src="script.js"></script></body></html>'
    )
    program = Program.of([("index.html", markup), ("style.css", sheet), ("script.js", script)])
    return program, tuple(Check.model_validate(one) for one in json.loads(checks))


def few_sites() -> Hard:
    return page(
        "<p id='go'>There is hardly anything here.</p>",
        "document.title = 'Hardly anything';",
        """[{"id": "goes", "title": "The text stays there", "severity": "major",
            "steps": [{"do": "click", "target": {"css": "#go"}}],
            "expect": [{"see": "count", "target": {"css": "#go"}, "how": "equals", "n": 1}]}]""",
        sheet="",
    )


def no_control() -> Hard:
    return page(
        "<main><h1>Drift</h1><canvas id='sea' width='300' height='200'></canvas></main>",
        """const pen = document.querySelector("#sea").getContext("2d");
let at = 0;
function drift() {
  at = (at + 3) % 300;
  pen.clearRect(0, 0, 300, 200);
  pen.fillStyle = "#245";
  pen.fillRect(at, 80, 40, 40);
  requestAnimationFrame(drift);
}
drift();
""",
        '[{"id": "moves", "title": "It moves", "severity": "major", "steps": [],'
        ' "expect": [{"see": "canvas", "target": {"css": "#sea"}, "how": "moving"}]}]',
    )


def all_canvas() -> Hard:
    return page(
        "<canvas id='board' width='600' height='400' tabindex='0'></canvas>",
        """const board = document.querySelector("#board");
const pen = board.getContext("2d");
const dots = [];
let colour = 0;
const colours = ["#a33", "#383", "#338"];
function paint() {
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 600, 400);
  for (const dot of dots) {
    pen.fillStyle = colours[dot.colour];
    pen.fillRect(dot.x - 8, dot.y - 8, 16, 16);
  }
  pen.fillStyle = "#222";
  pen.fillText(`${dots.length} dots`, 10, 20);
}
board.addEventListener("click", (event) => {
  if (event.offsetX > 5 && dots.length < 50) {
    dots.push({ x: event.offsetX, y: event.offsetY, colour });
  }
  paint();
});
board.addEventListener("keydown", (event) => {
  if (event.key === "Backspace") {
    dots.pop();
  } else if (event.key === "Enter") {
    colour = (colour + 1) % colours.length;
  }
  paint();
});
paint();
""",
        """[{"id": "draws", "title": "A click draws a dot", "severity": "critical",
            "steps": [{"do": "click", "target": {"css": "#board"}}],
            "expect": [{"see": "canvas", "target": {"css": "#board"}, "how": "changed"}]},
           {"id": "takes-back", "title": "Backspace takes a dot back", "severity": "major",
            "steps": [{"do": "click", "target": {"css": "#board"}}, {"do": "press", "key": "Backspace"}],
            "expect": [{"see": "canvas", "target": {"css": "#board"}, "how": "changed"}]}]""",
    )


def long_script() -> Hard:
    program, checks = stored_page(PAGES / "splitter")
    table = ",\n".join(
        f'  ["entry {n}", {n * 37 % 9973}, {{ rank: {n % 17}, open: {str(n % 3 == 0).lower()} }}]' for n in range(3500)
    )
    code = "\n".join(
        f"function plan{n}(list) {{ const kept = list.filter((one) => one[1] > {n}); return kept.length > {n % 7}; }}"
        for n in range(1400)
    )
    files = {file.filename: file.content for file in program.files}
    files["script.js"] += f"\nconst ENTRIES = [\n{table}\n];\n{code}\n"
    assert len(files["script.js"]) > 300_000
    return Program.of(files.items()), checks


def bundled() -> Hard:
    """The splitter with 200 kB of minified code on one line before it."""
    program, checks = stored_page(PAGES / "splitter")
    part = "function a{0}(e,t){{for(var n=0,r=e.length;n<r;n++)if(e[n]===t&&n>{0})return!0;return e.push(t),!1}}"
    bundle = "(function(){" + "".join(part.format(n) for n in range(2000)) + "window.lib={a:a1,b:a2}})();"
    files = {file.filename: file.content for file in program.files}
    files["script.js"] = f"{bundle}\n{files['script.js']}"
    assert len(files["script.js"]) > 190_000
    return Program.of(files.items()), checks


def typescript() -> Hard:
    program, checks = stored_page(PAGES / "splitter")
    files = {file.filename: file.content for file in program.files}
    files["script.js"] = "interface Bill { euros: number }\nconst none: Bill = { euros: 0 };\n" + files["script.js"]
    return Program.of(files.items()), checks


@pytest.mark.parametrize("make", [few_sites, no_control, all_canvas, long_script, bundled, typescript])
async def test_a_hard_program_gives_a_ladder_or_a_reason(make: Callable[[], Hard], tmp_path: Path):
    program, checks = make()
    async with RenderPool(SETTINGS.render, SETTINGS.quality, tmp_path) as pool, Servers(SETTINGS.repair) as servers:
        proven = await prove(pool, program, checks, 5)
        started = time.monotonic()
        search = await asyncio.wait_for(search_for(pool, proven, SETTINGS, servers), LONGEST_S * 4)
        seconds = time.monotonic() - started
    print(
        f"{make.__name__}: {search.status} {search.reason}; {search.detail}; {search.renders} renders {seconds:.1f} s"
    )
    if search.status == "failed":
        assert search.reason
    else:
        looked = [one.findings for one in search.measured if one.findings is not None]
        assert search.ladder is not None and refusals(search.ladder, looked, SETTINGS.ladder) == ()


async def test_a_program_with_too_little_to_edit_says_so(tmp_path: Path):
    async with RenderPool(SETTINGS.render, SETTINGS.quality, tmp_path) as pool:
        search = begin(await prove(pool, *few_sites(), seed=5), SETTINGS)
    assert (search.status, search.reason) == ("failed", "too few sites")
