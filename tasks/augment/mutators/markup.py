"""Reading and editing of markup that several mutators need."""

import re

from tree_sitter import Node

from tasks.augment.syntax import Region

TAGS = ("start_tag", "self_closing_tag")
FIELDS = ("input", "select", "textarea")
CONTROLS = (*FIELDS, "button", "a")
_TYPED = re.compile(r"range|checkbox|radio|button|submit|reset|color|file|hidden", re.I)


def tag(node: Node, region: Region) -> str:
    """An element's name, in lower case, given its start tag; empty for what is none."""
    name = next((child for child in node.named_children if child.type == "tag_name"), None)
    return region.read(name).lower() if name is not None else ""


def start_of(element: Node) -> Node:
    """The start tag of an element."""
    return element.named_children[0] if element.named_children else element


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


def left_out(attribute: Node, region: Region) -> tuple[int, int]:
    """The span of an attribute with the white space before it."""
    start = attribute.start_byte
    while region.text[start - 1 : start].isspace():
        start -= 1
    return start, attribute.end_byte


def behind_last(node: Node) -> tuple[int, int]:
    """Where another attribute of a start tag goes."""
    parts = [child for child in node.named_children if child.type in ("tag_name", "attribute")]
    end = parts[-1].end_byte
    return end, end


def text_of(node: Node, region: Region) -> str:
    """The text that an element holds by itself, given its start tag."""
    inside = node.parent.named_children if node.parent is not None and node.parent.type == "element" else []
    return " ".join(" ".join(region.read(child) for child in inside if child.type == "text").split())


def renamed(element: Node, region: Region, name: str, *, without: tuple[str, ...] = ()) -> str | None:
    """The text of an element with another name and without some attributes; None if its end tag is not there."""
    start, end = start_of(element), element.named_children[-1]
    if start.type != "start_tag" or end.type != "end_tag":
        return None
    head = region.read(start)
    for dropped in without:
        if (found := attribute_of(start, region, dropped)) is not None:
            a, b = left_out(found, region)
            head = head.replace(region.between(a, b), "", 1)
    own = tag(start, region)
    head = f"<{name}{head[1 + len(own) :]}"
    return f"{head}{region.between(start.end_byte, end.start_byte)}</{name}>"


def is_typed_in(node: Node, region: Region) -> bool:
    """Whether a start tag is that of a field that one writes into."""
    kind = tag(node, region)
    return kind == "textarea" or (kind == "input" and not _TYPED.match(attribute(node, region, "type") or "text"))


def holds_control(element: Node, region: Region) -> bool:
    """Whether an element holds something that the keyboard reaches."""
    return bool(re.search(r"<(?:button|input|select|textarea|a\s[^>]*href)\b", region.read(element), re.I))
