# ruff: noqa: E501 - a page reads best as its author wrote it
"""Exploring a clean page, and doing the same again on its versions: what comes about, and what differs."""

import re
from dataclasses import dataclass

import pytest

from tasks.augment.search import sealed_page
from tasks.bundle import bundle
from tasks.record import Program, Render, RenderOrder
from tasks.render.journey import MOST_ACTIONS
from tasks.render.pool import RenderPool
from tasks.seal.keys import provisional
from tasks.seal.page import seal
from tests.render.test_render_busy import spinners

pytestmark = pytest.mark.asyncio(loop_scope="session")

BODY = """<main><h1>Allotment</h1><h2 id="lead">What grows where, and how well</h2>
<button id="undo">Undo</button><button id="reset">Reset</button>
<form id="form"><label>Plant <input id="plant"></label><button id="add">Add plant</button></form>
<ul id="list"></ul><p id="total">0 plants</p>
<label><input type="checkbox" id="dark"> Only ripe</label>
<label>Bed <select id="bed"><option>North</option><option>South</option><option>East</option></select></label>
<label>Water <input type="range" id="water" min="0" max="10" value="4"></label><output id="litres">4 l</output>
<button id="star" aria-pressed="false">Favourite</button>
<canvas id="map" width="200" height="160" aria-label="Map"></canvas>
<p id="steps">at 5</p><p id="mode">plan</p>
<details id="more"><summary>More</summary><button id="open">About</button></details>
<dialog id="about"><p>Grown with care.</p><button id="shut">Close</button></dialog>
<p id="live" role="status"></p></main>"""
SCRIPT = """
const el = (id) => document.getElementById(id);
let [plants, at, dragging] = [[], 5, null];
const pen = el("map").getContext("2d");
const show = () => {
  el("list").innerHTML = "";
  for (const [n, name] of plants.entries()) {
    const row = document.createElement("li");
    row.innerHTML = "<span></span> <button class=remove>Remove</button>";
    row.firstChild.textContent = name;
    row.lastChild.onclick = () => { plants.splice(n, 1); show(); };
    el("list").append(row);
  }
  el("total").textContent = `${plants.length} plants`;
  el("live").textContent = plants.length ? `Last: ${plants.at(-1)}` : "";
};
el("form").onsubmit = (event) => {
  event.preventDefault();
  if (!el("plant").value.trim()) { el("live").textContent = "Give it a name"; return; }
  plants.push(el("plant").value);
  el("plant").value = "";
  show();
};
el("undo").onclick = () => { plants.pop(); show(); };
el("reset").onclick = () => { plants = []; at = 5; pen.clearRect(0, 0, 200, 160); el("steps").textContent = "at 5"; show(); };
el("dark").onchange = () => { el("mode").textContent = el("dark").checked ? "ripe" : "plan"; };
el("bed").onchange = () => { el("lead").textContent = `What grows in the ${el("bed").value}`; };
el("water").oninput = () => { el("litres").textContent = `${el("water").value} l`; };
el("star").onclick = () => {
  const on = el("star").classList.toggle("on");
  el("star").setAttribute("aria-pressed", on);
};
el("map").onpointerdown = (event) => { dragging = [event.offsetX, event.offsetY]; pen.fillRect(event.offsetX - 15, event.offsetY - 15, 40, 40); };
el("map").onpointermove = (event) => { if (dragging) { pen.lineWidth = 60; pen.beginPath(); pen.moveTo(...dragging); pen.lineTo(event.offsetX, event.offsetY); pen.stroke(); } };
onpointerup = () => { dragging = null; };
addEventListener("keydown", (event) => {
  if (event.target.matches("input,select")) return;
  if (event.key === "ArrowLeft") at -= 1;
  else if (event.key === "r") at += 3;
  else return;
  el("steps").textContent = `at ${at}`;
});
el("open").onclick = () => el("about").showModal();
el("shut").onclick = () => el("about").close();
setTimeout(() => { el("mode").title = "ready"; }, 100);
"""
STYLE = "#star.on { background: gold } canvas { border: 1px solid #888 } h1 { font-size: 30px } button { color: #123 } body { color: #222; background: #fff }"
ADDS = {
    "steps": [
        {"do": "type", "target": {"label": "Plant"}, "text": "Quince"},
        {"do": "click", "target": {"role": "button", "name": "Add plant"}},
    ],
    "expect": [{"see": "text", "target": {"css": "#total"}, "how": "equals", "value": "1 plants"}],
}
LOST = {
    "steps": [
        {"do": "hover", "target": {"role": "button", "name": "Add plant"}},
        {"do": "click", "target": {"role": "button", "name": "There is none"}},
        {"do": "choose", "target": {"label": "Bed"}, "option": "East"},
    ],
    "expect": [{"see": "text", "target": {"css": "#lead"}, "how": "contains", "value": "East"}],
}


