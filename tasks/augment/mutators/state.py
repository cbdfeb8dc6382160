"""Function, the part that hears and shows: the page does not react, or what should be seen of it is not.

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
    heard,
    importance,
    listener_body,
    negated,
    parts_of_call,
    sole_call,
    text_of,
    weight,
)
from tasks.augment.syntax import Region
from tasks.record import Family

_KEYS = {
    **{"Enter": "Return", "Escape": "Esc", "Delete": "Del", "Backspace": "Back", " ": "Space"},
    **{"ArrowLeft": "Left", "ArrowRight": "Right", "ArrowUp": "Up", "ArrowDown": "Down"},
}
"""Names of keys, and what one takes them for: the key's label, or its name in an old browser."""
_ASKED = (
    *("identifier", "member_expression", "call_expression"),
    *("unary_expression", "binary_expression", "parenthesized_expression"),
)
_SWITCHES = ("disabled", "hidden", "checked", "open", "readOnly")


def event_type(node: Node, region: Region, page: Page) -> Offer | None:
    """A click is not heard, so a button seems dead.

    "No interaction" of Interaction2Code's ten kinds of failure (arXiv 2411.03292).
    """
    call = heard(node, region)
    if call is None or region.read(node)[1:-1] != "click":
        return None
    quote = region.read(node)[0]
    harms = [(3, f"{quote}dblclick{quote}", "Only a double click is heard.")]
    return offer(node, harms, region, 2.0, listener_body(call, region))


def shown_text(node: Node, region: Region, page: Page) -> Offer | None:
    """What should be read on the page does not appear there, or is added to what stood there before.

    "Partial implementation" in Interaction2Code; `+=` for `=` is a swap of assignment operators.
    """
    owner, member, text = assigned(node, region)
    if member not in ("textContent", "innerText") or node.parent is None:
        return None
    lost = "A value that should be shown does not appear."
    span = left_out(node.parent, region)
    if span is None:
        return offer(node, [(3, f"{owner}.title = {text}", lost)], region, 0.8 * weight(node, region, page))
    statement = region.between(*span)
    function = enclosing_function(node)
    made = function is not None and f"{owner} = document.create".encode() in text_of(function)
    # A text that grows at every frame would stop the page in the end.
    grows = re.search(rb"requestAnimationFrame|setInterval", region.text) is not None
    more = statement.replace(f"{owner}.{member} = ", f"{owner}.{member} += ", 1)
    harms = [(3, "", lost)] if made or grows else [(2, more, "New texts are added to the old ones."), (3, "", lost)]
    return offer(span, harms, region, 1.2 * weight(node, region, page), node.start_byte)


def class_change(node: Node, region: Region, page: Page) -> Offer | None:
    """A state does not show, or stays on show: what should be marked, opened or hidden is not.

    "Wrong effect" in Interaction2Code; `toggle` turns about whatever was there if it has no second argument (MDN).
    """
    callee, given = parts_of_call(node, region)
    classes, _, method = callee.rpartition(".")
    if not classes.endswith(".classList") or not given or len(given) > 2:
        return None
    name = region.read(given[0])
    lost = "A change of state does not show."
    if method in ("add", "remove") and len(given) == 1:
        harms = [
            (2, f"{classes}.toggle({name})", "A mark comes and goes where it should stay."),
            (3, f"{classes}.{'remove' if method == 'add' else 'add'}({name})", lost),
        ]
    elif method == "toggle" and len(given) == 2 and len(region.read(given[1])) <= LONGEST:
        harms = [
            (2, f"{classes}.toggle({name})", "A mark comes and goes where it should stay."),
            (3, f"{classes}.toggle({name}, {negated(given[1], region)})", "A mark shows when it should not."),
        ]
    else:
        return None
    return offer(node, harms, region, weight(node, region, page))


def flag(node: Node, region: Region, page: Page) -> Offer | None:
    """A switch is set the wrong way, so something starts, stops or stays when it should not.

    Stryker's boolean literals.
    """
    parent = node.parent
    if parent is None or parent.type not in ("assignment_expression", "pair"):
        return None
    value = parent.child_by_field_name("right") or parent.child_by_field_name("value")
    if value is None or value != node or _inside_call(parent) or may_not_end(node, region):
        return None
    wrong = "false" if node.type == "true" else "true"
    return offer(node, [(3, wrong, "A switch is set the wrong way.")], region, 0.9 * weight(node, region, page))


def switched(node: Node, region: Region, page: Page) -> Offer | None:
    """A control is usable, or shown, when it should not be, and the other way round.

    Stryker's boolean literals (a `!` more or less); "wrong function" in Interaction2Code.
    """
    _, member, value = assigned(node, region)
    right = node.child_by_field_name("right")
    if member not in _SWITCHES or right is None or right.type not in _ASKED or len(value) > LONGEST:
        return None
    lost = "A control is usable, shown or set when it should not be."
    return offer(right, [(3, negated(right, region), lost)], region, 1.1 * weight(node, region, page))


