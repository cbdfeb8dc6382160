"""Function, how it is used: keys, focus, second presses, and controls that stay locked.

What moves is the share of acceptance checks that hold.
"""

import re

from tasks.augment.mutators.code import Code, script_mutator
from tasks.augment.mutators.mutator import Offer, offer
from tasks.augment.mutators.script import LONGEST, Listening, listening, sole_call

_LATER = re.compile(rb"requestAnimationFrame|setTimeout|setInterval|requestFrame")
_STOPS = ("clearInterval", "clearTimeout", "cancelAnimationFrame")
_KEY_ASKED = re.compile(r"""\bkey\s*={2,3}\s*["'`]""")


def focus_lost(found: Code) -> Offer | None:
    """After an action the focus is nowhere: who uses the keyboard has to begin again at the top of the page.

    WCAG 2.4.3 (focus order): what had the focus is gone or disabled, and nothing else gets it.
    """
    owner, method, _ = found.called
    if not owner or method != "focus":
        return None
    parent = found.node.parent
    only_if = parent is not None and parent.type == "if_statement" and not parent.child_by_field_name("alternative")
    return found.left_out("After the action the focus is lost.", 1.1, statement=parent if only_if else None)


def key_left_out(found: Code) -> Offer | None:
    """A key that the page promises does nothing: Escape does not close, Enter does not confirm.

    WCAG 2.1.1 (keyboard); "no interaction" of Interaction2Code's ten kinds of failure (arXiv 2411.03292).
    """
    if found.node.type == "if_statement":
        tested = found.part("condition")
        if tested is None or found.part("alternative") is not None or not _KEY_ASKED.search(found.read(tested)):
            return None
        acts, told = tested.start_byte, "A key does nothing."
    else:
        call = found.listening
        if call is None or call.element is None or found.read(call.event)[1:-1] not in ("keydown", "keyup"):
            return None
        acts, told = call.acts(found.region) or found.node.start_byte, "The keyboard does nothing."
    span = found.span_without()
    return offer(span, [(3, "", told)], found.region, 1.2, acts) if span else None


def wrong_element(found: Code) -> Offer | None:
    """A control does nothing, and the one next to it does two things, because both are heard at one.

    "Wrong element" in Interaction2Code; the copy-and-paste fault (Li et al., CP-Miner, OSDI 2004): a line is copied
    and a name in it not changed.
    """
    own, other = _neighbours(found) or (None, None)
    if own is None or other is None or own.element is None or other.element is None:
        return None
    told = "A control does nothing, and another one does its work as well."
    return offer(own.element, [(3, found.read(other.element), told)], found.region, 1.6, own.acts(found.region))


def one_of_two(found: Code) -> Offer | None:
    """Two controls that should do different things do the same.

    "Effect on the wrong element" in Interaction2Code; the copy-and-paste fault, in the handler where `wrong_element`
    has it in the control.
    """
    own, other = _neighbours(found) or (None, None)
    if own is None or other is None or {own.handler.type, other.handler.type} != {"identifier"}:
        return None
    told = "A control does what another one is for."
    return offer(own.handler, [(3, found.read(other.handler), told)], found.region, 1.6, own.acts(found.region))


def stays_locked(found: Code) -> Offer | None:
    """A control is switched off when it should be, and never on again.

    "Partial implementation" in Interaction2Code: how a control is locked is written, how it is unlocked is not.
    """
    owner, member, value = found.assigned
    right, statement = found.part("right"), found.node.parent
    if member not in ("disabled", "readOnly") or right is None or statement is None or right.type == "true":
        return None
    if found.span_without(statement) is None or len(value) > LONGEST:
        return None
    told = "A control that was switched off stays so."
    if right.type == "false":
        return found.left_out(told, 1.2, statement=statement)
    end = found.region.between(found.node.end_byte, statement.end_byte)
    return found.offer([(2, f"if ({value}) {owner}.{member} = true{end}", told)], 1.2, statement)