@dataclass(frozen=True)
class Clean:
    """A page, and what was seen when it was explored."""

    order: RenderOrder
    explored: Render

    async def beside(self, pool: RenderPool, program: Program | None = None) -> Render:
        """The render of a version, or of the page itself."""
        clean = {"clean": self.explored.explored, "explore": False}
        return await pool.render(self.order.model_copy(update={"program": program or self.order.program, **clean}))

    async def changed(self, pool: RenderPool, old: str, new: str, file: str = "script.js") -> Render:
        """The render of a version with another text in a file."""
        text = self.order.program.text(file)
        assert old in text
        return await self.beside(pool, self.order.program.replaced(file, text.replace(old, new)))

    def deeds(self, journey: int = 0) -> list[tuple[str, str, str]]:
        return [(action.do, action.place, action.text) for action in self.explored.explored[journey].actions]


async def explore(pool: RenderPool, order: RenderOrder) -> Clean:
    order = order.model_copy(update={"explore": True})
    return Clean(order, await pool.render(order))


@pytest.fixture(scope="session")
def rich_order(order):
    return order(BODY, SCRIPT, STYLE, [ADDS, LOST])


@pytest.fixture(scope="session")
def explored(pool, rich_order):
    """The rich page, explored once; await it."""
    found: list[Clean] = []

    async def once() -> Clean:
        if not found:
            found.append(await explore(pool, rich_order))
        return found[0]

    return once


def assert_same(render: Render) -> None:
    assert render.outcome == "ok"
    assert [one.what for one in render.divergences] == []
    assert (render.measures.diverged, render.measures.shrunk) == (0, 0)


# ---- what is tried


async def test_every_kind_of_action_is_tried_and_has_its_effect(explored):
    clean = await explored()
    journeys = clean.explored.explored
    assert clean.explored.outcome == "ok" and len(journeys) == 2
    assert [one.note for one in journeys] == ["", ""]
    assert all(10 < len(one.actions) == len(one.effects) <= MOST_ACTIONS for one in journeys)
    assert {action.do for one in journeys for action in one.actions} >= {
        "click",
        "type",
        "press",
        "choose",
        "drag",
        "wait",
    }
    said = " ".join(str(effect.later | effect.soon) for one in journeys for effect in one.effects)
    for words in (
        "Give it a name",
        "Last: Maple",
        "What grows in the South",
        "0 l",
        "ripe",
        "at 4",
        "at 7",
        "Grown with care",
        "text #total",
        "picture #map",
        "drawn #map",
        "state #star",
    ):
        assert words in said, words
    pressed = {text for one in (0, 1) for do, place, text in clean.deeds(one) if do == "press" and not place}
    assert pressed == {"ArrowLeft", "r"}


async def test_each_control_is_tried_and_rows_made_on_the_way_too(explored):
    clean = await explored()
    places = {place for one in (0, 1) for _, place, _ in clean.deeds(one)}
    assert places >= {
        f"#{name}" for name in ("undo", "reset", "plant", "add", "dark", "bed", "water", "star", "map", "open", "shut")
    }
    assert any(place.startswith("#list/") for place in places)
    assert "#more/0" in places


async def test_undo_and_reset_come_after_something_was_done(explored):
    deeds = (await explored()).deeds()
    places = [place for _, place, _ in deeds]
    others = {f"#{name}" for name in ("plant", "add", "dark", "bed", "water", "star", "map")}
    for last in ("#undo", "#reset"):  # which stand before all of them in the page
        assert others <= set(places[: places.index(last)])


async def test_the_checks_steps_are_done_first_in_the_second_journey(explored):
    """Those whose target is not there, and those that a journey has no word for, are left out."""
    wanted = [("type", "#plant", "Quince"), ("click", "#add", ""), ("choose", "#bed", "East")]
    assert (await explored()).deeds(1)[:3] == wanted


# ---- the same page again


