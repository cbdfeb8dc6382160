"""Function, the part that remembers: what was set back, taken back, limited or read is not quite what it should be.

What moves is the share of acceptance checks that hold.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.loops import left_out, may_not_end
from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.script import (
    OPPOSITE,
    enclosing_function,
    function_name,
    listener_event,
    operands,
    parts_of_call,
    text_of,
    weight,
)
from tasks.augment.syntax import Region, walk

_SETS_BACK = re.compile(r"(?i)reset|restart|start_?over|start_?anew|clear|^new|empty|^fresh|^initial")
_WITHIN = re.compile(r"(?i)within|between|range|clamp|limit|valid")
_READS = ("value", "valueAsNumber", "checked")


def reset_forgets(node: Node, region: Region, page: Page) -> Offer | None:
    """Starting over leaves one thing of the last round: a count, a message or a field keeps its value.

    "Partial implementation" in Interaction2Code, of the action that has most to remember.
    """
    inner, block = (node.named_children[0] if node.named_children else None), node.parent
    function = enclosing_function(node)
    if inner is None or block is None or function is None or block.parent != function:
        return None
    if len([one for one in block.named_children if one.type != "comment"]) < 2 or not _sets_back(function, region):
        return None
    callee = parts_of_call(inner, region)[0]
    if inner.type != "assignment_expression" and not callee.endswith((".reset", ".clear", ".replaceChildren")):
        return None
    span = left_out(node, region)
    told = "Starting over leaves something of what was there before."
    return offer(span, [(2, "", told)], region, 1.5 * weight(node, region, page), node.start_byte) if span else None


def undo_too_far(node: Node, region: Region, page: Page) -> Offer | None:
    """Taking back goes one too far, or takes back the first step, not the last.

    The fence-post fault; "wrong effect" in Interaction2Code (arXiv 2411.03292).
    """
    callee, given = parts_of_call(node, region)
    items, _, method = callee.rpartition(".")
    if not items or may_not_end(node, region):
        return None
    first = "It takes the first one away, not the last."
    if method == "pop" and not given:
        return offer(node, [(2, f"{items}.shift()", first)], region, 1.3 * weight(node, region, page))
    if method == "slice" and [region.read(one) for one in given] == ["0", "-1"]:
        harms = [(2, f"{items}.slice(0, -2)", "It takes two away, not one."), (3, f"{items}.slice(1)", first)]
        return offer(node, harms, region, 1.3 * weight(node, region, page))
    return None


def limit(node: Node, region: Region, page: Page) -> Offer | None:
    """A limit is off by one: one more is let in than was promised, or one fewer.

    The boundary fault of textbooks on testing, in the number where `comparison` has it in the sign.
    """
    parent = node.parent
    if parent is None or may_not_end(node, region):
        return None
    sign, left, _ = operands(parent, region)
    compared = sign in OPPOSITE and parent.child_by_field_name("right") == node and " % " not in left
    given_to = parent.parent.child_by_field_name("function") if parent.type == "arguments" and parent.parent else None
    if not compared and not (given_to is not None and _WITHIN.search(region.read(given_to))):
        return None
    text, off = region.read(node), "A limit is off by one."
    if node.type == "identifier":
        harms = [(1, f"{text} - 1", off), (1, f"{text} + 1", off)] if text.isupper() else []
    elif text.isdigit() and int(text) >= 1:
        harms = [(1, str(int(text) + 1), off), (1, str(int(text) - 1), off)]
        if int(text) >= 10:
            harms.append((2, str(int(text) // 10), "A limit is a tenth of what it should be."))
    else:
        harms = [(1, "1", off)] if text == "0" and "=" not in sign else []
    return offer(node, harms, region, weight(node, region, page))


def wrong_end(node: Node, region: Region, page: Page) -> Offer | None:
    """The first of a list is taken for the last, or the last but one, so what is shown is old.

    The fence-post fault: an index that is off by one, or counts from the other end.
    """
    stale = "It looks at the wrong entry of a list."
    if node.type == "subscript_expression":
        items, at = node.child_by_field_name("object"), node.child_by_field_name("index")
        if items is None or at is None or may_not_end(node, region):
            return None
        name = region.read(items)
        if region.read(at) != f"{name}.length - 1" or (node.parent is not None and _is_set(node)):
            return None
        return offer(node, [(3, f"{name}[0]", stale)], region, weight(node, region, page))
    callee, given = parts_of_call(node, region)
    items_name, _, method = callee.rpartition(".")
    arguments = [region.read(one) for one in given]
    if not items_name or may_not_end(node, region):
        return None
    if method == "at" and arguments == ["-1"]:
        return offer(node, [(3, f"{items_name}.at(0)", stale)], region, weight(node, region, page))
    if method == "slice" and len(arguments) == 2 and arguments[0] == "0" and arguments[1] != "-1":
        last = arguments[1] if re.fullmatch(r"[\w$.]+", arguments[1]) else f"({arguments[1]})"
        harms = [
            (1, f"{items_name}.slice(1, {arguments[1]})", "The first entry of a list is missing."),
            (2, f"{items_name}.slice(0, {last} - 1)", "The last entry of a list is missing."),
        ]
        return offer(node, harms, region, weight(node, region, page))
    return None


def one_way(node: Node, region: Region, page: Page) -> Offer | None:
    """A switch can be turned on but never off again.

    "Wrong effect" in Interaction2Code, from the second use on; Stryker's boolean literals.
    """
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or region.read(right) != f"!{region.read(left)}" or may_not_end(node, region):
        return None
    return offer(right, [(3, "true", "It can be turned on but not off.")], region, 1.3 * weight(node, region, page))


def wrong_field(node: Node, region: Region, page: Page) -> Offer | None:
    """The wrong one of two fields is read, so what is checked or kept is not what was typed there.

    The copy-and-paste fault (Li et al., CP-Miner, OSDI 2004): the name is changed in one place, not in the other.
    """
    owner, member = node.child_by_field_name("object"), node.child_by_field_name("property")
    function = enclosing_function(node)
    if owner is None or member is None or function is None or region.read(member) not in _READS or _is_set(node):
        return None
    name, read = region.read(owner), region.read(member)
    others: dict[str, None] = {}
    for other in walk(function):
        holder, what = other.child_by_field_name("object"), other.child_by_field_name("property")
        if other.type == "member_expression" and holder is not None and what is not None and not _is_set(other):
            here, text = enclosing_function(other), region.read(holder)
            if here == function and region.read(what) == read and text != name and _is_static(text, function):
                others[text] = None
    told = "It looks at the wrong field."
    harms = [(3, f"{other}.{read}", told) for other in list(others)[:2]]
    return offer(node, harms, region, 1.2 * weight(node, region, page)) if _is_static(name, function) else None


def _sets_back(function: Node, region: Region) -> bool:
    """Whether a function starts something over, by its name or by that of the control it is heard at."""
    if _SETS_BACK.search(function_name(function, region)):
        return True
    if listener_event(function, region) and function.parent is not None and function.parent.parent is not None:
        return _SETS_BACK.search(parts_of_call(function.parent.parent, region)[0]) is not None
    return False


def _is_set(node: Node) -> bool:
    """Whether a place is assigned to."""
    parent = node.parent
    if parent is None or parent.type == "update_expression":
        return parent is not None
    assigns = parent.type in ("assignment_expression", "augmented_assignment_expression")
    return assigns and parent.child_by_field_name("left") == node


def _is_static(element: str, function: Node) -> bool:
    """Whether an element's name or look-up means the same in the whole function."""
    name = re.match(r"[\w$]+", element)
    if name is None:
        return False
    word = re.escape(name[0]).encode()
    declared = rb"\b(?:const|let|var)\s+(?:" + word + rb"\b|[{\[][^=]*\b" + word + rb"\b)"
    parameter = function.child_by_field_name("parameters") or function.child_by_field_name("parameter")
    taken = parameter is not None and re.search(rb"\b" + word + rb"\b", text_of(parameter))
    return not taken and not re.search(declared, text_of(function))


_CALLED, _TAKEN = ("call_expression",), ("call_expression", "subscript_expression")
_ASSIGNED, _STATED = ("assignment_expression",), ("expression_statement",)
MEMORY = (
    Mutator("reset-forgets", "function", "script", _STATED, ("function",), 1.2, reset_forgets, 0.4),
    Mutator("undo-too-far", "function", "script", _CALLED, ("function",), 1.2, undo_too_far, 0.4),
    Mutator("limit", "function", "script", ("number", "identifier"), ("function",), 0.9, limit, 0.2),
    Mutator("wrong-end", "function", "script", _TAKEN, ("function",), 0.9, wrong_end, 0.3),
    Mutator("one-way", "function", "script", _ASSIGNED, ("function",), 1.2, one_way, 0.4),
    Mutator("wrong-field", "function", "script", ("member_expression",), ("function",), 1.1, wrong_field, 0.5),
)
