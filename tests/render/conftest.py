# ruff: noqa: E501 - a page reads best as its author wrote it
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tasks.check import Check
from tasks.record import Program, Render, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import QualityWeights, RenderSettings

HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Page</title>'

Renders = Callable[..., Awaitable[Render]]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool(pictures: Path) -> AsyncIterator[RenderPool]:
    async with RenderPool(RenderSettings(pages=2, time_box_s=25), QualityWeights(), pictures) as pool:
        yield pool


def _order(
    body: str, script: str = "", style: str = "", checks: list[dict[str, Any]] | None = None, **more: Any
) -> RenderOrder:
    page = f'{HEAD}<link rel="stylesheet" href="style.css"></head><body>{body}<script src="script.js"></script></body></html>'
    given = [
        Check.model_validate({"id": f"c{n}", "title": "it does what it says", "severity": "major", **one})
        for n, one in enumerate(checks or [])
    ]
    program = Program.of([("index.html", page), ("style.css", style), ("script.js", script)])
    return RenderOrder(program=program, checks=tuple(given), **more)


@pytest.fixture(scope="session")
def order() -> Callable[..., RenderOrder]:
    """An order from a body, a script, a style sheet and checks (id, title and severity filled in)."""
    return _order


@pytest.fixture(scope="session")
def render(pool: RenderPool) -> Renders:
    async def run(*given: Any, **more: Any) -> Render:
        return await pool.render(_order(*given, **more))

    return run
