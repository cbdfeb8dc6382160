"""Pages of a strong language model pass their own checks, unrepaired."""

import json
import re
from pathlib import Path

import pytest

from tasks.record import Problem, Program, RenderOrder

REAL = Path(__file__).parent.parent / "real"
in_session = pytest.mark.asyncio(loop_scope="session")


@in_session
@pytest.mark.parametrize("name", sorted(folder.name for folder in REAL.iterdir() if folder.is_dir()))
async def test_a_real_page_passes_its_checks_as_it_came(pool, name):
    problem = Problem.model_validate(json.loads((REAL / name / "problem.json").read_text("utf-8")))
    files = [(n, (REAL / name / n).read_text("utf-8")) for n in ("index.html", "style.css", "script.js")]
    done = await pool.render(RenderOrder(program=Program.of(files), checks=problem.checks))
    failed = {one.check_id: one.reason for one in done.verdicts if one.value != "pass"}
    assert failed == {}
    assert done.errors == ()


@in_session
async def test_the_stepped_clock_treats_a_deferred_script_as_one_at_the_end_of_the_body(pool):
    folder = REAL / "friday-night-physics"
    problem = Problem.model_validate(json.loads((folder / "problem.json").read_text("utf-8")))
    page, style, script = ((folder / n).read_text("utf-8") for n in ("index.html", "style.css", "script.js"))
    link = re.search(r"[ \t]*<script[^>]*src[^>]*></script>\n?", page)
    assert link
    rest = page.replace(link[0], "")
    forms = [
        rest.replace("</head>", '<script defer src="script.js"></script></head>'),
        rest.replace("</head>", '<script async src="script.js"></script></head>'),
        rest.replace("</head>", '<script type="module" src="script.js"></script></head>'),
        rest.replace("</body>", '<script src="script.js"></script></body>'),
    ]
    done = []
    for form in forms:
        program = Program.of([("index.html", form), ("style.css", style), ("script.js", script)])
        done.append(await pool.render(RenderOrder(program=program, checks=problem.checks[:3])))
    assert {one.verdicts for one in done} == {done[0].verdicts}
    assert all(one.errors == () and abs(one.quality.q - done[0].quality.q) <= 0.005 for one in done)
