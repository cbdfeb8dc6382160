"""Ten ladders as a run wrote them (`ladders/`, one an archetype, made by the offline model and our mutators): every
version is rendered and diagnosed again, and every rule of acceptance holds of what is measured now."""

import asyncio
from pathlib import Path

from evals.ladders import load_quads
from tasks.augment.accept import refusals
from tasks.diagnose.servers import Servers
from tasks.record import Ladder, RenderOrder, Version
from tasks.render.pool import RenderPool
from tasks.settings import Settings

STORED = Path(__file__).parent / "ladders"
SETTINGS = Settings()


async def test_every_rule_holds_of_ten_stored_ladders_rendered_again(tmp_path: Path):
    quads = load_quads(str(STORED), 10)
    assert len(quads) == 10
    async with RenderPool(SETTINGS.render, SETTINGS.quality, tmp_path) as pool, Servers(SETTINGS.repair) as servers:
        for quad in quads:
            rungs = quad.ordered
            renders, findings = await asyncio.gather(
                asyncio.gather(*(pool.render(RenderOrder(program=r.program, checks=quad.checks)) for r in rungs)),
                asyncio.gather(*(servers.diagnose(r.program) for r in rungs)),
            )
            spread = max(abs(render.quality.q - r.q) for render, r in zip(renders, rungs, strict=True))
            a, b, c, d = (
                Version(completion_id=r.completion_id, rank=r.rank, program=r.program, edits=r.edits, render=render)
                for r, render in zip(rungs, renders, strict=True)
            )
            ladder = Ladder(versions=(a, b, c, d), spread=spread, renders=4)
            assert refusals(ladder, findings, SETTINGS.ladder) == (), quad.problem.title
            origin = quad.origin
            assert origin is not None, "the edits can be undone"
            assert origin.program.program_id not in {r.program.program_id for r in rungs}
