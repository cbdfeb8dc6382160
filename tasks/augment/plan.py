"""What to measure next in a search, whether four measured versions are a ladder, and what is given up."""

from collections.abc import Sequence
from itertools import combinations
from random import Random

from tasks.augment.assign import LACKING, ROOM, Mask, Start, draw_mask, may_lead, plan_versions, unmasked
from tasks.augment.belief import Belief, Row
from tasks.augment.blame import put_down
from tasks.augment.sample import Sample, sample_of
from tasks.augment.site import Pick, Picks
from tasks.augment.state import Measured, Search, failed
from tasks.record import FAMILIES, Family

SHARES: dict[Family, int] = {"function": 3, "visual": 2, "performance": 2, "accessibility": 2}
"""Sites of each family that a version is edited at, if there are as many; other families fill the places of one that
has too few."""
LEAST_SITES = 4
"""With fewer sites the four can't be told apart evenly."""
IDLE = 0.012
"""A site whose every harm is believed to take less than this from q is given up when the plan is bad."""
BAD_PLAN = 0.5
"""Cost of a plan (`assign.Plan`) from which other sites are tried: then no version measured so far can be kept. A mask
alone makes a good plan cost 0.2 to 0.4."""
CLEARLY = 0.003
"""Of q: by how much a ladder must keep to its mask."""
PATIENT = 18
"""Renders until which a ladder must keep to its mask and have a best version that lacks little; later any is
welcome."""
CAUTION = 0.98
"""Share of the allowed distance from the line that a quartet may use before it is rendered again."""


def _used(search: Search) -> tuple[int, ...]:
    """The sites that versions are edited at: each family's share of the best, then others in their places."""
    banned = {(pick.site, pick.variant) for pick in search.banned}
    fit = [
        i
        for i, site in enumerate(search.sites)
        if i not in search.idle
        and (search.reach[i] or site.moves[0] != "function")
        and sum((i, v) not in banned for v in range(len(site.variants))) >= 4
        and any((i, v) not in banned for v in site.twins)
        and any((i, v) not in banned for v in site.harms)
    ]
    chosen: list[int] = []
    for family in FAMILIES:
        chosen += [i for i in fit if search.sites[i].family == family][: SHARES[family]]
    chosen += [i for i in fit if i not in chosen][: sum(SHARES.values()) - len(chosen)]
    return tuple(sorted(chosen))


def _samples(search: Search) -> list[Sample]:
    return [sample_of(one.picks, one.renders) for one in search.measured if all(r.outcome == "ok" for r in one.renders)]


def _believe(search: Search, used: Sequence[int]) -> Belief:
    clean = search.proven.render.quality
    return Belief(
        search.sites,
        used,
        _samples(search),
        [check.weight for check in search.proven.problem.checks],
        search.weights,
        (clean.visual, clean.performance, clean.accessibility),
        search.reach,
    )


def planned(search: Search) -> Search:
    """The search with the next versions to measure, or failed."""
    used = _used(search)
    if len(used) < LEAST_SITES:
        return failed(search, "too few sites", f"{len(used)} places to edit, at least {LEAST_SITES} are needed")
    belief = _believe(search, used)
    probing = not search.measured
    mask = draw_mask(search.proven.candidate.seed, search.rules.masked)
    rng = Random(f"plan {search.proven.candidate.seed} {search.rounds}")
    banned = frozenset((pick.site, pick.variant) for pick in search.banned)
    starts = _starts(search, used, belief, mask)
    plan = plan_versions(search.sites, used, belief, search.rules, mask, banned, starts, probing, rng)
    if plan is None:
        return failed(search, "too few sites", "a site ran out of texts that work")
    if plan.cost > BAD_PLAN and not probing:
        weak = [i for i in used if belief.pull(i, search.sites[i].harms) < IDLE]
        swapped = search.model_copy(update={"idle": (*search.idle, *weak)})
        fresh = set(_used(swapped)) - set(used)
        if weak and fresh:
            used = _used(swapped)
            search = swapped
            belief = _believe(search, used)
            plan = plan_versions(search.sites, used, belief, search.rules, mask, banned, (), True, rng) or plan
    harmed = sorted(plan.table[1:], key=lambda row: -belief.predict(row).q)
    fresh_rows = [row for row in (plan.table[0], *harmed) if row not in belief.measured]
    if not fresh_rows or search.renders + len(fresh_rows) + 4 * search.rules.repeats > search.rules.max_renders:
        return failed(search)
    return search.model_copy(update={"pending": tuple(_picks(row) for row in fresh_rows)})


def best_quartet(search: Search) -> tuple[Picks, ...]:
    """The most even four of the measured versions that would be accepted if their renders repeat; empty if there are
    none."""
    used = _used(search)
    rules = search.rules
    banned = set(search.banned)
    fit = [
        (sample_of(one.picks, one.renders), one)
        for one in search.measured
        if one.usable and tuple(p.site for p in one.picks) == used and not banned & set(one.picks)
    ]
    best: tuple[float, tuple[Picks, ...]] = (rules.max_off_line * CAUTION, ())
    mask, patient = draw_mask(search.proven.candidate.seed, search.rules.masked), search.renders < PATIENT
    for top, first in fit:
        if top.failed or not _leads(search, first.picks, mask):
            continue
        if patient and top.q < search.proven.render.quality.q - LACKING:
            continue
        lower = sorted((pair for pair in fit if pair[0].q < top.q), key=lambda pair: -pair[0].q)
        for trio in combinations(lower, 3):
            four = [(top, first), *trio]
            q = [sample.q for sample, _ in four]
            span = q[0] - q[3]
            off = max(abs(q[r] - (q[0] - span * r / 3)) for r in (1, 2)) / span
            if span < rules.min_span * 1.02 or off >= best[0] or not _distinct([one.picks for _, one in four]):
                continue
            if patient and unmasked([sample.shown(search.weights) for sample, _ in four], mask, CLEARLY):
                continue
            if tuple(sorted(one.program_id for _, one in four)) not in search.refused:
                best = (off, tuple(one.picks for _, one in four))
    return best[1]


