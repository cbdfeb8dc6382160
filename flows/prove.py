"""A batch's programs made clean: diagnosed and rendered, repaired by the model in rounds, their checks weighed.

The loop goes through three rooms, so it stands here. Every step leaves its file in the batch's folder; a step whose
file is there is not done again.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from flows.tools import Tools
from tasks.check import Check
from tasks.diagnose.task import diagnose_batch, repair_batch
from tasks.diagnose.verdict import faults
from tasks.record import Findings, Program, Proven, Rejected, Render, RenderOrder, Stage, Written
from tasks.render.pool import RenderPool
from tasks.render.task import render_batch
from tasks.render.worth import worthy
from tasks.rows import load_rows, save_rows

InStage = Callable[[Stage, int], AbstractContextManager[None]]
"""While the context lasts, so many of the batch's candidates are in a stage."""


async def prove(tools: Tools, written: Path, folder: Path, stage: InStage) -> Path:
    """`Written` rows in, `Proven` rows out, in the candidates' order; the others land in `rejected-prove.jsonl`.

    A program is clean when it has no error diagnostics, the browser caught no error, and every check passed. One that
    is not after `settings.repair.rounds` repairs is rejected, at once if `settings.repair.strategy` is `none`; so is a
    clean one with fewer than `settings.repair.min_checks` checks that fail once its scripts are forbidden.
    """
    out, rejected = folder / "proven.jsonl", folder / "rejected-prove.jsonl"
    if out.exists():
        return out
    repairs = tools.order.settings.repair
    rounds = 0 if repairs.strategy == "none" else repairs.rounds
    clean: list[tuple[Written, Render]] = []
    refused: list[Rejected] = []
    for round_ in range(rounds + 1):
        rows = load_rows(written, Written)
        findings, renders = await _look(tools, written, rows, folder / f"round-{round_}", stage)
        seen = list(zip(rows, load_rows(findings, Findings), load_rows(renders, Render), strict=True))
        unclean = [look for look in seen if faults(look[1], look[2])]
        clean += [(row, render) for row, found, render in seen if not faults(found, render)]
        if not unclean:
            break
        if round_ == rounds:
            refused += [_refuse(row, found, render, repaired=rounds > 0) for row, found, render in unclean]
            break
        written = await _repair(tools, unclean, folder / f"round-{round_}", round_ + 1, stage)
    proven, vacuous = await _weigh(tools, clean, folder, stage)
    refused.extend(vacuous)
    refused.sort(key=lambda row: row.candidate.index)
    save_rows(rejected, refused)
    return save_rows(out, proven)


async def _look(
    tools: Tools, written: Path, rows: Sequence[Written], folder: Path, stage: InStage
) -> tuple[Path, Path]:
    """What the servers and the browser say of each program."""
    orders = folder / "orders.jsonl"
    save_rows(orders, (RenderOrder(program=row.program, checks=row.problem.checks, reach=True) for row in rows))
    with stage("diagnose", len(rows)):
        findings = await diagnose_batch(written, folder / "findings.jsonl", tools.servers)
    with stage("render", len(rows)):
        renders = await render_batch(orders, folder / "renders.jsonl", tools.pool)
    return findings, renders


async def _repair(
    tools: Tools, unclean: Sequence[tuple[Written, Findings, Render]], folder: Path, round_: int, stage: InStage
) -> Path:
    """The unclean programs, as the model mends them."""
    rows = save_rows(folder / "unclean.jsonl", (row for row, _, _ in unclean))
    findings = save_rows(folder / "unclean-findings.jsonl", (found for _, found, _ in unclean))
    renders = save_rows(folder / "unclean-renders.jsonl", (render for _, _, render in unclean))
    with stage("diagnose", len(unclean)):
        return await repair_batch(
            rows,
            findings,
            renders,
            folder / "repaired.jsonl",
            tools.gateway,
            round_,
            tools.order.settings.repair.rounds,
            tools.order.settings.repair.strategy,
            partial(_run, tools.pool),
        )


async def _run(pool: RenderPool, program: Program, checks: Sequence[Check]) -> Render:
    """The page in the browser, for a repair that wants to see it."""
    return await pool.render(RenderOrder(program=program, checks=tuple(checks)))


async def _weigh(
    tools: Tools, clean: Sequence[tuple[Written, Render]], folder: Path, stage: InStage
) -> tuple[list[Proven], list[Rejected]]:
    """Drop the checks that a page without scripts passes as well."""
    clean = sorted(clean, key=lambda pair: pair[0].candidate.index)
    orders = save_rows(
        folder / "inert-orders.jsonl",
        (RenderOrder(program=row.program, checks=row.problem.checks, inert=True) for row, _ in clean),
    )
    with stage("render", len(clean)):
        inert = load_rows(await render_batch(orders, folder / "inert-renders.jsonl", tools.pool), Render)
    proven: list[Proven] = []
    refused: list[Rejected] = []
    for (row, live), without in zip(clean, inert, strict=True):
        checks = worthy(row.problem.checks, live, without)
        if len(checks) < tools.order.settings.repair.min_checks:
            dropped = len(row.problem.checks) - len(checks)
            detail = (
                f"{len(checks)} of {len(row.problem.checks)} checks are worth something; {dropped} pass without scripts"
            )
            refused.append(_rejected(row, "render", "too few worthy checks", detail))
            continue
        kept = {check.id for check in checks}
        proven.append(
            Proven(
                candidate=row.candidate,
                problem=row.problem.model_copy(update={"checks": checks}),
                program=row.program,
                render=live.model_copy(update={"verdicts": tuple(v for v in live.verdicts if v.check_id in kept)}),
                usage=row.usage,
                rounds=row.rounds,
            )
        )
    return proven, refused


def _refuse(row: Written, found: Findings, render: Render, *, repaired: bool) -> Rejected:
    """Why a program is not clean after the last round, or as it was written if none is to be repaired."""
    stage: Stage = "diagnose" if found.errors else "render"
    reason = "error diagnostics left" if found.errors else "page errors left" if render.errors else "checks fail"
    if not repaired:
        reason = f"{reason.removesuffix(' left')}, and repair is off"
    return _rejected(row, stage, reason, "; ".join(faults(found, render)))


def _rejected(row: Written, lost_in: Stage, reason: str, detail: str) -> Rejected:
    return Rejected(
        candidate=row.candidate,
        stage=lost_in,
        reason=reason,
        detail=detail,
        usage=row.usage,
        problem=row.problem,
        program=row.program,
    )
