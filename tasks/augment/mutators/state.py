"""Function, the part that hears and shows: the page does not react, or what should be seen of it is not.

What moves is the share of acceptance checks that hold.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.code import Code, script_mutator
from tasks.augment.mutators.mutator import Offer, offer
from tasks.augment.mutators.script import LONGEST, importance, text_of
from tasks.augment.syntax import Region

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


def event_type(found: Code) -> Offer | None:
    """A click is not heard, so a button seems dead.

    "No interaction" of Interaction2Code's ten kinds of failure (arXiv 2411.03292).
    """
    quote, name = found.text[0], found.text[1:-1]
    if found.heard is None or name != "click":
        return None
    return found.offer_to_hear(found.node, [(3, f"{quote}dblclick{quote}", "Only a double click is heard.")], 2.0)


def shown_text(found: Code) -> Offer | None:
    """What should be read on the page does not appear there, or is added to what stood there before.

    "Partial implementation" in Interaction2Code; `+=` for `=` is a swap of assignment operators.
    """
    owner, member, text = found.assigned
    if member not in ("textContent", "innerText") or found.node.parent is None:
        return None
    lost = "A value that should be shown does not appear."
    span = found.span_without(found.node.parent)
    if span is None:
        return found.offer([(3, f"{owner}.title = {text}", lost)], 0.8)
    statement = found.region.between(*span)
    made = f"{owner} = document.create".encode() in found.function_text
    # A text that grows at every frame would stop the page in the end.
    grows = re.search(rb"requestAnimationFrame|setInterval", found.region.text) is not None
    more = statement.replace(f"{owner}.{member} = ", f"{owner}.{member} += ", 1)
    harms = [(3, "", lost)] if made or grows else [(2, more, "New texts are added to the old ones."), (3, "", lost)]
    return found.offer(harms, 1.2, span)


def flag(found: Code) -> Offer | None:
    """A switch is set the wrong way, so something starts, stops or stays when it should not.

    Stryker's boolean literals.
    """
    parent = found.node.parent
    if parent is None or parent.type not in ("assignment_expression", "pair"):
        return None
    value = parent.child_by_field_name("right") or parent.child_by_field_name("value")
    if value is None or value != found.node or _inside_call(parent) or found.may_not_end:
        return None
    wrong = "false" if found.node.type == "true" else "true"
    return found.offer([(3, wrong, "A switch is set the wrong way.")], 0.9)


def switched(found: Code) -> Offer | None:
    """A control is usable, or shown, when it should not be, and the other way round.

    Stryker's boolean literals (a `!` more or less); "wrong function" in Interaction2Code.
    """
    _, member, value = found.assigned
    right = found.part("right")
    if member not in _SWITCHES or right is None or right.type not in _ASKED or len(value) > LONGEST:
        return None
    lost = "A control is usable, shown or set when it should not be."
    return found.offer([(3, found.negated(right), lost)], 1.1, right)


def key_name(found: Code) -> Offer | None:
    """A key does nothing, because the script waits for one that no browser sends.

    Old or guessed names of keys (MDN, "Key values for keyboard events", lists them); WCAG failure of 2.1.1.
    """
    quote = found.text[0] if found.node.type == "string" else ""
    name = found.text[1:-1] if quote else found.text
    wrong = _KEYS.get(name) or (name.upper() if quote and len(name) == 1 and name.islower() else "")
    if not wrong or not _is_key(found.node, found.region):
        return None
    said = name.strip() or "Space"
    return offer(found.node, [(3, f"{quote}{wrong}{quote}", f"The key {said} does nothing.")], found.region)


def added(found: Code) -> Offer | None:
    """What a person adds is not kept, comes in the wrong place, or drives out the rest.

    "Wrong effect" in Interaction2Code; Stryker's array declarations (what is in them is left out).
    """
    if found.node.type == "array":
        items = found.node.named_children
        if len(items) != 2 or items[0].type != "spread_element" or items[1].type == "spread_element":
            return None
        old, new = found.read(items[0]), found.read(items[1])
        harms = [
            (2, f"[{new}, {old}]", "What was added comes first, not last."),
            (3, f"[{new}]", "What was there is lost when something is added."),
        ]
        return None if found.may_not_end else found.offer(harms, 1.2)
    name, method, given = found.called
    other = {"push": "unshift", "unshift": "push"}.get(method)
    span = found.span_without()
    if other is None or span is None or len(given) != 1 or given[0].type == "spread_element":
        return None
    swapped = found.region.between(*span).replace(f"{name}.{method}(", f"{name}.{other}(", 1)
    harms = [(2, swapped, "What was added comes at the wrong end."), (3, "", "What was added is not kept.")]
    return found.offer(harms, 1.2, span)


def attribute_set(found: Code) -> Offer | None:
    """A state is neither shown nor announced, or always the same one.

    WCAG failure F15: a control of one's own making whose state is not said in the markup.
    """
    _, method, given = found.called
    span = found.span_without()
    if method != "setAttribute" or len(given) != 2 or span is None:
        return None
    name, value = (found.read(one) for one in given)
    harms = [(2, "", "A state is neither shown nor announced.")]
    if name[1:-1].startswith("aria-") and value.startswith("String("):
        always = found.region.between(*span).replace(value, f"{name[0]}true{name[0]}", 1)
        harms.append((2, always, "A state is announced that does not hold."))
    worth = importance(found.node, found.region, found.page.listeners)
    return offer(span, harms, found.region, worth, found.node.start_byte)


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


_SETS = "assignment_expression"
REACTION = (
    script_mutator("event-type", event_type, "string", 1.4, 0.75),
    script_mutator("shown-text", shown_text, _SETS, 1.4, 0.35),
    script_mutator("flag", flag, "true false", 0.9, 0.6),
    script_mutator("switched", switched, _SETS, 1.1, 0.4),
    script_mutator("key-name", key_name, "string property_identifier", 1.1, 0.55),
    script_mutator("added", added, "expression_statement array", 1.1, 0.3),
    script_mutator("attribute-set", attribute_set, "expression_statement", 0.5, 0.07, ("function", "accessibility")),
)
