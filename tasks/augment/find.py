"""Where a program can be edited, best places first."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, count
from random import Random

from tasks.augment.mutators.accessibility import ACCESSIBILITY
from tasks.augment.mutators.function import REASONING
from tasks.augment.mutators.mutator import HOLE, Mutator, Offer, Page
from tasks.augment.mutators.performance import PERFORMANCE
from tasks.augment.mutators.state import REACTION
from tasks.augment.mutators.style import read_page
from tasks.augment.mutators.visual import VISUAL
from tasks.augment.site import Menu, Site
from tasks.augment.syntax import MAX_NODES, Region, read_regions, walk
from tasks.record import FAMILIES, Program

MUTATORS: tuple[Mutator, ...] = (*REASONING, *REACTION, *VISUAL, *PERFORMANCE, *ACCESSIBILITY)

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
    return with_menus(program, chosen[:MAX_SITES], seed)


def with_menus(program: Program, sites: Sequence[Site], seed: int) -> tuple[Site, ...]:
    """The sites, their menus named so that no two are alike and the keys drawn.

    A key says nothing of its variant: that is what keeps the order from the text.
    """
    words = set(re.findall(r"[\w-]+", " ".join(file.content for file in program.files)))
    named: list[Site] = []
    for site in sites:
        label = site.menu.name
        fresh = (f"{label}{n}" for n in count(2))
        name = next(one for one in chain([label], fresh) if one not in words)
        words.add(name)
        keys = list(range(len(site.variants)))
        Random(f"menu {seed} {site.file} {site.start} {site.mutator} {name}").shuffle(keys)
        named.append(site.model_copy(update={"menu": site.menu.model_copy(update={"name": name, "keys": tuple(keys)})}))
    return tuple(named)


def _offers(region: Region, page: Page) -> Iterator[tuple[float, Site]]:
    by_kind: dict[str, list[Mutator]] = {}
    for mutator in MUTATORS:
        if mutator.tongue == region.tongue:
            for kind in mutator.kinds:
                by_kind.setdefault(kind, []).append(mutator)
    for node in walk(region.root, MAX_NODES):
        for mutator in by_kind.get(node.type, ()):
            offered = mutator.look(node, region, page)
            if offered is not None and offered.end - offered.start <= LONGEST_EDIT:
                yield mutator.worth * offered.worth, _site(mutator, offered)


def _site(mutator: Mutator, offered: Offer) -> Site:
    region = offered.region
    head, _, tail = offered.shape.partition(HOLE)
    style = region.tongue == "style"
    return Site(
        file=region.file,
        start=region.offset + offered.start,
        end=region.offset + offered.end,
        line=region_line(region, offered.start),
        before=region.between(offered.start, offered.end),
        head=head,
        tail=tail,
        mutator=mutator.name,
        family=mutator.family,
        moves=mutator.moves,
        variants=offered.variants,
        menu=Menu(
            form="style" if style else "script",
            name=f"--{offered.label}" if style else offered.label,
            at=region.offset + region.opening,
            keys=tuple(range(len(offered.variants))),
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
