"""The problem that the stand-in writes for a page: over HTTP, for its own pages and for everybody else's."""

import json
from typing import Any

import pytest

from tasks.check import Check
from tasks.model.gateway import Gateway
from tasks.model.offline.archetype import draw_brief, pose, render, rng_of, slugs
from tasks.model.offline.author import lay_out
from tasks.model.offline.mistakes import slip
from tasks.model.offline.page import describe_page
from tasks.model.offline.server import OfflineServer
from tasks.problem.author import ProblemReply
from tasks.problem.page import pose_for
from tasks.program.given.read import read_programs
from tasks.record import Candidate, Persona, Posed, Program
from tasks.settings import ROOT, ModelSettings

NOBODY = Persona(persona_id="", text="", source="lamp")
CANDIDATE = Candidate(index=0, seed=11, topic="tools", persona=NOBODY)


def described(files: dict[str, str]) -> dict[str, Any]:
    """What it says, held to the rules of a problem."""
    said = describe_page(files, ("a", "1"))
    ProblemReply.model_validate(said)
    return said


@pytest.mark.parametrize("slug", slugs())
def test_its_own_pages_are_known_again_with_their_checks(slug: str) -> None:
    brief = draw_brief(rng_of("try", slug), slug)
    said, posed = described(lay_out(brief, render(brief))), pose(brief)
    assert said | {"checks": []} == posed | {"checks": []}
    assert all(check in posed["checks"] for check in said["checks"])


def test_a_page_with_a_mistake_in_it_is_known_all_the_same() -> None:
    known = 0
    for seed in range(8):
        brief = draw_brief(rng_of("slip", str(seed)), slugs()[seed % len(slugs())])
        said = described(slip(render(brief), rng_of("slip", str(seed)), 1.0))
        assert said["title"] == brief.title
        known += brief.setting in said["statement"]
    assert known >= 6


def test_of_other_pages_it_tells_what_can_be_seen_and_no_more() -> None:
    for page in read_programs(str(ROOT / "tests" / "real")).items:
        said = described({file.filename: file.content for file in page.program.files})
        (title,) = [page.program.text("index.html").split("<h1")[1].split("<")[0].split(">")[1]]
        assert said["title"] == title
        for check in map(Check.model_validate, said["checks"]):
            for step in check.steps:
                name = getattr(getattr(step, "target", None), "name", None)
                assert name is None or f'"{name}"' in said["statement"]


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>hello",
        "<button",
        "<title></title><h1> </h1>",
        "<h1>a</h1><label>" + "x" * 80 + "</label>",
        "<button><b>A</b> c</button><button aria-label='Go on'>x</button><button>A c</button>",
        "<title>Lights of the House</title>" + "<button>No</button>" * 5000,
        "".join(f"<label>{n}</label><button>{n}</button>" for n in range(300)),
        "<button>" * 3000,
    ],
)
def test_whatever_a_page_is_the_reply_keeps_the_rules(page: str) -> None:
    described({"index.html": page})


def test_a_button_is_named_as_a_person_hears_it() -> None:
    said = described({"index.html": "<button><b>Light</b> a lamp</button> <button aria-label='Go on'>x</button>"})
    pressed = [step["target"]["name"] for check in said["checks"] for step in check["steps"] if step["do"] == "click"]
    assert pressed == ["Light a lamp", "Go on"]


async def test_the_answer_comes_over_http_as_any_models_does() -> None:
    brief = draw_brief(rng_of("http"), "lights_grid")
    async with OfflineServer(mistakes=0, lapses=0) as server:
        gateway = Gateway(ModelSettings(), server.base_url)
        own = await pose_for(gateway, CANDIDATE, Program.of(render(brief).items()))
        other = await pose_for(gateway, CANDIDATE, Program.of([("index.html", "<h1>Lamp</h1><button>On</button>")]))
    assert isinstance(own, Posed) and isinstance(other, Posed)
    assert own.problem.title == brief.title
    assert own.usage.calls == 1 and own.usage.models == ("offline",)
    assert other.problem.title == "Lamp"
    assert any("On" in json.dumps(check.model_dump()) for check in other.problem.checks)
