"""What the mutators of style sheets offer on pages of three kinds: stored, of a real model, of the offline model."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tasks.augment.mutators.layout import LAYOUT
from tasks.augment.mutators.mutator import Mutator
from tasks.augment.mutators.page import read_page
from tasks.augment.mutators.screens import SCREENS
from tasks.augment.mutators.visual import VISUAL
from tasks.augment.site import Site
from tasks.augment.syntax import read_regions, walk
from tasks.check import Check
from tasks.model.offline import archetype as offline
from tasks.record import Program

STYLE: tuple[Mutator, ...] = (*VISUAL, *LAYOUT, *SCREENS)
_TESTS = Path(__file__).parent.parent
STORED = {path.name: path for path in sorted((_TESTS / "augment" / "pages").iterdir())}
REAL = {path.name: path for path in sorted((_TESTS / "real").iterdir()) if path.is_dir()}
NAMES = (*STORED, *REAL, *offline.slugs())


def program_of(name: str) -> tuple[Program, tuple[Check, ...]]:
    """A page and its checks, by its folder's name or an archetype's."""
    if name in offline.slugs():
        brief = offline.draw_brief(Random(1), name)
        files, checks = list(offline.render(brief).items()), offline.pose(brief)["checks"]
    else:
        folder = {**STORED, **REAL}[name]
        files = [(path.name, path.read_text("utf-8")) for path in folder.iterdir() if path.suffix != ".json"]
        stored = folder / "checks.json" if name in STORED else folder / "problem.json"
        told = json.loads(stored.read_text("utf-8"))
        checks = told["checks"] if isinstance(told, dict) else told
    return Program.of(files), tuple(Check.model_validate(one) for one in checks)


def offers(program: Program) -> Iterator[tuple[float, Site]]:
    """Every site that they find, in the order of the text, with what it is worth."""
    regions = read_regions(program)
    page = read_page(regions)
    for region in regions:
        for node in walk(region.root) if region.tongue == "style" else ():
            for mutator in STYLE:
                if node.type in mutator.kinds and (found := mutator.look(node, region, page)) is not None:
                    yield (
                        mutator.worth * found.worth,
                        Site(
                            file=region.file,
                            start=region.offset + found.start,
                            end=region.offset + found.end,
                            line=region.first_line + region.text.count(b"\n", 0, found.start),
                            before=region.between(found.start, found.end),
                            tongue=region.tongue,
                            mutator=mutator.name,
                            family=mutator.family,
                            moves=mutator.moves,
                            acts=region.offset + found.start,
                            variants=found.variants,
                        ),
                    )
