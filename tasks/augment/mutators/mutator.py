"""What a mutator is, and how it writes down what it offers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tree_sitter import Node

from tasks.augment.site import Variant
from tasks.augment.syntax import Region, Tongue
from tasks.record import Family

MOST_VARIANTS = 6
"""Of one site: two or three degrees of one fault are enough."""


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
    markup: str = ""
    """All markup, to see what a selector finds."""
    scripts: str = ""
    """All scripts, to see what is used."""


@dataclass(frozen=True)
class Offer:
    """What a mutator offers at a node: texts that a weaker programmer would have written in place of a span."""

    region: Region
    start: int
    """In bytes, in the region."""
    end: int
    """Behind the span's last byte; `start` if something is put in between."""
    variants: tuple[Variant, ...]
    worth: float = 1.0
    """How much the place matters to a person, relative to the mutator's other places."""
    acts: int | None = None
    """Offset in the region of the code whose running brings the harm out, if it is not the place itself."""
    spoken: str = ""
    """What the edited element is called, if a check may look for it by that name."""


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
    """Its docstring says what the fault does to a person and where such faults are known from."""
    fails: float = 0.0
    """Share of the checks that run the place which its strongest harm fails, by weight: the column of that name of
    `python tests/augment/measure_harm.py 3 4 --programs tests/real`, nearer to a guess where few edits were tried."""


Harm = tuple[int, str, str]
"""Strength, text and note."""


def degrees(note: str, *texts: str) -> list[Harm]:
    """Harms of one kind, the mildest first; the strongest of three, or of two, has strength 3, a single one 2."""
    first = 2 if len(texts) < 3 else 1
    return [(first + i, text, note) for i, text in enumerate(texts)]


def offer(
    place: Node | tuple[int, int],
    harms: Iterable[Harm],
    region: Region,
    worth: float = 1.0,
    acts: int | None = None,
    spoken: str = "",
) -> Offer | None:
    """An offer of (strength, text, note) harms for a node or a (start, end) span; None if none of them differs from
    what stands there. Of equal texts the first one counts."""
    start, end = place if isinstance(place, tuple) else (place.start_byte, place.end_byte)
    seen = {_bare(region.between(start, end))}
    variants: list[Variant] = []
    for strength, text, note in harms:
        if _bare(text) not in seen and len(variants) < MOST_VARIANTS:
            seen.add(_bare(text))
            variants.append(Variant(text=text, strength=strength, note=note))
    return Offer(region, start, end, tuple(variants), worth, acts, spoken) if variants else None


def whole_lines(place: Node, region: Region) -> tuple[int, int]:
    """The span of a node with its indent and the line's end, if nothing else stands on its lines: what is left out
    leaves no empty line. Else the node's own span."""
    text, start, end = region.text, place.start_byte, place.end_byte
    if end < len(text) and text[end : end + 1] in (b";", b","):
        end += 1
    begin = text.rfind(b"\n", 0, start) + 1
    stop = text.find(b"\n", end)
    stop = len(text) if stop < 0 else stop + 1
    alone = not text[begin:start].strip() and not text[end:stop].strip()
    return (begin, stop) if alone and begin else (place.start_byte, place.end_byte)


def _bare(text: str) -> str:
    return " ".join(text.split())
