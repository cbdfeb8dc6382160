"""Function, the part that reckons and decides: the page does the wrong thing, or nothing.

What moves is the share of acceptance checks that hold. Each fault is one of the operators of mutation testing
(https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/), as one would write it by mistake.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.code import Code, script_mutator
from tasks.augment.mutators.loops import leads_loop
from tasks.augment.mutators.mutator import Offer, offer
from tasks.augment.mutators.script import (
    LONGEST,
    OPPOSITE,
    declared_function,
    grouped,
    importance,
    is_truth,
    operands,
    unwrapped,
)

_SHIFTED = {"<": "<=", ">": ">=", "<=": "<", ">=": ">"}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "===": "!==", "!==": "===", "==": "!=", "!=": "=="}
_WRONG_WAY = "A condition holds when it should not, and the other way round."
_OTHERWISE = "It does the opposite of what it should at this point."
_PLACES = re.compile(r"(?i)^[xy]$|width|height|left|right|top|bottom|radius|size|gap|margin|line|corner")
"""Names of numbers that say where something is drawn: no check asks for those."""
_AMISS = "A sum comes out wrong."


def comparison(found: Code) -> Offer | None:
    """A bound is off by one or the wrong way round, so something happens too early, too late or never.

    Stryker's equality operators; off-by-one is the boundary fault of textbooks on testing.
    """
    sign, left, right = found.operands
    if sign not in OPPOSITE or len(left) + len(right) > LONGEST or found.may_not_end:
        return None
    if found.guards_missing(f"{left} {sign} {right}"):
        return None
    harms = [(3, f"{left} {_TURNED[sign]} {right}", _WRONG_WAY)]
    if sign in _SHIFTED:
        harms.insert(0, (1, f"{left} {_SHIFTED[sign]} {right}", "A limit is off by one."))
    return found.offer(harms)


def condition(found: Code) -> Offer | None:
    """A branch is taken when it should not be, so an action does the opposite.

    Stryker's negated condition; "wrong function" of Interaction2Code's ten kinds of failure (arXiv 2411.03292).
    """
    inner = found.part("condition")
    if inner is None or not inner.named_children or found.may_not_end:
        return None
    tested = unwrapped(inner)
    text = found.read(tested)
    if len(text) > LONGEST or found.guards_missing(text):
        return None
    if operands(tested, found.region)[0] in (*OPPOSITE, "&&", "||"):
        return None
    return found.offer([(3, found.negated(tested), _OTHERWISE)], place=tested)


def logic(found: Code) -> Offer | None:
    """Two conditions are joined wrongly, or one of them is forgotten: what should be refused goes through, or nothing
    does.

    Stryker's logical operators.
    """
    node, (sign, left, right) = found.node, found.operands
    first, second = found.part("left"), found.part("right")
    if sign not in ("&&", "||") or first is None or second is None or len(left) + len(right) > LONGEST:
        return None
    if found.may_not_end or not (_is_condition(node) or is_truth(node)) or found.guards_missing(left, right):
        return None
    missed = "One of the conditions is not asked."
    place, way = grouped(node, found.region)
    harms = [(2, found.instead(first, place), missed)]
    if not any(operands(side, found.region)[0] in ("&&", "||") for side in (first, second)):
        harms.append((2, found.instead(second, place), missed))
        one, both = "One condition is enough where both are needed.", "Both conditions are needed, not one."
        other, told = ("||", one) if sign == "&&" else ("&&", both)
        harms.append((3, way.format(f"{left} {other} {right}"), told))
    return found.offer(harms, place=place)


def arithmetic(found: Code) -> Offer | None:
    """A sum comes out wrong: a price, a place, a time; a factor or a divisor is forgotten.

    Stryker's arithmetic operators; a formula that is not the one of the task is "wrong function" in Interaction2Code.
    """
    sign, left, right = found.operands
    first, second = found.part("left"), found.part("right")
    if sign not in ("-", "*", "/", "%") or first is None or second is None or len(left) + len(right) > LONGEST:
        return None
    if found.may_not_end or _picks(found.node) or "Math.random" in left or re.search(r"\de-|Infinity", right):
        return None
    turned = not {first.type, second.type} & {"binary_expression", "number"}
    place, way = grouped(found.node, found.region)
    swapped = [(3, way.format(f"{right} {sign} {left}"), _AMISS)] if turned else []
    alone = found.instead(first, place)
    harms = {
        "-": [(2, way.format(f"{left} + {right}"), _AMISS), *swapped],
        "*": [(2, alone, "A factor is forgotten."), (3, way.format(f"{left} / {right}"), _AMISS)],
        "/": [(2, alone, "It is not divided as it should be."), (3, way.format(f"{left} * {right}"), _AMISS)],
        "%": [(2, alone, "A count goes on where it should begin again."), (3, way.format(f"{left} / {right}"), _AMISS)],
    }
    return found.offer(harms[sign], 0.8, place)


def bounds(found: Code) -> Offer | None:
    """A limit does not hold, or holds the wrong way: a value runs below nought or over its end.

    Stryker's method expressions (`Math.min` for `Math.max`), and the limit that nobody thought of.
    """
    owner, method, given = found.called
    if owner != "Math" or method not in ("max", "min") or len(given) != 2 or found.may_not_end:
        return None
    if any(one.type == "spread_element" for one in given):
        return None
    limits = [one for one in given if one.type == "number" or found.read(one).isupper()]
    kept = [one for one in given if one not in limits] or given[:1]
    arguments = ", ".join(found.read(one) for one in given)
    harms = [
        (2, found.instead(kept[0], found.node), "A limit does not hold."),
        (3, f"Math.{'min' if method == 'max' else 'max'}({arguments})", "A limit holds the wrong way round."),
    ]
    return found.offer(harms, 1.1)


def step_size(found: Code) -> Offer | None:
    """A count, score or position goes the wrong way, or is set where it should be changed.

    Stryker's assignment operators.
    """
    right, (sign, name, amount) = found.part("right"), found.operands
    if right is None or sign not in ("+=", "-=") or len(name) + len(amount) > LONGEST or re.search(r"[(=]|\+\+", name):
        return None
    if right.type in ("string", "template_string") or leads_loop(found.node, name, found.region) or found.may_not_end:
        return None
    back = "It goes down where it should go up, or up where it should go down."
    turned = f"{name} {'-=' if sign == '+=' else '+='} {amount}"
    harms = [(2, f"{name} = {amount}", "It is set to the step, not moved by it.")]
    if sign == "-=" or right.type == "number":
        # Else it may join texts, which can't be taken from one another.
        harms.append((3, turned, back))
    return found.offer(harms, 1.3)


def constant(found: Code) -> Offer | None:
    """A number that rules the page (a limit, a price, a rate) is not what was promised.

    "Wrong function" in Interaction2Code: the page works, with another figure than the task names.
    """
    holder, text = found.node.parent, found.text
    if holder is None or holder.type not in ("variable_declarator", "pair", "assignment_expression"):
        return None
    value = holder.child_by_field_name("right") or holder.child_by_field_name("value")
    if value is None or value != found.node or not text.isdigit() or not 1 <= int(text) <= 100_000:
        return None
    if found.may_not_end:
        return None
    n = int(text)
    harms = [(1, str(n + 1), "A number is one more than it should be.")]
    if n >= 4:
        harms.append((2, str(n // 2), "A number is half of what it should be."))
    if n <= 1000:
        harms.append((3, str(10 * n), "A number is ten times what it should be."))
    name = holder.child_by_field_name("name") or holder.child_by_field_name("key")
    called = found.read(name) if name is not None else ""
    worth = 0.9 if called.isupper() else 0.1 if _PLACES.search(called) else 0.5
    return offer(found.node, harms, found.region, worth)


def call(found: Code) -> Offer | None:
    """A step of an action is left out: the page is not brought up to date.

    "Partial implementation" in Interaction2Code; Stryker's block statement, for one step of it.
    """
    owner, name, _ = found.called
    if owner or declared_function(name, found.region) is None:
        return None
    if importance(found.node, found.region, found.page.listeners) < 1:
        return None
    return found.left_out("A step is left out: what should follow this action does not happen.", strength=3)


def _is_condition(node: Node) -> bool:
    """Whether only the truth of the expression counts."""
    at, parent = node, node.parent
    while parent is not None and (
        parent.type in ("parenthesized_expression", "unary_expression")
        or any(one.type in ("&&", "||") for one in parent.children)
    ):
        at, parent = parent, parent.parent
    if parent is None:
        return False
    return parent.type in ("if_statement", "ternary_expression") and parent.child_by_field_name("condition") == at


def _picks(node: Node) -> bool:
    """Whether the number picks from a list or is a list's length: another one would find nothing."""
    at = node.parent
    while at is not None and "expression" in at.type and at.type not in ("call_expression", "assignment_expression"):
        if at.type in ("subscript_expression", "new_expression"):
            return True
        at = at.parent
    return at is not None and at.type == "arguments" and at.parent is not None and at.parent.type == "new_expression"


REASONING = (
    script_mutator("comparison", comparison, "binary_expression", 1.0, 0.6),
    script_mutator("condition", condition, "if_statement", 1.0, 0.7),
    script_mutator("logic", logic, "binary_expression", 1.0, 0.15),
    script_mutator("arithmetic", arithmetic, "binary_expression", 0.9, 0.3),
    script_mutator("bounds", bounds, "call_expression", 0.4, 0.15),
    script_mutator("step-size", step_size, "augmented_assignment_expression", 1.3, 0.45),
    script_mutator("constant", constant, "number", 0.7, 0.2),
    script_mutator("call", call, "expression_statement", 1.2, 0.5),
)
