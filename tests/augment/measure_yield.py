"""Measure the search on real pages in the real browser: yield, renders, distance from the line, shares of the families.

    python tests/augment/measure_yield.py SEEDS [ARCHETYPE ...]

Pages are the offline model's, and without ARCHETYPE the two beside this file. Not a test: it prints a line a page,
and sums.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tasks.model.offline import archetype as offline
from tasks.record import FAMILIES
from tasks.render.pool import RenderPool
from tasks.settings import Settings
from tests.augment.browser import PAGES, offline_page, prove, search_for, stored_page


async def main() -> None:
    seeds, slugs = int(sys.argv[1]), [a for a in sys.argv[2:] if a != "-v"] or [*offline.slugs()]
    settings = Settings()
    pages = [(path.name, 0, *stored_page(path)) for path in sorted(PAGES.iterdir())] if len(sys.argv) < 3 else []
    pages += [(slug, seed, *offline_page(slug, seed)) for slug in slugs for seed in range(seeds)]
    tally, renders, offs, harm, used = Counter[str](), [], [], Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        async with RenderPool(settings.render, settings.quality, Path(folder)) as pool:
            for name, seed, program, checks in pages:
                started = time.monotonic()
                proven = await prove(pool, program, checks, seed)
                if proven.render.passed < len(checks):
                    bad = [f"{v.check_id}: {v.reason}" for v in proven.render.verdicts if v.value != "pass"]
                    print(f"{name} {seed}: not clean, {bad[:2]}", flush=True)
                    tally["not clean"] += 1
                    continue
                search = await search_for(pool, proven, settings)
                seconds = time.monotonic() - started
                tally[search.status] += 1
                if search.status == "failed":
                    print(f"{name} {seed}: {search.reason}; {search.detail}; {seconds:.0f} s", flush=True)
                    continue
                ladder = search.ladder
                assert ladder is not None
                renders.append(ladder.renders)
                offs.append(ladder.off_line)
                top = ladder.versions[0].render.quality
                for version in ladder.versions[1:]:
                    for family in FAMILIES:
                        lost = getattr(top, family) - getattr(version.render.quality, family)
                        harm[family] += max(0.0, lost) * getattr(settings.quality, family)
                    used.update(edit.mutator for edit in version.edits)
                q = " ".join(f"{v.render.quality.q:.3f}" for v in ladder.versions)
                print(
                    f"{name} {seed}: {q} off {ladder.off_line:.3f} spread {ladder.spread:.4f} "
                    f"renders {ladder.renders} {seconds:.0f} s",
                    flush=True,
                )
                if "-v" in sys.argv:
                    for v in ladder.versions:
                        print("   ", v.render.quality, [(e.mutator, e.strength) for e in v.edits])
    whole = sum(harm.values()) or 1
    print(dict(tally), "renders: median", statistics.median(renders or [0]), sorted(Counter(renders).items()))
    print("worst off_line", max(offs, default=0), {family: round(harm[family] / whole, 3) for family in FAMILIES})
    print(used.most_common())


if __name__ == "__main__":
    asyncio.run(main())
