"""The search for a ladder, as a state machine that never renders.

    search = begin(proven, settings)
    while search.status == "open":
        trials = propose(search)
        renders = [the render of each trial, with its screenshot if it asks for one]
        findings = [the diagnosis of each trial with `diagnose`]
        search = learn(search, renders, findings)
    task = outcome(search)               # or why there is none

First, four versions that carry at most one harm of each family are measured; the four parts of quality come apart in
each, so that they tell of up to twelve effects. From then on the most even quartet that is believed possible is
proposed, measured and learnt from, until one is even in fact; it is rendered again for the spread. A version is
rendered once for the search and once for each repeat, whatever number of quartets it serves in.
"""

from collections.abc import Iterable, Sequence
from random import Random

from tasks.augment.accept import refusals
from tasks.augment.author import Proposal
from tasks.augment.find import find_sites, reach_of
from tasks.augment.plan import best_quartet, planned, purged
from tasks.augment.site import Picks
from tasks.augment.state import Measured, Search, Trial, failed
from tasks.errors import BrokenRun
from tasks.record import (
    Edit,
    Findings,
    Ladder,
    Proven,
    Ranked,
    Rejected,
    Render,
    Version,
    task_id_of,
)
from tasks.settings import Settings


def begin(proven: Proven, settings: Settings, proposals: Sequence[Proposal] = ()) -> Search:
    """A search for four versions of a clean program; failed at once if the program offers too few places to edit.

    `proposals`: a model's, used unless the settings have the rules alone as authors.
    """
    rules, model = settings.authors != "model", settings.authors != "rules"
    sites = find_sites(proven.program, proven.candidate.seed, proposals if model else (), rules=rules)
    search = Search(
        proven=proven,
        rules=settings.ladder,
        weights=settings.quality,
        sites=sites,
        reach=reach_of(sites, proven.problem.checks, proven.render.reached),
    )
    return planned(search)


def propose(search: Search) -> tuple[Trial, ...]:
    """The programs to render now: distinct, and none once the search is over."""
    if search.status != "open":
        return ()
    names = completion_ids(search.proven.candidate.seed)
    diagnosed = {one.picks: one.findings for one in search.measured if one.findings is not None}
    closely = search.confirming or any(findings.errors for findings in diagnosed.values())
    sites = {pick.site for picks in diagnosed for pick in picks}
    # a menu has all texts of its site, so that a few versions tell of the others; a ladder's are all looked at
    return tuple(
        Trial(
            program=search.program(picks),
            screenshot=f"{names[rank]}.png" if search.confirming else None,
            diagnose=picks not in diagnosed and (closely or not sites.issuperset(pick.site for pick in picks)),
        )
        for rank, picks in enumerate(search.pending)
    )


def learn(search: Search, renders: Sequence[Render], findings: Iterable[Findings] = ()) -> Search:
    """The search with the proposed programs' renders (in any order) and findings taken in, and what follows from them.

    Raises:
        BrokenRun: a proposed program was not rendered.
    """
    if search.status != "open":
        return search
    by_id = {render.program_id: render for render in renders}
    looked = {one.program_id: one for one in findings}
    known = {one.picks: one for one in search.measured}
    for picks in search.pending:
        name = search.program(picks).program_id
        if name not in by_id:
            raise BrokenRun(f"program {name} was proposed for a ladder and never rendered")
        old = known.get(picks, Measured(picks=picks, program_id=name, renders=()))
        known[picks] = old.model_copy(
            update={"renders": (*old.renders, by_id[name]), "findings": looked.get(name, old.findings)}
        )
    search = search.model_copy(
        update={
            "measured": tuple(known.values()),
            "renders": search.renders + len(search.pending),
            "rounds": search.rounds + 1,
        }
    )
    if search.confirming:
        return _judged(search)
    return _next(purged(search))


def conclude(search: Search) -> Ladder:
    """The ladder of a search that found one. A version's quality is the mean over its renders.

    Raises:
        ValueError: it found none.
    """
    if search.status != "found":
        raise ValueError(f"the search has no ladder: {search.status} {search.reason}")
    return _ladder(search)


def outcome(search: Search) -> Ranked | Rejected:
    """The task that a search has come to, or why it found none.

    Raises:
        ValueError: it is not over.
    """
    proven = search.proven
    if search.status == "failed":
        return Rejected(
            candidate=proven.candidate,
            stage="augment",
            reason=search.reason,
            detail=search.detail,
            usage=proven.usage,
            problem=proven.problem,
            program=proven.program,
        )
    return Ranked(
        task_id=task_id_of(proven.problem, proven.program),
        candidate=proven.candidate,
        problem=proven.problem,
        program=proven.program,
        ladder=conclude(search),
        usage=proven.usage,
        rounds=proven.rounds,
    )


def completion_ids(seed: int) -> tuple[str, str, str, str]:
    """Four 128-bit ids in hex, from the candidate's seed; without the seed they say nothing of the rank."""
    rng = Random(f"completion {seed}")
    a, b, c, d = (f"{rng.getrandbits(128):032x}" for _ in range(4))
    return a, b, c, d


def _next(search: Search) -> Search:
    quartet = best_quartet(search)
    if not quartet:
        return planned(search)
    if search.renders + 4 * search.rules.repeats > search.rules.max_renders:
        return failed(search)
    return search.model_copy(update={"pending": quartet, "quartet": quartet, "confirming": True})


def _judged(search: Search) -> Search:
    """After a repeat: another one, the ladder, or back to the search."""
    by_picks = {one.picks: one for one in search.measured}
    quartet = [by_picks[picks] for picks in search.quartet]
    if min(len(one.renders) for one in quartet) <= search.rules.repeats and all(one.usable for one in quartet):
        return search
    findings = [one.findings for one in quartet if one.findings is not None]
    broken = refusals(_ladder(search), findings, search.rules)
    if not broken:
        return search.model_copy(update={"status": "found", "pending": (), "confirming": False})
    refused = (*search.refused, tuple(sorted(one.program_id for one in quartet)))
    back = search.model_copy(
        update={"refused": refused, "confirming": False, "quartet": (), "detail": "; ".join(broken)}
    )
    return _next(purged(back))


def _ladder(search: Search) -> Ladder:
    by_picks = {one.picks: one for one in search.measured}
    quartet = [by_picks[picks] for picks in search.quartet]
    names = completion_ids(search.proven.candidate.seed)
    versions = [
        Version(
            completion_id=names[rank],
            rank=rank,
            program=search.program(one.picks),
            edits=_edits(search, one.picks),
            render=_mean_render(one),
        )
        for rank, one in enumerate(quartet)
    ]
    spread = max(max(qs) - min(qs) for qs in ([r.quality.q for r in one.renders] for one in quartet))
    a, b, c, d = versions
    return Ladder(versions=(a, b, c, d), spread=spread, renders=search.renders)


def _edits(search: Search, picks: Picks) -> tuple[Edit, ...]:
    ordered = sorted(picks, key=lambda pick: (search.sites[pick.site].file, search.sites[pick.site].start))
    return tuple(search.sites[pick.site].edit(pick.variant) for pick in ordered)


def _mean_render(one: Measured) -> Render:
    """The last render, which has the screenshot, with the mean quality of all and its worst verdicts."""
    n, last = len(one.renders), one.renders[-1]
    quality = {name: sum(getattr(r.quality, name) for r in one.renders) / n for name in type(last.quality).model_fields}
    worst = min(one.renders, key=lambda r: r.passed)
    return last.model_copy(update={"quality": last.quality.model_copy(update=quality), "verdicts": worst.verdicts})
