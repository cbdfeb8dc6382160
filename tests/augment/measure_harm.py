"""Measure what each mutator's edits do alone, in the real browser.

    python tests/augment/measure_harm.py SEED [SEED ...] [--programs FOLDER]

Pages are the offline model's, one an archetype and seed, and those of FOLDER (each a folder with `problem.json`, as in
tests/real). Tried is one random variant of each site that a search would get, and of one site of each mutator that has
no place among these.

Not a test: it prints a row a mutator. n: edits tried; nothing: the share of them that fail no check and lose less than
0.005 of each part; q: mean loss of q; reach: mean share of the checks' weight that runs the place, or asks for the
element by its name; beyond: mean share of all checks that fail without running the place; visual, perf., access.: mean
losses of the other parts; fails: of the checks that run the place, the share that fails, over what the strength lets
expect of an edit that fails all of them (`blame.MILDER`). `Mutator.fails` comes from this.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tasks.augment.blame import MILDER
from tasks.augment.find import MUTATORS, find_sites, offered_sites, reach_of
from tasks.augment.site import Site, edited
from tasks.check import Check
from tasks.model.offline import archetype as offline
from tasks.record import FAMILIES, Program, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import Settings
from tests.augment.browser import offline_page, stored_page

Row = tuple[float, ...]
"""nothing, q, reach, beyond, visual, performance, accessibility; then failed of reach, and `MILDER` of the strength"""
UNMEASURED = 0.005


def sites_to_try(program: Program, seed: int) -> tuple[Site, ...]:
    chosen = find_sites(program, seed)
    rest: dict[str, list[Site]] = defaultdict(list)
    for site in offered_sites(program):
        rest[site.mutator].append(site)
    for site in chosen:
        rest.pop(site.mutator, None)
    return *chosen, *(Random(f"others {seed} {name}").choice(rest[name]) for name in sorted(rest))


async def measure(pool: RenderPool, page: tuple[Program, tuple[Check, ...]], seed: int) -> list[tuple[str, Row]]:
    """The rows of one page, each with its mutator's name; none if the clean page fails a check."""
    program, checks = page
    clean = await pool.render(RenderOrder(program=program, checks=checks, reach=True))
    if clean.passed < len(checks):
        return []
    sites = sites_to_try(program, seed)
    reach = reach_of(sites, checks, clean.reached)
    whole = sum(check.weight for check in checks)

    def share(mask: int) -> float:
        return sum(check.weight for bit, check in enumerate(checks) if mask >> bit & 1) / whole

    async def one(i: int) -> tuple[str, Row]:
        variant = Random(f"{program.program_id} {i}").randrange(len(sites[i].variants))
        render = await pool.render(RenderOrder(program=edited(program, [sites[i].edit(variant)]), checks=checks))
        failed = sum(1 << bit for bit, verdict in enumerate(render.verdicts) if verdict.value != "pass")
        lost = [getattr(clean.quality, part) - getattr(render.quality, part) for part in FAMILIES[1:]]
        nothing = not failed and max(lost) < UNMEASURED
        runs = share(reach[i])
        q = clean.quality.q - render.quality.q
        fails = (share(failed & reach[i]) / runs, MILDER[sites[i].variants[variant].strength]) if runs else (0.0, 0.0)
        return sites[i].mutator, (float(nothing), q, runs, share(failed & ~reach[i]), *lost, *fails)

    return await asyncio.gather(*(one(i) for i in range(len(sites))))


def print_table(rows: Iterable[tuple[str, Row]]) -> None:
    by_mutator: dict[str, list[Row]] = defaultdict(list)
    for mutator, row in rows:
        by_mutator[mutator].append(row)
    print(f"{'mutator':18}{'n':>4} nothing      q  reach beyond visual  perf. access.  fails")
    for mutator in MUTATORS:
        found = by_mutator[mutator.name]
        if not found:
            print(f"{mutator.name:18}   0")
            continue
        *means, failed, strength = (statistics.fmean(part) for part in zip(*found, strict=True))
        told = " ".join(f"{mean:6.3f}" for mean in (*means, failed / strength if strength else 0.0))
        print(f"{mutator.name:18}{len(found):>4}  {told}")


def pages(seeds: Sequence[int], folder: Path | None) -> Iterable[tuple[Program, tuple[Check, ...], int]]:
    for seed in seeds:
        yield from ((*offline_page(slug, seed), seed) for slug in offline.slugs())
    for path in sorted(folder.iterdir()) if folder else ():
        if (path / "problem.json").exists():
            yield (*stored_page(path), seeds[0])


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--programs", type=Path)
    options = parser.parse_args()
    settings = Settings()
    rows: list[tuple[str, Row]] = []
    with tempfile.TemporaryDirectory() as scratch:
        async with RenderPool(settings.render, settings.quality, Path(scratch)) as pool:
            for program, checks, seed in pages(options.seeds, options.programs):
                rows += await measure(pool, (program, checks), seed)
    print_table(rows)


if __name__ == "__main__":
    asyncio.run(main())
