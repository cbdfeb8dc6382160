"""Pages of a strong language model pass their own checks, unrepaired."""

import json
from pathlib import Path

import pytest

from tasks.record import Problem, Program, RenderOrder

REAL = Path(__file__).parent.parent / "real"
AT_FAULT = {"pagetrim-load-planner": {"budget-limits"}}
"""Checks that need `type` to be one event."""
in_session = pytest.mark.asyncio(loop_scope="session")


@in_session
@pytest.mark.parametrize("name", sorted(folder.name for folder in REAL.iterdir() if folder.is_dir()))
async def test_a_real_page_passes_its_checks_as_it_came(pool, name):
    problem = Problem.model_validate(json.loads((REAL / name / "problem.json").read_text("utf-8")))
    files = [(n, (REAL / name / n).read_text("utf-8")) for n in ("index.html", "style.css", "script.js")]
    done = await pool.render(RenderOrder(program=Program.of(files), checks=problem.checks))
    failed = {one.check_id: one.reason for one in done.verdicts if one.value != "pass"}
    assert set(failed) <= AT_FAULT.get(name, set()), failed
    assert done.errors == ()
