"""What to measure next in a search, whether four measured versions are a ladder, and what is given up."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from random import Random

from tasks.augment.accept import noticed
from tasks.augment.assign import LACKING, ROOM, Mask, Start, draw_mask, may_lead, plan_versions, unmasked
from tasks.augment.belief import Belief, Row
from tasks.augment.sample import Sample, sample_of
from tasks.augment.site import Pick, Picks
from tasks.augment.state import Measured, Search, failed
from tasks.record import FAMILIES, Family

SHARES: dict[Family, int] = {"function": 5, "visual": 3, "performance": 3, "accessibility": 3}
"""Sites of each family that versions are edited at, if there are as many; other families fill the places of one that
has too few."""
LEAST_SITES = 4
"""With fewer sites the versions can't be told apart evenly."""
IDLE = 0.012
"""A site whose every harm is believed to take less than this from q is given up."""
CLEARLY = 0.003
"""Of q: by how much a ladder must keep to its mask."""
PATIENT = 14
"""Renders until which a ladder must keep to its mask and have a best version that lacks little; later any is
welcome."""
CAUTION = 0.98
"""Share of the allowed distance from the line that a quartet may use before it is sealed."""
WIDTH = 40
"""Versions, those that lie best for a line, of which quartets are made."""


def planned(search: Search) -> Search:
    """The search with the next versions to measure, or failed."""
    search, used = _weeded(search)
    if len(used) < LEAST_SITES:
        return failed(search, "too few sites", f"{len(used)} places to edit, at least {LEAST_SITES} are needed")
    belief = _believe(search, used)
    mask = draw_mask(search.proven.candidate.seed, search.rules.masked)
    rng = Random(f"plan {search.proven.candidate.seed} {search.rounds}")
    banned = frozenset((pick.site, pick.variant) for pick in search.banned)
    starts = _starts(search, belief, mask)
    probing = len(search.measured) == 1
    plan = plan_versions(search.sites, used, belief, search.rules, mask, banned, starts, probing, rng)
    rows = [row for row in plan.table if row not in belief.measured]
    if not rows or search.renders + len(rows) + 4 > search.rules.max_renders:
        return failed(search)
    return search.model_copy(update={"pending": tuple(_picks(row) for row in rows)})


def best_quartet(search: Search) -> tuple[Picks, Picks, Picks, Picks] | None:
    """The most even four of the measured versions that would be accepted if they are the same when sealed."""
    rules, banned = search.rules, set(search.banned)
    fit = [
        (sample_of(one.picks, one.render), one.picks)
        for one in search.measured
        if one.usable and not banned & set(one.picks)
    ]
    quality = {one.picks: one.render.quality for one in search.measured}
    least, found = rules.max_off_line * CAUTION, None
    mask, patient = draw_mask(search.proven.candidate.seed, rules.masked), search.renders < PATIENT
    for top, first in fit:
        if top.failed or not _leads(search, first, mask):
            continue
        if patient and top.q < search.proven.render.quality.q - LACKING:
            continue
        lower = sorted((pair for pair in fit if pair[0].q < top.q), key=lambda pair: -pair[0].q)[:WIDTH]
        for trio in combinations(lower, 3):
            four = [top, *(sample for sample, _ in trio)]
            span = top.q - four[3].q
            if span < rules.min_span * 1.02:
                continue
            off = max(abs(four[r].q - (top.q - span * r / 3)) for r in (1, 2)) / span
            if off >= least or (patient and unmasked([one.shown(search.weights) for one in four], mask, CLEARLY)):
                continue
            quartet = (first, trio[0][1], trio[1][1], trio[2][1])
            met = all(noticed(quality[one], quality[other]) for one, other in pairwise(quartet))
            if quartet not in search.refused and (met or not rules.noticeable):
                least, found = off, quartet
    return found


def purged(search: Search) -> Search:
    """Ban what was shown to break what it must not."""
    banned = dict.fromkeys(search.banned)
    fine = {pick for one in search.measured if one.sound for pick in one.picks}
    for one in search.measured:
        if not one.sound:
            banned.update(dict.fromkeys(_culprits(search, one, fine)))
    return search.model_copy(update={"banned": tuple(banned)})


