"""Faults that only an acceptance check sees: the page runs, says nothing, and does something else than it should."""

import re
from collections.abc import Iterator
from itertools import pairwise

from evals.faults.naming import drawn
from evals.faults.page import CleanPage, Cuts, cut_lines, cut_node, top_level
from tasks.augment.mutators.markup import tag
from tasks.augment.mutators.script import enclosing_function, function_name, parts_of_call
from tasks.augment.syntax import walk
from tasks.model.offline import mistakes

_OTHER = {
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
    "===": "!==",
    "!==": "===",
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "&&": "||",
    "||": "&&",
    "+=": "-=",
    "-=": "+=",
}
_SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_EVENTS = {
    "click": "dblclick",
    "input": "select",
    "change": "select",
    "submit": "reset",
    "keydown": "keypress",
    "pointerdown": "pointerover",
    "focus": "blur",
}
"""An event, and one that an author takes for it."""
_KEYS = {
    "ArrowLeft": "Left",
    "ArrowRight": "Right",
    "ArrowUp": "Up",
    "ArrowDown": "Down",
    "Escape": "Esc",
    " ": "Space",
}
"""A key, and its name of long ago."""
_RESETS = re.compile(r"(?i)reset|restart|clear|again|rewind|restore|fresh|empty|deal|new|begin")


def operator(page: CleanPage) -> Iterator[Cuts]:
    """An operator is another: the opposite, mostly."""
    for region, node in page.each("script", "binary_expression", "augmented_assignment_expression"):
        sign, right = node.child_by_field_name("operator"), node.child_by_field_name("right")
        left = node.child_by_field_name("left")
        if sign is None or left is None or right is None or sign.type not in _OTHER:
            continue
        if not {left.type, right.type} & {"string", "template_string"}:
            yield (cut_node(region, sign, _OTHER[sign.type]),)


def off_by_one(page: CleanPage) -> Iterator[Cuts]:
    """A limit, an index, a step or a number of the page's is one too many or too few."""
    for region, node in page.each("script", "binary_expression", "augmented_assignment_expression"):
        sign, right = node.child_by_field_name("operator"), node.child_by_field_name("right")
        left = node.child_by_field_name("left")
        if sign is None or left is None or right is None:
            continue
        if sign.type in _SHIFTED:
            yield (cut_node(region, sign, _SHIFTED[sign.type]),)
        elif sign.type in "+-" and region.read(right) == "1":
            yield (cut_node(region, node, region.read(left)),)
        elif sign.type in ("+=", "-=") and region.read(right) == "1":
            yield (cut_node(region, right, "2"),)
    for region in (one for one in page.regions if one.tongue == "script"):
        for value in top_level(region).values():
            if value.type == "number" and region.read(value).isdecimal():
                yield (cut_node(region, value, str(int(region.read(value)) + 1)),)


def event(page: CleanPage) -> Iterator[Cuts]:
    """Something listens to another event."""
    for region, node in page.each("script", "call_expression"):
        callee, given = parts_of_call(node, region)
        if callee.endswith("addEventListener") and given and given[0].type == "string" and given[0].named_children:
            text = given[0].named_children[0]
            if region.read(text) in _EVENTS:
                yield (cut_node(region, text, _EVENTS[region.read(text)]),)


def key(page: CleanPage) -> Iterator[Cuts]:
    """A key goes by a name that no browser gives it."""
    for region, node in page.each("script", "string_fragment", "property_identifier"):
        name = region.read(node)
        if name in _KEYS:
            yield (cut_node(region, node, _KEYS[name]),)


def label(page: CleanPage) -> Iterator[Cuts]:
    """Two buttons of the page have each other's words."""
    buttons = []
    for region, node in page.each("markup", "element"):
        if node.named_children and tag(node.named_children[0], region) == "button":
            words = [child for child in walk(node) if child.type == "text"]
            if len(words) == 1:
                buttons.append((region, words[0]))
    for (region, one), (_, other) in pairwise(buttons):
        yield cut_node(region, one, region.read(other)), cut_node(region, other, region.read(one))


def reset(page: CleanPage) -> Iterator[Cuts]:
    """Something is not put back when all begins anew."""
    for region, node in page.each("script", "expression_statement"):
        function = enclosing_function(node)
        change = node.named_children[0] if node.named_children else None
        if function is None or change is None or change.type != "assignment_expression":
            continue
        if _RESETS.search(function_name(function, region)):
            yield (cut_lines(region, node),)


def change(page: CleanPage) -> Iterator[Cuts]:
    """A listener is never added, or a change of state never made."""
    yield from drawn(page, mistakes.left_out)
