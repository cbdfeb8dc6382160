"""Function, the part that reckons and decides: the page does the wrong thing, or nothing.

What moves is the share of acceptance checks that hold. The operands stay where they are; only what is done with them
comes from the menu, so that each is evaluated once and in its order, whatever the variant.
"""

import re

from tree_sitter import Node

from tasks.augment.mutators.mutator import HOLE, Mutator, Offer, Page, offer
from tasks.augment.mutators.script import LONGEST, bare_call, importance, parts_of_call
from tasks.augment.syntax import Region

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "===": "===", "!==": "!==", "==": "==", "!=": "!="}
_OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "===": "!==", "!==": "===", "==": "!=", "!=": "=="}
_SHIFTED = {"<": "<=", ">": ">=", "<=": "<", ">=": ">"}
_WRONG_WAY = "A condition holds when it should not, and the other way round."
_OTHERWISE = "It does the opposite of what it should at this point."
_AMISS = "A sum comes out wrong."

HOLDS = ("(it) => it", "(it) => !!it", "(it) => Boolean(it)", "(it) => (it ? true : false)")
FAILS = ("(it) => !it", "(it) => !Boolean(it)", "(it) => (it ? false : true)")


def comparison(node: Node, region: Region, page: Page) -> Offer | None:
    """A bound is off by one or the wrong way round, so something happens too early, too late or never.

    Twins: the same test, turned round.
    """
    sign, left, right = _parts(node, region)
    if sign not in _OPPOSITE or len(left) + len(right) > LONGEST or "typeof" in left or _leads(node):
        return None
    opposite = _OPPOSITE[sign]
    harms = [
        (3, f"(a, b) => !(a {sign} b)", _WRONG_WAY),
        (3, f"(a, b) => b {_FLIPPED[opposite]} a", _WRONG_WAY),
        (3, f"(a, b) => a {opposite} b", _WRONG_WAY),
    ]
    if sign in _SHIFTED:
        harms.insert(0, (1, f"(a, b) => a {_SHIFTED[sign]} b", "A limit is off by one."))
    twins = [
        f"(a, b) => a {sign} b",
        f"(a, b) => b {_FLIPPED[sign]} a",
        f"(a, b) => !(a {opposite} b)",
        f"(a, b) => !(b {_FLIPPED[opposite]} a)",
    ]
    worth = importance(node, region, page.listeners)
    return offer(node, "TESTS", f"{HOLE}({left}, {right})", dict.fromkeys(twins), harms, region, worth)


def condition(node: Node, region: Region, page: Page) -> Offer | None:
    """A branch is taken when it should not be, so an action does the opposite.

    Twins: the same condition, spelled longer.
    """
    inner = node.child_by_field_name("condition")
    if inner is None or not inner.named_children:
        return None
    tested = inner.named_children[0]
    text = region.read(tested)
    if len(text) > LONGEST or (tested.type == "binary_expression" and _parts(tested, region)[0] in (*_OPPOSITE, "&&")):
        return None
    harms = [(3, way, _OTHERWISE) for way in FAILS]
    worth = importance(node, region, page.listeners)
    return offer(tested, "HOLDS", f"{HOLE}({text})", HOLDS, harms, region, worth)


def logic(node: Node, region: Region, page: Page) -> Offer | None:
    """Two conditions are joined wrongly: one is enough where both are needed, or both are needed where one is enough.

    Twins: the same by other words.
    """
    sign, left, right = _parts(node, region)
    if sign not in ("&&", "||") or len(left) + len(right) > LONGEST or not _is_condition(node):
        return None
    if re.search(r"\b(await|yield|arguments)\b", left + right):
        return None
    both = sign == "&&"
    other = "||" if both else "&&"
    twins = [
        f"(a, b) => a() {sign} b()",
        f"(a, b) => !(!a() {other} !b())",
        "(a, b) => (a() ? b() : false)" if both else "(a, b) => (a() ? true : b())",
    ]
    joined = "One condition is enough where both are needed." if both else "Both conditions are needed, not one."
    harms = [
        (2, f"(a, b) => a() {other} b()", joined),
        (3, f"(a, b) => !(a() {sign} b())", _WRONG_WAY),
        (3, f"(a, b) => a() {sign} !b()", _WRONG_WAY),
        (2, "(a, b) => (a() ? true : b())" if both else "(a, b) => (a() ? b() : false)", joined),
    ]
    worth = importance(node, region, page.listeners)
    return offer(node, "JOINS", f"{HOLE}(() => {left}, () => {right})", twins, harms, region, worth)