def unguarded(found: Code) -> Offer | None:
    """What should be refused at this point goes through: a second press counts, a wrong entry is kept, a game that is
    over goes on.

    The double submit of forms; a missing validation is CWE-20 (improper input validation).
    """
    tested, then = found.part("condition"), found.part("consequence")
    if tested is None or then is None or found.function is None or found.part("alternative") is not None:
        return None
    left = then.named_children[-1] if then.type == "statement_block" and then.named_children else then
    if left.type != "return_statement" or left.named_children or found.may_not_end:
        return None
    if found.guards_missing(found.read(tested)) or _LATER.search(found.function_text):
        return None
    return found.left_out("What should be refused here goes through.", 1.3)


def late_event(found: Code) -> Offer | None:
    """Nothing follows while a person types or moves a slider, only when they leave it; or keys that write no letter
    are not heard.

    `change` for `input`, and `keypress`, which is deprecated and silent for arrows and Escape (MDN says so of both).
    """
    quote, name = found.text[0], found.text[1:-1]
    harms = {
        "input": [(2, f"{quote}change{quote}", "It follows only when the field is left.")],
        "keydown": [
            (1, f"{quote}keyup{quote}", "A key counts when it is let go, and once if it is held."),
            (2, f"{quote}keypress{quote}", "Arrows and Escape are not heard."),
        ],
    }
    return found.offer_to_hear(found.node, harms[name], 1.6) if found.heard is not None and name in harms else None


def heard_once(found: Code) -> Offer | None:
    """The first press works, the second one does nothing.

    `{ once: true }` where every press should count; "no interaction" in Interaction2Code, from the second time on.
    """
    if found.heard is None or found.text[1:-1] not in ("click", "keydown", "change", "input"):
        return None
    end = found.heard.handler.end_byte
    return found.offer_to_hear((end, end), [(2, ", { once: true }", "It works once, and not again.")], 1.6)


def not_stopped(found: Code) -> Offer | None:
    """What was stopped goes on, and what is started twice runs at twice the speed.

    The timer that is never cleared: an interval goes on until somebody clears it (HTML standard, timers).
    """
    stops = found.called[1] in _STOPS
    return found.left_out("What was stopped goes on, or runs twice.", 1.3) if stops else None


def key_scrolls(found: Code) -> Offer | None:
    """A key that steers the page scrolls it as well.

    MDN names it as a use of `preventDefault`.
    """
    owner, method, _ = found.called
    text = found.function_text
    if not owner or method != "preventDefault" or not re.search(rb"\.key\b|\.code\b|Arrow", text) or b"submit" in text:
        return None
    return found.left_out("The page scrolls when the key is pressed.", strength=1)


def _neighbours(found: Code) -> tuple[Listening, Listening] | None:
    """A line that hands a listener over, and the line before or after it, if it does so for the same event."""
    beside = (found.node.prev_named_sibling, found.node.next_named_sibling)
    calls = [sole_call(one) for one in beside if one is not None and one.type == "expression_statement"]
    others = [one for call in calls if (one := listening(call, found.region)) is not None and _is_press(one, found)]
    own = found.listening
    if own is None or not others or not _is_press(own, found) or found.read(own.event) != found.read(others[0].event):
        return None
    return own, others[0]


def _is_press(call: Listening, found: Code) -> bool:
    return call.plain and found.read(call.event)[1:-1] != "submit"


_STATED = "expression_statement"
INTERACTION = (
    script_mutator("focus-lost", focus_lost, _STATED, 1.1, 0.5),
    script_mutator("key-left-out", key_left_out, "if_statement expression_statement", 1.1, 0.9),
    script_mutator("wrong-element", wrong_element, _STATED, 1.1, 0.8),
    script_mutator("one-of-two", one_of_two, _STATED, 1.0, 0.8),
    script_mutator("stays-locked", stays_locked, "assignment_expression", 1.2, 0.04),
    script_mutator("unguarded", unguarded, "if_statement", 1.2, 0.15),
    script_mutator("late-event", late_event, "string", 1.0, 0.2),
    script_mutator("heard-once", heard_once, "string", 1.1, 0.1),
    script_mutator("not-stopped", not_stopped, _STATED, 1.1, 0.02),
    script_mutator("key-scrolls", key_scrolls, _STATED, 0.6, 0.02),
)