async def test_exploring_again_comes_to_the_same_journeys(pool, explored, rich_order):
    first = await explored()
    with spinners(2):
        second = await explore(pool, rich_order)
    assert first.explored.explored == second.explored.explored


async def test_the_clean_page_does_not_diverge_nor_does_it_sealed_or_on_a_busy_machine(pool, explored, rich_order):
    clean = await explored()
    sealed = sealed_page(provisional(seal([bundle(rich_order.program)]), 0, 7))
    calm = [await clean.beside(pool), await clean.beside(pool, sealed)]
    with spinners(2):
        busy = [await clean.beside(pool), await clean.beside(pool, sealed)]
    for render in [*calm, *busy]:
        assert_same(render)
        assert [verdict.value for verdict in render.verdicts] == ["pass", "fail"]


# ---- versions


def kinds(render: Render) -> set[str]:
    return {one.kind for one in render.divergences}


async def test_a_dead_button_that_no_check_looks_at_is_seen(pool, explored):
    seen = await (await explored()).changed(pool, "plants.splice(n, 1); show();", "")
    assert "wrong" in kinds(seen) and 0 < seen.measures.diverged < 0.5
    assert any(re.search(r"a click on #list/\d+/1", one.what) for one in seen.divergences)
    assert seen.quality.function < 1


async def test_a_stale_readout_is_seen(pool, explored):
    seen = await (await explored()).changed(pool, 'el("total").textContent = `${plants.length} plants`;', "")
    assert kinds(seen) == {"wrong"} and seen.measures.diverged > 0
    assert any("the text of #total is '0 plants', not '1 plants'" in one.what for one in seen.divergences)


async def test_a_readout_with_another_number_is_seen(pool, explored):
    seen = await (await explored()).changed(
        pool, "${plants.length} plants", "${plants.length + (plants.length > 1)} plants"
    )
    assert "wrong" in kinds(seen)
    assert any("#total" in one.what for one in seen.divergences)


async def test_a_late_effect_is_late_and_nothing_else(pool, explored):
    old = 'el("mode").textContent = el("dark").checked ? "ripe" : "plan";'
    seen = await (await explored()).changed(pool, old, f"setTimeout(() => {{ {old} }}, 500);")
    assert kinds(seen) == {"late"} and seen.measures.diverged == 0
    assert all("#dark" in one.what for one in seen.divergences)


async def test_a_state_that_assistive_technology_is_not_told_is_unannounced(pool, explored):
    seen = await (await explored()).changed(pool, 'el("star").setAttribute("aria-pressed", on);', "")
    assert kinds(seen) == {"unannounced"} and seen.measures.diverged == 0
    assert all("the state of #star" in one.what for one in seen.divergences)


async def test_a_live_region_that_is_none_any_more_is_unannounced(pool, explored):
    seen = await (await explored()).changed(pool, ' role="status"', "", "index.html")
    assert kinds(seen) == {"unannounced"}


async def test_tiny_headings_have_shrunk(pool, explored):
    seen = await (await explored()).changed(pool, "h1 { font-size: 30px }", "h1, h2 { font-size: 6px }", "style.css")
    assert 0.05 < seen.measures.shrunk < 0.9
    assert seen.quality.visual < 1


async def test_other_colours_are_no_divergence(pool, explored):
    clean = await explored()
    style = "#star.on { background: teal } canvas { border: 1px solid #480 } h1 { font-size: 30px } button { color: #513; background: #fed } body { color: #eee; background: #123 }"
    assert_same(await clean.beside(pool, clean.order.program.replaced("style.css", style)))


async def test_a_state_that_is_not_shown_any_more_is_seen(pool, explored):
    seen = await (await explored()).changed(pool, "#star.on { background: gold }", "", "style.css")
    assert any("#star looks otherwise" in one.what for one in seen.divergences)


async def test_a_canvas_that_does_not_draw_is_seen(pool, explored):
    seen = await (await explored()).changed(pool, "pen.stroke();", "")
    assert any("dragging #map" in one.what and "#map looks otherwise" in one.what for one in seen.divergences)


async def test_a_dead_key_is_seen(pool, explored):
    seen = await (await explored()).changed(pool, 'event.key === "r"', "false")
    assert any("pressing 'r'" in one.what for one in seen.divergences)
    assert not any("ArrowLeft" in one.what for one in seen.divergences)


