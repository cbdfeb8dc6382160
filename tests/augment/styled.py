"""Pages of three kinds (stored, of a real model, of the offline model), and what mutators of styles offer there."""

from collections.abc import Iterator
from pathlib import Path

from tasks.augment.find import weighed_sites
from tasks.augment.mutators.layout import LAYOUT
from tasks.augment.mutators.mutator import Mutator
from tasks.augment.mutators.screens import SCREENS
from tasks.augment.mutators.visual import VISUAL
from tasks.augment.site import Site
from tasks.augment.syntax import read_regions
from tasks.check import Check
from tasks.model.offline import archetype as offline
from tasks.record import Program
from tests.augment.browser import PAGES, offline_page, stored_page

STYLE: tuple[Mutator, ...] = (*VISUAL, *LAYOUT, *SCREENS)
STORED = {path.name: path for path in sorted(PAGES.iterdir())}
REAL = {path.name: path for path in sorted((Path(__file__).parents[1] / "real").iterdir()) if path.is_dir()}
NAMES = (*STORED, *REAL, *offline.slugs())


def program_of(name: str) -> tuple[Program, tuple[Check, ...]]:
    """A page and its checks, by its folder's name or an archetype's."""
    folder = {**STORED, **REAL}.get(name)
    return stored_page(folder) if folder is not None else offline_page(name, 1)


def offers(program: Program) -> Iterator[tuple[float, Site]]:
    """Every site that they find, in the order of the text, with what it is worth."""
    names = {mutator.name for mutator in STYLE}
    return (pair for pair in weighed_sites(read_regions(program)) if pair[1].mutator in names)