_SUMS: dict[str, tuple[tuple[str, ...], tuple[tuple[int, str], ...]]] = {
    "-": (("a - b", "+a - b", "a - +b", "a - b * 1"), ((3, "b - a"), (3, "+a - -b"), (2, "a - b * 2"), (3, "a - a"))),
    "*": (("a * b", "b * a", "+a * b", "b * +a"), ((2, "a * b * 2"), (2, "a * (b / 2)"), (3, "a / b"), (3, "a - b"))),
    "/": (("a / b", "+a / b", "a / +b", "a / (b * 1)"), ((2, "a / b / 2"), (2, "a / (b / 2)"), (3, "b / a"))),
    "%": (("a % b", "+a % b", "a % +b", "a % (b * 1)"), ((2, "a % (b + 1)"), (3, "b % a"), (3, "a - b"))),
}


def arithmetic(node: Node, region: Region, page: Page) -> Offer | None:
    """A sum comes out wrong: a price, a place, a time. Twins: the same sum, its terms made numbers once more."""
    sign, left, right = _parts(node, region)
    if sign not in _SUMS or len(left) + len(right) > LONGEST or _leads(node) or _in_loop_head(node):
        return None
    twins, harms = _SUMS[sign]
    return offer(
        node,
        "SUMS",
        f"{HOLE}({left}, {right})",
        [f"(a, b) => {sum_}" for sum_ in twins],
        [(strength, f"(a, b) => {sum_}", _AMISS) for strength, sum_ in harms],
        region,
        0.8 * importance(node, region, page.listeners),
    )


def bounds(node: Node, region: Region, page: Page) -> Offer | None:
    """A limit does not hold, or holds the wrong way. Twins: other ways to take the larger, or the smaller, of two."""
    callee, given = parts_of_call(node, region)
    if callee not in ("Math.max", "Math.min") or len(given) != 2 or _in_loop_head(node):
        return None
    if any(one.type == "spread_element" for one in given):
        return None
    other, sign = ("min", ">") if callee == "Math.max" else ("max", "<")
    gone = "A limit does not hold."
    return offer(
        node,
        "BOUNDS",
        f"{HOLE}({region.read(given[0])}, {region.read(given[1])})",
        [f"(a, b) => {callee}(a, b)", f"(a, b) => {callee}(b, a)", f"(a, b) => (a {sign} b ? a : b)"],
        [
            (3, f"(a, b) => Math.{other}(a, b)", "A limit holds the wrong way round."),
            (2, "(a, b) => a + 0 * b", gone),
            (2, "(a, b) => b + 0 * a", gone),
            (3, f"(a, b) => Math.{other}(b, a)", "A limit holds the wrong way round."),
        ],
        region,
        1.1 * importance(node, region, page.listeners),
    )


def rounding(node: Node, region: Region, page: Page) -> Offer | None:
    """A number is off after it was rounded: by one, or cut to tens. Twins: the same rounding, said otherwise."""
    callee, given = parts_of_call(node, region)
    if callee not in ("Math.round", "Math.floor", "Math.ceil") or len(given) != 1 or _in_loop_head(node):
        return None
    text = region.read(given[0])
    if len(text) > LONGEST or given[0].type == "spread_element":
        return None
    return offer(
        node,
        "ROUNDS",
        f"{HOLE}({text})",
        [f"(n) => {callee}(n)", f"(n) => {callee}(+n)", f"(n) => {callee}(n * 1)"],
        [
            (2, f"(n) => {callee}(n) + 1", "A number is one more than it should be."),
            (2, f"(n) => {callee}(n - 1)", "A number is one less than it should be."),
            (3, f"(n) => {callee}(n / 10) * 10", "A number is cut to tens."),
            (3, f"(n) => {callee}(n * 2)", "A number is twice what it should be."),
        ],
        region,
        0.9 * importance(node, region, page.listeners),
    )


