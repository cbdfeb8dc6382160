"""Makes the bank: python -m evals.faults.make [--out FILE]

Plants faults of every form in the pages of all archetypes in turn, has servers and browser look at each, and keeps what
is proven: the same bank every time, as long as archetypes, servers and browser are the same. What was planted and is
no fault is counted by reason. Takes some minutes.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from evals.faults import doing, naming, running
from evals.faults.bank import BANK
from evals.faults.fault import KINDS, Fault, Kind
from evals.faults.page import CleanPage, Cuts, clean_page
from evals.faults.prove import Seen, evidence, is_clean, kind_of, see, shortcoming
from evals.pace import Tell
from tasks.content import canonical_json, content_id
from tasks.diagnose.servers import Servers
from tasks.model.offline import archetype as offline
from tasks.output import print_anything
from tasks.render.pool import RenderPool
from tasks.rows import write_whole
from tasks.settings import QualityWeights, RenderSettings, RepairSettings

Planter = Callable[[CleanPage], Iterator[Cuts]]

FORMS: dict[Kind, dict[str, Planter]] = {
    "syntax": {"bracket": naming.bracket, "quote": naming.quote, "style-block": naming.style_block},
    "undefined-name": {"function": naming.undefined_function, "variable": naming.undefined_variable},
    "declaration": {"constant": naming.constant, "twice": naming.declared_twice},
    "misspelt": {"method": naming.method, "no-function": naming.no_function, "property": naming.style_property},
    "tag": {"unclosed": naming.unclosed_tag, "mismatched": naming.mismatched_tag},
    "across": {
        "id": naming.unknown_id,
        "handler": naming.unknown_handler,
        "reference": naming.unknown_reference,
        "class": naming.unknown_class,
    },
    "throws-on-load": {
        "past-end": running.past_end,
        "other-key": running.other_key,
        "null-state": running.null_state,
        "no-context": running.no_context,
        "out-of-range": running.out_of_range,
        "not-found": running.not_found,
        "wrong-target": running.wrong_target,
        "lost-method": running.lost_method,
        "absent-element": running.absent_element,
        "off-state": running.off_state,
    },
    "endless": {"loop": running.endless_loop, "recursion": running.endless_recursion},
    "wrong-operator": {"operator": doing.operator, "off-by-one": doing.off_by_one},
    "wrong-word": {"event": doing.event, "key": doing.key, "label": doing.label},
    "left-out": {"reset": doing.reset, "change": doing.change},
}
"""The forms of each kind; those that throw are of `throws-on-load` or `throws-on-use`, which their proof decides."""

SEEDS = 2
"""Pages of each archetype."""
WANTED = {"server": 15, "browser": 6, "check": 6}
"""Faults of one kind."""
_TRIES = 20
"""Plants of one form that are tried at the most."""
TIME_BOX_S = 30.0


class _Planting:
    """One making of the bank."""

    def __init__(self, servers: Servers, pool: RenderPool, tell: Tell) -> None:
        self._servers, self._pool, self._tell = servers, pool, tell
        self._pages = [clean_page(slug, seed) for seed in range(SEEDS) for slug in offline.slugs()]
        self._clean: dict[CleanPage, Seen] = {}
        self._places: dict[str, dict[CleanPage, list[Cuts]]] = {}
        self.found: dict[Kind, list[Fault]] = {kind: [] for kind in KINDS}
        self.dropped: Counter[str] = Counter()

    async def plant(self, kind: Kind) -> None:
        """Fill a kind, as evenly by form as can be proven."""
        kinds: list[Kind] = ["throws-on-load", "throws-on-use"] if kind == "throws-on-load" else [kind]
        wanted = WANTED[KINDS[kind][0]]
        proven: Counter[str] = Counter()
        tried: Counter[str] = Counter()
        while any(len(self.found[one]) < wanted for one in kinds):
            waiting = [form for form in FORMS[kind] if tried[form] < _TRIES]
            if not waiting:
                break
            form = min(waiting, key=lambda form: (proven[form], tried[form]))
            tried[form] += 1
            fault = await self._one(kind, form, tried[form])
            if fault is not None:
                proven[form] += 1
                if len(self.found[fault.kind]) < wanted:
                    self.found[fault.kind].append(fault)
        for one in kinds:
            spread = Counter(fault.form for fault in self.found[one])
            self._tell(f"{one}: {len(self.found[one])} ({', '.join(f'{n} {form}' for form, n in spread.items())})")

    async def _one(self, kind: Kind, form: str, tried: int) -> Fault | None:
        """Plant a form once, in the pages that have a place for it in turn."""
        if form not in self._places:
            self._places[form] = {page: _plants(FORMS[kind][form], page) for page in self._pages}
        taken = {(fault.clean_id, fault.cuts) for faults in self.found.values() for fault in faults}
        places = {
            page: [cuts for cuts in plants if (page.program.program_id, cuts) not in taken]
            for page, plants in self._places[form].items()
        }
        pages = [page for page, plants in places.items() if plants]
        if not pages:
            self.dropped[f"{form}: no place for it"] += 1
            return None
        rng = offline.rng_of("plant", form, str(tried))
        first = offline.rng_of("first page", form).randrange(len(pages))
        page = pages[(first + tried) % len(pages)]
        cuts = rng.choice(places[page])
        clean = await self._seen(page)
        seen = await see(
            self._servers, self._pool, page, page.edited(cuts), loads=KINDS[kind][0] == "browser" and kind != "endless"
        )
        if reason := shortcoming(kind, clean, seen):
            self.dropped[f"{form}: {reason}"] += 1
            return None
        return Fault(
            fault_id=content_id(page.program.program_id, canonical_json(_plain(cuts))),
            kind=kind_of(kind, seen),
            form=form,
            slug=page.slug,
            seed=page.seed,
            clean_id=page.program.program_id,
            cuts=cuts,
            evidence=evidence(clean, seen),
        )

    async def _seen(self, page: CleanPage) -> Seen:
        if page not in self._clean:
            self._clean[page] = await see(self._servers, self._pool, page, page.program)
            if not is_clean(self._clean[page]):
                raise ValueError(f"the page {page.seed} of {page.slug} is not clean without a fault")
        return self._clean[page]


async def make(tell: Tell) -> tuple[Fault, ...]:
    """Plant and prove; the kinds come in turn, so that the first of the bank are of all kinds.

    Raises:
        ServerDown, BrowserDown: they can't be used.
        ValueError: a page of an archetype is not clean.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = RenderSettings(pages=1, time_box_s=TIME_BOX_S)
        async with (
            Servers(RepairSettings()) as servers,
            RenderPool(settings, QualityWeights(), Path(folder)) as pool,
        ):
            planting = _Planting(servers, pool, tell)
            for kind in FORMS:
                await planting.plant(kind)
    for reason, number in sorted(planting.dropped.items()):
        tell(f"dropped, {reason}: {number}")
    rows = zip_longest(*planting.found.values())
    return tuple(fault for row in rows for fault in row if fault is not None)


def _plants(planter: Planter, page: CleanPage) -> list[Cuts]:
    """Every place of a page for this form, in a fixed order."""
    return sorted({cuts for cuts in planter(page) if cuts}, key=lambda cuts: canonical_json(_plain(cuts)))


def _plain(cuts: Cuts) -> list[dict[str, object]]:
    return [one.model_dump() for one in cuts]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the bank and write it."""
    parser = argparse.ArgumentParser(description="Make the bank of faults anew.")
    parser.add_argument("--out", type=Path, default=BANK)
    options = parser.parse_args(arguments)
    faults = asyncio.run(make(print))
    write_whole(options.out, "".join(fault.model_dump_json() + "\n" for fault in faults).encode())
    print(f"{len(faults)} faults of {len({fault.kind for fault in faults})} kinds: {options.out.name}")


if __name__ == "__main__":
    print_anything()
    main()
