"""A program as a browser meets it: its elements, scripts, styles and handlers, each with its place in the author's
files."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tree_sitter import Node

from tasks.diagnose.syntax import Source
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

    markup: Source
    elements: list[Element]
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

    @property
    def code(self) -> list[Source]:
        """All JavaScript of the page: scripts, then handlers."""
        return [script.source for script in self.scripts] + [handler.source for handler in self.handlers]


_CLASSIC_TYPES = frozenset(
    {"", "text/javascript", "application/javascript", "text/ecmascript", "application/ecmascript"}
)


def read(program: Program) -> Page:
    """Parse a program. Files that the page does not link are left out; a script whose type is no script's is data and
    left out."""
    markup = Source(program.text(PAGE) or "", "html", PAGE)
    page = Page(markup, [])
    late: list[Script] = []
    for node in markup.each("start_tag", "self_closing_tag"):
        if _is_text(node, markup):
            continue
        element = _element(node, markup)
        page.elements.append(element)
        if element.tag == "script":
            script = _script(element, node, markup, program)
            if script:
                deferred = script.module or (element.get("defer") and element.get("src"))
                (late if deferred else page.scripts).append(script)
        elif element.tag == "style" or (element.tag == "link" and _rel(element) == "stylesheet"):
            style = _style(element, node, markup, program)
            if style:
                page.styles.append(style)
        page.handlers.extend(_handlers(element))
    page.scripts.extend(late)
    return page


def own_file(reference: str) -> str:
    """The program's file that a relative reference names, by the same rule as `bundle`; empty if it leads elsewhere."""
    return "" if "//" in reference or ":" in reference else reference.removeprefix("./").removeprefix("/")


def _is_text(node: Node, markup: Source) -> bool:
    """`a < b` in running text, which the grammar takes for a tag."""
    return markup.of(node)[1:2].isspace()


def _element(node: Node, markup: Source) -> Element:
    tag = next((markup.of(child).lower() for child in node.children if child.type == "tag_name"), "")
    attributes = tuple(_attribute(child, markup) for child in node.children if child.type == "attribute")
    line, column = markup.place(node)
    return Element(tag, attributes, line, column)


def _attribute(node: Node, markup: Source) -> Attribute:
    name, value, at = "", "", node
    for child in node.children:
        if child.type == "attribute_name":
            name = markup.of(child).lower()
        inner = child.children[1] if child.type == "quoted_attribute_value" and len(child.children) == 3 else child
        if inner.type == "attribute_value":
            value, at = html.unescape(markup.of(inner)), inner
    line, column = markup.place(at)
    return Attribute(name, value, line, column)


def _rel(element: Element) -> str:
    rel = element.get("rel")
    return rel.value.strip().lower() if rel else ""


def _script(element: Element, node: Node, markup: Source, program: Program) -> Script | None:
    given = element.get("type")
    kind = given.value.strip().lower() if given else ""
    if kind != "module" and kind not in _CLASSIC_TYPES:
        return None
    link = element.get("src")
    source = _linked(link.value, "javascript", program) if link else _inline(node, markup, "javascript")
    return Script(source, kind == "module") if source else None


def _style(element: Element, node: Node, markup: Source, program: Program) -> Source | None:
    if element.tag == "style":
        return _inline(node, markup, "css")
    link = element.get("href")
    return _linked(link.value, "css", program) if link else None


def _linked(reference: str, tongue: str, program: Program) -> Source | None:
    name = own_file(reference.strip())
    text = program.text(name) if name else None
    if text is None:
        return None
    return Source(text, "css" if tongue == "css" else "javascript", name)


def _inline(node: Node, markup: Source, tongue: str) -> Source | None:
    raw = next((n for n in node.parent.children if n.type == "raw_text"), None) if node.parent else None
    if raw is None:
        return None
    line, column = markup.place(raw)
    return Source(markup.of(raw), "css" if tongue == "css" else "javascript", PAGE, line - 1, column - 1)


def _handlers(element: Element) -> Iterator[Handler]:
    for attribute in element.attributes:
        if attribute.name.startswith("on") and len(attribute.name) > 3 and attribute.value.strip():
            place = (attribute.line - 1, attribute.column - 1)
            yield Handler(attribute, Source(attribute.value, "javascript", PAGE, *place))