def step_size(node: Node, region: Region, page: Page) -> Offer | None:
    """A count, score or position changes by the wrong amount. Twins: the same sum in other words."""
    sign, name, amount = _parts(node, region)
    right = node.child_by_field_name("right")
    if right is None or sign not in ("+=", "-=") or len(name) + len(amount) > LONGEST or not _settled(name):
        return None
    if right.type in ("string", "template_string") or _leads_loop(node, name, region):
        return None
    if sign == "+=" and right.type != "number":
        # It may join strings: only a number is sure to add.
        return None
    plus, minus = ("+", "-") if sign == "+=" else ("-", "+")
    twins = [f"(n, by) => n {plus} by", f"(n, by) => n {minus} -by", f"(n, by) => n {plus} by * 1"]
    back = "It goes down where it should go up, or up where it should go down."
    harms = [
        (2, f"(n, by) => n {plus} by * 2", "It changes by twice as much as it should."),
        (3, f"(n, by) => n {minus} by", back),
        (3, f"(n, by) => n {plus} -by", back),
        (3, f"(n, by) => n {plus} by * 0", "It stays as it is where it should change."),
    ]
    worth = 1.3 * importance(node, region, page.listeners)
    return offer(node, "STEPS", f"{name} = {HOLE}({name}, {amount})", twins, harms, region, worth)


def tally(node: Node, region: Region, page: Page) -> Offer | None:
    """A counter skips, runs backwards or stands still. Twins: other ways to count by one."""
    argument, operator = node.child_by_field_name("argument"), node.child_by_field_name("operator")
    if argument is None or operator is None or node.parent is None or node.parent.type != "expression_statement":
        return None
    name, sign = region.read(argument), region.read(operator)[0]
    if _leads_loop(node, name, region) or not _settled(name):
        return None
    other = "-" if sign == "+" else "+"
    return offer(
        node,
        "COUNTS",
        f"{name} = {HOLE}({name})",
        [f"(n) => n {sign} 1", f"(n) => n {other} -1", f"(n) => +n {sign} 1"],
        [
            (2, f"(n) => n {sign} 2", "It counts by two."),
            (3, f"(n) => n {other} 1", "It counts backwards."),
            (3, f"(n) => n {sign} -1", "It counts backwards."),
            (3, f"(n) => n {sign} 0", "It does not count at all."),
        ],
        region,
        1.5 * importance(node, region, page.listeners),
    )


def constant(node: Node, region: Region, page: Page) -> Offer | None:
    """A number that rules the page (a limit, a price, a rate) is not what was promised.

    Twins: the same number as a small sum.
    """
    declarator = node.parent
    if declarator is None or declarator.type not in ("variable_declarator", "pair", "assignment_expression"):
        return None
    value = declarator.child_by_field_name("right") or declarator.child_by_field_name("value")
    text = region.read(node)
    if value is None or value != node or not text.isdigit() or not 1 <= int(text) <= 100_000:
        return None
    n = int(text)
    return offer(
        node,
        "LIMITS",
        HOLE,
        [f"{n + 2} - 2", f"{n - 1} + 1", f"{2 * n} / 2", f"{n + 3} - 3"],
        [
            (1, f"{n + 3} - 2", "A number is one more than it should be."),
            (2, f"{3 * n} / 2", "A number is half as much again as it should be."),
            (3, f"{4 * n + 4} / 2", "A number is more than twice what it should be."),
            (3, f"{n + 1} - {n + 1}", "A number is nought."),
        ],
        region,
        0.6,
    )


