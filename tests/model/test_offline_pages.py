"""Every archetype in the real browser: it keeps its own promises, and is good to look at by measure."""

import asyncio
from pathlib import Path

import pytest

from tasks.check import Check
from tasks.model.offline.archetype import draw_brief, pose, render, rng_of, slugs
from tasks.record import Program, Render, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import RenderSettings, Settings

SEEDS = (1, 2)
LEAST_Q = 0.97
LEAST_CHECKS = 6
TIME_BOX_S = 60
"""Generous: what is tested is the page, not how busy this machine is."""


def order_of(slug: str, seed: int) -> RenderOrder:
    brief = draw_brief(rng_of("try", str(seed)), slug)
    checks = tuple(Check.model_validate(check) for check in pose(brief)["checks"])
    return RenderOrder(program=Program.of(render(brief).items()), checks=checks)


async def look(pool: RenderPool, slug: str, seed: int) -> tuple[Render, Render]:
    order = order_of(slug, seed)
    live, inert = await asyncio.gather(pool.render(order), pool.render(order.model_copy(update={"inert": True})))
    return live, inert


@pytest.mark.parametrize("slug", slugs())
async def test_a_clean_page_passes_its_checks_and_an_inert_one_fails_them(slug: str, tmp_path: Path) -> None:
    settings = Settings(render=RenderSettings(time_box_s=TIME_BOX_S))
    async with RenderPool(settings.render, settings.quality, tmp_path) as pool:
        seen = await asyncio.gather(*(look(pool, slug, seed) for seed in SEEDS))
    for live, inert in seen:
        assert live.outcome == "ok"
        assert [(v.check_id, v.reason) for v in live.verdicts if v.value != "pass"] == []
        assert [v.check_id for v in inert.verdicts if v.value == "pass"] == []
        assert len(live.verdicts) >= LEAST_CHECKS
        assert live.errors == ()
        assert live.measures.flaws == ()
        assert live.measures.violations == ()
        assert live.quality.q >= LEAST_Q
