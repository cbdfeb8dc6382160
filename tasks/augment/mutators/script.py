"""Reading of script syntax that several mutators need."""

import re
from dataclasses import dataclass

from tree_sitter import Node

from tasks.augment.mutators.mutator import Page
from tasks.augment.syntax import Region

LONGEST = 80
"""Characters of operands; longer ones are left alone."""

FUNCTIONS = ("arrow_function", "function_expression", "function_declaration", "method_definition")

_PLAIN = (
    *("identifier", "member_expression", "call_expression", "subscript_expression", "number", "string"),
    *("template_string", "parenthesized_expression", "array", "true", "false", "this", "null"),
)
"""Expressions that bind tightly enough for any place."""

_BINDS = {
    **{"||": 1, "&&": 2, "===": 3, "!==": 3, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4},
    **{"+": 5, "-": 5, "*": 6, "/": 6, "%": 6},
}
"""Operators, and how tightly they bind; what has another one is put in parentheses."""

_PAINTS = re.compile(rb"\.(beginPath|fillRect|lineTo|arc|fillText|translate|quadraticCurveTo)\(|devicePixelRatio")

OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "===": "!==", "!==": "===", "==": "!=", "!=": "=="}

_UNSAFE_LATE = (
    "preventDefault",
    "stopPropagation",
    "stopImmediatePropagation",
    "currentTarget",
    "await ",
    "arguments",
    "dataTransfer",
    "returnValue",
    "setPointerCapture",
    "composedPath",
)
"""What a handler can't do after its event is over."""


def enclosing_function(node: Node) -> Node | None:
    """The innermost function that a node is in."""
    current = node.parent
    while current is not None and current.type not in FUNCTIONS:
        current = current.parent
    return current


def function_name(function: Node, region: Region) -> str:
    """A function's own name or that of the constant it is assigned to; empty if it has none."""
    name = function.child_by_field_name("name")
    if name is None and function.parent is not None and function.parent.type == "variable_declarator":
        name = function.parent.child_by_field_name("name")
    return region.read(name) if name is not None else ""


def declared_function(name: str, region: Region) -> Node | None:
    """The function, arrow or declaration, that a plain name stands for; None if it can't be told."""
    if not name.isidentifier():
        return None
    for marker in (f"function {name}(", f"const {name} =", f"let {name} ="):
        at = region.text.find(marker.encode())
        if at < 0:
            continue
        found = region.root.descendant_for_byte_range(at, at + len(marker.encode()))
        if found is not None and found.type in ("lexical_declaration", "variable_declaration"):
            found = found.named_children[0].child_by_field_name("value")
        return found if found is not None and found.type in FUNCTIONS else None
    return None


@dataclass(frozen=True)
class Listening:
    """A call `element.addEventListener(event, handler)`."""

    call: Node
    element: Node | None
    """None where the window's own method is called by its bare name."""
    event: Node
    handler: Node
    plain: bool
    """Whether nothing else is given to it, and the element is sure to be there."""

    def acts(self, region: Region) -> int | None:
        """Where the body of the handler begins, a function by itself or by name."""
        body = self.handler.child_by_field_name("body")
        if body is None and (declaration := declared_function(region.read(self.handler), region)) is not None:
            body = declaration.child_by_field_name("body")
        return body.start_byte + 1 if body is not None else None


def listening(call: Node | None, region: Region) -> Listening | None:
    """A call as one that hands a listener over; None if it is none."""
    callee, given = parts_of_call(call, region) if call is not None else ("", [])
    function = call.child_by_field_name("function") if call is not None else None
    if call is None or function is None or not callee.endswith("addEventListener") or len(given) < 2:
        return None
    element = function.child_by_field_name("object")
    return Listening(call, element, given[0], given[1], element is not None and len(given) == 2 and "?" not in callee)


def listening_with(argument: Node, region: Region) -> Listening | None:
    """The call that hands a listener over and has the node as an argument."""
    arguments = argument.parent
    return listening(arguments.parent, region) if arguments is not None and arguments.type == "arguments" else None


def listens(function: Node, region: Region) -> bool:
    """Whether a function is written where it is handed over as a listener."""
    call = listening_with(function, region)
    return call is not None and call.handler == function


def may_run_late(body: str) -> bool:
    """Whether a handler with this body still does the same when it runs after its event is over."""
    return not any(word in body for word in _UNSAFE_LATE)


def importance(node: Node, region: Region, listeners: frozenset[str]) -> float:
    """How sure it is that a person's action leads here: high in a listener, less in another function, least outside."""
    function = enclosing_function(node)
    if function is None:
        return 0.5
    if listens(function, region) or function_name(function, region) in listeners:
        return 2.0
    outer = enclosing_function(function)
    if outer is not None and (listens(outer, region) or function_name(outer, region) in listeners):
        return 1.6
    return 1.2


def parts_of_call(node: Node, region: Region) -> tuple[str, list[Node]]:
    """What a call calls, and its arguments; empty if it is none, or one with a template."""
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None or arguments.type != "arguments":
        return "", []
    return region.read(callee), [one for one in arguments.named_children if one.type != "comment"]


