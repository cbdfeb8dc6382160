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

MOVES = 2600
"""Moves tried from each start; one takes about 20 microseconds."""
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
    starts: Sequence[Table],
    probing: bool,
    rng: Random,
) -> Plan | None:
    """The best table found from the given starts and a random one; None if a site can't give four different texts.

    `banned` variants are not used, `refused` quartets not proposed again. When `probing`, no version carries two harms
    of one
    family, so that each effect can be told apart, and harms at many sites are preferred.
    """
    allowed = {i: [v for v in range(len(sites[i].variants)) if (i, v) not in banned] for i in used}
    calm = {i: [v for v in allowed[i] if sites[i].variants[v].strength == 0] for i in used}
    if not used or any(len(allowed[i]) < 4 or not calm[i] for i in used):
        return None
    judge = _judge(sites, belief, rules, refused, probing)
    fitting = [table for table in starts if _fits(table, used, allowed, calm)]
    best: Plan | None = None
    for start in [*fitting, _random_table(used, allowed, calm, rng)]:
        found = _anneal(start, used, allowed, calm, judge, rng)
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
    used: Sequence[int],
    allowed: dict[int, list[int]],
    calm: dict[int, list[int]],
    judge: Callable[[Table], float],
    rng: Random,
) -> Plan:
    columns = [[table[r][c][1] for r in range(4)] for c in range(len(used))]
    here = judge(table)
    best = Plan(table, here)
    for move in range(MOVES):
        heat = 0.08 * (1 - move / MOVES) ** 2 + 1e-4
        before = [list(column) for column in columns]
        if rng.random() < 0.1:
            a, b = rng.sample((1, 2, 3), 2)
            for column in columns:
                column[a], column[b] = column[b], column[a]
        else:
            _change(rng.randrange(len(used)), columns, used, allowed, calm, rng)
        new = _table(used, columns)
        cost = judge(new)
        if cost <= here or rng.random() < exp((here - cost) / heat):
            here = cost
            if cost < best.cost:
                best = Plan(new, cost)
        else:
            columns = before
    return best


def _change(
    c: int,
    columns: list[list[int]],
    used: Sequence[int],
    allowed: dict[int, list[int]],
    calm: dict[int, list[int]],
    rng: Random,
) -> None:
    """Give one version another variant at a site; a version that had it gets the first one's."""
    column, site = columns[c], used[c]
    r = rng.randrange(4)
    variant = rng.choice(calm[site] if r == 0 else allowed[site])
    old = column[r]
    if variant in column:
        other = column.index(variant)
        if other == 0 and old not in calm[site]:
            return
        column[other] = old
    column[r] = variant


def _random_table(used: Sequence[int], allowed: dict[int, list[int]], calm: dict[int, list[int]], rng: Random) -> Table:
    columns = []
    for site in used:
        first = rng.choice(calm[site])
        columns.append([first, *rng.sample([v for v in allowed[site] if v != first], 3)])
    return _table(used, columns)


def _fits(table: Table, used: Sequence[int], allowed: dict[int, list[int]], calm: dict[int, list[int]]) -> bool:
    return (
        all([i for i, _ in row] == list(used) for row in table)
        and all(v in allowed[i] for row in table for i, v in row)
        and all(v in calm[i] for i, v in table[0])
        and all(len({row[c][1] for row in table}) == 4 for c in range(len(used)))
    )


def _table(used: Sequence[int], columns: Sequence[Sequence[int]]) -> Table:
    a, b, c, d = (tuple((site, column[r]) for site, column in zip(used, columns, strict=True)) for r in range(4))
    return a, b, c, d
