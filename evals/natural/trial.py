"""Every mutator's edits on pages, one at a time: placed, diagnosed, measured."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from evals.natural.habits import broken
from evals.pace import Pace, Tell
from tasks.augment.find import find_sites, offered_sites
from tasks.augment.site import Site, edited
from tasks.diagnose.servers import Servers
from tasks.gather import gather
from tasks.record import Diagnostic, Edit, Findings, Program
from tasks.settings import RepairSettings

_AT_ONCE = 8
"""Programs under way at once: enough to keep every server busy."""


@dataclass(frozen=True)
class Offered:
    """What a page offers."""

    page: str
    sites: Counter[str]
    """By mutator, overlapping ones too."""
    kept: int
    """Sites that a search takes: no two overlap."""
    kinds: int
    """Mutators that these are of."""


@dataclass(frozen=True)
class Made:
    """One edit of a page, and what came of it."""

    page: str
    edit: Edit
    placed: bool
    """What the edit says stood there did; if not, it would cut the file at a wrong place."""
    removed: int
    """Lines of the clean file that a diff shows as gone."""
    added: int
    habits: tuple[str, ...]
    """That it breaks."""
    errors: tuple[Diagnostic, ...]
    """Error diagnostics that the clean program has not."""


def try_pages(pages: Mapping[str, Program], most: int, tell: Tell) -> tuple[list[Offered], list[Made]]:
    """Make up to `most` edits of each mutator on each page, and diagnose every one.

    Args:
        pages: clean programs by name.
        most: edits of one mutator on one page; they are spread over its sites.
        tell: hears how far it is.

    Raises:
        Missing, ServerDown: the language servers can't be used.
    """
    offers: list[Offered] = []
    chosen: list[tuple[str, Edit]] = []
    for name, program in pages.items():
        sites, kept = offered_sites(program), find_sites(program, 0)
        by_mutator: dict[str, list[Site]] = {}
        for site in sites:
            by_mutator.setdefault(site.mutator, []).append(site)
        offers.append(
            Offered(
                page=name,
                sites=Counter(site.mutator for site in sites),
                kept=len(kept),
                kinds=len({site.mutator for site in kept}),
            )
        )
        chosen += [(name, edit) for own in by_mutator.values() for edit in _spread(own, most)]
    return offers, asyncio.run(try_edits(pages, chosen, tell))


def _spread(sites: Sequence[Site], most: int) -> list[Edit]:
    """So many edits: the first variant of sites far from one another, then the next ones."""
    step = max(1, len(sites) // most)
    picked = sites[::step]
    turns = range(max(len(site.variants) for site in picked))
    return [site.edit(turn) for turn in turns for site in picked if turn < len(site.variants)][:most]


async def try_edits(pages: Mapping[str, Program], chosen: Sequence[tuple[str, Edit]], tell: Tell) -> list[Made]:
    """Make each edit of a named page alone, and diagnose what it gives; as `try_pages`."""
    pace = Pace("edits diagnosed", len(chosen), tell)
    places = asyncio.Semaphore(_AT_ONCE)
    async with Servers(RepairSettings()) as servers:

        async def diagnosed(program: Program) -> Findings:
            async with places:
                return await servers.diagnose(program)

        found = await gather(diagnosed(program) for program in pages.values())
        clean = dict(zip(pages, found, strict=True))

        async def one(name: str, edit: Edit) -> Made:
            said = await diagnosed(edited(pages[name], [edit]))
            pace.step()
            return made(name, pages[name], edit, _fresh(clean[name].errors, said.errors))

        return list(await gather(one(name, edit) for name, edit in chosen))


def made(name: str, program: Program, edit: Edit, errors: tuple[Diagnostic, ...]) -> Made:
    """Measure an edit of a page."""
    after = edited(program, [edit])
    old, new = program.text(edit.file) or "", after.text(edit.file) or ""
    span = old.encode()[edit.start :][: len(edit.before.encode())]
    removed, added = changed_lines(old, new)
    return Made(
        page=name,
        edit=edit,
        placed=span == edit.before.encode(),
        removed=removed,
        added=added,
        habits=broken(program, after),
        errors=errors,
    )


def changed_lines(old: str, new: str) -> tuple[int, int]:
    """Lines that a diff shows as removed and as added."""
    matcher = SequenceMatcher(None, old.split("\n"), new.split("\n"), autojunk=False)
    changes = [(b - a, d - c) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
    return sum(removed for removed, _ in changes), sum(added for _, added in changes)


def _fresh(before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those of the edited program that the clean one has not; lines may have moved."""
    known = Counter((one.file, one.code, one.message) for one in before)
    fresh = []
    for one in after:
        known[one.file, one.code, one.message] -= 1
        if known[one.file, one.code, one.message] < 0:
            fresh.append(one)
    return tuple(fresh)
