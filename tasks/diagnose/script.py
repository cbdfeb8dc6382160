"""All scripts of a page as the TypeScript server sees them, and the way back to the author's lines.

Classic scripts share one global scope: one document holds them all, in the order in which they run, and the inline
handlers after them, each in a function of its own. A module script has a document of its own.
"""

import re
from dataclasses import dataclass, field

from tasks.diagnose.page import Page
from tasks.diagnose.syntax import Source

_JSDOC = re.compile(r"/\*\*(?!/)")
_PRAGMA = re.compile(r"@ts-")
_LINE_ENDS = re.compile("\r(?!\n)|[\u2028\u2029]")


@dataclass(frozen=True)
class Part:
    """A source in a unit, which begins there at `row` (from 0)."""

    source: Source
    row: int
    handler: bool


@dataclass
class Unit:
    """One document for the server."""

    module: bool
    text: str = ""
    parts: list[Part] = field(default_factory=list)

    def add(self, source: Source, *, handler: bool = False) -> None:
        """Put a source at the end."""
        before, after = ("(function (event) {\n", "\n});\n") if handler else ("", "\n;\n")
        self.text += before
        self.parts.append(Part(source, self.text.count("\n"), handler))
        self.text += plain(source.text) + after

    def locate(self, row: int) -> Part | None:
        """The part that has this row of the document, or ends before it: there a server sees that something is
        missing."""
        return next((part for part in reversed(self.parts) if part.row <= row), None)


def plain(text: str) -> str:
    """The script without what only a type checker reads, each place unchanged: an author's JSDoc types and
    `@ts-nocheck` do not decide what runs."""
    text = _JSDOC.sub("/* ", text)
    return _LINE_ENDS.sub(" ", _PRAGMA.sub("@ts_", text))


def units(page: Page) -> list[Unit]:
    """The documents that together hold all of a page's scripts; none for a page without."""
    shared = Unit(module=False)
    found = [shared]
    for script in page.scripts:
        if script.module:
            own = Unit(module=True)
            own.add(script.source)
            found.append(own)
        else:
            shared.add(script.source)
    for handler in page.handlers:
        shared.add(handler.source, handler=True)
    return [unit for unit in found if unit.parts]


def split(unit: Unit) -> list[Unit]:
    """One unit a part: so that a bracket left open in one script does not seem to be the next one's fault."""
    alone = []
    for part in unit.parts:
        own = Unit(module=unit.module)
        own.add(part.source, handler=part.handler)
        alone.append(own)
    return alone
