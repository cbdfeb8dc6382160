"""Faults of markup and of performance, word for word, and on whole pages."""

import pytest

from tasks.augment.find import offered_sites
from tasks.augment.mutators.accessibility import ACCESSIBILITY
from tasks.augment.mutators.performance import PERFORMANCE
from tasks.augment.site import edited
from tasks.augment.syntax import read_regions
from tasks.model.offline.archetype import slugs
from tasks.record import Program
from tests.augment.styled import REAL, program_of

NAMES = {mutator.name for mutator in (*ACCESSIBILITY, *PERFORMANCE)}
PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Lamp</title>
</head>
<body>
  <main id="page">
    <h1 id="top">Lamp</h1>
    <h2>Wicks</h2>
    <label for="wick">Wick</label>
    <input id="wick" type="text" aria-describedby="hint">
    <button id="go" type="button" class="big" aria-pressed="false">Light</button>
    <ul id="list"><li>One</li></ul>
    <canvas id="view" aria-label="Flame"></canvas>
    <section class="more"><button>More</button></section>
  </main>
</body>
</html>
"""
SCRIPT = """const WAIT_MS = 120;
const out = document.getElementById("top");
function paint() {
  out.textContent = "lit";
}
function light() {
  out.textContent = "burning";
  out.classList.add("on");
  out.hidden = false;
  document.body.append(out);
  out.setAttribute("aria-label", "Lamp");
  paint();
}
function typed(event) {
  out.textContent = event.target.value;
}
function flicker(now) {
  out.style.opacity = now % 2;
  requestAnimationFrame(flicker);
}
document.getElementById("go").addEventListener("click", light);
document.getElementById("wick").addEventListener("input", typed);
setTimeout(paint, 200);
setInterval(paint, 40);
flicker(0);
"""


SAMPLE = Program.of([("index.html", PAGE), ("script.js", SCRIPT)])
SITES = [site for site in offered_sites(SAMPLE) if site.mutator in NAMES]


@pytest.mark.parametrize(
    ("mutator", "before", "after"),
    [
        ("page-language", ' lang="en"', ""),
        ("page-title", "  <title>Lamp</title>\n", ""),
        (
            "zoom",
            'content="width=device-width, initial-scale=1"',
            'content="width=device-width, initial-scale=1, user-scalable=no"',
        ),
        ("label-for", ' for="wick"', ""),
        ("label-for", ' for="wick"', ' for="page"'),
        ("label-as-text", '<label for="wick">Wick</label>', "<span>Wick</span>"),
        ("spoken-name", ' aria-label="Flame"', ""),
        ("misspelt", 'aria-describedby="hint"', 'aria-describeby="hint"'),
        ("wrong-role", "", ' role="menu"'),
        ("state-value", ' aria-pressed="false"', ' aria-pressed="no"'),
        ("focus-order", "", ' tabindex="1"'),
        ("hidden-part", "", ' aria-hidden="true"'),
        ("autofill", "", ' autocomplete="nope"'),
        ("heading", "<h2>Wicks</h2>", "<h4>Wicks</h4>"),
        ("broken-list", '<ul id="list"><li>One</li></ul>', '<div id="list"><li>One</li></div>'),
        (
            "button-as-div",
            '<button id="go" type="button" class="big" aria-pressed="false">Light</button>',
            '<div id="go" class="big" aria-pressed="false">Light</div>',
        ),
        ("name-in-script", '  out.setAttribute("aria-label", "Lamp");\n', ""),
        ("late-paint", "paint()", "setTimeout(paint, 400)"),
        ("late-text", 'out.textContent = "burning";', 'setTimeout(() => { out.textContent = "burning"; }, 250);'),
        ("late-state", "out.hidden = false;", "setTimeout(() => { out.hidden = false; }, 400);"),
        ("late-item", "document.body.append(out);", "setTimeout(() => { document.body.append(out); }, 250);"),
        ("late-handler", "light", "() => setTimeout(light, 700)"),
        ("debounced", "typed", "() => { clearTimeout(typed.timer); typed.timer = setTimeout(typed, 250); }"),
    ],
)
def test_each_writes_what_a_programmer_would_have_written(mutator: str, before: str, after: str) -> None:
    mine = [site for site in SITES if site.mutator == mutator and site.before == before]
    assert mine, [(site.before, site.mutator) for site in SITES if site.mutator == mutator]
    assert after in {variant.text for site in mine for variant in site.variants}


def test_every_mutator_has_an_example() -> None:
    assert {site.mutator for site in SITES} >= NAMES


@pytest.mark.parametrize("name", (*REAL, *slugs()))
def test_what_is_left_can_be_parsed_and_a_diff_shows_the_edit_alone(name: str) -> None:
    program, _ = program_of(name)
    whole = [(region.file, region.tongue) for region in read_regions(program)]
    for site in offered_sites(program):
        if site.mutator not in NAMES:
            continue
        for variant in range(len(site.variants)):
            edit = site.edit(variant)
            changed = edited(program, [edit])
            assert [(region.file, region.tongue) for region in read_regions(changed)] == whole, edit
            before, after = (one.text(site.file) or "" for one in (program, changed))
            assert after.encode() == before.encode()[: site.start] + edit.after.encode() + before.encode()[site.end :]
