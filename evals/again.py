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
from tasks.record import Journey, Program, Record, Render, RenderOrder
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
    chosen = {run_id: settings_of(dataset, run_id, tell) for run_id in sorted({quad.run_id for quad in quads})}
    asked = {
        rung.completion_id: Asked(
            program=rung.program if natural else rung.page,
            checks=quad.checks if with_checks else (),
            clean=quad.clean if with_checks else None,
            settings=chosen[quad.run_id],
        )
        for quad in quads
        for rung in quad.rungs
    }
    return render_kept(asked, kept, tell)


@dataclass(frozen=True)
class Asked:
    """A version to render."""

    program: Program
    checks: tuple[Check, ...]
    clean: Program | None
    """What it is compared with; nothing if None."""
    settings: Settings

    @property
    def key(self) -> str:
        """Names all that its render depends on."""
        asked = canonical_json([check.model_dump(mode="json") for check in self.checks])
        beside = self.clean.program_id if self.clean else ""
        return content_id(self.program.program_id, asked, beside, _way(self.settings))


def render_kept(asked: Mapping[str, Asked], kept: Path, tell: Tell) -> dict[str, Render]:
    """Render what the file `kept` has not yet; gives the renders under the same names.

    Raises:
        BrowserDown: the browser can't be used.
    """
    known = {row.key: row.render for row in read_lines(kept, Kept)}
    missing: dict[str, dict[str, Asked]] = {}
    for one in asked.values():
        if one.key not in known:
            missing.setdefault(_way(one.settings), {})[one.key] = one
    if known:
        tell(f"{sum(one.key in known for one in asked.values())} of {len(asked)} versions were rendered before")
    for orders in missing.values():
        asyncio.run(_render(orders, kept, tell, known))
    return {name: known[one.key] for name, one in asked.items()}


async def _render(orders: Mapping[str, Asked], kept: Path, tell: Tell, known: dict[str, Render]) -> None:
    pace = Pace("versions rendered", len(orders), tell)
    settings = next(iter(orders.values())).settings
    explored: dict[str, asyncio.Task[Render]] = {}
    with adding(kept) as add:
        async with RenderPool(settings.render, settings.quality, kept.parent) as pool:

            async def journeys(asked: Asked) -> tuple[Journey, ...]:
                if asked.clean is None:
                    return ()
                name = asked.clean.program_id
                if name not in explored:
                    order = RenderOrder(program=asked.clean, checks=asked.checks, explore=True)
                    explored[name] = asyncio.ensure_future(pool.render(order))
                return (await explored[name]).explored

            async def one(key: str, asked: Asked) -> None:
                clean = await journeys(asked)
                known[key] = await pool.render(RenderOrder(program=asked.program, checks=asked.checks, clean=clean))
                add(Kept(key=key, render=known[key]))
                pace.step()

            await gather(one(key, asked) for key, asked in orders.items())


def _way(settings: Settings) -> str:
    render = settings.render.model_dump(mode="json", exclude={"browser", "pages"})
    return canonical_json([render, settings.quality.model_dump(mode="json")])