def _weeded(search: Search) -> tuple[Search, tuple[int, ...]]:
    """The search without the sites that turned out to do nothing, while there are others, and the sites left to use."""
    used = _used(search)
    if len(search.measured) == 1:
        return search, used
    belief = _believe(search, used)
    tried = {pick.site for one in search.measured for pick in one.picks}
    weak = [i for i in used if i in tried and belief.pull(i, range(len(search.sites[i].variants))) < IDLE]
    swapped = search.model_copy(update={"idle": (*search.idle, *weak)})
    left = _used(swapped)
    return (swapped, left) if weak and len(left) >= LEAST_SITES else (search, used)


def _used(search: Search) -> tuple[int, ...]:
    """The sites that versions are edited at: each family's share of the best, then others in their places."""
    banned = {(pick.site, pick.variant) for pick in search.banned}
    fit = [
        i
        for i, site in enumerate(search.sites)
        if i not in search.idle
        and (search.reach[i] or site.moves[0] != "function")
        and any((i, v) not in banned for v in range(len(site.variants)))
    ]
    chosen: list[int] = []
    for family in FAMILIES:
        chosen += [i for i in fit if search.sites[i].family == family][: SHARES[family]]
    chosen += [i for i in fit if i not in chosen][: sum(SHARES.values()) - len(chosen)]
    return tuple(sorted(chosen))


def _samples(search: Search) -> list[Sample]:
    return [sample_of(one.picks, one.render) for one in search.measured if one.render.outcome == "ok"]


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


def _starts(search: Search, belief: Belief, mask: Mask) -> tuple[Start, ...]:
    """What to keep of the measured versions: a best one alone, with one other, and with two that lie well for a
    line."""
    known = [_row(one.picks) for one in search.measured if one.usable]
    rows = [(belief.measured[row].q, row) for row in known]
    tops = [(q, row) for q, row in rows if not belief.measured[row].failed and _leads(search, _picks(row), mask)]
    starts: list[tuple[float, Start]] = []
    for top_q, top in [*tops[-3:], (search.proven.render.quality.q, None)]:
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
                if span > search.rules.min_span and off < 0.3:
                    starts.append((off, _start(top, {rank_a: a, rank_b: b})))
        if top is None:
            for (lost_a, a), (lost_b, b), (lost_c, c) in combinations(sorted(lower), 3):
                off = max(abs(lost_a - lost_c / 3), abs(lost_b - lost_c * 2 / 3)) / lost_c
                if off < search.rules.max_off_line:
                    starts.append((off + 2.0, (None, a, b, c)))
    kept: list[Start] = []
    for low, high, most in ((-3.0, -1.5, 2), (-1.5, 0.0, 3), (0.0, 1.0, 6), (2.0, 3.0, 3)):
        group = sorted((pair for pair in starts if low <= pair[0] < high), key=lambda pair: pair[0])
        kept += [start for _, start in group[:most]]
    return tuple(kept)


def _leads(search: Search, picks: Picks, mask: Mask) -> bool:
    return all(may_lead(search.sites[pick.site], mask) for pick in picks)


def _start(top: Row | None, others: dict[int, Row]) -> Start:
    return top, others.get(1), others.get(2), others.get(3)


def _culprits(search: Search, one: Measured, fine: set[Pick]) -> list[Pick]:
    """The picks that an unusable version's trouble is put down to: those at whose lines a diagnostic points, else all
    that never were fine."""
    if any(pick in search.banned for pick in one.picks):
        return []
    unproven = [pick for pick in one.picks if pick not in fine]
    errors = {(error.file, error.line) for error in one.findings.errors} if one.findings is not None else set()
    near: list[Pick] = []
    grown: dict[str, int] = {}
    for pick in sorted(one.picks, key=lambda pick: search.sites[pick.site].start):
        site, text = search.sites[pick.site], search.sites[pick.site].variants[pick.variant].text
        first = site.line + grown.get(site.file, 0)
        lines = range(first - 1, first + text.count("\n") + 2)
        grown[site.file] = grown.get(site.file, 0) + text.count("\n") - site.before.count("\n")
        if pick in unproven and any((site.file, line) in errors for line in lines):
            near.append(pick)
    return near or unproven or list(one.picks)


def _row(picks: Picks) -> Row:
    return tuple((pick.site, pick.variant) for pick in picks)


def _picks(row: Row) -> Picks:
    return tuple(Pick(site=site, variant=variant) for site, variant in row)
