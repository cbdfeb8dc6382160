"""Function: the page does the wrong thing, or nothing. What moves is the share of acceptance checks that hold."""

import re

from tree_sitter import Node

from tasks.augment.mutators.mutator import Mutator, Offer, Page, offer
from tasks.augment.mutators.script import importance
from tasks.augment.syntax import Region

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "===": "===", "!==": "!==", "==": "==", "!=": "!="}
_OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "===": "!==", "!==": "===", "==": "!=", "!=": "=="}
_SHIFTED = {"<": "<=", ">": ">=", "<=": "<", ">=": ">"}


def event_type(node: Node, region: Region, page: Page) -> Offer | None:
    """A click is not heard, so a button seems dead until someone tries it otherwise.

    Twins: events that a click also brings.
    """
    arguments = node.parent
    if arguments is None or arguments.type != "arguments" or arguments.named_children[0] != node:
        return None
    callee = arguments.parent.child_by_field_name("function") if arguments.parent is not None else None
    if callee is None or not region.read(callee).endswith(".addEventListener"):
        return None
    if region.read(node)[1:-1] != "click":
        return None
    quote = region.read(node)[0]
    return offer(
        node,
        [quote + name + quote for name in ("pointerup", "mouseup", "mousedown", "pointerdown")],
        [
            (2, f"{quote}dblclick{quote}", "One click does nothing; only a double click is heard."),
            (3, f"{quote}auxclick{quote}", "A click does nothing; only the middle button is heard."),
            (3, f"{quote}contextmenu{quote}", "A click does nothing; only the right button is heard."),
        ],
        region,
        worth=2.0,
    )


def comparison(node: Node, region: Region, page: Page) -> Offer | None:
    """A bound is off by one or the wrong way round, so something happens too early, too late or never.

    Twins: the same test, turned round.
    """
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return None
    sign, a, b = region.read(operator), region.read(left), region.read(right)
    if sign not in _OPPOSITE or len(a) + len(b) > 80 or "typeof" in a or _loops(node):
        return None
    a, b = _grouped(left, a), _grouped(right, b)
    harms = [
        (3, f"!({a} {sign} {b})", "A condition holds when it should not, and the other way round."),
        (3, f"{b} {_FLIPPED[_OPPOSITE[sign]]} {a}", "A condition holds when it should not, and the other way round."),
        (3, f"{a} {_OPPOSITE[sign]} {b}", "A condition holds when it should not, and the other way round."),
    ]
    if sign in _SHIFTED:
        harms.insert(0, (1, f"{b} {_FLIPPED[_SHIFTED[sign]]} {a}", "A limit is off by one."))
    twins = [f"{b} {_FLIPPED[sign]} {a}", f"!({a} {_OPPOSITE[sign]} {b})", f"!({b} {_FLIPPED[_OPPOSITE[sign]]} {a})"]
    return offer(node, twins, harms, region, worth=importance(node, region, page.listeners))


def condition(node: Node, region: Region, page: Page) -> Offer | None:
    """A branch is taken when it should not be, so an action does the opposite.

    Twins: the same condition, spelled longer.
    """
    inner = node.child_by_field_name("condition")
    if inner is None or not inner.named_children:
        return None
    tested = inner.named_children[0]
    text = region.read(tested)
    if len(text) > 80 or (tested.type == "binary_expression" and _sign(tested, region) in _OPPOSITE):
        return None
    return offer(
        tested,
        [f"!!({text})", f"Boolean({text})", f"({text}) ? true : false"],
        [
            (3, f"!({text})", "It does the opposite of what it should at this point."),
            (3, f"!Boolean({text})", "It does the opposite of what it should at this point."),
            (3, f"({text}) ? false : true", "It does the opposite of what it should at this point."),
        ],
        region,
        worth=importance(node, region, page.listeners),
    )


