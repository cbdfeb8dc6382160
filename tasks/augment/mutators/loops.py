"""What a loop depends on: an edit there could keep it from ending, which hangs the page."""

import re
from functools import lru_cache

from tree_sitter import Node

from tasks.augment.mutators.mutator import whole_lines
from tasks.augment.mutators.script import FUNCTIONS, function_name, text_of
from tasks.augment.syntax import Region, walk

_BLOCKS = ("statement_block", "program", "switch_case", "switch_default")
_ENDLESS = ("while_statement", "do_statement")


def left_out(statement: Node, region: Region) -> tuple[int, int] | None:
    """The span to take out for a statement to be missing, with its line if it has one of its own; None if the syntax
    or the end of a loop needs it."""
    if statement.parent is None or statement.parent.type not in _BLOCKS or may_not_end(statement, region):
        return None
    start, end = whole_lines(statement, region)
    if (start, end) == (statement.start_byte, statement.end_byte) and region.text[start - 1 : start] == b" ":
        start -= 1
    return start, end


def may_not_end(node: Node, region: Region) -> bool:
    """Whether a loop may depend on the node so that it would never end: it is in a loop's head, in a loop that its body
    ends, in a function that calls itself or that runs in such a loop, or decides whether such a function is called."""
    at = node
    while at.parent is not None:
        above = at.parent
        if above.type in _ENDLESS:
            return True
        if above.type in ("for_statement", "for_in_statement") and above.child_by_field_name("body") != at:
            return True
        if above.type in FUNCTIONS and function_name(above, region).encode() in _reached(region):
            return True
        if above.type == "if_statement" and _called(text_of(above)) & _reached(region):
            return True
        at = above
    return False


def leads_loop(node: Node, name: str, region: Region) -> bool:
    """Whether a loop round the node is led by what the node changes: changed wrongly it would never end."""
    at = node.parent
    while at is not None and at.type not in FUNCTIONS:
        if at.type in ("for_statement", "while_statement", "do_statement"):
            led_by = [at.child_by_field_name("condition"), at.child_by_field_name("increment")]
            if any(re.search(rf"(?<![\w.$]){re.escape(name)}(?![\w$])", region.read(one)) for one in led_by if one):
                return True
        at = at.parent
    return False


@lru_cache(maxsize=8)
def _reached(region: Region) -> frozenset[bytes]:
    """Names of the functions that run in a loop that its body ends, or in the head of another one, and of those that
    call themselves."""
    named = {function_name(one, region).encode(): one for one in walk(region.root) if one.type in FUNCTIONS}
    calls = {name: _called(text_of(one.child_by_field_name("body") or one)) for name, one in named.items()}
    loops = [node for node in walk(region.root) if node.type in (*_ENDLESS, "for_statement")]
    todo = {name for name in named if name in calls[name]}
    todo |= {name for loop in loops for part in _ends(loop) for name in _called(text_of(part))}
    reached: set[bytes] = set()
    while todo:
        name = todo.pop()
        reached.add(name)
        todo |= calls.get(name, set()) - reached
    return frozenset(reached & named.keys())


def _ends(loop: Node) -> list[Node]:
    """The parts of a loop on which its end depends."""
    body = loop.child_by_field_name("body")
    return [part for part in loop.named_children if loop.type in _ENDLESS or part != body]


def _called(text: bytes) -> set[bytes]:
    return set(re.findall(rb"(?<![\w$.])([\w$]+)\(", text))