def call(node: Node, region: Region, page: Page) -> Offer | None:
    """A step of an action is left out: the page is not brought up to date. Twins: other ways to call."""
    bare = bare_call(node, region)
    if bare is None or importance(node, region, page.listeners) < 1:
        return None
    inner, name = bare
    lost = "A step is left out: what should follow this action does not happen."
    return offer(
        inner,
        "RUNS",
        f"{HOLE}({name})",
        ["(go) => go()", "(go) => void go()", "(go) => go.call(null)", "(go) => go.apply(null)"],
        [(3, "(go) => go", lost), (3, "(go) => void go", lost), (3, "(go) => go.bind(null)", lost)],
        region,
        importance(node, region, page.listeners),
    )


def _parts(node: Node, region: Region) -> tuple[str, str, str]:
    """Operator, left and right of a binary or assignment expression; empty where there are none."""
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return "", "", ""
    return region.read(operator), region.read(left), region.read(right)


def _settled(name: str) -> bool:
    """Whether a place can be named twice and is the same both times."""
    return not re.search(r"[(]|\+\+|--|=", name)


def _is_condition(node: Node) -> bool:
    """Whether only the truth of the expression counts."""
    at, parent = node, node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "unary_expression"):
        at, parent = parent, parent.parent
    if parent is None:
        return False
    return parent.type in ("if_statement", "ternary_expression") and parent.child_by_field_name("condition") == at


def _leads(node: Node) -> bool:
    """A loop's own condition: turned round it would never end, which hangs the page."""
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "binary_expression", "unary_expression"):
        parent = parent.parent
    return parent is not None and parent.type in ("for_statement", "while_statement", "do_statement")


def _in_loop_head(node: Node) -> bool:
    """Whether a loop's head or a loop's variable depends on the node: it might never end."""
    at = node
    while at.parent is not None and at.type not in ("statement_block", "program"):
        above = at.parent
        if above.type in ("for_statement", "for_in_statement", "while_statement", "do_statement"):
            return above.child_by_field_name("body") != at
        at = above
    return False


def _leads_loop(node: Node, name: str, region: Region) -> bool:
    """Whether a loop round the node is led by what the node changes: changed wrongly it would never end."""
    at = node.parent
    while at is not None and "function" not in at.type and at.type != "method_definition":
        if at.type in ("for_statement", "while_statement", "do_statement"):
            led_by = [at.child_by_field_name("condition"), at.child_by_field_name("increment")]
            if any(re.search(rf"(?<![\w.$]){re.escape(name)}(?![\w$])", region.read(one)) for one in led_by if one):
                return True
        at = at.parent
    return False


_BINARY, _CALLED = ("binary_expression",), ("call_expression",)
REASONING = (
    Mutator("comparison", "function", "script", _BINARY, ("function",), 1.0, comparison, 0.5),
    Mutator("condition", "function", "script", ("if_statement",), ("function",), 1.0, condition, 0.58),
    Mutator("logic", "function", "script", _BINARY, ("function",), 1.0, logic, 0.7),
    Mutator("arithmetic", "function", "script", _BINARY, ("function",), 0.9, arithmetic, 0.35),
    Mutator("bounds", "function", "script", _CALLED, ("function",), 0.4, bounds, 0.1),
    Mutator("rounding", "function", "script", _CALLED, ("function",), 0.4, rounding, 0.1),
    Mutator(
        "step-size", "function", "script", ("augmented_assignment_expression",), ("function",), 1.3, step_size, 0.67
    ),
    Mutator("tally", "function", "script", ("update_expression",), ("function",), 1.3, tally, 0.6),
    Mutator("constant", "function", "script", ("number",), ("function",), 0.7, constant, 0.3),
    Mutator("call", "function", "script", ("expression_statement",), ("function",), 1.2, call, 0.52),
)
