"""An element of the markup as mutators see it, and what can be offered there."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, wraps

from tree_sitter import Node

from tasks.augment.mutators.mutator import Harm, Mutator, Offer, Page, offer
from tasks.augment.syntax import Region
from tasks.record import Family

TAGS = ("start_tag", "self_closing_tag")
CONTROLS = ("input", "select", "textarea", "button", "a")
_TYPED = re.compile(r"range|checkbox|radio|button|submit|reset|color|file|hidden", re.I)
_REACHED = re.compile(r"<(?:button|input|select|textarea|a\s[^>]*href)\b", re.I)


def tag(node: Node, region: Region) -> str:
    """An element's name, in lower case, given its start tag; empty for what is none."""
    name = next((child for child in node.named_children if child.type == "tag_name"), None)
    return region.read(name).lower() if name is not None else ""


def attribute_of(node: Node, region: Region, name: str) -> Node | None:
    """The attribute of that name of a start tag."""
    for child in node.named_children:
        if child.type == "attribute" and region.read(child.named_children[0]).lower() == name:
            return child
    return None


def attribute(node: Node, region: Region, name: str) -> str | None:
    """An attribute's value, given the start tag; None if the element has none of that name."""
    found = attribute_of(node, region, name)
    return region.read(found).partition("=")[2].strip().strip("'\"") if found is not None else None


class Element:
    """An element, given itself or its start tag, with the page."""

    def __init__(self, node: Node, region: Region, page: Page) -> None:
        self.node, self.region, self.page = node, region, page
        self.start = node if node.type in TAGS or not node.named_children else node.named_children[0]
        self.name = tag(self.start, region)

    @cached_property
    def text(self) -> str:
        """The text that it holds by itself."""
        parent = self.start.parent
        inside = parent.named_children if parent is not None and parent.type == "element" else []
        return " ".join(" ".join(self.region.read(child) for child in inside if child.type == "text").split())

    @property
    def is_typed_in(self) -> bool:
        """Whether it is a field that one writes into."""
        typed = self.name == "input" and not _TYPED.match(self.attribute("type") or "text")
        return typed or self.name == "textarea"

    @property
    def holds_control(self) -> bool:
        """Whether it holds, or is, something that the keyboard reaches."""
        element = self.start.parent
        return element is not None and _REACHED.search(self.region.read(element)) is not None

    def attribute(self, name: str) -> str | None:
        """An attribute's value; None if it has none of that name."""
        return attribute(self.start, self.region, name)

    def attribute_span(self, name: str) -> tuple[int, int] | None:
        """Where an attribute is, with the white space before it."""
        found = attribute_of(self.start, self.region, name)
        if found is None:
            return None
        start = found.start_byte
        while self.region.text[start - 1 : start].isspace():
            start -= 1
        return start, found.end_byte

    def renamed(self, name: str, *, without: tuple[str, ...] = ()) -> list[str]:
        """Its text with another name and without some attributes; none if its end tag is not there."""
        start, end = self.start, self.node.named_children[-1]
        if start.type != "start_tag" or end.type != "end_tag":
            return []
        head = self.region.read(start)
        for span in map(self.attribute_span, without):
            head = head.replace(self.region.between(*span), "", 1) if span is not None else head
        inside = self.region.between(start.end_byte, end.start_byte)
        return [f"<{name}{head[1 + len(self.name) :]}{inside}</{name}>"]

    def offer(
        self, harms: Iterable[Harm], worth: float = 1.0, place: tuple[int, int] | None = None, spoken: str = ""
    ) -> Offer | None:
        """Texts in its place, or at another one."""
        return offer(place or self.node, harms, self.region, worth, spoken=spoken)

    def more(self, harms: Iterable[Harm], worth: float) -> Offer | None:
        """Further attributes, behind its last one."""
        parts = [child for child in self.start.named_children if child.type in ("tag_name", "attribute")]
        end = parts[-1].end_byte
        return self.offer(harms, worth, (end, end))


def markup_mutator(
    name: str,
    look: Callable[[Element], Offer | None],
    worth: float,
    moves: tuple[Family, ...] = ("accessibility",),
    kinds: tuple[str, ...] = TAGS,
    fails: float = 0.0,
) -> Mutator:
    """A mutator of markup."""

    @wraps(look)
    def look_at(node: Node, region: Region, page: Page) -> Offer | None:
        return look(Element(node, region, page))

    return Mutator(name, "accessibility", "markup", kinds, moves, worth, look_at, fails)
