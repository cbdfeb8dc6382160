"""Where a program can be edited, best places first."""

import json
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from tasks.augment.author import Proposal
from tasks.augment.mutators.accessibility import ACCESSIBILITY
from tasks.augment.mutators.content import CONTENT
from tasks.augment.mutators.function import REASONING
from tasks.augment.mutators.interaction import INTERACTION
from tasks.augment.mutators.layout import LAYOUT
from tasks.augment.mutators.memory import MEMORY
from tasks.augment.mutators.mutator import Mutator, Offer, Page
from tasks.augment.mutators.page import read_page
from tasks.augment.mutators.performance import PERFORMANCE
from tasks.augment.mutators.screens import SCREENS
from tasks.augment.mutators.state import REACTION
from tasks.augment.mutators.visual import VISUAL
from tasks.augment.place import find_place
from tasks.augment.site import Site, Variant
from tasks.augment.syntax import MAX_NODES, Region, read_regions, walk
from tasks.check import Check
from tasks.record import FAMILIES, Program, Reach

MUTATORS: tuple[Mutator, ...] = (
    *(*REASONING, *REACTION, *MEMORY, *CONTENT, *INTERACTION),
    *(*VISUAL, *LAYOUT, *SCREENS),
    *(*PERFORMANCE, *ACCESSIBILITY),
)
MODEL = "model"
"""As the mutator of what a model proposed."""

MAX_SITES = 64
"""Sites kept of one program; a ladder uses about ten of them."""
PROPOSED = 1.6
"""What a model's place is worth beside our mutators' (0.1 to 4)."""
FAILS_UNKNOWN = 0.4
"""Of the checks that run a model's place, those that its harm is expected to fail."""
LONGEST_EDIT = 400
"""A site whose text is longer, in bytes, is left alone: minified code and data."""


def find_sites(
    program: Program, seed: int, proposals: Sequence[Proposal] = (), *, rules: bool = True
) -> tuple[Site, ...]:
    """Sites that don't overlap, at most `MAX_SITES`, the most telling of each family first, the families in turn.

    Ours, if `rules`, and those of a model's `proposals`. The same arguments give the same sites. What can't be parsed
    offers none.
    """
    rng = Random(f"sites {seed}")
    regions = read_regions(program)
    weighed = [(PROPOSED * rng.uniform(0.3, 1.7), site) for site in _proposed(program, regions, proposals)]
    if rules:
        weighed += [(worth * rng.uniform(0.3, 1.7), site) for worth, site in weighed_sites(regions)]
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


def offered_sites(program: Program) -> tuple[Site, ...]:
    """Every site that our mutators offer, overlapping ones too, in the order of the files and of their text."""
    sites = (site for _, site in weighed_sites(read_regions(program)))
    return tuple(sorted(sites, key=lambda site: (site.file, site.start, site.mutator)))


def weighed_sites(regions: tuple[Region, ...]) -> Iterator[tuple[float, Site]]:
    """Every site that our mutators offer in all regions of a program, with what it is worth to a person."""
    page = read_page(regions)
    for region in regions:
        yield from _offers(region, page)


def reach_of(sites: Sequence[Site], checks: Sequence[Check], reached: Sequence[Reach]) -> tuple[int, ...]:
    """By site, the checks that its harm can fail, a bit each.

    Of an element with a name: those that look for it by that name. Of code: those that run it. Else, and where nobody
    looked what runs: any.
    """
    every = (1 << len(checks)) - 1
    texts = [check.model_dump_json() for check in checks]
    spans = {one.check_id: one.spans for one in reached}

    def runs(check: Check, site: Site) -> bool:
        inside = (span for span in spans.get(check.id, ()) if span.file == site.file)
        return check.id not in spans or any(span.start <= site.acts < span.end for span in inside)

    masks = []
    for site in sites:
        if site.spoken:
            name = json.dumps(site.spoken, ensure_ascii=False)
            masks.append(sum(1 << bit for bit, text in enumerate(texts) if name in text))
        elif site.tongue != "script":
            masks.append(every)
        else:
            masks.append(sum(1 << bit for bit, check in enumerate(checks) if runs(check, site)))
    return tuple(masks)


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
    return Site(
        file=region.file,
        start=region.offset + offered.start,
        end=region.offset + offered.end,
        line=region_line(region, offered.start),
        before=region.between(offered.start, offered.end),
        tongue=region.tongue,
        mutator=mutator.name,
        family=mutator.family,
        moves=mutator.moves,
        acts=region.offset + (offered.start if offered.acts is None else offered.acts),
        fails=mutator.fails,
        spoken=offered.spoken,
        variants=offered.variants,
    )


def _proposed(program: Program, regions: Sequence[Region], proposals: Iterable[Proposal]) -> Iterator[Site]:
    for proposal in proposals:
        place = find_place(program, regions, proposal.file, proposal.find)
        if isinstance(place, str):
            continue
        style = place.tongue == "style"
        yield Site(
            file=proposal.file,
            start=place.start,
            end=place.end,
            line=place.line,
            before=proposal.find,
            tongue=place.tongue,
            mutator=MODEL,
            family=proposal.family,
            moves=(proposal.family,) if style or proposal.family == "function" else (proposal.family, "function"),
            acts=place.start,
            fails=FAILS_UNKNOWN,
            variants=tuple(Variant(text=w.text, strength=w.strength, note=w.note) for w in proposal.wordings),
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
