# ruff: noqa: E501 - a case reads best in one line
"""A problem that can't be met is told before a program is paid for, and a sound one never."""

import json

import pytest

from tasks.check import Check
from tasks.model.gateway import Gateway
from tasks.model.offline.archetype import draw_brief, pose, rng_of, slugs
from tasks.problem.author import ProblemReply
from tasks.problem.author import pose as pose_candidate
from tasks.problem.lint import lint
from tasks.record import Posed, Problem
from tasks.settings import ROOT, ModelSettings
from tests.model.scripted import says, scripted_model
from tests.problem.test_problem_author import CANDIDATE, problem

REAL = sorted((ROOT / "tests" / "real").glob("*/problem.json"))

TOLD = (
    "Lamps",
    'The button "Light a lamp" lights the next of 5 lamps. Each goes out 2000 ms after it was lit; every 500 ms a moth '
    'comes. A line with role status reads "Lit: 0 of 5" at the start. The field "Lamps" takes 1 to 9. The drop-down '
    '"Colour" has white, amber and “Sea green”. When all are lit, the page says "All lit – well done!" on its line.',
)
LIGHT = {"do": "click", "target": {"role": "button", "name": "Light a lamp"}}
STATUS = {"role": "status"}


def found(steps=(LIGHT,), expect=(), words=TOLD, within_ms=500):
    given = {"id": "c", "title": "it does what it says", "severity": "major", "steps": list(steps)}
    expect = list(expect) or [{"see": "text", "target": STATUS, "how": "equals", "value": "Lit: 1 of 5"}]
    return lint([Check.model_validate(given | {"expect": expect, "within_ms": within_ms})], words)


def text(how, value, target=STATUS):
    return {"see": "text", "target": target, "how": how, "value": value}


def wait(ms):
    return {"do": "wait", "ms": ms}


FAULTS = [
    ({"steps": [LIGHT, {"do": "click", "target": {"role": "button", "name": "Put out"}}]}, "relies on 'Put out', which neither"),
    ({"steps": [{"do": "type", "target": {"label": "lights"}, "text": "1"}]}, "relies on 'lights', which no quotes are round"),
    ({"steps": [{"do": "drag", "target": LIGHT["target"], "to": {"text": "Bin"}}]}, "relies on 'Bin'"),
    ({"steps": [{"do": "press_sequentially", "target": {"label": "Name"}, "text": "1"}]}, "relies on 'Name'"),
    ({"steps": [{"do": "choose", "target": {"label": "Colour"}, "option": "Red"}]}, "relies on the option 'Red'"),
    ({"steps": [{"do": "press", "key": "Arrow"}]}, "presses 'Arrow', which is no key"),
    ({"steps": [{"do": "press", "key": "Hyper+a"}]}, "presses 'Hyper+a'"),
    ({"steps": [{"do": "drag", "target": LIGHT["target"]}]}, "drags nowhere"),
    ({"expect": [{"see": "visible", "target": {"role": "canvas"}}]}, "the role 'canvas', which ARIA does not have"),
    ({"expect": [{"see": "value", "target": {"role": "checkbox"}, "how": "equals", "value": "on"}]}, "the value 'on' of a checkbox"),
    ({"expect": [text("matches", "^(Lit")]}, "no regular expression"),
    ({"expect": [text("equals", "A"), text("equals", "B")]}, "can't be together: equals 'A' and equals 'B'"),
    ({"expect": [text("contains", "C"), text("equals", "B")]}, "can't be together"),
    ({"expect": [text("changed", ""), text("unchanged", "")]}, "can't be together: changed and unchanged"),
    ({"expect": [{"see": "canvas", "how": "moving"}, {"see": "canvas", "how": "still"}]}, "can't be together: moving and still"),
    ({"expect": [{"see": "visible", "target": STATUS}, {"see": "visible", "target": STATUS, "visible": False}]}, "can't be together: `visible: true`"),
    ({"expect": [{"see": "count", "target": STATUS, "how": "equals", "n": 1}, {"see": "count", "target": STATUS, "how": "at_least", "n": 2}]}, "can't be together"),
    ({"expect": [{"see": "attribute", "target": STATUS, "name": "x", "how": how} for how in ("present", "absent")]}, "can't be together"),
    ({"expect": [text("equals", "All lit - well done!")]}, "which the problem spells 'All lit – well done!'"),
    ({"expect": [{"see": "visible", "target": {"text": "Lit: 0 of 5."}}]}, "which the problem spells 'Lit: 0 of 5'"),
    ({"steps": [LIGHT, wait(2000)], "within_ms": 50}, "looks from 2000 to 2050 ms after its last action, less than 100 ms from what changes after 2000 ms"),
    ({"steps": [LIGHT, wait(1000), wait(950)], "within_ms": 100}, "looks from 1950 to 2050 ms"),
    ({"steps": [LIGHT, wait(2540)], "within_ms": 20}, "changes after 2500 ms"),
    ({"words": (*TOLD, "A canvas, at least 480 pixels wide, shows the quay.")}, "at least 480 px wide, but a page has to work at a width of 360 px"),
    ({"words": (*TOLD, "The board is at least 640 by 300 px.")}, "at least 640 px wide"),
    ({"words": (*TOLD, "The chart has a minimum width of 1,000 px.")}, "at least 1000 px wide"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "words"), FAULTS, ids=[words[:40] for _, words in FAULTS])
