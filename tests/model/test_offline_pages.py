"""Every archetype in the real browser: it keeps its own promises, and is good to look at by measure."""

import asyncio

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


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Render, Render]]]:
    """Of each archetype, a page a seed: as it is, and inert. All wait together for what takes its time in them."""
    settings = Settings(render=RenderSettings(time_box_s=TIME_BOX_S))

    async def look(pool: RenderPool, slug: str, seed: int) -> tuple[Render, Render]:
        order = order_of(slug, seed)
        live, inert = await asyncio.gather(pool.render(order), pool.render(order.model_copy(update={"inert": True})))
        return live, inert

    async def look_at_all() -> list[tuple[Render, Render]]:
        async with RenderPool(settings.render, settings.quality, tmp_path_factory.mktemp("pages")) as pool:
            return await asyncio.gather(*(look(pool, slug, seed) for slug in slugs() for seed in SEEDS))

    pairs = iter(asyncio.run(look_at_all()))
    return {slug: [next(pairs) for _ in SEEDS] for slug in slugs()}


@pytest.mark.parametrize("slug", slugs())
def test_a_clean_page_passes_its_checks_and_an_inert_one_fails_them(
    slug: str, seen: dict[str, list[tuple[Render, Render]]]
) -> None:
    for live, inert in seen[slug]:
        assert live.outcome == "ok"
        assert [(v.check_id, v.reason) for v in live.verdicts if v.value != "pass"] == []
        assert [v.check_id for v in inert.verdicts if v.value == "pass"] == []
        assert len(live.verdicts) >= LEAST_CHECKS
        assert live.errors == ()
        assert live.measures.flaws == ()
        assert live.measures.violations == ()
        assert live.quality.q >= LEAST_Q
