"""What a mutator finds: a place in a program, and the texts that a weaker programmer would have written there.

A version of a program is a list of `Pick`s: at some of the sites, one of the site's variants. Where it has none the
clean text stands.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from tasks.record import Edit, Family, Program, Record


class Variant(Record):
    """A text that can stand at a site."""

    text: str
    """May be empty: what stood there is left out."""
    strength: int = Field(ge=1, le=3)
    """As its author means it, 1 to 3, rising harm. What counts is what gets measured."""
    note: str
    """What it does to a person, in one sentence."""


class Site(Record):
    """A span of a file, and what can stand there instead."""

    file: str
    start: int
    """Offset of its first byte in the file's UTF-8 text."""
    end: int
    """Offset behind its last byte; `start` if what is put here replaces nothing."""
    line: int
    """From 1."""
    before: str
    tongue: Literal["script", "style", "markup"]
    mutator: str
    family: Family
    moves: tuple[Family, ...]
    """The parts of quality that its harm is expected to move, the chief one first."""
    acts: int
    """Offset in the file of the code whose running brings the harm out, e.g. a listener's body."""
    fails: float = 0.0
    """Share of the checks that run it which its strongest harm is expected to fail, by weight."""
    spoken: str = ""
    """What the edited element is called, if a check may look for it by that name."""
    variants: tuple[Variant, ...]

    def overlaps(self, other: "Site") -> bool:
        """Whether the two can't be edited independently; places that touch can't."""
        return self.file == other.file and self.start <= other.end and other.start <= self.end

    def edit(self, variant: int) -> Edit:
        """The record of putting a variant here."""
        chosen = self.variants[variant]
        return Edit(
            mutator=self.mutator,
            family=self.family,
            file=self.file,
            line=self.line,
            start=self.start,
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
"""In the order of their sites, each site once; none for the clean program."""


def edits_of(sites: Sequence[Site], picks: Iterable[Pick]) -> tuple[Edit, ...]:
    """The edits of a version, in the order of the files and of their text."""
    found = [sites[pick.site].edit(pick.variant) for pick in picks]
    return tuple(sorted(found, key=lambda edit: (edit.file, edit.start)))


def edited(program: Program, edits: Iterable[Edit]) -> Program:
    """The clean program with the edits made; they must not overlap."""
    made = sorted(edits, key=lambda edit: edit.start)
    files = []
    for file in program.files:
        source, parts, done = file.content.encode(), [], 0
        for edit in made:
            if edit.file == file.filename:
                parts += [source[done : edit.start], edit.after.encode()]
                done = edit.start + len(edit.before.encode())
        files.append((file.filename, b"".join([*parts, source[done:]]).decode()))
    return Program.of(files)