def test_a_fault_is_named(given, words):
    (told,) = found(**given)
    assert words in told


SOUND = [
    {},
    {"steps": [{"do": "choose", "target": {"label": "Colour"}, "option": "Amber"}]},
    {"steps": [{"do": "press", "key": key} for key in ("Space", " ", "a", "+", "Ctrl+z", "Control+Shift+ArrowUp", "esc", "arrow left", "F5", "KeyQ", "Ctrl++")]},
    {"steps": [{"do": "click", "target": {"css": "#anything"}}, {"do": "click", "target": {"role": "button"}}]},
    {"expect": [text("matches", r"^(?![\s\S]*Shift 2:)"), text("matches", r"\p{L}+"), text("matches", r"(?<n>\d)-\/")]},
    {"expect": [text("equals", "A"), text("equals", "B", {"role": "status", "nth": 1})]},
    {"expect": [text("equals", "Lit: 1 of 5"), text("contains", "1 of")]},
    {"expect": [{"see": "value", "target": {"label": "Colour"}, "how": "equals", "value": value} for value in ("sea", "Sea green")]},
    {"expect": [{"see": "canvas", "how": "still"}, {"see": "canvas", "how": "changed"}]},
    {"expect": [{"see": "count", "target": STATUS, "how": "at_least", "n": 1}, {"see": "count", "target": STATUS, "how": "at_most", "n": 2}]},
    {"expect": [text("equals", "lit: 0 of 5"), text("equals", "Lit: 0 of 5")][:1]},
    {"expect": [text("equals", "Wholly new.")]},
    {"steps": [LIGHT, wait(1300)], "within_ms": 50},
    {"steps": [LIGHT, wait(2000)], "within_ms": 500},
    {"steps": [LIGHT, wait(1950)], "within_ms": 500},
    {"steps": [LIGHT, wait(2000), LIGHT], "within_ms": 0},
    {"words": (*TOLD, "A canvas, at least 360 pixels wide.")},
    {"words": (*TOLD, "In windows at least 900 px wide there are two columns.")},
    {"words": (*TOLD, "Buttons are at least 44 by 44 px; the list is at least 500 px tall.")},
    {"words": (*TOLD, "At a wider size, at least 800 px wide, the panels stand side by side.")},
]  # fmt: skip


@pytest.mark.parametrize("given", SOUND, ids=str)
def test_what_may_be_meant_so_is_no_fault(given):
    assert found(**given) == ()


@pytest.mark.parametrize("path", REAL, ids=[path.parent.name for path in REAL])
def test_problems_of_a_real_model_have_only_the_fault_that_is_one(path):
    one = Problem.model_validate(json.loads(path.read_text("utf-8")))
    told = lint(one.checks, (one.title, one.statement, *one.features, *one.user_actions))
    wide = path.parent.name == "strait-watch-convoy-transit-animator"
    assert ["480 px wide" in fault for fault in told] == [True] * wide


@pytest.mark.parametrize("slug", slugs())
def test_problems_of_the_stand_in_have_no_fault(slug):
    for seed in range(25):
        ProblemReply.model_validate(pose(draw_brief(rng_of("lint", str(seed)), slug)))


async def test_the_model_is_told_all_faults_at_once_and_may_mend_them():
    faulty = problem()
    faulty["statement"] += " The quay is at least 480 px wide."
    faulty["checks"] = [
        one | {"steps": [{"do": "click", "target": {"role": "button", "name": "Gone"}}]}
        if one["id"] == "check-0"
        else one
        for one in faulty["checks"]
    ]
    with scripted_model(says(json.dumps(faulty)), says(json.dumps(problem()))) as model:
        posed = await pose_candidate(Gateway(ModelSettings(attempts=2), model.url), CANDIDATE)
        words = model.requests[1]["messages"][-1]["content"]
    assert isinstance(posed, Posed)
    assert "relies on 'Gone'" in words
    assert "at least 480 px wide" in words
