"""The loads of one order, and the `Render` they make."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tasks.check import SEVERITY_WEIGHT, Check
from tasks.content import canonical_json, content_id
from tasks.record import Flaw, Journey, Measures, PageError, Quality, Reach, Render, RenderOrder, Verdict, Violation
from tasks.render.cell import Baffled, Cell
from tasks.render.desk import Desk
from tasks.render.divergence import Compared, compare
from tasks.render.journey import travel
from tasks.render.quality import score
from tasks.render.reach import ran
from tasks.render.serve import Places
from tasks.rows import write_whole
from tasks.settings import QualityWeights, RenderSettings

MOST_FLAWS = 12
MOST_ERRORS = 20
_WATCHES_FRAMES = re.compile(
    r"""Observer\(|["'](scroll|scrollend|resize)["']|onscroll|onresize|\.decode\(|requestVideoFrame"""
)
"""Words of pages that may wait for what only a drawn frame brings; they are loaded where frames are drawn."""
WARY_LOADS = 20
"""Loads that stay wary after one in which the machine, and not the page, made a callback take long."""
_HIDE_CARET = (
    "(() => { const s = new CSSStyleSheet(); s.replaceSync('*{caret-color:transparent!important}');"
    " document.adoptedStyleSheets = [...document.adoptedStyleSheets, s]; })()"
)


@dataclass
class _Seen:
    """What has been gathered so far; becomes a `Render` at the end."""

    verdicts: list[Verdict] = field(default_factory=list)
    errors: dict[tuple[str, str, str, int], PageError] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    blocked: float = 0.0
    survey: dict[str, Any] = field(default_factory=dict)
    dom_hash: str = ""
    pixel_hash: str = ""
    reached: list[Reach] = field(default_factory=list)
    journeys: list[Journey] = field(default_factory=list)


def pose_of(checks: tuple[Check, ...]) -> Check | None:
    """The check after whose steps the picture is taken, so that one sees an effect: the first of the gravest."""
    with_steps = [check for check in checks if check.steps]
    return max(with_steps, key=lambda check: SEVERITY_WEIGHT[check.severity], default=None)


async def examine(
    desk: Desk, order: RenderOrder, settings: RenderSettings, weights: QualityWeights, folder: Path
) -> Render:
    """Load a program once to measure it and once for each check, and say what it did.

    An inert order is only checked, not measured. `pixel_hash` is empty when no screenshot is wanted.

    Raises:
        Hung, Crashed: see `cell`.
        BrowserDown: see `desk`.
    """
    visit = _Visit(desk, order, settings, folder)
    return await visit.run(weights)


def without_page(order: RenderOrder, outcome: Literal["hang", "crash", "oversize"], message: str) -> Render:
    """The render of a program that hung, crashed or was not loaded: nothing judged, quality 0."""
    reason = {"hang": "the page hung", "crash": "the page crashed", "oversize": "the page was not loaded"}[outcome]
    return Render(
        program_id=order.program.program_id,
        outcome=outcome,
        verdicts=tuple(Verdict(check_id=check.id, value="unjudged", reason=reason) for check in order.checks),
        errors=(PageError(kind=outcome, message=message),),
        measures=Measures(),
        quality=Quality(q=0, function=0, visual=0, performance=0, accessibility=0),
        dom_hash="",
        pixel_hash="",
    )


class _Visit:
    def __init__(self, desk: Desk, order: RenderOrder, settings: RenderSettings, folder: Path) -> None:
        self._desk = desk
        self._order = order
        self._settings = settings
        self._folder = folder
        self._places = Places(order.program)
        self._pose = pose_of(order.checks)
        self._watches = bool(_WATCHES_FRAMES.search(self._places.page))
        self._seen = _Seen()
        self._recording: list[Cell] = []

    async def run(self, weights: QualityWeights) -> Render:
        seen, order = self._seen, self._order
        if not order.inert and not order.explore:
            await self._survey()
        if order.explore or order.clean:
            await self._travel()
        for check in order.checks if not order.explore else ():
            seen.verdicts.append(await self._check(check))
        for cell in self._recording:
            await cell.stop_recording()
        beside = compare(order.clean, seen.journeys) if order.clean else None
        measures = self._measures(beside)
        verdicts, errors = tuple(seen.verdicts), tuple(seen.errors.values())[:MOST_ERRORS]
        return Render(
            program_id=order.program.program_id,
            outcome="ok",
            verdicts=verdicts,
            errors=errors,
            measures=measures,
            quality=score(measures, verdicts, () if order.explore else order.checks, errors, weights),
            dom_hash=seen.dom_hash,
            pixel_hash=seen.pixel_hash,
            screenshot=order.screenshot if seen.pixel_hash else None,
            reached=tuple(seen.reached),
            explored=tuple(seen.journeys) if order.explore else (),
            divergences=beside.found if beside else (),
        )

    async def _survey(self) -> None:
        options = {"axe": True, "flaws": MOST_FLAWS, "pose": self._pose is None}
        pictured = self._pose is None and self._order.screenshot is not None
        found = await self._measured("survey", canonical_json(options), frames=pictured)
        self._seen.survey = found

    async def _travel(self) -> None:
        """Try everything, or do again what was tried on the clean program."""
        seen, order = self._seen, self._order
        ways: list[dict[str, Any]] = [{"again": journey} for journey in order.clean]
        scripts = "\n".join(file.content for file in order.program.files if file.filename.endswith((".js", ".mjs")))
        for way in ways or [{"scripts": scripts}, {"scripts": scripts, "steps": order.checks}]:
            cell = await self._desk.cell(frames=self._watches)
            await cell.resize(self._settings.width, self._settings.height)
            journey = await travel(cell, self._places.page, **way)
            seen.journeys.append(journey)
            if journey.note:
                self._recording = []
                await self._desk.clear()

    async def _check(self, check: Check) -> Verdict:
        posed = check is self._pose and not self._order.inert
        options = {"ambient": self._seen.survey.get("ambient", []), "pose": posed}
        frames = (posed and self._order.screenshot is not None) or any(
            step.do in ("hover", "resize") for step in check.steps
        )
        try:
            found = await self._measured(
                "check", f"{check.model_dump_json()}, {canonical_json(options)}", frames=frames, check=check
            )
        except Baffled as error:
            return Verdict(check_id=check.id, value="unjudged", reason=f"the probe could not judge it: {error}"[:300])
        self._seen.delays += found["delays"]
        return Verdict(check_id=check.id, value=found["value"], reason=found["reason"][:600])

    async def _measured(self, what: str, given: str, *, frames: bool, check: Check | None = None) -> dict[str, Any]:
        """A fresh load, with real frames if it or the page needs them, and its answer.

        Where a job took long enough by the real clock, the load is repeated, and the work of those jobs counted: time
        only says whether that is worth while.
        """
        cell = await self._desk.cell(frames=frames or self._watches)
        if self._order.reach and cell not in self._recording:
            self._recording.append(cell)
            await cell.record()
        await cell.resize(self._settings.width, self._settings.height)
        await cell.load(self._places.page, inert=self._order.inert)
        found = await self._converse(cell, f"probe.{what}({given}, [], {canonical_json(self._desk.wary > 0)})")
        self._keep_errors(found["said"])
        self._keep_errors(
            {"kind": "blocked", "message": f"the page tried to go to {url[:200]}"} for url in cell.refused
        )
        if check and self._order.reach:
            self._seen.reached.append(Reach(check_id=check.id, spans=ran(await cell.recorded(), self._order.program)))
        self._seen.blocked += found["blocked"]
        self._desk.wary = WARY_LOADS if found["acquitted"] else max(0, self._desk.wary - 1)
        if found["suspects"] and not self._order.inert:
            async with cell.counting() as blocked:
                await cell.load(self._places.page, inert=False)
                again = given if check else canonical_json({"axe": False, "flaws": 0, "pose": False})
                jobs = canonical_json(found["suspects"])
                await self._converse(cell, f"probe.{what}({again}, {jobs}, false)", pictured=False)
            self._seen.blocked += sum(blocked)
            if not any(blocked):
                self._desk.wary = WARY_LOADS
            if self._order.reach:
                await cell.recorded()
        return found

    async def _converse(self, cell: Cell, opening: str, *, pictured: bool = True) -> dict[str, Any]:
        """Ask the probe, and do for it what can't be done from inside the page, until it has its answer."""
        moved, since = False, 0.0
        try:
            answer = await cell.ask(opening)
            while "done" not in answer:
                need, reply = answer["need"], ""
                if need == "processor":
                    reply = f"{await cell.processor_ms() - since:.3f}"
                elif need == "picture":
                    if pictured:
                        await self._picture(cell, answer["dom"])
                else:
                    since = await cell.processor_ms()
                    if need == "resize":
                        await cell.resize(answer["width"], answer["height"])
                    else:
                        moved = True
                        await cell.point(answer["x"], answer["y"])
                answer = await cell.ask(f"probe.next({reply})")
        finally:
            await cell.resize(self._settings.width, self._settings.height)
            if moved:
                await cell.point(-10, -10)
        done: dict[str, Any] = answer["done"]
        return done

    async def _picture(self, cell: Cell, dom: str) -> None:
        self._seen.dom_hash = content_id(dom)
        if self._order.screenshot is None:
            return
        await cell.ask(_HIDE_CARET)
        data = base64.b64decode(await cell.picture())
        await asyncio.to_thread(write_whole, self._folder / self._order.screenshot, data)
        self._seen.pixel_hash = hashlib.sha256(data).hexdigest()[:16]

    def _keep_errors(self, said: Iterable[dict[str, Any]]) -> None:
        for one in said:
            error = self._places.own(PageError(**one))
            self._seen.errors.setdefault((error.kind, error.message, error.file, error.line), error)

    def _measures(self, beside: Compared | None) -> Measures:
        found = self._seen.survey
        if not found:
            return Measures()
        return Measures(
            overflow=found["overflow"],
            overlap=found["overlap"],
            clipped=found["clipped"],
            low_contrast=found["low_contrast"],
            delay_ms=round(max(self._seen.delays, default=0.0), 1),
            blocked_ms=round(self._seen.blocked, 1),
            dropped=round(found["dropped"], 4),
            diverged=round(beside.diverged, 4) if beside else None,
            shrunk=round(beside.shrunk, 4) if beside else 0.0,
            flaws=tuple(Flaw(**one) for one in found["flaws"]),
            violations=tuple(Violation(**one) for one in found["violations"]),
        )
