"""The search in the real browser, on the two stored pages; twins on every page of the offline model."""

from pathlib import Path
from random import Random

import pytest

from tasks.augment.accept import refusals
from tasks.augment.find import find_sites
from tasks.augment.search import conclude
from tasks.augment.site import Pick, edited
from tasks.check import Check
from tasks.model.offline.archetype import draw_brief, pose, slugs
from tasks.model.offline.archetype import render as page_of
from tasks.record import FAMILIES, Findings, Program, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import Settings
from tests.augment.browser import prove, search_for, stored_page

SETTINGS = Settings()
SPREAD = 0.01
"""A fifth of the least gap that the rules allow with a third of the least span: below it no rank can turn."""


@pytest.mark.parametrize("name", ["reflex", "splitter"])
async def test_a_real_page_gives_a_ladder_that_the_browser_measured(name: str, tmp_path: Path):
    program, checks = stored_page(name)
    async with RenderPool(SETTINGS.render, SETTINGS.quality, tmp_path) as pool:
        proven = await prove(pool, program, checks, 1)
        assert proven.render.passed == len(checks), [v for v in proven.render.verdicts if v.value != "pass"]
        search = await search_for(pool, proven, SETTINGS)
    assert search.status == "found", (search.reason, search.detail)
    ladder = conclude(search)
    looked = [Findings(program_id=v.program.program_id, diagnostics=()) for v in ladder.versions]
    assert refusals(ladder, looked, SETTINGS.ladder) == ()
    for version in ladder.versions:
        assert (tmp_path / f"{version.completion_id}.png").stat().st_size > 1000
    best, worst = ladder.versions[0].render.quality, ladder.versions[3].render.quality
    assert best.function == 1
    assert best.q - worst.q >= SETTINGS.ladder.min_span


@pytest.mark.parametrize("slug", slugs())
async def test_twins_at_every_site_of_a_ladder_leave_quality_as_it_was(slug: str, tmp_path: Path):
    brief = draw_brief(Random(slug), slug)
    program = Program.of(page_of(brief).items())
    checks = tuple(Check.model_validate(one) for one in pose(brief)["checks"])
    sites = find_sites(program, 7)
    rng = Random(f"twins {slug}")
    chosen = [i for family in FAMILIES for i, site in enumerate(sites) if site.family == family][::3]
    picks = [Pick(site=i, variant=rng.choice(sites[i].twins)) for i in chosen]
    async with RenderPool(SETTINGS.render, SETTINGS.quality, tmp_path) as pool:
        clean = await pool.render(RenderOrder(program=program, checks=checks))
        again = await pool.render(RenderOrder(program=edited(program, sites, picks), checks=checks))
    assert len(chosen) >= 12
    assert [v.value for v in again.verdicts] == [v.value for v in clean.verdicts]
    assert again.quality.q == pytest.approx(clean.quality.q, abs=SPREAD), [sites[i].mutator for i in chosen]
