"""Reading of markup that several mutators need, and statements about an element that find it again."""

import json
import re

from tree_sitter import Node

from tasks.augment.mutators.mutator import HOLE, Offer, Page, offer
from tasks.augment.syntax import Region

TAGS = ("start_tag", "self_closing_tag")


def told(
    selector: str,
    label: str,
    twins: list[str] | tuple[str, ...],
    harms: list[tuple[int, str, str]],
    page: Page,
    worth: float,
    spoken: str = "",
) -> Offer | None:
    """A statement at the script's beginning that tells an element something from a menu of small functions."""
    if page.script is None:
        return None
    at = page.script.opening
    return offer(
        (at, at),
        label,
        f"{HOLE}(document.querySelector({quoted(selector)}));\n",
        [f"(node) => {{ {text} }}" for text in twins],
        [(strength, f"(node) => {{ {text} }}", note) for strength, text, note in harms],
        page.script,
        worth,
        spoken=spoken,
    )


def found(node: Node, region: Region, page: Page) -> str | None:
    """A selector that finds this element and is plain to read; None if there is none."""
    kind, name, label = (tag(node, region), attribute(node, region, "id"), attribute(node, region, "aria-label"))
    if not kind or node.type not in TAGS:
        return None
    if name and re.fullmatch(r"[A-Za-z][\w-]*", name):
        return f"#{name}"
    classes = (attribute(node, region, "class") or "").split()
    for one in classes:
        if re.fullmatch(r"[A-Za-z][\w-]*", one) and len(re.findall(rf"(?<![\w-]){one}(?![\w-])", page.markup)) == 1:
            return f".{one}"
    if label and re.fullmatch(r"[\w ]+", label) and page.markup.count(f'"{label}"') == 1:
        return f'{kind}[aria-label="{label}"]'
    return kind if len(re.findall(rf"<{kind}[\s>]", page.markup)) == 1 else None


def quoted(text: str) -> str:
    """A text as a script's string, which may stand in markup."""
    plain = '"' in text and "'" not in text and "\\" not in text
    return (f"'{text}'" if plain else json.dumps(text, ensure_ascii=False)).replace("</", "<\\/")


def text_of(node: Node, region: Region) -> str:
    """The text that an element holds, given its start tag; of what is in its own children only."""
    inside = node.parent.named_children if node.parent is not None and node.parent.type == "element" else []
    return " ".join(" ".join(region.read(child) for child in inside if child.type == "text").split())


def tag(node: Node, region: Region) -> str:
    """An element's name, in lower case."""
    name = next((child for child in node.named_children if child.type == "tag_name"), None)
    return region.read(name).lower() if name is not None else ""


def attribute(node: Node, region: Region, name: str) -> str | None:
    """An attribute's value; None if the element has none of that name."""
    for child in node.named_children:
        if child.type == "attribute" and region.read(child.named_children[0]).lower() == name:
            return region.read(child).partition("=")[2].strip().strip("'\"")
    return None
