"""The search for a ladder, as a state machine that never renders.

    search = begin(proven, settings)
    while search.status == "open":
        trials = propose(search)
        renders = [the render of each trial, with its screenshot if it asks for one]
        findings = [the diagnosis of what each trial wants to have looked at]
        search = learn(search, renders, findings)
    task = outcome(search)               # or why there is none

The clean program is the first version that is known. Three others, with at most one harm of each family, are measured
first; the four parts of quality come apart in each, so that they tell of up to twelve effects. From then on the most
even quartet that is believed possible is proposed, measured and learnt from, until one is even in fact. That one is
sealed, and its sealed pages are rendered once each: they have to behave as the natural ones, and what they were
measured at is what counts.
"""

from collections.abc import Iterable, Sequence
from random import Random

from tasks.augment.accept import differs, refusals
from tasks.augment.author import Proposal
from tasks.augment.find import MODEL, find_sites, reach_of
from tasks.augment.plan import best_quartet, planned, purged
from tasks.augment.site import Picks, edits_of
from tasks.augment.state import Measured, Sealed, Search, Trial, failed
from tasks.bundle import bundle
from tasks.errors import BrokenRun
from tasks.record import Findings, Ladder, Program, Proven, Ranked, Rejected, Render, Version, task_id_of
from tasks.seal.keys import provisional
from tasks.seal.page import Unsealable, seal
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
        measured=(Measured(picks=(), program_id=proven.program.program_id, render=proven.render),),
    )
    return planned(search)


def propose(search: Search) -> tuple[Trial, ...]:
    """The programs to render now: distinct, and none once the search is over."""
    if search.status != "open":
        return ()
    if search.sealed is not None:
        names = completion_ids(search.proven.candidate.seed)
        looked = {one.picks for one in search.measured if one.findings is not None}
        return tuple(
            Trial(
                program=page,
                screenshot=f"{names[rank]}.png",
                diagnose=search.program(picks) if picks and picks not in looked else None,
            )
            for rank, (picks, page) in enumerate(zip(search.sealed.picks, search.sealed.pages, strict=True))
        )
    wary = any(one.findings and one.findings.errors for one in search.measured)
    programs = [(picks, search.program(picks)) for picks in search.pending]
    return tuple(
        Trial(program=program, diagnose=program if wary or _by_model(search, picks) else None)
        for picks, program in programs
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
    trials = propose(search)
    if missing := next((one for one in trials if one.program.program_id not in by_id), None):
        raise BrokenRun(f"program {missing.program.program_id} was proposed for a ladder and never rendered")
    new = [] if search.sealed else list(zip(search.pending, trials, strict=True))
    known = [
        one.model_copy(update={"findings": looked.get(one.program_id, one.findings)}) for one in search.measured
    ] + [
        Measured(
            picks=picks,
            program_id=trial.program.program_id,
            render=by_id[trial.program.program_id],
            findings=looked.get(trial.program.program_id),
        )
        for picks, trial in new
    ]
    search = search.model_copy(
        update={
            "measured": tuple(known),
            "renders": search.renders + len(trials),
            "rounds": search.rounds + 1,
        }
    )
    if search.sealed is not None:
        return _judged(search, search.sealed, by_id)
    return _next(purged(search))


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
    if search.ladder is None:
        raise ValueError("the search is not over")
    return Ranked(
        task_id=task_id_of(proven.problem, proven.program),
        candidate=proven.candidate,
        problem=proven.problem,
        program=proven.program,
        clean=proven.render.quality,
        ladder=search.ladder,
        usage=proven.usage,
        rounds=proven.rounds,
        repairs=proven.repairs,
    )


def completion_ids(seed: int) -> tuple[str, str, str, str]:
    """Four 128-bit ids in hex, from the candidate's seed; without the seed they say nothing of the rank."""
    rng = Random(f"completion {seed}")
    a, b, c, d = (f"{rng.getrandbits(128):032x}" for _ in range(4))
    return a, b, c, d


def sealed_page(text: str) -> Program:
    """A sealed page as a program of one file."""
    return Program.of([("index.html", text)])


def _next(search: Search) -> Search:
    quartet = best_quartet(search)
    if quartet is None:
        return planned(search)
    if search.renders + 4 > search.rules.max_renders:
        return failed(search)
    seed = search.proven.candidate.seed
    try:
        made = seal([bundle(search.program(picks)) for picks in quartet])
    except Unsealable as error:
        return _back(search, quartet, f"four versions can't be sealed: {error}")
    a, b, c, d = (sealed_page(provisional(made, rank, seed)) for rank in range(4))
    sealed = Sealed(picks=quartet, seal=made, pages=(a, b, c, d))
    return search.model_copy(update={"pending": (), "sealed": sealed})


def _judged(search: Search, sealed: Sealed, by_id: dict[str, Render]) -> Search:
    """After the sealed pages were measured: the ladder, or back to the search."""
    by_picks = {one.picks: one for one in search.measured}
    names = completion_ids(search.proven.candidate.seed)
    a, b, c, d = (
        Version(
            completion_id=names[rank],
            rank=rank,
            program=search.program(picks),
            edits=edits_of(search.sites, picks),
            natural=by_picks[picks].render,
            render=by_id[sealed.pages[rank].program_id],
        )
        for rank, picks in enumerate(sealed.picks)
    )
    ladder = Ladder(versions=(a, b, c, d), seal=sealed.seal, renders=search.renders)
    findings = [one.findings for one in search.measured if one.findings is not None]
    broken = refusals(ladder, findings, search.rules)
    if not broken:
        return search.model_copy(update={"status": "found", "sealed": None, "ladder": ladder})
    apart = {
        picks: differs(version.natural, version.render, search.rules.max_sealed_off)
        for picks, version in zip(sealed.picks, ladder.versions, strict=True)
    }
    measured = tuple(one.model_copy(update={"apart": apart.get(one.picks, one.apart)}) for one in search.measured)
    return _back(search.model_copy(update={"measured": measured}), sealed.picks, "; ".join(broken))


def _back(search: Search, quartet: tuple[Picks, ...], detail: str) -> Search:
    refused = (*search.refused, quartet)
    return _next(purged(search.model_copy(update={"refused": refused, "sealed": None, "detail": detail})))


def _by_model(search: Search, picks: Picks) -> bool:
    return any(search.sites[pick.site].mutator == MODEL for pick in picks)
