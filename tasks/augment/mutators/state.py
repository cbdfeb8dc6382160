"""Function, the part that hears and shows: the page does not react, or what should be seen of it is not.

What moves is the share of acceptance checks that hold.
"""

from tree_sitter import Node

from tasks.augment.mutators.function import FAILS, HOLDS
from tasks.augment.mutators.mutator import HOLE, Mutator, Offer, Page, offer
from tasks.augment.mutators.script import (
    LONGEST,
    class_call,
    declared_function,
    importance,
    is_truth,
    parts_of_call,
    sole_call,
    text_assignment,
)
from tasks.augment.syntax import Region

_KEYS = ("Enter", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Backspace", "Delete")
_SWITCHES = ("disabled", "hidden", "checked", "open", "readOnly")


def event_type(node: Node, region: Region, page: Page) -> Offer | None:
    """A click is not heard, or only the first one, so a button seems dead.

    Twins: other ways to listen for a click. What a click also brings, `pointerup` for one, is none: keys bring no such.
    """
    arguments = node.parent
    if arguments is None or arguments.type != "arguments" or arguments.named_children[0] != node:
        return None
    call = arguments.parent
    callee = call.child_by_field_name("function") if call is not None else None
    if callee is None or len(arguments.named_children) != 2 or region.read(node)[1:-1] != "click":
        return None
    owner, _, method = region.read(callee).rpartition(".")
    if method != "addEventListener" or not owner or owner.endswith("?"):
        return None
    return offer(
        (callee.start_byte, arguments.named_children[1].start_byte),
        "HEARS",
        f"{HOLE}({owner}, ",
        [
            '(node, heard) => node.addEventListener("click", heard)',
            '(node, heard) => node.addEventListener("click", heard, false)',
            '(node, heard) => node.addEventListener("click", heard, {})',
            '(node, heard) => node.addEventListener("click", heard, { once: false })',
        ],
        [
            (
                1,
                '(node, heard) => node.addEventListener("click", heard, { once: true })',
                "Only the first click works.",
            ),
            (2, '(node, heard) => node.addEventListener("dblclick", heard, {})', "Only a double click is heard."),
            (3, '(node, heard) => node.addEventListener("auxclick", heard)', "Only the middle button is heard."),
            (
                3,
                '(node, heard) => node.addEventListener("contextmenu", heard, false)',
                "Only the right button is heard.",
            ),
        ],
        region,
        worth=2.0,
        acts=_listener_body(arguments, region),
    )


def shown_text(node: Node, region: Region, page: Page) -> Offer | None:
    """What should be read on the page does not appear there. Twins: other ways to write the same text."""
    place, text = text_assignment(node, region)
    if not place:
        return None
    lost = "A value that should be shown does not appear."
    return offer(
        node,
        "SHOWS",
        f"{HOLE}({place}, {text})",
        [
            "(node, text) => { node.textContent = text; }",
            "(node, text) => { node.innerText = text; }",
            "(node, text) => node.replaceChildren(text)",
            "(node, text) => Object.assign(node, { textContent: text })",
        ],
        [
            (3, "(node, text) => { node.title = text; }", lost),
            (3, "(node, text) => { node.dataset.text = text; }", lost),
            (3, "(node, text) => Object.assign(node, { title: text })", lost),
        ],
        region,
        worth=1.2 * importance(node, region, page.listeners),
    )


def class_change(node: Node, region: Region, page: Page) -> Offer | None:
    """A state does not show: what should be marked, opened or hidden is not. Twins: other ways to set the class."""
    classes, method, name = class_call(node, region)
    if not classes:
        return None
    on, other = ("true", "remove") if method == "add" else ("false", "add")
    lost = "A change of state does not show."
    return offer(
        node,
        "MARKS",
        f"{HOLE}({classes}, {name})",
        [
            f"(list, name) => list.{method}(name)",
            f"(list, name) => list.toggle(name, {on})",
            f"(list, name) => list.{method}(name, name)",
        ],
        [
            (3, f"(list, name) => list.{other}(name)", lost),
            (3, f"(list, name) => list.toggle(name, !{on})", lost),
            (3, "(list, name) => list.contains(name)", lost),
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
    yes, no = ("true", "!0", "!false"), ("false", "!1", "!true")
    right, wrong = (yes, no) if node.type == "true" else (no, yes)
    lost = "A switch is set the wrong way."
    worth = 0.9 * importance(node, region, page.listeners)
    return offer(node, "FLAGS", HOLE, right, [(3, text, lost) for text in wrong], region, worth)


def switched(node: Node, region: Region, page: Page) -> Offer | None:
    """A control is usable when it should not be, or the other way round. Twins: the same truth, spelled longer."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.type != "member_expression" or right.type in ("true", "false"):
        return None
    member = left.child_by_field_name("property")
    if member is None or region.read(member) not in _SWITCHES or len(region.read(right)) > LONGEST:
        return None
    if not is_truth(right):
        return None
    lost = "A control is usable, shown or set when it should not be."
    return offer(
        right,
        "STATES",
        f"{HOLE}({region.read(right)})",
        HOLDS,
        [(3, way, lost) for way in FAILS],
        region,
        worth=1.1 * importance(node, region, page.listeners),
    )


def key_name(node: Node, region: Region, page: Page) -> Offer | None:
    """A key does nothing. Twins: the same name, put together."""
    name = region.read(node)[1:-1]
    parent = node.parent
    if name not in _KEYS or parent is None or parent.type not in ("binary_expression", "switch_case"):
        return None
    other = name[:-2] + name[-1] + name[-2]
    dead = f"The key {name} does nothing."
    return offer(
        node,
        "KEYS",
        HOLE,
        [f'"{name[:at]}" + "{name[at:]}"' for at in (1, 2, 3)],
        [(3, f'"{other[:at]}" + "{other[at:]}"', dead) for at in (1, 2, 3)],
        region,
        worth=1.0,
    )


def added(node: Node, region: Region, page: Page) -> Offer | None:
    """What a person adds is not kept, or comes in the wrong place. Twins: other ways to put it last."""
    inner = sole_call(node)
    if inner is None:
        return None
    callee, given = parts_of_call(inner, region)
    items, _, method = callee.rpartition(".")
    if method != "push" or not items or len(given) != 1 or given[0].type == "spread_element":
        return None
    lost = "What was added is not kept."
    return offer(
        inner,
        "ADDS",
        f"{HOLE}({items}, {region.read(given[0])})",
        [
            "(list, one) => list.push(one)",
            "(list, one) => list.splice(list.length, 0, one)",
            "(list, one) => list.push(...[one])",
        ],
        [
            (2, "(list, one) => list.unshift(one)", "What was added comes first, not last."),
            (3, "(list, one) => list.concat(one)", lost),
            (3, "(list, one) => list.indexOf(one)", lost),
            (2, "(list, one) => list.push(one, one)", "What was added is there twice."),
        ],
        region,
        worth=1.2 * importance(node, region, page.listeners),
    )


def attribute_set(node: Node, region: Region, page: Page) -> Offer | None:
    """A state is neither shown nor announced, because its attribute is not set. Twins: other ways to set it."""
    callee, given = parts_of_call(node, region)
    element, _, method = callee.rpartition(".")
    if method != "setAttribute" or not element or len(given) != 2:
        return None
    if node.parent is None or node.parent.type != "expression_statement":
        return None
    name, value = (region.read(one) for one in given)
    if len(value) > LONGEST:
        return None
    unsaid = "A state is neither shown nor announced."
    return offer(
        node,
        "TELLS",
        f"{HOLE}({element}, {name}, {value})",
        [
            "(node, name, value) => node.setAttribute(name, value)",
            "(node, name, value) => node.setAttributeNS(null, name, value)",
            "(node, name, value) => node.setAttribute(name, String(value))",
        ],
        [
            (2, "(node, name, value) => node.hasAttribute(name, value)", unsaid),
            (2, "(node, name, value) => node.removeAttribute(name, value)", unsaid),
            (2, "(node, name, value) => node.getAttribute(name, String(value))", unsaid),
        ],
        region,
        worth=importance(node, region, page.listeners),
    )


def _listener_body(arguments: Node, region: Region) -> int | None:
    """Where the body of the function begins that is handed to `addEventListener`, by itself or by name."""
    if len(arguments.named_children) < 2:
        return None
    handler = arguments.named_children[1]
    body = handler.child_by_field_name("body")
    if body is None:
        declaration = declared_function(region.read(handler), region)
        body = declaration.child_by_field_name("body") if declaration is not None else None
    return body.start_byte + 1 if body is not None else None


def _inside_call(pair: Node) -> bool:
    """An option in a call's argument, e.g. `{ once: true }`, whose meaning we do not know."""
    holder = pair.parent
    return (
        pair.type == "pair" and holder is not None and holder.parent is not None and holder.parent.type == "arguments"
    )


_ASSIGNED = ("assignment_expression",)
REACTION = (
    Mutator("event-type", "function", "script", ("string",), ("function",), 1.4, event_type, 0.75),
    Mutator("shown-text", "function", "script", _ASSIGNED, ("function",), 1.4, shown_text, 0.35),
    Mutator("class-change", "function", "script", ("call_expression",), ("function",), 1.1, class_change, 0.4),
    Mutator("flag", "function", "script", ("true", "false"), ("function",), 0.9, flag, 0.56),
    Mutator("switched", "function", "script", _ASSIGNED, ("function",), 1.1, switched, 0.26),
    Mutator("key-name", "function", "script", ("string",), ("function",), 1.1, key_name, 0.4),
    Mutator("added", "function", "script", ("expression_statement",), ("function",), 1.1, added, 0.8),
    Mutator(
        "attribute-set",
        "function",
        "script",
        ("call_expression",),
        ("function", "accessibility"),
        0.5,
        attribute_set,
        0.1,
    ),
)
