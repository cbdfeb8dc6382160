"""Which edits make four versions of even quality, as far as is believed: simulated annealing over a table of picks.

The table has a row for each version: a variant at each of some sites. Rank 0 has none, unless its looks must not tell
it (`may_lead`): then it may carry what is seen without use.

What a page shows before anyone touches it (its looks, what axe-core finds) may not be meant to tell the order either.
So each search draws a *mask*: whether the best may show the least harm, and the worst the most; what only use brings
out, function and performance, makes up for it.
"""

from collections.abc import Mapping, Sequence
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
"""What a version that is not measured yet costs."""
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
AXE_TOO = 0.85
"""Share of the masks that hold of what axe-core finds by itself, too: more would leave too little harm of that
family."""


EDIT = 0.004
"""What each edit costs: as few as make an even ladder."""
DROPPED = 0.6
"""How often a move at an edited site takes the edit out."""


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

MOVES = {0: 0, 1: 250, 2: 600, 3: 1400, 4: 2400}
"""Moves tried from a start, by how many versions are open; one takes about 20 microseconds."""
ROOM = 0.06
"""Span aimed at beyond the least that is accepted."""
WIDE = 0.25
"""Span beyond the least accepted from which more is no better: the parts would saturate."""
LEAST_SHARES = (0.13, 0.13, 0.05, 0.06)
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


def may_lead(site: Site, mask: Mask) -> bool:
    """Whether the best version may be edited here: where harm is seen without use, if that must not tell it."""
    return mask.best_not_least and site.family in SEEN


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
) -> Plan:
    """The best table found from the given starts and from none.

    `used`: the sites to edit, each with a variant that is not `banned`; rows of a start may have others. When
    `probing`, no version carries two harms of one family, so that each effect can be told apart, and harms at many
    sites are preferred.
    """
    allowed = {i: [v for v in range(len(sites[i].variants)) if (i, v) not in banned] for i in used}
    leading = [i for i in used if may_lead(sites[i], mask)]
    judge = _Judge(sites, belief, rules, mask, probing)
    best: Plan | None = None
    for start in [*starts, (None, None, None, None)]:
        free = tuple(r for r in range(4) if start[r] is None and (r or leading))
        drawn = [_drawn(rng.sample(used, min(r + 1, len(used))), allowed, rng) if r else () for r in range(4)]
        rows = [own if own is not None else new for own, new in zip(start, drawn, strict=True)]
        found = _anneal(rows, free, {r: used if r else leading for r in free}, allowed, judge, rng)
        if best is None or found.cost < best.cost:
            best = found
    assert best is not None
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
            places = tuple(i for i, _ in row)
            twice = len(places) - len({self._sites[i].family for i in places})
            known = self._facts[row] = _Facts(row, self._belief.predict(row), places, twice)
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
        losses = [one.losses for one in (best, second, third, worst)]
        lost = [sum(parts) for parts in zip(*losses, strict=True)]
        bared = unmasked([Shown(parts[1], parts[3]) for parts in losses], self._mask, APART)
        cost += UNMASKED + 6 * bared if bared else 0.0
        whole = sum(one for one in lost if one > 0) or 1.0
        shares = [max(one, 0.0) / whole for one in lost]
        cost += 0.6 * sum(max(0.0, least - share) for least, share in zip(LEAST_SHARES, shares, strict=True))
        cost += EDIT * sum(len(facts.places) for facts in table)
        if self._probing:
            cost += 0.25 * sum(facts.twice for facts in table)
            cost -= 0.03 * len({site for facts in table for site in facts.places})
        elif not any(facts.forecast.sd for facts in table):
            cost += 10  # were these four a ladder, they would have been taken
        return float(cost)


@dataclass(frozen=True)
class _Facts:
    row: Row
    forecast: Forecast
    places: tuple[int, ...]
    """Sites where it is edited."""
    twice: int
    """Edits beyond the first of a family."""


def _anneal(
    rows: list[Row],
    free: tuple[int, ...],
    used: Mapping[int, Sequence[int]],
    allowed: Mapping[int, Sequence[int]],
    judge: _Judge,
    rng: Random,
) -> Plan:
    """From the rows given, of which the free ones may change, each at the sites that are used in it."""
    facts = [judge.facts(row) for row in rows]
    here = judge.cost(facts)
    best = Plan(_table(facts), here)
    moves = MOVES[len(free)]
    for move in range(moves):
        heat = 0.08 * (1 - move / moves) ** 2 + 1e-4
        r = rng.choice(free)
        new = list(facts)
        new[r] = judge.facts(_moved(facts[r].row, rng.choice(used[r]), allowed, rng))
        if new[r] is facts[r] or len({one.row for one in new}) < len(new):
            continue
        cost = judge.cost(new)
        if cost <= here or rng.random() < exp((here - cost) / heat):
            here, facts = cost, new
            if cost < best.cost:
                best = Plan(_table(facts), cost)
    return best


def _moved(row: Row, site: int, allowed: Mapping[int, Sequence[int]], rng: Random) -> Row:
    """The row with another variant at a site, or with none if it has one there and chance has it so."""
    others = tuple(pick for pick in row if pick[0] != site)
    if len(others) < len(row) and rng.random() < DROPPED:
        return others
    return tuple(sorted((*others, (site, rng.choice(allowed[site])))))


def _drawn(places: Sequence[int], allowed: Mapping[int, Sequence[int]], rng: Random) -> Row:
    return tuple(sorted((site, rng.choice(allowed[site])) for site in places))


def _table(facts: Sequence[_Facts]) -> Table:
    a, b, c, d = (one.row for one in facts)
    return a, b, c, d