def step_size(node: Node, region: Region, page: Page) -> Offer | None:
    """A count, score or position changes by the wrong amount. Twins: the same sum in other words."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None or _leads_loop(node, region.read(left), region):
        return None
    sign, name, amount = region.read(operator), region.read(left), _grouped(right, region.read(right))
    if sign not in ("+=", "-=") or len(name) + len(amount) > 80 or right.type in ("string", "template_string"):
        return None
    if sign == "+=" and right.type != "number":
        # It may join strings: only a number is sure to add.
        return None
    plus, minus = ("+", "-") if sign == "+=" else ("-", "+")
    twins = [f"{name} = {name} {plus} {amount}", f"{name} {minus}= -{amount}", f"{name} = {name} {minus} -{amount}"]
    harms = [
        (2, f"{name} = {name} {plus} 2 * {amount}", "It changes by twice as much as it should."),
        (3, f"{name} = {name} {minus} {amount}", "It goes down where it should go up, or up where it should go down."),
        (3, f"{name} {minus}= {amount}", "It goes down where it should go up, or up where it should go down."),
        (3, f"{name} {plus}= 0 * {amount}", "It stays as it is where it should change."),
    ]
    return offer(node, twins, harms, region, worth=1.3 * importance(node, region, page.listeners))


def tally(node: Node, region: Region, page: Page) -> Offer | None:
    """A counter skips, runs backwards or stands still. Twins: other ways to count by one."""
    argument, operator = node.child_by_field_name("argument"), node.child_by_field_name("operator")
    if argument is None or operator is None or node.parent is None or node.parent.type != "expression_statement":
        return None
    name, sign = region.read(argument), region.read(operator)[0]
    if _leads_loop(node, name, region):
        return None
    other = "-" if sign == "+" else "+"
    return offer(
        node,
        [f"{name} {sign}= 1", f"{name} = {name} {sign} 1", f"{name} {other}= -1"],
        [
            (2, f"{name} {sign}= 2", "It counts by two."),
            (3, f"{name} = {name} {other} 1", "It counts backwards."),
            (3, f"{name} {other}= 1", "It counts backwards."),
            (3, f"{name} = {name} {sign} 0", "It does not count at all."),
        ],
        region,
        worth=1.5 * importance(node, region, page.listeners),
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
        [f"{n + 2} - 2", f"{n - 1} + 1", f"{2 * n} / 2", f"{n + 3} - 3"],
        [
            (1, f"{n + 3} - 2", "A number is one more than it should be."),
            (2, f"{3 * n} / 2", "A number is half as much again as it should be."),
            (3, f"{4 * n + 4} / 2", "A number is more than twice what it should be."),
            (3, f"{n + 1} - {n + 1}", "A number is nought."),
        ],
        region,
        worth=0.6,
    )


def shown_text(node: Node, region: Region, page: Page) -> Offer | None:
    """What should be read on the page does not appear there. Twins: other ways to write the same text."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.type != "member_expression":
        return None
    owner, member = left.child_by_field_name("object"), left.child_by_field_name("property")
    if owner is None or member is None or region.read(member) != "textContent":
        return None
    if node.parent is None or node.parent.type != "expression_statement":
        return None
    place, text = region.read(owner), region.read(right)
    lost = "A value that should be shown does not appear."
    return offer(
        node,
        [
            f"{place}.replaceChildren({text})",
            f"Object.assign({place}, {{ textContent: {text} }})",
            f"{place}.innerText = {text}",
        ],
        [
            (3, f"{place}.title = {text}", lost),
            (3, f"Object.assign({place}, {{ title: {text} }})", lost),
            (3, f"{place}.dataset.text = {text}", lost),
        ],
        region,
        worth=1.2 * importance(node, region, page.listeners),
    )


def call(node: Node, region: Region, page: Page) -> Offer | None:
    """A step of an action is left out: the page is not brought up to date. Twins: other ways to call."""
    if not node.named_children or node.named_children[0].type != "call_expression":
        return None
    inner = node.named_children[0]
    callee, arguments = inner.child_by_field_name("function"), inner.child_by_field_name("arguments")
    if callee is None or arguments is None or callee.type != "identifier" or arguments.named_children:
        return None
    if importance(node, region, page.listeners) < 1:
        return None
    name = region.read(callee)
    lost = "A step is left out: what should follow this action does not happen."
    return offer(
        inner,
        [f"void {name}()", f"{name}.call(null)", f"{name}.apply(null)", f"(() => {name}())()"],
        [(3, f"void {name}", lost), (3, f"{name}.bind(null)", lost), (3, f"(() => {name})()", lost)],
        region,
        worth=importance(node, region, page.listeners),
    )


