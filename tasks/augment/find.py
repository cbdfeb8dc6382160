"""Where a program can be edited, best places first."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from random import Random

from tasks.augment.author import Proposal
from tasks.augment.mutators.accessibility import ACCESSIBILITY
from tasks.augment.mutators.function import REASONING
from tasks.augment.mutators.mutator import HOLE, Mutator, Offer, Page
from tasks.augment.mutators.performance import PERFORMANCE
from tasks.augment.mutators.state import REACTION
from tasks.augment.mutators.style import read_page
from tasks.augment.mutators.visual import VISUAL
from tasks.augment.place import find_place
from tasks.augment.site import MOST_VARIANTS, Menu, Site, Variant
from tasks.augment.syntax import MAX_NODES, Region, read_regions, walk
from tasks.check import Check
from tasks.record import FAMILIES, Program, Reach

MUTATORS: tuple[Mutator, ...] = (*REASONING, *REACTION, *VISUAL, *PERFORMANCE, *ACCESSIBILITY)

MAX_SITES = 48
"""Sites kept of one program; a ladder uses about ten."""
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
    page = read_page(regions)
    weighed = [(PROPOSED * rng.uniform(0.6, 1.4), site) for site in _proposed(program, regions, proposals)]
    if rules:
        weighed += [
            (worth * rng.uniform(0.6, 1.4), site) for region in regions for worth, site in _offers(region, page)
        ]
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
        elif site.menu.form == "style":
            masks.append(every)
        else:
            masks.append(sum(1 << bit for bit, check in enumerate(checks) if runs(check, site)))
    return tuple(masks)


def with_menus(program: Program, sites: Sequence[Site], seed: int) -> tuple[Site, ...]:
    """The sites, their menus named so that no two are alike and the keys drawn.

    A key says nothing of its variant: that is what keeps the order from the text.
    """
    words = set(re.findall(r"[\w-]+", " ".join(file.content for file in program.files)))
    named: list[Site] = []
    for site in sites:
        label = site.menu.name or "here"
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
        acts=region.offset + (offered.start if offered.acts is None else offered.acts),
        fails=mutator.fails,
        spoken=offered.spoken,
        variants=offered.variants,
        menu=Menu(
            form="style" if style else "script",
            name=f"--{offered.label}" if style else offered.label,
            at=region.offset + region.opening,
            keys=tuple(range(len(offered.variants))),
        ),
    )


def _proposed(program: Program, regions: Sequence[Region], proposals: Iterable[Proposal]) -> Iterator[Site]:
    """What a model proposes, as sites. An expression of a script is put into a function that is called on the spot, for
    it may use what is only known there."""
    for proposal in proposals:
        place = find_place(program, regions, proposal.file, proposal.find)
        if isinstance(place, str):
            continue
        region, style = place.region, place.region.tongue == "style"
        variants = tuple(
            Variant(text=w.text if style else f"() => ({w.text})", strength=w.strength, note=w.note)
            for w in proposal.wordings[:MOST_VARIANTS]
        )
        yield Site(
            file=region.file,
            start=region.offset + place.start,
            end=region.offset + place.end,
            line=region_line(region, place.start),
            before=proposal.find,
            head="" if style else "Array.of",
            tail="" if style else "()",
            mutator="model",
            family=proposal.family,
            moves=(proposal.family,) if style or proposal.family == "function" else (proposal.family, "function"),
            acts=region.offset + place.start,
            fails=FAILS_UNKNOWN,
            variants=variants,
            menu=Menu(
                form="style" if style else "here",
                name="--choice" if style else "",
                at=region.offset + region.opening,
                keys=tuple(range(len(variants))),
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
