"""A clean program made a ladder: versions taken to the browser and back, until the search has its four.

The search renders nothing and knows no browser; this loop carries its trials there and brings home what was measured.
"""

from functools import partial

from flows.candidate import CandidateRun
from tasks.augment.accept import differs
from tasks.augment.author import Proposal
from tasks.augment.search import begin, learn, outcome, propose, sealed_page
from tasks.augment.state import Trial
from tasks.bundle import bundle
from tasks.gather import both, gather
from tasks.record import Findings, Proven, Ranked, Rejected, Render, RenderOrder
from tasks.seal.keys import provisional
from tasks.seal.page import Unsealable, seal


async def rank(run: CandidateRun, proven: Proven) -> Ranked | Rejected:
    """A clean program as four versions in measured order, or why there are none."""
    if reason := await _unsealable(run, proven):
        return _rejected(proven, "the page can't be sealed", reason)
    explored = await run.render(RenderOrder(program=proven.program, checks=proven.problem.checks, explore=True))
    if explored.outcome != "ok":
        said = "; ".join(error.message for error in explored.errors)
        return _rejected(proven, "the page ends when everything is tried", said)
    proven = proven.model_copy(update={"render": proven.render.model_copy(update={"explored": explored.explored})})
    proposals: tuple[Proposal, ...] = ()
    if run.settings.authors != "rules":
        authored = await run.edit(proven)
        proposals = authored.proposals
        proven = proven.model_copy(update={"usage": proven.usage + authored.usage})
    async with run.searching():
        search = await run.step(partial(begin, proven, run.settings, proposals))
        while trials := propose(search):
            looks = await gather(_look(run, proven, trial) for trial in trials)
            renders = [render for render, _ in looks]
            findings = [found for _, found in looks if found is not None]
            search = await run.step(partial(learn, search, renders, findings))
        return outcome(search)


def _rejected(proven: Proven, reason: str, detail: str) -> Rejected:
    return Rejected(
        candidate=proven.candidate,
        stage="augment",
        reason=reason,
        detail=detail,
        usage=proven.usage,
        problem=proven.problem,
        program=proven.program,
    )


async def _unsealable(run: CandidateRun, proven: Proven) -> str:
    """How the clean page behaves otherwise when it is sealed; empty if it does not. Found before a search is paid
    for."""
    try:
        made = seal([bundle(proven.program)])
    except Unsealable as error:
        return str(error)
    page = sealed_page(provisional(made, 0, proven.candidate.seed))
    sealed = await run.render(RenderOrder(program=page, checks=proven.problem.checks))
    return differs(proven.render, sealed, run.settings.ladder.max_sealed_off)


async def _look(run: CandidateRun, proven: Proven, trial: Trial) -> tuple[Render, Findings | None]:
    """What the browser says of a version, and what the servers do if they are to be asked."""
    order = RenderOrder(
        program=trial.program,
        checks=proven.problem.checks,
        clean=proven.render.explored,
        screenshot=f"work/screenshots/{trial.screenshot}" if trial.screenshot else None,
    )
    if trial.diagnose is None:
        return await run.render(order), None
    return await both(run.render(order), run.diagnose(trial.diagnose))