def _starts(search: Search, used: tuple[int, ...], belief: Belief, mask: Mask) -> tuple[Start, ...]:
    """What to keep of the measured versions: a clean best one alone, with one other, and with two that lie well for a
    line."""
    mine = [one for one in search.measured if one.usable and tuple(p.site for p in one.picks) == used]
    known = [_row(one.picks) for one in mine if _row(one.picks) in belief.measured]
    rows = [(belief.measured[row].q, row) for row in known]
    tops = [(q, row) for q, row in rows if not belief.measured[row].failed and _leads(search, _picks(row), mask)]
    starts: list[tuple[float, Start]] = []
    for top_q, top in [*tops[-2:], (search.proven.render.quality.q, None)]:
        if top is not None:
            starts.append((-2.0, (top, None, None, None)))
        lower = [(top_q - q, row) for q, row in rows if top_q - q > 0.05]
        for lost, row in lower:
            for rank in (1, 2, 3):
                off = abs(lost * 3 / rank - search.rules.min_span - ROOM)
                starts.append((off - 1.0, _start(top, {rank: row})))
        for (lost_a, a), (lost_b, b) in combinations(sorted(lower), 2):
            for rank_a, rank_b in ((1, 2), (1, 3), (2, 3)):
                span = max(lost_a * 3 / rank_a, lost_b * 3 / rank_b)
                off = abs(lost_a * 3 / rank_a - lost_b * 3 / rank_b) / span
                apart = [_picks(row) for row in (top, a, b) if row is not None]
                if span > search.rules.min_span and off < 0.3 and _distinct(apart):
                    starts.append((off, _start(top, {rank_a: a, rank_b: b})))
        if top is None:
            for (lost_a, a), (lost_b, b), (lost_c, c) in combinations(sorted(lower), 3):
                off = max(abs(lost_a - lost_c / 3), abs(lost_b - lost_c * 2 / 3)) / lost_c
                if off < search.rules.max_off_line and _distinct([_picks(row) for row in (a, b, c)]):
                    starts.append((off + 2.0, (None, a, b, c)))
    kept: list[Start] = []
    for low, high, most in ((-3.0, -1.5, 1), (-1.5, 0.0, 3), (0.0, 1.0, 6), (2.0, 3.0, 3)):
        group = sorted((pair for pair in starts if low <= pair[0] < high), key=lambda pair: pair[0])
        kept += [start for _, start in group[:most]]
    return tuple(kept)


def _leads(search: Search, picks: Picks, mask: Mask) -> bool:
    return all(may_lead(search.sites[pick.site], pick.variant, mask) for pick in picks)


def _start(top: Row | None, others: dict[int, Row]) -> Start:
    return top, others.get(1), others.get(2), others.get(3)


def purged(search: Search) -> Search:
    """Ban what was shown to break what it must not."""
    banned = dict.fromkeys(search.banned)
    idle = dict.fromkeys(search.idle)
    fine = {pick for one in search.measured if one.usable for pick in one.picks}
    for one in search.measured:
        if not one.usable:
            banned.update(dict.fromkeys(_culprits(search, one, fine)))
    samples = _samples(search)
    known = sorted({pick.site for sample in samples for pick in sample.picks})
    checks = len(search.proven.problem.checks)
    for site, variant in sorted(put_down(search.sites, known, samples, search.reach, checks).guilty):
        if search.sites[site].variants[variant].strength == 0:
            # A twin that fails a check: its site's other twins are much alike.
            idle[site] = None
            banned[Pick(site=site, variant=variant)] = None
    return search.model_copy(update={"banned": tuple(banned), "idle": tuple(idle)})


def _culprits(search: Search, one: Measured, fine: set[Pick]) -> list[Pick]:
    """The picks that an unusable version's trouble is put down to: those whose text or menu a diagnostic points at,
    else all that never were fine. A menu stands in every version: all variants of its site are to blame."""
    if any(pick in search.banned for pick in one.picks):
        return []
    lines = {file.filename: file.content.splitlines() for file in search.program(one.picks).files}
    errors = one.findings.errors if one.findings is not None else ()
    near: list[Pick] = []
    for pick in one.picks:
        site = search.sites[pick.site]
        text, table = site.text(pick.variant).strip(), {line.strip() for line in site.table.splitlines()}
        for error in errors if pick not in fine else ():
            around = lines.get(error.file, [])[max(0, error.line - 2) : error.line + 1]
            if error.file == site.file and error.line <= len(lines[error.file]) and around:
                if lines[error.file][error.line - 1].strip() in table:
                    near += [Pick(site=pick.site, variant=v) for v in range(len(site.variants))]
                elif text in "\n".join(around):
                    near.append(pick)
    if near:
        return near
    unproven = [pick for pick in one.picks if pick not in fine]
    harms = [pick for pick in unproven if search.sites[pick.site].variants[pick.variant].strength > 0]
    return harms or unproven


def _distinct(versions: Sequence[Picks]) -> bool:
    return all(len({version[c].variant for version in versions}) == len(versions) for c in range(len(versions[0])))


def _row(picks: Picks) -> Row:
    return tuple((pick.site, pick.variant) for pick in picks)


def _picks(row: Row) -> Picks:
    return tuple(Pick(site=site, variant=variant) for site, variant in row)
