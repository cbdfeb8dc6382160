"""Function, the part that reckons and decides: the page does the wrong thing, or nothing.

What moves is the share of acceptance checks that hold. Each fault is one of the operators of mutation testing
(https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/), as one would write it by mistake.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.loops import leads_loop, left_out, may_not_end
from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.script import (
    LONGEST,
    OPPOSITE,
    declared_function,
    grouped,
    guards_missing,
    importance,
    instead,
    is_truth,
    negated,
    operands,
    parts_of_call,
    sole_call,
    unwrapped,
    weight,
)
from tasks.augment.syntax import Region

_SHIFTED = {"<": "<=", ">": ">=", "<=": "<", ">=": ">"}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "===": "!==", "!==": "===", "==": "!=", "!=": "=="}
_WRONG_WAY = "A condition holds when it should not, and the other way round."
_OTHERWISE = "It does the opposite of what it should at this point."
_PLACES = re.compile(r"(?i)^[xy]$|width|height|left|right|top|bottom|radius|size|gap|margin|line|corner")
"""Names of numbers that say where something is drawn: no check asks for those."""
_AMISS = "A sum comes out wrong."


def comparison(node: Node, region: Region, page: Page) -> Offer | None:
    """A bound is off by one or the wrong way round, so something happens too early, too late or never.

    Stryker's equality operators; off-by-one is the boundary fault of textbooks on testing.
    """
    sign, left, right = operands(node, region)
    if sign not in OPPOSITE or len(left) + len(right) > LONGEST or may_not_end(node, region):
        return None
    if guards_missing(f"{left} {sign} {right}", node):
        return None
    harms = [(3, f"{left} {_TURNED[sign]} {right}", _WRONG_WAY)]
    if sign in _SHIFTED:
        harms.insert(0, (1, f"{left} {_SHIFTED[sign]} {right}", "A limit is off by one."))
    return offer(node, harms, region, weight(node, region, page))


def condition(node: Node, region: Region, page: Page) -> Offer | None:
    """A branch is taken when it should not be, so an action does the opposite.

    Stryker's negated condition; "wrong function" of Interaction2Code's ten kinds of failure (arXiv 2411.03292).
    """
    inner = node.child_by_field_name("condition")
    if inner is None or not inner.named_children or may_not_end(node, region):
        return None
    tested = unwrapped(inner)
    text = region.read(tested)
    if len(text) > LONGEST or guards_missing(text, node) or operands(tested, region)[0] in (*OPPOSITE, "&&", "||"):
        return None
    return offer(tested, [(3, negated(tested, region), _OTHERWISE)], region, weight(node, region, page))


def logic(node: Node, region: Region, page: Page) -> Offer | None:
    """Two conditions are joined wrongly, or one of them is forgotten: what should be refused goes through, or nothing
    does.

    Stryker's logical operators.
    """
    sign, left, right = operands(node, region)
    if sign not in ("&&", "||") or len(left) + len(right) > LONGEST or may_not_end(node, region):
        return None
    if not (_is_condition(node) or is_truth(node)) or guards_missing(left, node) or guards_missing(right, node):
        return None
    missed = "One of the conditions is not asked."
    first, second = node.child_by_field_name("left"), node.child_by_field_name("right")
    if first is None or second is None:
        return None
    place, way = grouped(node, region)
    harms = [(2, instead(first, place, region), missed)]
    if not any(operands(side, region)[0] in ("&&", "||") for side in (first, second)):
        harms.append((2, instead(second, place, region), missed))
        one, both = "One condition is enough where both are needed.", "Both conditions are needed, not one."
        other, told = ("||", one) if sign == "&&" else ("&&", both)
        harms.append((3, way.format(f"{left} {other} {right}"), told))
    return offer(place, harms, region, weight(node, region, page))


def arithmetic(node: Node, region: Region, page: Page) -> Offer | None:
    """A sum comes out wrong: a price, a place, a time; a factor or a divisor is forgotten.

    Stryker's arithmetic operators; a formula that is not the one of the task is "wrong function" in Interaction2Code.
    """
    sign, left, right = operands(node, region)
    if sign not in ("-", "*", "/", "%") or len(left) + len(right) > LONGEST or may_not_end(node, region):
        return None
    first, second = node.child_by_field_name("left"), node.child_by_field_name("right")
    if first is None or second is None or _picks(node) or "Math.random" in left or re.search(r"\de-|Infinity", right):
        return None
    turned = not {first.type, second.type} & {"binary_expression", "number"}
    place, way = grouped(node, region)
    swapped = [(3, way.format(f"{right} {sign} {left}"), _AMISS)] if turned else []
    alone = instead(first, place, region)
    harms = {
        "-": [(2, way.format(f"{left} + {right}"), _AMISS), *swapped],
        "*": [(2, alone, "A factor is forgotten."), (3, way.format(f"{left} / {right}"), _AMISS)],
        "/": [(2, alone, "It is not divided as it should be."), (3, way.format(f"{left} * {right}"), _AMISS)],
        "%": [(2, alone, "A count goes on where it should begin again."), (3, way.format(f"{left} / {right}"), _AMISS)],
    }
    return offer(place, harms[sign], region, 0.8 * weight(node, region, page))


def bounds(node: Node, region: Region, page: Page) -> Offer | None:
    """A limit does not hold, or holds the wrong way: a value runs below nought or over its end.

    Stryker's method expressions (`Math.min` for `Math.max`), and the limit that nobody thought of.
    """
    callee, given = parts_of_call(node, region)
    if callee not in ("Math.max", "Math.min") or len(given) != 2 or may_not_end(node, region):
        return None
    if any(one.type == "spread_element" for one in given):
        return None
    other = "min" if callee == "Math.max" else "max"
    limits = [one for one in given if one.type == "number" or region.read(one).isupper()]
    kept = [one for one in given if one not in limits] or given[:1]
    arguments = ", ".join(region.read(one) for one in given)
    return offer(
        node,
        [
            (2, instead(kept[0], node, region), "A limit does not hold."),
            (3, f"Math.{other}({arguments})", "A limit holds the wrong way round."),
        ],
        region,
        1.1 * weight(node, region, page),
    )


def rounding(node: Node, region: Region, page: Page) -> Offer | None:
    """A number is rounded the wrong way or not at all: it is off by one, or a tail of digits is shown.

    Stryker's method expressions (`Math.floor` for `Math.ceil`).
    """
    callee, given = parts_of_call(node, region)
    others = {
        "Math.round": ("Math.floor", "Math.ceil"),
        "Math.floor": ("Math.round", "Math.ceil"),
        "Math.ceil": ("Math.floor", "Math.round"),
    }
    if callee not in others or len(given) != 1 or may_not_end(node, region) or _picks(node):
        return None
    text = region.read(given[0])
    if len(text) > LONGEST or given[0].type == "spread_element":
        return None
    harms = [(1, f"{other}({text})", "A number is off by one.") for other in others[callee]]
    harms.append((2, instead(given[0], node, region), "A number that should be whole has a tail of digits."))
    return offer(node, harms, region, 0.9 * weight(node, region, page))


def step_size(node: Node, region: Region, page: Page) -> Offer | None:
    """A count, score or position goes the wrong way, or is set where it should be changed.

    Stryker's assignment operators.
    """
    sign, name, amount = operands(node, region)
    right = node.child_by_field_name("right")
    if right is None or sign not in ("+=", "-=") or len(name) + len(amount) > LONGEST or re.search(r"[(=]|\+\+", name):
        return None
    if right.type in ("string", "template_string") or leads_loop(node, name, region) or may_not_end(node, region):
        return None
    back = "It goes down where it should go up, or up where it should go down."
    turned = f"{name} {'-=' if sign == '+=' else '+='} {amount}"
    harms = [(2, f"{name} = {amount}", "It is set to the step, not moved by it.")]
    if sign == "-=" or right.type == "number":
        # Else it may join texts, which can't be taken from one another.
        harms.append((3, turned, back))
    return offer(node, harms, region, 1.3 * weight(node, region, page))


def tally(node: Node, region: Region, page: Page) -> Offer | None:
    """A counter runs backwards, or gets to one and no further.

    Stryker's update operators.
    """
    argument, operator = node.child_by_field_name("argument"), node.child_by_field_name("operator")
    if argument is None or operator is None or node.parent is None or node.parent.type != "expression_statement":
        return None
    name, sign = region.read(argument), region.read(operator)
    if leads_loop(node, name, region) or may_not_end(node, region) or re.search(r"[(=]", name):
        return None
    other = "--" if sign == "++" else "++"
    harms = [(3, f"{name}{other}", "It counts backwards."), (2, f"{name} = 1", "It gets to one and no further.")]
    return offer(node, harms, region, 1.5 * weight(node, region, page))


def constant(node: Node, region: Region, page: Page) -> Offer | None:
    """A number that rules the page (a limit, a price, a rate) is not what was promised.

    "Wrong function" in Interaction2Code: the page works, with another figure than the task names.
    """
    declarator = node.parent
    if declarator is None or declarator.type not in ("variable_declarator", "pair", "assignment_expression"):
        return None
    value = declarator.child_by_field_name("right") or declarator.child_by_field_name("value")
    text = region.read(node)
    if (
        value is None
        or value != node
        or not text.isdigit()
        or not 1 <= int(text) <= 100_000
        or may_not_end(node, region)
    ):
        return None
    n = int(text)
    harms = [(1, str(n + 1), "A number is one more than it should be.")]
    if n >= 4:
        harms.append((2, str(n // 2), "A number is half of what it should be."))
    if n <= 1000:
        harms.append((3, str(10 * n), "A number is ten times what it should be."))
    name = declarator.child_by_field_name("name") or declarator.child_by_field_name("key")
    called = region.read(name) if name is not None else ""
    return offer(node, harms, region, 0.9 if called.isupper() else 0.1 if _PLACES.search(called) else 0.5)


def call(node: Node, region: Region, page: Page) -> Offer | None:
    """A step of an action is left out: the page is not brought up to date.

    "Partial implementation" in Interaction2Code; Stryker's block statement, for one step of it.
    """
    inner = sole_call(node)
    name = parts_of_call(inner, region)[0] if inner is not None else ""
    if declared_function(name, region) is None or importance(node, region, page.listeners) < 1:
        return None
    span = left_out(node, region)
    lost = "A step is left out: what should follow this action does not happen."
    return offer(span, [(3, "", lost)], region, weight(node, region, page), node.start_byte) if span else None


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


_BINARY, _CALLED = ("binary_expression",), ("call_expression",)
_AUGMENTED = ("augmented_assignment_expression",)
REASONING = (
    Mutator("comparison", "function", "script", _BINARY, ("function",), 1.0, comparison, 0.5),
    Mutator("condition", "function", "script", ("if_statement",), ("function",), 1.0, condition, 0.58),
    Mutator("logic", "function", "script", _BINARY, ("function",), 1.0, logic, 0.7),
    Mutator("arithmetic", "function", "script", _BINARY, ("function",), 0.9, arithmetic, 0.35),
    Mutator("bounds", "function", "script", _CALLED, ("function",), 0.4, bounds, 0.1),
    Mutator("rounding", "function", "script", _CALLED, ("function",), 0.4, rounding, 0.1),
    Mutator("step-size", "function", "script", _AUGMENTED, ("function",), 1.3, step_size, 0.67),
    Mutator("tally", "function", "script", ("update_expression",), ("function",), 1.3, tally, 0.6),
    Mutator("constant", "function", "script", ("number",), ("function",), 0.7, constant, 0.3),
    Mutator("call", "function", "script", ("expression_statement",), ("function",), 1.2, call, 0.52),
)