def sole_call(statement: Node) -> Node | None:
    """The call that an expression statement consists of."""
    inner = statement.named_children[0] if statement.named_children else None
    return inner if inner is not None and inner.type == "call_expression" else None


def bare_call(statement: Node, region: Region) -> tuple[Node, str] | None:
    """The call that an expression statement consists of, and its name, if that is plain and nothing is given to it."""
    inner = sole_call(statement)
    callee = inner.child_by_field_name("function") if inner is not None else None
    if inner is None or callee is None or callee.type != "identifier":
        return None
    name, given = parts_of_call(inner, region)
    return (inner, name) if name and not given else None


def is_truth(value: Node) -> bool:
    """Whether an expression can be nothing but true or false."""
    if value.type == "parenthesized_expression":
        return is_truth(value.named_children[0])
    operator = value.child_by_field_name("operator")
    if value.type == "unary_expression":
        return operator is not None and operator.type == "!"
    if value.type != "binary_expression" or operator is None:
        return False
    if operator.type in ("&&", "||"):
        return all(is_truth(side) for side in value.named_children)
    return operator.type in ("==", "===", "!=", "!==", "<", "<=", ">", ">=", "in", "instanceof")


def operands(node: Node, region: Region) -> tuple[str, str, str]:
    """Operator, left and right of a binary or assignment expression; empty where there are none."""
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return "", "", ""
    return region.read(operator), region.read(left), region.read(right)


def assigned(node: Node, region: Region) -> tuple[str, str, str]:
    """Object, property and value of a statement `object.property = value`; empty if it is none."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "assignment_expression" or left is None or right is None or left.type != "member_expression":
        return "", "", ""
    if node.parent is None or node.parent.type != "expression_statement":
        return "", "", ""
    owner, _, member = region.read(left).rpartition(".")
    return owner, member, region.read(right)


def unwrapped(node: Node) -> Node:
    """What stands in parentheses; the node itself if it stands in none."""
    while node.type == "parenthesized_expression":
        inner = [child for child in node.named_children if child.type != "comment"]
        if not inner:
            return node
        node = inner[0]
    return node


def negated(tested: Node, region: Region) -> str:
    """The opposite of a condition, as one would write it."""
    text = region.read(tested)
    if tested.type == "parenthesized_expression":
        return f"({negated(unwrapped(tested), region)})"
    if tested.type == "unary_expression" and text.startswith("!"):
        return region.read(unwrapped(tested.named_children[-1]))
    sign, left, right = operands(tested, region)
    if sign in OPPOSITE:
        return f"{left} {OPPOSITE[sign]} {right}"
    return f"!{text}" if tested.type in _PLAIN else f"!({text})"


def instead(inner: Node, place: Node, region: Region) -> str:
    """The text of an expression that takes the place of another one round it, with parentheses only if it needs
    them."""
    inner = unwrapped(inner)
    text, outer = region.read(inner), place.parent
    if outer is None or (inner.type in _PLAIN and (inner.type != "number" or outer.type != "member_expression")):
        return text
    if outer.type == "binary_expression":
        own, other = (_BINDS.get(operands(one, region)[0], 0) for one in (inner, outer))
        sure = own > other > 0 or (own == other > 0 and outer.child_by_field_name("left") == place)
        return text if sure or (inner.type == "unary_expression" and other) else f"({text})"
    tight = outer.type in ("unary_expression", "member_expression", "await_expression")
    return f"({text})" if tight or (outer.type == "arrow_function" and inner.type == "object") else text


def grouped(node: Node, region: Region) -> tuple[Node, str]:
    """Where to put what is written for a part of an expression, and how: with the parentheses round it, so that none
    are left round a single name."""
    group, holder = node.parent, node.parent.parent if node.parent is not None else None
    if group is None or group.type != "parenthesized_expression" or holder is None or "statement" in holder.type:
        return node, "{}"
    if region.text[group.start_byte - 1 : group.start_byte].isalnum():
        return node, "{}"
    return group, "({})"


def weight(node: Node, region: Region, page: Page) -> float:
    """How much a place in a script matters: as its importance, less where a picture is painted, for a check hardly ever
    asks for one."""
    function = enclosing_function(node)
    paints = function is not None and (
        _PAINTS.search(text_of(function)) is not None or function_name(function, region).startswith(("draw", "paint"))
    )
    return importance(node, region, page.listeners) * (0.4 if paints else 1.0)


def guards_missing(tested: str, node: Node) -> bool:
    """Whether a condition keeps the code round it from using what isn't there: turned round, that would throw."""
    if re.search(r"\b(null|undefined|typeof|instanceof|in)\b|\?\.|\.has\(", tested):
        return True
    function = enclosing_function(node)
    if function is None:
        return False
    body = text_of(function).decode("utf-8", "replace")
    asked = tested[1:-1] if tested.startswith("(") and tested.endswith(")") else tested
    names = (one.strip().lstrip("!") for one in re.split(r"&&|\|\|", asked))
    return any(
        re.fullmatch(r"[\w$.]+", name) and re.search(rf"(?<![\w$.]){re.escape(name)}[.\[(]", body) for name in names
    )


def text_of(node: Node) -> bytes:
    """What stands under a node."""
    return node.text or b""
