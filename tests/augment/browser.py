"""Pages to search on, and the search in a real browser: what the tests and the two measures need of the flow."""

import asyncio
import json
import random
from pathlib import Path

from tasks.augment.search import begin, learn, propose
from tasks.augment.state import Search
from tasks.check import Check
from tasks.diagnose.servers import Servers
from tasks.model.offline import archetype as offline
from tasks.record import Candidate, Findings, Persona, Problem, Program, Proven, RenderOrder, Usage
from tasks.render.pool import RenderPool
from tasks.settings import Settings

PAGES = Path(__file__).parent / "pages"


def stored_page(folder: Path) -> tuple[Program, tuple[Check, ...]]:
    """A page and its checks: those of `checks.json`, or of the problem beside it."""
    files = [(path.name, path.read_text("utf-8")) for path in folder.iterdir() if path.suffix != ".json"]
    told = json.loads(next(folder.glob("*.json")).read_text("utf-8"))
    checks = told["checks"] if isinstance(told, dict) else told
    return Program.of(files), tuple(Check.model_validate(one) for one in checks)


def offline_page(slug: str, seed: int) -> tuple[Program, tuple[Check, ...]]:
    brief = offline.draw_brief(random.Random(seed), slug)
    return Program.of(offline.render(brief).items()), tuple(
        Check.model_validate(one) for one in offline.pose(brief)["checks"]
    )


async def prove(pool: RenderPool, program: Program, checks: tuple[Check, ...], seed: int) -> Proven:
    render = await pool.render(RenderOrder(program=program, checks=checks, reach=True))
    explored = await pool.render(RenderOrder(program=program, checks=checks, explore=True))
    render = render.model_copy(update={"explored": explored.explored})
    problem = Problem(
        problem_id="p", topic="tools", title="t", statement="s", features=(), user_actions=(), checks=checks
    )
    persona = Persona(persona_id="p", text="t", source="s")
    candidate = Candidate(index=0, seed=seed, topic="tools", persona=persona)
    return Proven(candidate=candidate, problem=problem, program=program, render=render, usage=Usage(), rounds=0)


async def search_for(pool: RenderPool, proven: Proven, settings: Settings, servers: Servers | None = None) -> Search:
    """Without language servers no version has a finding."""
    search = begin(proven, settings)
    while search.status == "open":
        trials = propose(search)
        order = RenderOrder(program=proven.program, checks=proven.problem.checks, clean=proven.render.explored)
        orders = [order.model_copy(update={"program": t.program, "screenshot": t.screenshot}) for t in trials]

        async def found(program: Program) -> Findings:
            return (
                await servers.diagnose(program) if servers else Findings(program_id=program.program_id, diagnostics=())
            )

        renders, findings = await asyncio.gather(
            asyncio.gather(*(pool.render(order) for order in orders)),
            asyncio.gather(*(found(t.diagnose) for t in trials if t.diagnose is not None)),
        )
        search = learn(search, renders, findings)
    return search