async def test_a_version_that_loses_the_page_is_seen(pool, explored):
    """The list grows all the same, until the browser loads the page anew."""
    seen = await (await explored()).changed(pool, "event.preventDefault();", "")
    assert any("submitting the form reloads the page" in one.what for one in seen.divergences)
    assert seen.measures.diverged > 0


async def test_a_version_that_hangs_has_hung(pool, explored, rich_order):
    seen = await (await explored()).changed(
        pool, 'el("bed").onchange = () => {', 'el("bed").onchange = () => { for (;;);'
    )
    assert seen.outcome == "hang" and seen.quality.q == 0
    assert_same(await (await explored()).beside(pool))


# ---- pages that make it hard

ODD_IDS = """<main><h1>Odd</h1><button id="a/b c">One</button><button id='q"uo&apos;te'>Two</button><button id="grün/日本 %41">Three</button>
<button id="#x">Four</button><div><button id="__proto__">Five</button></div><form onsubmit="return false"><input name="id" aria-label="Id"></form><p id="o">0</p></main>"""
SHADOW = """<main><h1>Shadow</h1><my-counter id="host"><button>Light</button></my-counter><p id="o">none</p></main>"""
SHADOW_SCRIPT = """
customElements.define("my-counter", class extends HTMLElement {
  connectedCallback() {
    this.attachShadow({ mode: "open" }).innerHTML = "<div><button>Up</button></div><span>0</span><slot></slot>";
    let n = 0;
    const up = this.shadowRoot.querySelector("button");
    up.onclick = () => { n += 1; this.shadowRoot.querySelector("span").textContent = n; };
    this.querySelector("button").onclick = () => { document.getElementById("o").textContent += " light"; };
  }
});
"""
NEVER_RESTS = """
const pen = document.querySelector("canvas").getContext("2d"); let [n, speed] = [0, 1];
(function loop() { requestAnimationFrame(loop); n += speed; pen.clearRect(0, 0, 200, 100); pen.fillRect(n % 180, 20, 40, 40); document.getElementById("n").textContent = n; })();
document.querySelector("button").onclick = () => { speed += 1; };
"""
CHANCE = """
document.querySelector("button").onclick = () => {
  const drawn = crypto.getRandomValues(new Uint32Array(2));
  document.getElementById("o").textContent = [Math.random(), ...drawn, crypto.randomUUID(), Date.now(), performance.now()].join(" ");
};
"""
MANY = 'for (let n = 0; n < 500; n++) { const b = document.createElement("button"); b.className = "k" + n; b.textContent = "B" + n; b.onclick = () => { b.textContent += "!"; }; document.querySelector("main").append(b); }'


@pytest.mark.parametrize(
    ("body", "script", "least"),
    [
        pytest.param("<main><h1>Nothing</h1><p>to do here</p></main>", "", 0, id="no control"),
        pytest.param("", "", 0, id="nothing at all"),
        pytest.param(
            '<canvas width="200" height="100"></canvas><b id="n"></b><button hidden>x</button>',
            NEVER_RESTS,
            3,
            id="only a canvas, which never rests",
        ),
        pytest.param(
            '<canvas width="200" height="100"></canvas><b id="n"></b><button>Faster</button>',
            NEVER_RESTS,
            4,
            id="never rests",
        ),
        pytest.param('<main><h1>Chance</h1><button>Draw</button><p id="o"></p></main>', CHANCE, 3, id="chance"),
        pytest.param("<main><h1>Many</h1></main>", MANY, MOST_ACTIONS, id="500 controls"),
        pytest.param(
            ODD_IDS,
            'for (const b of document.querySelectorAll("button")) b.onclick = () => { document.getElementById("o").textContent += b.textContent; };',
            15,
            id="odd ids",
        ),
        pytest.param(
            "<main><h1>Odd</h1><button>One</button></main>",
            'document.querySelector("button").id = "\\ud800"; document.querySelector("button").onclick = (e) => { e.target.textContent += "1"; };',
            3,
            id="an id that is no text",
        ),
        pytest.param(SHADOW, SHADOW_SCRIPT, 6, id="shadow"),
    ],
)
async def test_a_hard_page_is_explored_within_its_box_and_does_not_diverge_from_itself(
    pool, order, body, script, least
):
    clean = await explore(pool, order(body, script))
    journeys = clean.explored.explored
    assert clean.explored.outcome == "ok" and [one.note for one in journeys] == ["", ""]
    assert all(least <= len(one.actions) <= MOST_ACTIONS for one in journeys), [len(one.actions) for one in journeys]
    assert_same(await clean.beside(pool))
    assert (await explore(pool, clean.order)).explored.explored == journeys


