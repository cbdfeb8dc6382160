"""Function, the part that remembers: what was set back, taken back, limited or read is not quite what it should be.

What moves is the share of acceptance checks that hold.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.code import Code, script_mutator
from tasks.augment.mutators.mutator import Offer
from tasks.augment.mutators.script import (
    OPPOSITE,
    enclosing_function,
    function_name,
    listens,
    operands,
    parts_of_call,
    text_of,
)
from tasks.augment.syntax import Region, walk

_SETS_BACK = re.compile(
    r"(?<![A-Za-z])(?:reset|restart|start_?[oO]ver|start_?[aA]new|clear|empty|RESET|RESTART|CLEAR)"
    r"|Reset|Restart|StartOver|StartAnew|Clear|Empty|^(?:new|fresh|initial)"
)
"""Names of functions and controls by their words: `makePreset` sets nothing back."""
_WITHIN = re.compile(r"(?i)within|between|range|clamp|limit|valid")
_READS = ("value", "valueAsNumber", "checked")


def reset_forgets(found: Code) -> Offer | None:
    """Starting over leaves one thing of the last round: a count, a message or a field keeps its value.

    "Partial implementation" in Interaction2Code, of the action that has most to remember.
    """
    block, function = found.node.parent, found.function
    if block is None or function is None or block.parent != function:
        return None
    if len([one for one in block.named_children if one.type != "comment"]) < 2 or not _sets_back(
        function, found.region
    ):
        return None
    assigns = found.node.named_children[:1] and found.node.named_children[0].type == "assignment_expression"
    owner, method, _ = found.called
    if not assigns and not (owner and method in ("reset", "clear", "replaceChildren")):
        return None
    return found.left_out("Starting over leaves something of what was there before.", 1.5)


def undo_too_far(found: Code) -> Offer | None:
    """Taking back goes one too far, or takes back the first step, not the last.

    The fence-post fault; "wrong effect" in Interaction2Code (arXiv 2411.03292).
    """
    items, method, given = found.called
    arguments = [found.read(one) for one in given]
    if not items or found.may_not_end:
        return None
    first = "It takes the first one away, not the last."
    if method == "pop" and not given:
        return found.offer([(2, f"{items}.shift()", first)], 1.3)
    if method == "slice" and arguments == ["0", "-1"]:
        harms = [(2, f"{items}.slice(0, -2)", "It takes two away, not one."), (3, f"{items}.slice(1)", first)]
        return found.offer(harms, 1.3)
    return None


def limit(found: Code) -> Offer | None:
    """A limit is off by one: one more is let in than was promised, or one fewer.

    The boundary fault of textbooks on testing, in the number where `comparison` has it in the sign.
    """
    parent, text, off = found.node.parent, found.text, "A limit is off by one."
    if parent is None or found.may_not_end:
        return None
    sign, left, _ = operands(parent, found.region)
    compared = sign in OPPOSITE and parent.child_by_field_name("right") == found.node and " % " not in left
    given_to = parent.parent.child_by_field_name("function") if parent.type == "arguments" and parent.parent else None
    if not compared and not (given_to is not None and _WITHIN.search(found.read(given_to))):
        return None
    if found.node.type == "identifier":
        harms = [(1, f"{text} - 1", off), (1, f"{text} + 1", off)] if text.isupper() else []
    elif text.isdigit() and int(text) >= 1:
        harms = [(1, str(int(text) + 1), off), (1, str(int(text) - 1), off)]
        if int(text) >= 10:
            harms.append((2, str(int(text) // 10), "A limit is a tenth of what it should be."))
    else:
        harms = [(1, "1", off)] if text == "0" and "=" not in sign else []
    return found.offer(harms)


def wrong_end(found: Code) -> Offer | None:
    """The first of a list is taken for the last, or the last but one, so what is shown is old.

    The fence-post fault: an index that is off by one, or counts from the other end.
    """
    stale = "It looks at the wrong entry of a list."
    if found.may_not_end:
        return None
    if found.node.type == "subscript_expression":
        items, at = found.part("object"), found.part("index")
        name = found.read(items) if items is not None else ""
        if at is None or found.read(at) != f"{name}.length - 1" or _is_set(found.node):
            return None
        return found.offer([(3, f"{name}[0]", stale)])
    owner, method, given = found.called
    arguments = [found.read(one) for one in given]
    if owner and method == "at" and arguments == ["-1"]:
        return found.offer([(3, f"{owner}.at(0)", stale)])
    if owner and method == "slice" and len(arguments) == 2 and arguments[0] == "0" and arguments[1] != "-1":
        last = arguments[1] if re.fullmatch(r"[\w$.]+", arguments[1]) else f"({arguments[1]})"
        harms = [
            (1, f"{owner}.slice(1, {arguments[1]})", "The first entry of a list is missing."),
            (2, f"{owner}.slice(0, {last} - 1)", "The last entry of a list is missing."),
        ]
        return found.offer(harms)
    return None


def one_way(found: Code) -> Offer | None:
    """A switch can be turned on but never off again.

    "Wrong effect" in Interaction2Code, from the second use on; Stryker's boolean literals.
    """
    left, right = found.part("left"), found.part("right")
    if left is None or right is None or found.read(right) != f"!{found.read(left)}" or found.may_not_end:
        return None
    return found.offer([(3, "true", "It can be turned on but not off.")], 1.3, right)


def wrong_field(found: Code) -> Offer | None:
    """The wrong one of two fields is read, so what is checked or kept is not what was typed there.

    The copy-and-paste fault (Li et al., CP-Miner, OSDI 2004): the name is changed in one place, not in the other.
    """
    owner, member, function = found.part("object"), found.part("property"), found.function
    if owner is None or member is None or function is None or _is_set(found.node):
        return None
    name, read = found.read(owner), found.read(member)
    if read not in _READS or not _is_static(name, function):
        return None
    others: dict[str, None] = {}
    for other in walk(function):
        holder, what = other.child_by_field_name("object"), other.child_by_field_name("property")
        if other.type == "member_expression" and holder is not None and what is not None and not _is_set(other):
            text, here = found.read(holder), enclosing_function(other)
            if here == function and found.read(what) == read and text != name and _is_static(text, function):
                others[text] = None
    return found.offer([(3, f"{other}.{read}", "It looks at the wrong field.") for other in list(others)[:2]], 1.2)


def _sets_back(function: Node, region: Region) -> bool:
    """Whether a function starts something over, by its name or by that of the control it is heard at."""
    if _SETS_BACK.search(function_name(function, region)):
        return True
    if listens(function, region) and function.parent is not None and function.parent.parent is not None:
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


MEMORY = (
    script_mutator("reset-forgets", reset_forgets, "expression_statement", 1.2, 0.75),
    script_mutator("undo-too-far", undo_too_far, "call_expression", 1.2, 0.8),
    script_mutator("limit", limit, "number identifier", 0.9, 0.3),
    script_mutator("wrong-end", wrong_end, "call_expression subscript_expression", 0.9, 0.6),
    script_mutator("one-way", one_way, "assignment_expression", 1.2, 0.35),
    script_mutator("wrong-field", wrong_field, "member_expression", 1.1, 0.6),
)
