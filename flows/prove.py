"""A program made clean: diagnosed and rendered, repaired by the model in rounds, its checks weighed."""

from flows.candidate import CandidateRun
from tasks.diagnose.task import Unclean
from tasks.diagnose.verdict import faults
from tasks.gather import both
from tasks.problem.task import Disputed
from tasks.record import Findings, Proven, Rejected, Render, RenderOrder, Stage, Written
from tasks.render.worth import worthy
from tasks.settings import RepairSettings


async def prove(run: CandidateRun, written: Written) -> Proven | Rejected:
    """A written program as a clean one, or why it is none.

    A program is clean when it has no error diagnostics, the browser caught no error, and every check passed. One that
    is not after `settings.repair.rounds` repairs is rejected, at once if `settings.repair.strategy` is `none`; so is a
    clean one with fewer than `settings.repair.min_checks` checks that fail once its scripts are forbidden. A check that
    a repair disputes is looked at again with the repaired page at hand, so that none which it passes is dropped.
    """
    settings = run.settings.repair
    rounds = 0 if settings.strategy == "none" else settings.rounds
    looks: list[Render] = []
    for round_ in range(rounds + 1):
        found, render = await both(run.diagnose(written.program), run.render(_order(written)))
        looks.append(render)
        if written.disputes:
            checks = written.problem.checks
            written = await run.review(Disputed(written, tuple(looks), settings.min_checks))
            if written.problem.checks != checks:
                render = await run.render(_order(written))
                looks.append(render)
        if not faults(found, render):
            return await _weigh(run, written, render, settings)
        if round_ < rounds:
            written = await run.repair(Unclean(written, found, render, round_ + 1))
    return _unclean(written, found, render, repaired=rounds > 0)


def _order(written: Written) -> RenderOrder:
    return RenderOrder(program=written.program, checks=written.problem.checks, reach=True)


async def _weigh(run: CandidateRun, row: Written, live: Render, settings: RepairSettings) -> Proven | Rejected:
    """Drop the checks that a page without scripts passes as well."""
    inert = await run.render(RenderOrder(program=row.program, checks=row.problem.checks, inert=True))
    checks = worthy(row.problem.checks, live, inert)
    if len(checks) < settings.min_checks:
        total = len(row.problem.checks)
        detail = f"{len(checks)} of {total} checks are worth something; {total - len(checks)} pass without scripts"
        return _rejected(row, "render", "too few worthy checks", detail)
    kept = {check.id for check in checks}
    return Proven(
        candidate=row.candidate,
        problem=row.problem.model_copy(update={"checks": checks}),
        program=row.program,
        render=live.model_copy(update={"verdicts": tuple(v for v in live.verdicts if v.check_id in kept)}),
        usage=row.usage,
        rounds=row.rounds,
        repairs=row.repairs,
    )


def _unclean(row: Written, found: Findings, render: Render, *, repaired: bool) -> Rejected:
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