def key_name(node: Node, region: Region, page: Page) -> Offer | None:
    """A key does nothing, because the script waits for one that no browser sends.

    Old or guessed names of keys (MDN, "Key values for keyboard events", lists them); WCAG failure of 2.1.1.
    """
    text = region.read(node)
    quote = text[0] if node.type == "string" else ""
    name = text[1:-1] if quote else text
    if not _is_key(node, region):
        return None
    wrong = _KEYS.get(name) or (name.upper() if quote and len(name) == 1 and name.islower() else "")
    if not wrong:
        return None
    said = name.strip() or "Space"
    return offer(node, [(3, f"{quote}{wrong}{quote}", f"The key {said} does nothing.")], region)


def added(node: Node, region: Region, page: Page) -> Offer | None:
    """What a person adds is not kept, comes in the wrong place, or drives out the rest.

    "Wrong effect" in Interaction2Code; Stryker's array declarations (what is in them is left out).
    """
    if node.type == "array":
        items = node.named_children
        if len(items) != 2 or items[0].type != "spread_element" or items[1].type == "spread_element":
            return None
        old, new = region.read(items[0]), region.read(items[1])
        harms = [
            (2, f"[{new}, {old}]", "What was added comes first, not last."),
            (3, f"[{new}]", "What was there is lost when something is added."),
        ]
        safe = not may_not_end(node, region)
        return offer(node, harms, region, 1.2 * weight(node, region, page)) if safe else None
    inner = sole_call(node)
    if inner is None:
        return None
    callee, given = parts_of_call(inner, region)
    items_name, _, method = callee.rpartition(".")
    other = {"push": "unshift", "unshift": "push"}.get(method)
    span = left_out(node, region)
    if other is None or span is None or len(given) != 1 or given[0].type == "spread_element":
        return None
    swapped = region.between(*span).replace(f"{items_name}.{method}(", f"{items_name}.{other}(", 1)
    harms = [
        (2, swapped, "What was added comes at the wrong end."),
        (3, "", "What was added is not kept."),
    ]
    return offer(span, harms, region, 1.2 * weight(node, region, page), node.start_byte)


def attribute_set(node: Node, region: Region, page: Page) -> Offer | None:
    """A state is neither shown nor announced, or always the same one.

    WCAG failure F15: a control of one's own making whose state is not said in the markup.
    """
    inner = sole_call(node)
    callee, given = parts_of_call(inner, region) if inner is not None else ("", [])
    _, _, method = callee.rpartition(".")
    span = left_out(node, region)
    if method != "setAttribute" or len(given) != 2 or span is None:
        return None
    name, value = (region.read(one) for one in given)
    harms = [(2, "", "A state is neither shown nor announced.")]
    if name[1:-1].startswith("aria-") and value.startswith("String("):
        always = region.between(*span).replace(value, f"{name[0]}true{name[0]}", 1)
        harms.append((2, always, "A state is announced that does not hold."))
    return offer(span, harms, region, importance(node, region, page.listeners), node.start_byte)


def _is_key(node: Node, region: Region) -> bool:
    """Whether a text, or a property's name, is compared with a pressed key or looked up by one."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "pair":
        return parent.child_by_field_name("key") == node and b".key]" in text_of(region.root)
    if parent.type == "switch_case":
        switch = parent.parent.parent if parent.parent is not None else None
        return switch is not None and b"key" in text_of(switch)[:40].lower()
    return parent.type == "binary_expression" and "key" in region.read(parent).lower()


def _inside_call(pair: Node) -> bool:
    """An option in a call's argument, e.g. `{ once: true }`, whose meaning we do not know."""
    holder = pair.parent
    return (
        pair.type == "pair" and holder is not None and holder.parent is not None and holder.parent.type == "arguments"
    )


_ASSIGNED = ("assignment_expression",)
_NAMES = ("string", "property_identifier")
_STATED = ("expression_statement",)
_SAID: tuple[Family, ...] = ("function", "accessibility")
REACTION = (
    Mutator("event-type", "function", "script", ("string",), ("function",), 1.4, event_type, 0.75),
    Mutator("shown-text", "function", "script", _ASSIGNED, ("function",), 1.4, shown_text, 0.35),
    Mutator("class-change", "function", "script", ("call_expression",), ("function",), 1.1, class_change, 0.4),
    Mutator("flag", "function", "script", ("true", "false"), ("function",), 0.9, flag, 0.56),
    Mutator("switched", "function", "script", _ASSIGNED, ("function",), 1.1, switched, 0.26),
    Mutator("key-name", "function", "script", _NAMES, ("function",), 1.1, key_name, 0.4),
    Mutator("added", "function", "script", (*_STATED, "array"), ("function",), 1.1, added, 0.8),
    Mutator("attribute-set", "function", "script", _STATED, _SAID, 0.5, attribute_set, 0.1),
)