async def test_of_many_controls_of_one_kind_some_are_tried_and_the_last(pool, order):
    script = MANY.replace("500", "60").replace('"k" + n', '"k"').replace("b.onclick", "b.id = `b${n}`; b.onclick")
    clean = await explore(pool, order("<main><h1>Many</h1></main>", script))
    assert {place for do, place, _ in clean.deeds() if do == "click"} == {"#b0", "#b1", "#b2", "#b3", "#b59"}


async def test_controls_with_odd_ids_are_found_again(pool, order):
    script = 'for (const b of document.querySelectorAll("button")) b.onclick = () => { document.getElementById("o").textContent += b.textContent; };'
    clean = await explore(pool, order(ODD_IDS, script))
    said = clean.explored.explored[0].effects[-1].later, [effect.soon for effect in clean.explored.explored[0].effects]
    for word in ("One", "Two", "Three", "Four", "Five"):
        assert word in str(said)
    assert all(not effect.note for effect in clean.explored.explored[0].effects)


async def test_controls_in_and_beside_a_shadow_tree_are_told_apart(pool, order):
    clean = await explore(pool, order(SHADOW, SHADOW_SCRIPT))
    said = str([effect.soon for effect in clean.explored.explored[0].effects])
    assert "'none light'" in said and "'1'" in said
    for old, new in (("n += 1;", ""), ('+= " light"', '+= ""')):
        seen = await clean.changed(pool, old, new)
        assert seen.measures.diverged == 0.5


async def test_keys_are_found_wherever_a_script_stands(pool, order):
    body = "<main><h1>Keys</h1><p id=o>0</p><div id=h onkeydown=\"if (event.key === 'h') this.textContent += 'h';\" tabindex=0>Here</div></main>"
    page = f'<!doctype html><html lang="en"><head><title>Keys</title><script type="module" src="a.js"></script></head><body>{body}</body></html>'
    files = [
        ("index.html", page),
        (
            "a.js",
            'import { on } from "./b.js"; on("ArrowUp"); document.onkeydown = (e) => { if (e.key === "q") on("q"); };',
        ),
        (
            "b.js",
            'export const on = (what) => { document.getElementById("o").textContent += what; }; document.addEventListener("keyup", (e) => { if (e.key === "z") on("z"); });',
        ),
    ]
    clean = await explore(pool, RenderOrder(program=Program.of(files), checks=()))
    assert {text for do, place, text in clean.deeds() if do == "press" and not place} == {"ArrowUp", "q", "z", "h"}


async def test_a_page_that_hangs_on_some_input_is_explored_up_to_it(pool, order, explored):
    body = '<main><h1>Sum</h1><button id="a">A</button><p id="o">0</p><label>Count <input id="n"></label></main>'
    script = 'document.getElementById("a").onclick = () => { o.textContent += "1"; }; document.getElementById("n").oninput = () => { for (;;); };'
    clean = await explore(pool, order(body, script))
    assert clean.explored.outcome == "ok"
    first, second = clean.explored.explored
    assert "it ended after 1 actions" in first.note and [one.place for one in first.actions] == ["#a"]
    assert "it ended after 0 actions" in second.note
    assert_same(await clean.beside(pool))
    dead = await clean.changed(pool, 'o.textContent += "1"', "")
    assert dead.measures.diverged == 1
    assert_same(await (await explored()).beside(pool))


async def test_a_page_that_a_form_or_a_link_would_leave_stays(pool, order):
    body = '<main><h1>Leaves</h1><form action="/away"><label>Name <input id="f"></label><button id="s">Send</button></form><a id="l" href="https://example.org/">Out</a><button id="r">Anew</button><button id="b">Count</button><p id="o">0</p></main>'
    script = 'document.getElementById("r").onclick = () => location.reload(); document.getElementById("b").onclick = () => { o.textContent += "1"; };'
    clean = await explore(pool, order(body, script))
    first = clean.explored.explored[0]
    notes = {action.place: effect.note for action, effect in zip(first.actions, first.effects, strict=True)}
    assert "reloads the page" in notes["#s"] and "leaves the page" in notes["#l"]
    assert "'01'" in str([effect.soon for effect in first.effects])
    assert_same(await clean.beside(pool))
