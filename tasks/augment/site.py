"""What a mutator finds: a place in a program, and the texts that can stand there.

A version of a program is a list of `Pick`s: at each of the same sites, one of the site's variants.
"""

from collections.abc import Iterable, Sequence

from pydantic import Field

from tasks.record import Edit, Family, Program, Record


class Variant(Record):
    """A text that can stand at a site. It always differs from what the author wrote there."""

    text: str
    strength: int = Field(ge=0, le=3)
    """As its mutator means it: 0 a harmless twin, 1 to 3 rising harm. What counts is what gets measured."""
    note: str
    """What it does to a person, in one sentence."""


class Site(Record):
    """A place in a program where a mutator can put one of several texts of like size and looks."""

    file: str
    start: int
    """Offset of its first byte in the file's UTF-8 text."""
    end: int
    """Offset behind its last byte."""
    line: int
    """From 1."""
    before: str
    mutator: str
    family: Family
    moves: tuple[Family, ...]
    """The parts of quality that its harm is expected to move, the chief one first."""
    variants: tuple[Variant, ...]

    @property
    def twins(self) -> tuple[int, ...]:
        """Which variants are meant to be harmless."""
        return tuple(i for i, variant in enumerate(self.variants) if variant.strength == 0)

    @property
    def harms(self) -> tuple[int, ...]:
        """Which variants are meant to do harm."""
        return tuple(i for i, variant in enumerate(self.variants) if variant.strength > 0)

    def overlaps(self, other: "Site") -> bool:
        """Whether the two can't be edited independently."""
        return self.file == other.file and self.start < other.end and other.start < self.end

    def edit(self, variant: int) -> Edit:
        """The record of putting a variant here."""
        chosen = self.variants[variant]
        return Edit(
            mutator=self.mutator,
            family=self.family,
            file=self.file,
            line=self.line,
            before=self.before,
            after=chosen.text,
            strength=chosen.strength,
            note=chosen.note,
        )


class Pick(Record):
    """One variant at one site; both are indices."""

    site: int
    variant: int


Picks = tuple[Pick, ...]


def edited(program: Program, sites: Sequence[Site], picks: Iterable[Pick]) -> Program:
    """The program with the picked variants put in; the sites must not overlap."""
    chosen = sorted(((sites[pick.site], pick.variant) for pick in picks), key=lambda pair: -pair[0].start)
    texts = {file.filename: file.content.encode() for file in program.files}
    for site, variant in chosen:
        text = texts[site.file]
        texts[site.file] = text[: site.start] + site.variants[variant].text.encode() + text[site.end :]
    return Program.of((name, text.decode()) for name, text in texts.items())