def class_change(node: Node, region: Region, page: Page) -> Offer | None:
    """A state does not show: what should be marked, opened or hidden is not. Twins: other ways to set the class."""
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None or len(arguments.named_children) != 1:
        return None
    head, _, method = region.read(callee).rpartition(".")
    if not head.endswith(".classList") or method not in ("add", "remove"):
        return None
    name = region.read(arguments.named_children[0])
    on, off = ("true", "false") if method == "add" else ("false", "true")
    yes, no = ("!0", "!1") if method == "add" else ("!1", "!0")
    other = "remove" if method == "add" else "add"
    lost = "A change of state does not show."
    return offer(
        node,
        [f"{head}.toggle({name}, {on})", f"{head}.toggle({name}, {yes})", f"{head}.{method}({name}, {name})"],
        [
            (3, f"{head}.toggle({name}, {off})", lost),
            (3, f"{head}.toggle({name}, {no})", lost),
            (3, f"{head}.{other}({name}, {name})", lost),
        ],
        region,
        worth=importance(node, region, page.listeners),
    )


def flag(node: Node, region: Region, page: Page) -> Offer | None:
    """A switch is set the wrong way, so something starts, stops or stays when it should not.

    Twins: other spellings of the value.
    """
    parent = node.parent
    if parent is None or parent.type not in ("assignment_expression", "pair"):
        return None
    value = parent.child_by_field_name("right") or parent.child_by_field_name("value")
    if value is None or value != node or _inside_call(parent):
        return None
    on = node.type == "true"
    lost = "A switch is set the wrong way."
    twins, harms = ("!0", "!false", "Boolean(1)"), ("!1", "!true", "Boolean(0)")
    return offer(
        node,
        twins if on else harms,
        [(3, text, lost) for text in (harms if on else twins)],
        region,
        worth=0.9 * importance(node, region, page.listeners),
    )


def key_name(node: Node, region: Region, page: Page) -> Offer | None:
    """A key does nothing. Twins: the same name, put together."""
    text = region.read(node)
    name = text[1:-1]
    if name not in ("Enter", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Backspace", "Delete"):
        return None
    parent = node.parent
    if parent is None or parent.type not in ("binary_expression", "switch_case"):
        return None
    quote = text[0]

    def joined(word: str, at: int) -> str:
        return f"{quote}{word[:at]}{quote} + {quote}{word[at:]}{quote}"

    dead = f"The key {name} does nothing."
    other = name[:-2] + name[-1] + name[-2]
    return offer(
        node,
        [f"({joined(name, at)})" for at in (1, 2, 3)],
        [(3, f"({joined(other, at)})", dead) for at in (1, 2, 3)],
        region,
        worth=1.0,
    )


def _loops(node: Node) -> bool:
    """A loop's own condition: turned round it would never end, which hangs the page."""
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "binary_expression", "unary_expression"):
        parent = parent.parent
    return parent is not None and parent.type in ("for_statement", "while_statement", "do_statement")


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


def _grouped(node: Node, text: str) -> str:
    plain = (
        "identifier",
        "number",
        "member_expression",
        "call_expression",
        "subscript_expression",
        "string",
        "parenthesized_expression",
        "true",
        "false",
        "null",
        "undefined",
        "this",
        "template_string",
    )
    return text if node.type in plain else f"({text})"


def _sign(node: Node, region: Region) -> str:
    operator = node.child_by_field_name("operator")
    return region.read(operator) if operator is not None else ""


def _inside_call(pair: Node) -> bool:
    """An option in a call's argument, e.g. `{ once: true }`, whose meaning we do not know."""
    holder = pair.parent
    return (
        pair.type == "pair" and holder is not None and holder.parent is not None and holder.parent.type == "arguments"
    )


FUNCTION = (
    Mutator("event-type", "function", "script", ("string",), ("function",), 1.4, event_type),
    Mutator("comparison", "function", "script", ("binary_expression",), ("function",), 1.0, comparison),
    Mutator("condition", "function", "script", ("if_statement",), ("function",), 1.0, condition),
    Mutator("step-size", "function", "script", ("augmented_assignment_expression",), ("function",), 1.3, step_size),
    Mutator("tally", "function", "script", ("update_expression",), ("function",), 1.3, tally),
    Mutator("constant", "function", "script", ("number",), ("function",), 0.7, constant),
    Mutator("shown-text", "function", "script", ("assignment_expression",), ("function",), 1.4, shown_text),
    Mutator("call", "function", "script", ("expression_statement",), ("function",), 1.2, call),
    Mutator("class-change", "function", "script", ("call_expression",), ("function",), 1.1, class_change),
    Mutator("flag", "function", "script", ("true", "false"), ("function",), 0.9, flag),
    Mutator("key-name", "function", "script", ("string",), ("function",), 1.1, key_name),
)
