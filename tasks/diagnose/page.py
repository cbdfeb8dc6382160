"""A program as a browser meets it: its elements, scripts, styles and handlers, each with its place in the author's
files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tasks.diagnose.syntax import Source
from tasks.document.code import read as read_code
from tasks.document.links import base_folder, script_kind
from tasks.document.modules import Names
from tasks.document.reference import find, folder_of
from tasks.document.sheet import imports
from tasks.document.tags import Tag, scan
from tasks.record import Program

PAGE = "index.html"


@dataclass(frozen=True)
class Attribute:
    """One attribute of a start tag; `line` and `column` are those of its value (of its name, if it has none), from
    1."""

    name: str
    value: str
    line: int
    column: int


@dataclass(frozen=True)
class Element:
    """One start tag."""

    tag: str
    attributes: tuple[Attribute, ...]
    line: int
    column: int

    def get(self, name: str) -> Attribute | None:
        """The first attribute of that name."""
        return next((a for a in self.attributes if a.name == name), None)


@dataclass(frozen=True)
class Script:
    """One script of the page, in the order in which it runs."""

    source: Source
    module: bool


@dataclass(frozen=True)
class Handler:
    """An event handler written as an attribute."""

    attribute: Attribute
    source: Source


@dataclass
class Page:
    """A parsed program. Nothing in it changes after `read`."""

    program: Program
    markup: Source
    elements: list[Element]
    base: str | None = ""
    """The folder from which the page's references count; None if its base leads elsewhere."""
    names: Names = field(default_factory=lambda: Names({}))
    """What its import map says."""
    scripts: list[Script] = field(default_factory=list)
    styles: list[Source] = field(default_factory=list)
    handlers: list[Handler] = field(default_factory=list)

    @cached_property
    def ids(self) -> dict[str, list[Attribute]]:
        """Every id that the markup gives, with its places."""
        found: dict[str, list[Attribute]] = {}
        for element in self.elements:
            given = element.get("id")
            if given and given.value:
                found.setdefault(given.value, []).append(given)
        return found

    @cached_property
    def classes(self) -> set[str]:
        """Every class that the markup gives."""
        return {name for e in self.elements if (given := e.get("class")) for name in given.value.split()}

    def folder(self, source: Source) -> str | None:
        """The folder from which a style sheet's references, and a module's imports, count."""
        return self.base if source.file == PAGE else folder_of(source.file)

    def imported(self, specifier: str, source: Source) -> str | None:
        """The file that an import means; None if it is none of the program's."""
        folder = self.folder(source)
        own = self.names.own(specifier, folder, self.base) if folder is not None else None
        return own.name if own and self.program.text(own.name) is not None else None

    @property
    def code(self) -> list[Source]:
        """All JavaScript of the page: scripts, then handlers."""
        return [script.source for script in self.scripts] + [handler.source for handler in self.handlers]


def read(program: Program) -> Page:
    """Parse a program as a browser does. Files that the page does not come to are left out; a script whose type is no
    script's is data and left out."""
    text = program.text(PAGE) or ""
    tags = scan(text).tags
    maps = [text[tag.end : tag.content] for tag in tags if script_kind(tag) == "importmap"]
    page = Page(program, Source(text, "html", PAGE), [], base_folder(tags), Names.read(maps))
    late: list[Script] = []
    at = _Bytes(text)
    for tag in tags:
        element = _element(tag, page.markup, at)
        page.elements.append(element)
        kind = script_kind(tag)
        if kind in ("classic", "module"):
            script = _script(tag, kind == "module", page, at)
            waits = kind == "module" or ("src" in tag.attributes and {"defer", "async"} & set(tag.attributes))
            if script:
                (late if waits else page.scripts).append(script)
        elif tag.name == "style":
            _add_style(_inline(tag, "css", page, at), page.base, page)
        elif tag.name == "link" and "stylesheet" in (tag.get("rel") or "").lower().split():
            own = find(program, tag.get("href") or "", page.base)
            if own:
                _add_style(Source(program.text(own.name) or "", "css", own.name), folder_of(own.name), page)
        page.handlers.extend(_handlers(element))
    page.scripts = _with_imports(page, [*page.scripts, *late])
    return page


class _Bytes:
    """Offsets in a text, from characters to bytes of UTF-8."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ascii = text.isascii()
        self._at = self._byte = 0

    def __getitem__(self, at: int) -> int:
        if self._ascii:
            return at
        if at < self._at:
            self._at = self._byte = 0
        self._byte += len(self._text[self._at : at].encode("utf-8", "replace"))
        self._at = at
        return self._byte


def _element(tag: Tag, markup: Source, at: _Bytes) -> Element:
    place = markup.place_at(at[tag.start])
    found = []
    for one in tag.attributes.values():
        line, column = markup.place_at(at[one.inner[0] if one.value else one.start])
        found.append(Attribute(one.name, one.value, line, column))
    return Element(tag.name, tuple(found), *place)


def _script(tag: Tag, module: bool, page: Page, at: _Bytes) -> Script | None:
    link = tag.get("src")
    if link is None:
        return Script(_inline(tag, "javascript", page, at), module) if tag.closed else None
    own = find(page.program, link, page.base)
    return Script(Source(page.program.text(own.name) or "", "javascript", own.name), module) if own else None


def _inline(tag: Tag, tongue: Literal["css", "javascript"], page: Page, at: _Bytes) -> Source:
    line, column = page.markup.place_at(at[tag.end])
    return Source((page.program.text(PAGE) or "")[tag.end : tag.content], tongue, PAGE, line - 1, column - 1)


def _add_style(source: Source, folder: str | None, page: Page) -> None:
    """A style sheet behind those that it imports; each file once."""
    if source.file != PAGE and any(known.file == source.file for known in page.styles):
        return
    at = len(page.styles)
    page.styles.append(source)
    before = len(page.styles)
    for reference in imports(source.text):
        own = find(page.program, reference, folder)
        if own:
            _add_style(Source(page.program.text(own.name) or "", "css", own.name), folder_of(own.name), page)
    page.styles[at:] = [*page.styles[before:], source]


def _with_imports(page: Page, scripts: list[Script]) -> list[Script]:
    """The scripts, each module that one imports before it; each file once."""
    found: list[Script] = []
    seen: set[str] = set()

    def add(script: Script) -> None:
        file = script.source.file
        if file != PAGE and file in seen:
            return
        seen.add(file)
        for literal in read_code(script.source.text).imports:
            name = page.imported(literal.value, script.source)
            if name and name.endswith((".js", ".mjs")):
                add(Script(Source(page.program.text(name) or "", "javascript", name), True))
        found.append(script)

    for script in scripts:
        add(script)
    return found


def _handlers(element: Element) -> Iterator[Handler]:
    for attribute in element.attributes:
        if attribute.name.startswith("on") and len(attribute.name) > 3 and attribute.value.strip():
            place = (attribute.line - 1, attribute.column - 1)
            yield Handler(attribute, Source(attribute.value, "javascript", PAGE, *place))
