"""What a loop depends on: an edit there could keep it from ending, which hangs the page."""

import re
from functools import lru_cache

from tree_sitter import Node

from tasks.augment.mutators.script import FUNCTIONS, function_name, text_of
from tasks.augment.syntax import Region


def may_not_end(node: Node, region: Region) -> bool:
    """Whether a loop may depend on the node so that it would never end: it is in a loop's head, in a loop that its body
    ends, or in a function that some loop's head calls."""
    at = node
    while at.parent is not None:
        above = at.parent
        if above.type in ("while_statement", "do_statement"):
            return True
        if above.type in ("for_statement", "for_in_statement") and above.child_by_field_name("body") != at:
            return True
        if above.type in FUNCTIONS:
            name = function_name(above, region)
            if name and (re.search(rf"\b{re.escape(name)}\(", _heads(region.text)) or _calls_itself(above, name)):
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
def _heads(text: bytes) -> str:
    found = re.findall(rb"\b(?:while|for)\s*\(([^{\n]*)", text)
    return "\n".join(one.decode("utf-8", "replace") for one in found)


def _calls_itself(function: Node, name: str) -> bool:
    body = function.child_by_field_name("body")
    return body is not None and re.search(rf"\b{re.escape(name)}\(".encode(), text_of(body)) is not None
