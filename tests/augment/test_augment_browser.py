"""The search in the real browser, on the two stored pages."""

import asyncio
import json
from pathlib import Path

import pytest

from tasks.augment.accept import refusals
from tasks.augment.search import begin, conclude, learn, propose
from tasks.check import Check
from tasks.record import Candidate, Findings, Persona, Problem, Program, Proven, RenderOrder, Usage
from tasks.render.pool import RenderPool
from tasks.settings import Settings

PAGES = Path(__file__).parent / "pages"
SETTINGS = Settings()


@pytest.mark.parametrize("name", ["reflex", "splitter"])
async def test_a_real_page_gives_a_ladder_that_the_browser_measured(name: str, tmp_path: Path):
    folder = PAGES / name
    program = Program.of((p.name, p.read_text("utf-8")) for p in folder.iterdir() if p.suffix != ".json")
    checks = tuple(Check.model_validate(one) for one in json.loads((folder / "checks.json").read_text("utf-8")))
    async with RenderPool(SETTINGS.render, SETTINGS.quality, tmp_path) as pool:
        render = await pool.render(RenderOrder(program=program, checks=checks))
        assert render.passed == len(checks), [v for v in render.verdicts if v.value != "pass"]
        problem = Problem(
            problem_id="p", topic="tools", title="t", statement="s", features=(), user_actions=(), checks=checks
        )
        candidate = Candidate(index=0, seed=1, topic="tools", persona=Persona(persona_id="p", text="t", source="s"))
        search = begin(
            Proven(candidate=candidate, problem=problem, program=program, render=render, usage=Usage(), rounds=0),
            SETTINGS,
        )
        while search.status == "open":
            trials = propose(search)
            orders = [RenderOrder(program=t.program, checks=checks, screenshot=t.screenshot) for t in trials]
            renders = await asyncio.gather(*(pool.render(order) for order in orders))
            search = learn(search, renders, [Findings(program_id=t.program.program_id, diagnostics=()) for t in trials])
    assert search.status == "found", (search.reason, search.detail)
    ladder = conclude(search)
    looked = [Findings(program_id=v.program.program_id, diagnostics=()) for v in ladder.versions]
    assert refusals(ladder, looked, SETTINGS.ladder) == ()
    for version in ladder.versions:
        assert (tmp_path / f"{version.completion_id}.png").stat().st_size > 1000
    best, worst = ladder.versions[0].render.quality, ladder.versions[3].render.quality
    assert best.function == 1
    assert best.q - worst.q >= SETTINGS.ladder.min_span
