"""What a mutator finds: a place in a program, and the texts that can stand there.

The texts of a site are a *menu*: a table that is put into the program, the same in every version, in an order drawn at
random. At the site itself a version has nothing but a reference to its own entry:

    const PACE = [470, 18, 31, 380];          in all four
    setTimeout(render, PACE[2]);              in one; PACE[0], PACE[3], PACE[1] in the others

The four texts differ by a digit a site, and each permutation of the digits is as likely as any other whatever the
order of quality: who does not work out what the reference stands for knows nothing (docs/decisions/0011).

A version of a program is a list of `Pick`s: at each of the same sites, one of the site's variants.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from tasks.record import Edit, Family, Program, Record

MOST_VARIANTS = 9
"""Of one site, so that each reference is one digit long."""
WIDTH = 100
"""Columns from which a menu's entries stand on lines of their own."""


class Variant(Record):
    """An entry of a menu."""

    text: str
    strength: int = Field(ge=0, le=3)
    """As its mutator means it: 0 a harmless twin, 1 to 3 rising harm. What counts is what gets measured."""
    note: str
    """What it does to a person, in one sentence."""


class Menu(Record):
    """Where the entries of a site stand, and under which keys."""

    form: Literal["script", "style", "here"]
    """A constant array, custom properties on `:root`, or a call of `head` at the site itself that makes an array."""
    name: str
    """The array's or the properties'; stands nowhere else in the program."""
    at: int
    """Offset in the file's UTF-8 text where the table is put in; not used `here`."""
    keys: tuple[int, ...]
    """Of each variant: a permutation drawn at random."""


class Site(Record):
    """A place in a program where one of several texts can stand that differ by one digit."""

    file: str
    start: int
    """Offset of its first byte in the file's UTF-8 text."""
    end: int
    """Offset behind its last byte; `start` if what is put here replaces nothing."""
    line: int
    """From 1."""
    before: str
    head: str
    """What stands before the reference in every version."""
    tail: str
    """What stands behind it."""
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
    menu: Menu

    @property
    def twins(self) -> tuple[int, ...]:
        """Which variants are meant to be harmless."""
        return tuple(i for i, variant in enumerate(self.variants) if variant.strength == 0)

    @property
    def harms(self) -> tuple[int, ...]:
        """Which variants are meant to do harm."""
        return tuple(i for i, variant in enumerate(self.variants) if variant.strength > 0)

    @property
    def table(self) -> str:
        """The menu as text, entries in the order of their keys; empty if it is part of the site."""
        menu, texts = self.menu, self._entries()
        if menu.form == "here":
            return ""
        if menu.form == "style":
            return ":root {\n" + "".join(f"  {menu.name}-{key}: {text};\n" for key, text in enumerate(texts)) + "}\n"
        line = f"const {menu.name} = [{', '.join(texts)}];\n"
        if len(line) <= WIDTH and "=>" not in line:
            return line
        return f"const {menu.name} = [\n" + "".join(f"  {text},\n" for text in texts) + "];\n"

    def text(self, variant: int) -> str:
        """What stands at the site in a version that has this variant."""
        menu, key = self.menu, self.menu.keys[variant]
        if menu.form == "here":
            return f"{self.head}({', '.join(self._entries())})[{key}]{self.tail}"
        reference = f"var({menu.name}-{key})" if menu.form == "style" else f"{menu.name}[{key}]"
        return self.head + reference + self.tail

    def overlaps(self, other: "Site") -> bool:
        """Whether the two can't be edited independently."""
        if self.start == self.end == other.start == other.end:
            return self.tail == other.tail  # two statements about one element
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
            after=self.text(variant),
            means=chosen.text,
            menu=self.table,
            strength=chosen.strength,
            note=chosen.note,
        )

    def _entries(self) -> list[str]:
        by_key = dict(zip(self.menu.keys, self.variants, strict=True))
        return [by_key[key].text for key in sorted(by_key)]


class Pick(Record):
    """One variant at one site; both are indices."""

    site: int
    variant: int


Picks = tuple[Pick, ...]


def edited(program: Program, sites: Sequence[Site], picks: Iterable[Pick]) -> Program:
    """The program with the picked variants and their menus put in; the sites must not overlap."""
    chosen = sorted(picks, key=lambda pick: pick.site)
    cuts = [(sites[p.site].start, sites[p.site].end, 1, sites[p.site], sites[p.site].text(p.variant)) for p in chosen]
    cuts += [(sites[p.site].menu.at, sites[p.site].menu.at, 0, sites[p.site], sites[p.site].table) for p in chosen]
    files = []
    for file in program.files:
        source, parts, done = file.content.encode(), [], 0
        mine = [cut for cut in cuts if cut[3].file == file.filename]
        for start, end, _, _, text in sorted(mine, key=lambda cut: (cut[0], cut[2], cut[1])):
            parts += [source[done:start], text.encode()]
            done = end
        files.append((file.filename, b"".join([*parts, source[done:]]).decode()))
    return Program.of(files)
