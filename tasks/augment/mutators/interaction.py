"""Function, how it is used: keys, focus, second presses, and controls that stay locked.

What moves is the share of acceptance checks that hold.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.loops import left_out, may_not_end
from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.script import (
    LONGEST,
    assigned,
    enclosing_function,
    guards_missing,
    heard,
    listener_body,
    parts_of_call,
    sole_call,
    text_of,
    weight,
)
from tasks.augment.syntax import Region

_LATER = re.compile(rb"requestAnimationFrame|setTimeout|setInterval|requestFrame")
_STOPS = ("clearInterval", "clearTimeout", "cancelAnimationFrame")


def focus_lost(node: Node, region: Region, page: Page) -> Offer | None:
    """After an action the focus is nowhere: who uses the keyboard has to begin again at the top of the page.

    WCAG 2.4.3 (focus order): what had the focus is gone or disabled, and nothing else gets it.
    """
    inner = sole_call(node)
    if inner is None or not parts_of_call(inner, region)[0].endswith(".focus"):
        return None
    place, parent = node, node.parent
    if parent is not None and parent.type == "if_statement" and parent.child_by_field_name("alternative") is None:
        place = parent
    span = left_out(place, region)
    told = "After the action the focus is lost."
    return offer(span, [(2, "", told)], region, 1.1 * weight(node, region, page), node.start_byte) if span else None


def key_left_out(node: Node, region: Region, page: Page) -> Offer | None:
    """A key that the page promises does nothing: Escape does not close, Enter does not confirm.

    WCAG 2.1.1 (keyboard); "no interaction" of Interaction2Code's ten kinds of failure (arXiv 2411.03292).
    """
    if node.type == "if_statement":
        tested = node.child_by_field_name("condition")
        sure = node.child_by_field_name("alternative") is None and tested is not None
        if not sure or tested is None or not re.search(r"""\bkey\s*={2,3}\s*["'`]""", region.read(tested)):
            return None
        acts, told = tested.start_byte, "A key does nothing."
    else:
        inner = sole_call(node)
        callee, given = parts_of_call(inner, region) if inner is not None else ("", [])
        if inner is None or not callee.endswith(".addEventListener") or len(given) < 2:
            return None
        if region.read(given[0])[1:-1] not in ("keydown", "keyup"):
            return None
        acts, told = listener_body(inner, region) or node.start_byte, "The keyboard does nothing."
    span = left_out(node, region)
    return offer(span, [(3, "", told)], region, 1.2, acts) if span else None


def wrong_element(node: Node, region: Region, page: Page) -> Offer | None:
    """A control does nothing, and the one next to it does two things, because both are heard at one.

    "Wrong element" in Interaction2Code; the copy-and-paste fault (Li et al., CP-Miner, OSDI 2004): a line is copied
    and a name in it not changed.
    """
    own, before = _heard_at(node, region), _heard_at(node.prev_named_sibling, region)
    after = _heard_at(node.next_named_sibling, region)
    other = before or after
    if own is None or other is None or region.read(own[0]) == region.read(other[0]):
        return None
    if region.read(own[1]) != region.read(other[1]):
        return None
    call = own[0].parent.parent if own[0].parent is not None else None
    acts = listener_body(call, region) if call is not None else None
    told = "A control does nothing, and another one does its work as well."
    return offer(own[0], [(3, region.read(other[0]), told)], region, 1.6, acts)


def stays_locked(node: Node, region: Region, page: Page) -> Offer | None:
    """A control is switched off when it should be, and never on again.

    "Partial implementation" in Interaction2Code: how a control is locked is written, how it is unlocked is not.
    """
    owner, member, value = assigned(node, region)
    right, statement = node.child_by_field_name("right"), node.parent
    if member not in ("disabled", "readOnly") or right is None or statement is None:
        return None
    span = left_out(statement, region)
    told = "A control that was switched off stays so."
    worth = 1.2 * weight(node, region, page)
    if span is None or right.type == "true" or len(value) > LONGEST:
        return None
    if right.type == "false":
        return offer(span, [(2, "", told)], region, worth, node.start_byte)
    end = region.between(node.end_byte, statement.end_byte)
    return offer(statement, [(2, f"if ({value}) {owner}.{member} = true{end}", told)], region, worth)


def unguarded(node: Node, region: Region, page: Page) -> Offer | None:
    """What should be refused at this point goes through: a second press counts, a wrong entry is kept, a game that is
    over goes on.

    The double submit of forms; a missing validation is CWE-20 (improper input validation).
    """
    tested, then = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    function = enclosing_function(node)
    if tested is None or then is None or function is None or node.child_by_field_name("alternative") is not None:
        return None
    left = then.named_children[-1] if then.type == "statement_block" and then.named_children else then
    if left.type != "return_statement" or left.named_children or may_not_end(node, region):
        return None
    if guards_missing(region.read(tested), node) or _LATER.search(text_of(function)):
        return None
    span = left_out(node, region)
    told = "What should be refused here goes through."
    return offer(span, [(2, "", told)], region, 1.3 * weight(node, region, page), node.start_byte) if span else None


