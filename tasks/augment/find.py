"""Where a program can be edited, best places first."""

from collections.abc import Iterator
from random import Random

from tasks.augment.mutators.accessibility import ACCESSIBILITY
from tasks.augment.mutators.function import FUNCTION
from tasks.augment.mutators.mutator import Mutator, Page
from tasks.augment.mutators.performance import PERFORMANCE
from tasks.augment.mutators.style import read_page
from tasks.augment.mutators.visual import VISUAL
from tasks.augment.site import Site
from tasks.augment.syntax import MAX_NODES, Region, read_regions, walk
from tasks.record import FAMILIES, Program

MUTATORS: tuple[Mutator, ...] = (*FUNCTION, *VISUAL, *PERFORMANCE, *ACCESSIBILITY)

MAX_SITES = 48
"""Sites kept of one program; a ladder uses about ten."""
LONGEST_EDIT = 400
"""A site whose text is longer, in bytes, is left alone: minified code and data."""


def find_sites(program: Program, seed: int) -> tuple[Site, ...]:
    """Sites that don't overlap, at most `MAX_SITES`, the most telling of each family first, the families in turn.

    The same program and seed give the same sites. What can't be parsed offers none.
    """
    rng = Random(f"sites {seed}")
    regions = read_regions(program)
    page = read_page(regions)
    weighed = [(worth * rng.uniform(0.6, 1.4), site) for region in regions for worth, site in _offers(region, page)]
    queues = {family: _varied([pair for pair in weighed if pair[1].family == family]) for family in FAMILIES}
    chosen: list[Site] = []
    while any(queues.values()) and len(chosen) < MAX_SITES:
        for family in FAMILIES:
            while queues[family]:
                site = queues[family].pop(0)
                if not any(site.overlaps(other) for other in chosen):
                    chosen.append(site)
                    break
    return tuple(chosen[:MAX_SITES])


def _offers(region: Region, page: Page) -> Iterator[tuple[float, Site]]:
    by_kind: dict[str, list[Mutator]] = {}
    for mutator in MUTATORS:
        if mutator.tongue == region.tongue:
            for kind in mutator.kinds:
                by_kind.setdefault(kind, []).append(mutator)
    for node in walk(region.root, MAX_NODES):
        for mutator in by_kind.get(node.type, ()):
            offered = mutator.look(node, region, page)
            if offered is None or offered.end - offered.start > LONGEST_EDIT:
                continue
            yield (
                mutator.worth * offered.worth,
                Site(
                    file=region.file,
                    start=region.offset + offered.start,
                    end=region.offset + offered.end,
                    line=region_line(region, offered.start),
                    before=region.between(offered.start, offered.end),
                    mutator=mutator.name,
                    family=mutator.family,
                    moves=mutator.moves,
                    variants=offered.variants,
                ),
            )


def region_line(region: Region, at: int) -> int:
    """The line, from 1, in the region's file."""
    return region.first_line + region.text.count(b"\n", 0, at)


def _varied(weighed: list[tuple[float, Site]]) -> list[Site]:
    """Best first, but each further site of the same mutator counts half as much as the last."""
    rest = sorted(weighed, key=lambda pair: (-pair[0], pair[1].file, pair[1].start))[: 4 * MAX_SITES]
    used: dict[str, int] = {}
    order: list[Site] = []
    while rest:
        best = max(range(len(rest)), key=lambda i: (rest[i][0] * 0.5 ** used.get(rest[i][1].mutator, 0), -i))
        site = rest.pop(best)[1]
        used[site.mutator] = used.get(site.mutator, 0) + 1
        order.append(site)
    return order
