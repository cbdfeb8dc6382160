"""The search in the real browser, on the two stored pages."""

from pathlib import Path

import pytest

from tasks.augment.accept import refusals
from tasks.record import Findings
from tasks.render.pool import RenderPool
from tasks.settings import Settings
from tests.augment.browser import PAGES, prove, search_for, stored_page

SETTINGS = Settings()


@pytest.mark.parametrize("name", ["reflex", "splitter"])
async def test_a_real_page_gives_a_ladder_that_the_browser_measured(name: str, tmp_path: Path):
    program, checks = stored_page(PAGES / name)
    async with RenderPool(SETTINGS.render, SETTINGS.quality, tmp_path) as pool:
        proven = await prove(pool, program, checks, 1)
        assert proven.render.passed == len(checks), [v for v in proven.render.verdicts if v.value != "pass"]
        search = await search_for(pool, proven, SETTINGS)
    assert search.status == "found", (search.reason, search.detail)
    ladder = search.ladder
    assert ladder is not None
    looked = [Findings(program_id=v.program.program_id, diagnostics=()) for v in ladder.versions]
    assert refusals(ladder, looked, SETTINGS.ladder) == ()
    for version in ladder.versions:
        assert (tmp_path / f"{version.completion_id}.png").stat().st_size > 1000
    best, worst = ladder.versions[0].render.quality, ladder.versions[3].render.quality
    assert best.function == 1
    assert best.q - worst.q >= SETTINGS.ladder.min_span