def late_event(node: Node, region: Region, page: Page) -> Offer | None:
    """Nothing follows while a person types or moves a slider, only when they leave it; or keys that write no letter
    are not heard.

    `change` for `input`, and `keypress`, which is deprecated and silent for arrows and Escape (MDN says so of both).
    """
    call = heard(node, region)
    quote, name = region.read(node)[0], region.read(node)[1:-1]
    harms = {
        "input": [(2, f"{quote}change{quote}", "It follows only when the field is left.")],
        "keydown": [
            (1, f"{quote}keyup{quote}", "A key counts when it is let go, and once if it is held."),
            (2, f"{quote}keypress{quote}", "Arrows and Escape are not heard."),
        ],
    }
    if call is None or name not in harms:
        return None
    return offer(node, harms[name], region, 1.6, listener_body(call, region))


def heard_once(node: Node, region: Region, page: Page) -> Offer | None:
    """The first press works, the second one does nothing.

    `{ once: true }` where every press should count; "no interaction" in Interaction2Code, from the second time on.
    """
    call = heard(node, region)
    if call is None or region.read(node)[1:-1] not in ("click", "keydown", "change", "input"):
        return None
    handler = parts_of_call(call, region)[1][1]
    end = (handler.end_byte, handler.end_byte)
    told = "It works once, and not again."
    return offer(end, [(2, ", { once: true }", told)], region, 1.6, listener_body(call, region))


def not_stopped(node: Node, region: Region, page: Page) -> Offer | None:
    """What was stopped goes on, and what is started twice runs at twice the speed.

    The timer that is never cleared: an interval goes on until somebody clears it (HTML standard, timers).
    """
    inner = sole_call(node)
    if inner is None or parts_of_call(inner, region)[0].rpartition(".")[2] not in _STOPS:
        return None
    span = left_out(node, region)
    told = "What was stopped goes on, or runs twice."
    return offer(span, [(2, "", told)], region, 1.3 * weight(node, region, page), node.start_byte) if span else None


def key_scrolls(node: Node, region: Region, page: Page) -> Offer | None:
    """A key that steers the page scrolls it as well.

    MDN names it as a use of `preventDefault`.
    """
    inner, function = sole_call(node), enclosing_function(node)
    if inner is None or function is None or not parts_of_call(inner, region)[0].endswith(".preventDefault"):
        return None
    if not re.search(rb"\.key\b|\.code\b|Arrow", text_of(function)) or b"submit" in text_of(function):
        return None
    span = left_out(node, region)
    told = "The page scrolls when the key is pressed."
    return offer(span, [(1, "", told)], region, weight(node, region, page), node.start_byte) if span else None


def one_of_two(node: Node, region: Region, page: Page) -> Offer | None:
    """Two controls that should do different things do the same.

    "Effect on the wrong element" in Interaction2Code; the copy-and-paste fault, in the handler where `wrong_element`
    has it in the control.
    """
    own, before = _heard_at(node, region), _heard_at(node.prev_named_sibling, region)
    other = before or _heard_at(node.next_named_sibling, region)
    if own is None or other is None or own[2].type != "identifier" or other[2].type != "identifier":
        return None
    if region.read(own[1]) != region.read(other[1]) or "submit" in region.read(own[1]):
        return None
    call = own[0].parent.parent if own[0].parent is not None else None
    acts = listener_body(call, region) if call is not None else None
    told = "A control does what another one is for."
    return offer(own[2], [(3, region.read(other[2]), told)], region, 1.6, acts)


def _heard_at(statement: Node | None, region: Region) -> tuple[Node, Node, Node] | None:
    """Element, event and handler of a statement `element.addEventListener(event, handler)`."""
    inner = sole_call(statement) if statement is not None and statement.type == "expression_statement" else None
    callee = inner.child_by_field_name("function") if inner is not None else None
    if inner is None or callee is None or callee.type != "member_expression":
        return None
    name, given = parts_of_call(inner, region)
    owner = callee.child_by_field_name("object")
    if owner is None or not name.endswith(".addEventListener") or len(given) != 2 or "?" in name:
        return None
    return None if region.read(given[0])[1:-1] == "submit" else (owner, given[0], given[1])


_STATED, _STRING = ("expression_statement",), ("string",)
_KEYED, _IF = ("if_statement", "expression_statement"), ("if_statement",)
INTERACTION = (
    Mutator("focus-lost", "function", "script", _STATED, ("function",), 1.1, focus_lost, 0.2),
    Mutator("key-left-out", "function", "script", _KEYED, ("function",), 1.1, key_left_out, 0.5),
    Mutator("wrong-element", "function", "script", _STATED, ("function",), 1.1, wrong_element, 0.6),
    Mutator("one-of-two", "function", "script", _STATED, ("function",), 1.0, one_of_two, 0.6),
    Mutator("stays-locked", "function", "script", ("assignment_expression",), ("function",), 1.2, stays_locked, 0.3),
    Mutator("unguarded", "function", "script", _IF, ("function",), 1.2, unguarded, 0.3),
    Mutator("late-event", "function", "script", _STRING, ("function",), 1.0, late_event, 0.3),
    Mutator("heard-once", "function", "script", _STRING, ("function",), 1.1, heard_once, 0.3),
    Mutator("not-stopped", "function", "script", _STATED, ("function",), 1.1, not_stopped, 0.3),
    Mutator("key-scrolls", "function", "script", _STATED, ("function",), 0.6, key_scrolls, 0.1),
)
