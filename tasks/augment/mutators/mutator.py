"""What a mutator is, and how it writes down what it offers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tree_sitter import Node

from tasks.augment.site import MOST_VARIANTS, Variant
from tasks.augment.syntax import Region, Tongue
from tasks.record import Family

HOLE = "\ue000"
"""Where the reference to the menu goes in the text of a site; a private letter, in no program."""


@dataclass(frozen=True)
class Page:
    """What a mutator may know of the whole program."""

    ground: tuple[float, float, float]
    """The page's background, sRGB in [0, 1]; white if none is declared."""
    variables: dict[str, str]
    """CSS custom properties and their values."""
    text_variables: frozenset[str]
    """Custom properties that are used as text colours."""
    listeners: frozenset[str]
    """Names of functions that the script hands to `addEventListener`."""
    plain_ids: tuple[str, ...] = ()
    """Ids of elements that no label can be for, in the order of the text."""
    script: Region | None = None
    """Where statements about elements of the markup can be put in; they are there by then."""
    markup: str = ""
    """All markup, to see what a selector finds."""


@dataclass(frozen=True)
class Offer:
    """What a mutator offers at a node."""

    region: Region
    """Where it edits: the node's own, or the script for what a statement does to an element."""
    start: int
    """In bytes, in the region."""
    end: int
    label: str
    """What the menu is a menu of: the name that its table gets."""
    shape: str
    """The text of the site, with a `HOLE` for the reference."""
    variants: tuple[Variant, ...]
    worth: float = 1.0
    """How much the place matters to a person, relative to the mutator's other places."""
    acts: int | None = None
    """Offset in the region of the code whose running brings the harm out, if it is not the place itself."""
    spoken: str = ""
    """What the edited element is called."""


Look = Callable[[Node, Region, Page], Offer | None]


@dataclass(frozen=True)
class Mutator:
    """A kind of edit."""

    name: str
    family: Family
    tongue: Tongue
    kinds: tuple[str, ...]
    """Node types it wants to see."""
    moves: tuple[Family, ...]
    """The parts of quality its harm moves, the chief one first."""
    worth: float
    """How readily it is chosen in its family."""
    look: Look
    fails: float = 0.0
    """Share of the checks that run the place which its strongest harm fails, by weight: measured on the offline pages
    (`python tests/augment/measure_harm.py`)."""


def offer(
    node: Node | tuple[int, int],
    label: str,
    shape: str,
    twins: Iterable[str],
    harms: Iterable[tuple[int, str, str]],
    region: Region,
    worth: float = 1.0,
    same: str = "Works as before.",
    acts: int | None = None,
    spoken: str = "",
) -> Offer | None:
    """An offer of twins and (strength, text, note) harms as the entries of a menu; None if fewer than two of each are
    distinct."""
    start, end = node if isinstance(node, tuple) else (node.start_byte, node.end_byte)
    seen: set[str] = set()
    variants: list[Variant] = []
    for strength, text, note in [(0, text, same) for text in twins] + list(harms):
        if _bare(text) not in seen:
            seen.add(_bare(text))
            variants.append(Variant(text=text, strength=strength, note=note))
    calm = sum(variant.strength == 0 for variant in variants)
    if calm < 2 or len(variants) - calm < 2 or len(variants) > MOST_VARIANTS or shape.count(HOLE) != 1:
        return None
    return Offer(region, start, end, label, shape, tuple(variants), worth, acts, spoken)


def _bare(text: str) -> str:
    return " ".join(text.split())
