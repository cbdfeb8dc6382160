"""Measure what each mutator's harms do alone, on the offline pages in the real browser.

    python tests/augment/measure_harm.py SEED [ARCHETYPE ...]

Not a test: it prints, by mutator and strength, how many edits were tried, the share of the checks' weight that runs the
place, that asks for the element by its name and that failed, what failed of it without running the place, the mean loss
of the other three parts, and how many edits did nothing at all. `Mutator.fails` comes from this.
"""

import asyncio
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tasks.augment.find import find_sites, reach_of
from tasks.augment.site import edited
from tasks.model.offline import archetype as offline
from tasks.record import FAMILIES, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import Settings
from tests.augment.browser import offline_page


async def measure(pool: RenderPool, slug: str, seed: int, rows: dict[tuple[str, int], list[tuple[float, ...]]]) -> None:
    program, checks = offline_page(slug, seed)
    clean = await pool.render(RenderOrder(program=program, checks=checks, reach=True))
    if clean.passed < len(checks):
        return
    sites = find_sites(program, seed)
    reach = reach_of(sites, checks, clean.reached)
    whole = sum(check.weight for check in checks)

    def share(mask: int) -> float:
        return sum(check.weight for bit, check in enumerate(checks) if mask >> bit & 1) / whole

    async def one(i: int, v: int) -> None:
        changed = edited(program, [sites[i].edit(v)])
        render = await pool.render(RenderOrder(program=changed, checks=checks))
        failed = sum(1 << bit for bit, verdict in enumerate(render.verdicts) if verdict.value != "pass")
        lost = [getattr(clean.quality, part) - getattr(render.quality, part) for part in FAMILIES[1:]]
        nothing = not failed and max(lost) < 0.005
        row = (share(reach[i]), share(failed), share(failed & ~reach[i]), *lost, float(nothing))
        rows[sites[i].mutator, sites[i].variants[v].strength].append(row)

    picks = [(i, Random(f"{slug} {i}").randrange(len(site.variants))) for i, site in enumerate(sites)]
    await asyncio.gather(*(one(i, v) for i, v in picks))


async def main() -> None:
    seed, slugs = int(sys.argv[1]), sys.argv[2:] or [*offline.slugs()]
    settings = Settings()
    rows: dict[tuple[str, int], list[tuple[float, ...]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        async with RenderPool(settings.render, settings.quality, Path(folder)) as pool:
            for slug in slugs:
                await measure(pool, slug, seed, rows)
    print(f"{'mutator':18}{'s':>2}{'n':>4}  reach   fail beyond visual  perf. access nothing")
    for (mutator, strength), found in sorted(rows.items()):
        *shares, nothing = (statistics.fmean(part) for part in zip(*found, strict=True))
        told = " ".join(f"{share:6.3f}" for share in shares)
        print(f"{mutator:18}{strength:>2}{len(found):>4} {told} {nothing * len(found):7.0f}")


if __name__ == "__main__":
    asyncio.run(main())
