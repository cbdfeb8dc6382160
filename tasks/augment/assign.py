"""Which variants make four versions of even quality, as far as is believed: simulated annealing over a table of
variants.

The table has a row for each version and a column for each site; in a column no variant stands twice. Rank 0 has twins
only, unless its looks must not tell it (`may_lead`).

What a page shows before anyone touches it (its looks, what axe-core finds) may not be meant to tell the order either.
So each search draws a *mask*: whether the best may show the least harm, and the worst the most; what only use brings
out, function and performance, makes up for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from random import Random
from typing import NamedTuple

from tasks.augment.belief import Belief, Forecast, Row
from tasks.augment.sample import Shown
from tasks.augment.site import Site
from tasks.record import Family
from tasks.settings import LadderRules

NEW = 0.04
"""What a version that is not measured yet costs; rank 0 twice that, for a clean one need not change."""
NEAR = 1.0
"""Share of the allowed distance from the line from which a plan is likely to break the rule."""
FINE = 0.93
"""A best version below this is no good example: it costs what it lacks."""
LACKING = 0.15
"""Of q: what the best version may lack of the clean program's; each further point costs four."""
UNMASKED = 0.2
"""Cost of a plan that does not keep to its mask; more, the less it does."""
APART = 0.012
"""Of q: by how much a plan keeps to its mask, at least."""

LESS_WORST = 0.85
"""The least visible harm is the best's oftener than the most is the worst's: the worst is masked in fewer cases."""
AXE_TOO = 0.5
"""Share of the masks that hold of what axe-core finds by itself, too: more would leave too little harm of that
family."""


class Mask(NamedTuple):
    """What four versions must not show before anyone touches them."""

    best_not_least: bool
    """Another than the best shows the least harm."""
    worst_not_most: bool
    """Another than the worst shows the most."""
    axe_too: bool
    """The same holds of what axe-core finds by itself, not only of it and the looks together."""


SEEN: tuple[Family, ...] = ("visual", "accessibility")
Table = tuple[Row, Row, Row, Row]
Start = tuple[Row | None, Row | None, Row | None, Row | None]
"""Rows to keep, and None for those to be found."""

MOVES = {1: 250, 2: 600, 3: 1400, 4: 2400}
"""Moves tried from a start, by how many versions are open; one takes about 20 microseconds."""
ROOM = 0.06
"""Span aimed at beyond the least that is accepted."""
WIDE = 0.25
"""Span beyond the least accepted from which more is no better: the parts would saturate."""
LEAST_SHARES = (0.13, 0.13, 0.13, 0.17)
"""Share of the harm that each family (`FAMILIES`) should have, where it can; masks are kept at accessibility's cost."""


@dataclass(frozen=True)
class Plan:
    """Four versions, and how far they are believed to be from a good ladder (0 is perfect)."""

    table: Table
    cost: float


def draw_mask(seed: int, masked: float) -> Mask:
    """What a ladder must not show, by the candidate's seed and `LadderRules.masked`; both in as few cases as that
    allows."""
    rng = Random(f"mask {seed}")
    kind = rng.random()
    return Mask(kind < masked, kind >= 1 - LESS_WORST * masked, rng.random() < AXE_TOO)


def unmasked(shown: Sequence[Shown], mask: Mask, apart: float = 0.0) -> float:
    """By how much four versions, best first, fail to keep to their mask, in q; 0 if they keep to it.

    `shown`: the visible harm of each; `apart`: by how much another must show less than the best, or more than the
    worst.
    """
    lacking = 0.0
    for harm in ([sum(one) for one in shown], *([[one.axe for one in shown]] if mask.axe_too else [])):
        if mask.best_not_least:
            lacking += max(0.0, min(harm[1:]) + apart - harm[0])
        if mask.worst_not_most:
            lacking += max(0.0, harm[3] + apart - max(harm[:3]))
    return lacking


def may_lead(site: Site, variant: int, mask: Mask) -> bool:
    """Whether the best version may have this variant: a twin, or what is seen without use if that must not tell it."""
    return site.variants[variant].strength == 0 or (mask.best_not_least and site.family in SEEN)


def plan_versions(
    sites: Sequence[Site],
    used: Sequence[int],
    belief: Belief,
    rules: LadderRules,
    mask: Mask,
    banned: frozenset[tuple[int, int]],
    starts: Sequence[Start],
    probing: bool,
    rng: Random,
) -> Plan | None:
    """The best table found from the given starts and from none; None if a site can't give four different texts.

    `banned` variants are not used. When `probing`, no version carries two harms of one family, so that each effect can
    be told apart, and harms at many sites are preferred.
    """
    allowed = {i: [v for v in range(len(sites[i].variants)) if (i, v) not in banned] for i in used}
    calm = {i: [v for v in allowed[i] if may_lead(sites[i], v, mask)] for i in used}
    if not used or any(len(allowed[i]) < 4 or not calm[i] for i in used):
        return None
    judge = _Judge(sites, belief, rules, mask, probing)
    best: Plan | None = None
    for start in [*starts, (None, None, None, None)]:
        table = _filled(start, used, allowed, calm, rng)
        if table is None:
            continue
        open_rows = tuple(r for r in range(4) if start[r] is None)
        found = _anneal(table, open_rows, used, allowed, calm, judge, rng)
        if best is None or found.cost < best.cost:
            best = found
    return best


