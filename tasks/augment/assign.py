"""Which variants make four versions of even quality, as far as is believed: simulated annealing over a table of
variants.

The table has a row for each version and a column for each site; in a column no variant stands twice, and rank 0 has
twins only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp
from random import Random

from tasks.augment.belief import Belief
from tasks.augment.site import Site
from tasks.settings import LadderRules

NEW = 0.04
"""What a version that is not measured yet costs; rank 0 twice that, for a clean one need not change."""
Row = tuple[tuple[int, int], ...]
"""(site, variant) for each used site, in order."""
Table = tuple[Row, Row, Row, Row]
Start = tuple[Row | None, Row | None, Row | None, Row | None]
"""Rows to keep, and None for those to be found."""

MOVES = {1: 300, 2: 700, 3: 1600, 4: 2600}
"""Moves tried from a start, by how many versions are open; one takes about 40 microseconds."""
ROOM = 0.06
"""Span aimed at beyond the least that is accepted."""
WIDE = 0.25
"""Span beyond the least accepted from which more is no better: the parts would saturate."""
LEAST_SHARE = 0.12
"""Share of the harm that each family should have, where it can."""


@dataclass(frozen=True)
class Plan:
    """Four versions, and how far they are believed to be from a good ladder (0 is perfect)."""

    table: Table
    cost: float


def plan_versions(
    sites: Sequence[Site],
    used: Sequence[int],
    belief: Belief,
    rules: LadderRules,
    banned: frozenset[tuple[int, int]],
    refused: frozenset[frozenset[Row]],
    starts: Sequence[Start],
    probing: bool,
    rng: Random,
) -> Plan | None:
    """The best table found from the given starts and from none; None if a site can't give four different texts.

    `banned` variants are not used, `refused` quartets not proposed again. When `probing`, no version carries two harms
    of one
    family, so that each effect can be told apart, and harms at many sites are preferred.
    """
    allowed = {i: [v for v in range(len(sites[i].variants)) if (i, v) not in banned] for i in used}
    calm = {i: [v for v in allowed[i] if sites[i].variants[v].strength == 0] for i in used}
    if not used or any(len(allowed[i]) < 4 or not calm[i] for i in used):
        return None
    judge = _judge(sites, belief, rules, refused, probing)
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


def _judge(
    sites: Sequence[Site], belief: Belief, rules: LadderRules, refused: frozenset[frozenset[Row]], probing: bool
) -> Callable[[Table], float]:
    cache: dict[Row, tuple[float, float, int, tuple[float, ...], int, tuple[int, ...]]] = {}

    def known(row: Row) -> tuple[float, float, int, tuple[float, ...], int, tuple[int, ...]]:
        if row not in cache:
            q, sd, failed = belief.predict(row)
            harmed = [i for i, v in row if sites[i].variants[v].strength > 0]
            families = [sites[i].family for i in harmed]
            cache[row] = (q, sd, failed, belief.losses(row), len(families) - len(set(families)), tuple(harmed))
        return cache[row]

    def judge(table: Table) -> float:
        facts = [known(row) for row in table]
        q = [fact[0] for fact in facts]
        span = q[0] - q[3]
        if span <= 0.02:
            return 20 - span
        line = [abs(q[r] - (q[0] - span * r / 3)) / span for r in (1, 2)]
        cost = max(line) + 0.3 * min(line) + 4 * max(0.0, rules.min_span + ROOM - span)
        cost += max(0.0, span - rules.min_span - WIDE)
        cost += 3.0 * (facts[0][2] != 0)
        cost += sum(0.35 * fact[1] / span + (NEW if fact[1] > 0 else 0.0) for fact in facts)
        cost += NEW if facts[0][1] > 0 else 0.0
        lost = [sum(fact[3][f] for fact in facts[1:]) - 3 * facts[0][3][f] for f in range(4)]
        whole = sum(max(one, 0.0) for one in lost) or 1.0
        cost += 0.6 * sum(max(0.0, LEAST_SHARE - max(one, 0.0) / whole) for one in lost)
        if probing:
            cost += 0.25 * sum(fact[4] for fact in facts)
            cost -= 0.03 * len({site for fact in facts for site in fact[5]})
        elif refused and frozenset(table) in refused:
            cost += 10
        return cost

    return judge


def _anneal(
    table: Table,
    open_rows: tuple[int, ...],
    used: Sequence[int],
    allowed: dict[int, list[int]],
    calm: dict[int, list[int]],
    judge: Callable[[Table], float],
    rng: Random,
) -> Plan:
    columns = [[table[r][c][1] for r in range(4)] for c in range(len(used))]
    here = judge(table)
    best = Plan(table, here)
    moves = MOVES[len(open_rows)]
    for move in range(moves):
        heat = 0.08 * (1 - move / moves) ** 2 + 1e-4
        c = rng.randrange(len(used))
        before = list(columns[c])
        if not _change(columns[c], used[c], open_rows, allowed, calm, rng):
            continue
        new = _table(used, columns)
        cost = judge(new)
        if cost <= here or rng.random() < exp((here - cost) / heat):
            here = cost
            if cost < best.cost:
                best = Plan(new, cost)
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
