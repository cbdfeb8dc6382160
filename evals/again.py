"""Many pages rendered once more, in a browser started for it, and kept line by line: stopped, it goes on."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from evals.ladders import Quad
from evals.lines import adding, read_lines
from evals.pace import Pace, Tell
from tasks.caches import work_folder
from tasks.check import Check
from tasks.content import canonical_json, content_id
from tasks.gather import gather
from tasks.record import Program, Record, Render, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import Settings


class Kept(Record):
    """One line of the file."""

    key: str
    """Names the page, its checks and the settings that decide what is measured."""
    render: Render


def settings_of(dataset: str, run_id: str, tell: Tell) -> Settings:
    """What the run was measured with; today's defaults, and a word of it, where its folder is not at hand."""
    path = work_folder(dataset) / "runs" / run_id / "settings.json"
    try:
        return Settings.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValidationError):
        tell(f"The settings of run {run_id} can't be read; it is measured with today's defaults.")
        return Settings()


def render_again(
    quads: Sequence[Quad], dataset: str, kept: Path, tell: Tell, *, with_checks: bool, natural: bool = False
) -> dict[str, Render]:
    """Render all versions of all ladders, sealed ones if not said otherwise, those that the file `kept` has not yet.

    Args:
        quads: the ladders.
        dataset: that they are from; its runs' folders say with which settings.
        kept: a file of JSON lines, made or added to.
        tell: hears how far it is.
        with_checks: with the problem's checks; without, nothing touches the page.
        natural: the natural files in place of the sealed pages.

    Returns:
        A render for each completion id.

    Raises:
        BrowserDown: the browser can't be used.
    """
    known = {row.key: row.render for row in read_lines(kept, Kept)}
    chosen = {run_id: settings_of(dataset, run_id, tell) for run_id in sorted({quad.run_id for quad in quads})}
    keys: dict[str, str] = {}
    missing: dict[str, tuple[Settings, dict[str, _Asked]]] = {}
    for quad in quads:
        settings = chosen[quad.run_id]
        checks = quad.checks if with_checks else ()
        for rung in quad.rungs:
            program = rung.program if natural else rung.page
            key = _key(program, checks, settings)
            keys[rung.completion_id] = key
            if key not in known:
                _, orders = missing.setdefault(_way(settings), (settings, {}))
                orders[key] = _Asked(RenderOrder(program=program, checks=checks), quad)
    if known:
        tell(f"{sum(key in known for key in keys.values())} of {len(keys)} versions were rendered before")
    for settings, orders in missing.values():
        asyncio.run(_render(orders, settings, kept, tell, known))
    return {completion: known[key] for completion, key in keys.items()}


@dataclass(frozen=True)
class _Asked:
    """A version to render, and its ladder."""

    order: RenderOrder
    quad: Quad


async def _render(
    orders: Mapping[str, _Asked], settings: Settings, kept: Path, tell: Tell, known: dict[str, Render]
) -> None:
    pace = Pace("versions rendered", len(orders), tell)
    with adding(kept) as add:
        async with RenderPool(settings.render, settings.quality, kept.parent) as pool:
            explored: dict[str, asyncio.Task[Render]] = {}

            def journeys(quad: Quad) -> asyncio.Task[Render]:
                """Of the clean program, explored once."""
                if quad.task_id not in explored:
                    order = RenderOrder(program=quad.clean, checks=quad.checks, explore=True)
                    explored[quad.task_id] = asyncio.ensure_future(pool.render(order))
                return explored[quad.task_id]

            async def one(key: str, asked: _Asked) -> None:
                order = asked.order
                if order.checks:
                    order = order.model_copy(update={"clean": (await journeys(asked.quad)).explored})
                known[key] = await pool.render(order)
                add(Kept(key=key, render=known[key]))
                pace.step()

            await gather(one(key, asked) for key, asked in orders.items())


def _way(settings: Settings) -> str:
    render = settings.render.model_dump(mode="json", exclude={"browser", "pages"})
    return canonical_json([render, settings.quality.model_dump(mode="json")])


def _key(program: Program, checks: tuple[Check, ...], settings: Settings) -> str:
    asked = canonical_json([check.model_dump(mode="json") for check in checks])
    return content_id(program.program_id, asked, _way(settings))