class _Judge:
    """Costs of tables; what is believed of a row is worked out once."""

    def __init__(
        self,
        sites: Sequence[Site],
        belief: Belief,
        rules: LadderRules,
        mask: Mask,
        probing: bool,
    ) -> None:
        self._sites, self._belief, self._rules = sites, belief, rules
        self._mask, self._probing = mask, probing
        self._facts: dict[Row, _Facts] = {}

    def facts(self, row: Row) -> "_Facts":
        """What is believed of a version."""
        known = self._facts.get(row)
        if known is None:
            harmed = [i for i, v in row if self._sites[i].variants[v].strength > 0]
            twice = len(harmed) - len({self._sites[i].family for i in harmed})
            known = self._facts[row] = _Facts(row, self._belief.predict(row), tuple(harmed), twice)
        return known

    def cost(self, table: Sequence["_Facts"]) -> float:
        """How far four versions are from a good ladder: 0 is perfect, 0.2 is poor, from 3 on a rule is broken."""
        best, second, third, worst = (facts.forecast for facts in table)
        span = best.q - worst.q
        if span <= 0.02:
            return 20 - span
        off = abs(second.q - best.q + span / 3) / span, abs(third.q - best.q + 2 * span / 3) / span
        cost = max(off) + 0.3 * min(off) + 2 * max(0.0, max(off) - NEAR * self._rules.max_off_line)
        cost += 4 * max(0.0, self._rules.min_span + ROOM - span) + max(0.0, span - self._rules.min_span - WIDE)
        lowest = self._belief.clean_q - LACKING
        cost += 3.0 if best.failed else max(0.0, FINE - best.q) + 4 * max(0.0, lowest - best.q)
        for one in (best, second, third, worst):
            if one.sd > 0:
                cost += 0.35 * one.sd / span + NEW
        cost += NEW if best.sd > 0 else 0.0
        losses = [one.losses for one in (best, second, third, worst)]
        lost = [sum(parts) for parts in zip(*losses, strict=True)]
        bared = unmasked([Shown(parts[1], parts[3]) for parts in losses], self._mask, APART)
        cost += UNMASKED + 6 * bared if bared else 0.0
        whole = sum(one for one in lost if one > 0) or 1.0
        shares = [max(one, 0.0) / whole for one in lost]
        cost += 0.6 * sum(max(0.0, least - share) for least, share in zip(LEAST_SHARES, shares, strict=True))
        if self._probing:
            cost += 0.25 * sum(facts.twice for facts in table)
            cost -= 0.03 * len({site for facts in table for site in facts.harmed})
        elif not any(facts.forecast.sd for facts in table):
            cost += 10  # were these four a ladder, they would have been taken
        return float(cost)


@dataclass(frozen=True)
class _Facts:
    row: Row
    forecast: Forecast
    harmed: tuple[int, ...]
    """Sites where it carries a harm."""
    twice: int
    """Harms beyond the first of a family."""


def _anneal(
    table: Table,
    open_rows: tuple[int, ...],
    used: Sequence[int],
    allowed: dict[int, list[int]],
    calm: dict[int, list[int]],
    judge: _Judge,
    rng: Random,
) -> Plan:
    columns = [[table[r][c][1] for r in range(4)] for c in range(len(used))]
    facts = [judge.facts(row) for row in table]
    here = judge.cost(facts)
    best = Plan(table, here)
    moves = MOVES[len(open_rows)]
    for move in range(moves):
        heat = 0.08 * (1 - move / moves) ** 2 + 1e-4
        c = rng.randrange(len(used))
        before = list(columns[c])
        if not _change(columns[c], used[c], open_rows, allowed, calm, rng):
            continue
        new = list(facts)
        for r in open_rows:
            if columns[c][r] != before[r]:
                row = facts[r].row
                new[r] = judge.facts((*row[:c], (used[c], columns[c][r]), *row[c + 1 :]))
        cost = judge.cost(new)
        if cost <= here or rng.random() < exp((here - cost) / heat):
            here, facts = cost, new
            if cost < best.cost:
                best = Plan((new[0].row, new[1].row, new[2].row, new[3].row), cost)
        else:
            columns[c] = before
    return best


def _change(
    column: list[int],
    site: int,
    open_rows: tuple[int, ...],
    allowed: dict[int, list[int]],
    calm: dict[int, list[int]],
    rng: Random,
) -> bool:
    """Give one open version another variant at a site; an open version that had it gets the first one's."""
    r = rng.choice(open_rows)
    variant, old = rng.choice(calm[site] if r == 0 else allowed[site]), column[r]
    if variant == old:
        return False
    if variant in column:
        other = column.index(variant)
        if other not in open_rows or (other == 0 and old not in calm[site]):
            return False
        column[other] = old
    column[r] = variant
    return True


def _filled(
    start: Start, used: Sequence[int], allowed: dict[int, list[int]], calm: dict[int, list[int]], rng: Random
) -> Table | None:
    """The start with its open rows filled at random; None if the rows to keep don't fit."""
    columns: list[list[int]] = []
    for c, site in enumerate(used):
        column: list[int | None] = [None if row is None else row[c][1] for row in start]
        kept = [v for v in column if v is not None]
        if len(set(kept)) < len(kept) or any(v not in allowed[site] for v in kept):
            return None
        if column[0] is None:
            column[0] = rng.choice([v for v in calm[site] if v not in kept] or [-1])
        elif column[0] not in calm[site]:
            return None
        rest = [v for v in allowed[site] if v not in column]
        rng.shuffle(rest)
        filled = [v if v is not None else rest.pop() for v in column]
        if -1 in filled:
            return None
        columns.append(filled)
    return _table(used, columns)


def _table(used: Sequence[int], columns: Sequence[Sequence[int]]) -> Table:
    a, b, c, d = (tuple((site, column[r]) for site, column in zip(used, columns, strict=True)) for r in range(4))
    return a, b, c, d
