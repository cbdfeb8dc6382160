"""Calls that leave out what the called function can't do without.

In JavaScript a parameter that is not given is `undefined`, and much code lives by that; so the server lets such calls
pass. What is reported is only a plain function of the page's own that takes the missing parameter apart, calculates
with it or calls it, and nowhere asks whether it is there.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from tasks.diagnose.page import Page
from tasks.diagnose.syntax import FUNCTIONS, Source, walk
from tasks.record import Diagnostic

_CALCULATES = frozenset({"-", "*", "/", "%", "**", "<", ">", "<=", ">=", "<<", ">>", ">>>", "&", "|", "^", "in"})
_ASKS = frozenset({"&&", "||", "??", "==", "===", "!=", "!=="})
_TEXTS = frozenset({"string", "template_string"})


@dataclass(frozen=True)
class _Function:
    """A function declaration of the page: its parameters, and for each whether the function fails without it."""

    name: str
    parameters: tuple[str, ...]
    needed: tuple[bool, ...]
    passed: tuple[tuple[tuple[str, int], ...], ...]
    """For each parameter, the functions that it is handed on to, and as which of their arguments."""


def check(page: Page) -> list[Diagnostic]:
    """Every call that certainly goes wrong for want of an argument."""
    given = Counter(name for source in page.code for name in _introduced(source))
    functions = {found.name: found for source in page.code for found in _functions(source) if given[found.name] == 1}
    for _ in functions:  # need travels back along calls; as many rounds as there can be calls in a row
        grown = {name: _inherited(function, functions) for name, function in functions.items()}
        if grown == functions:
            break
        functions = grown
    return [d for source in page.code for d in _calls(source, functions)]


def _inherited(function: _Function, functions: dict[str, _Function]) -> _Function:
    """The function, which also needs what it hands on to where it is needed."""
    needed = tuple(
        own or any(index < len(to.needed) and to.needed[index] for name, index in passed if (to := functions.get(name)))
        for own, passed in zip(function.needed, function.passed, strict=True)
    )
    return replace(function, needed=needed)


def _calls(source: Source, functions: dict[str, _Function]) -> Iterator[Diagnostic]:
    for node in source.each("call_expression"):
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or arguments is None or callee.type != "identifier":
            continue
        function = functions.get(source.of(callee))
        values = [child for child in arguments.named_children if child.type != "comment"]
        if function is None or arguments.type != "arguments" or any(value.type == "spread_element" for value in values):
            continue
        missing = [
            name for index, name in enumerate(function.parameters) if index >= len(values) and function.needed[index]
        ]
        if missing:
            line, column = source.place(node)
            yield Diagnostic(
                file=source.file,
                line=line,
                column=column,
                severity="error",
                source="script",
                code="missing-argument",
                message=f"`{function.name}({', '.join(function.parameters)})` is called with {len(values)} of its "
                f"{len(function.parameters)} arguments, and can't do without `{missing[0]}`.",
            )


_INTRODUCING = (
    *("variable_declarator", "function_declaration", "class_declaration", "assignment_expression"),
    *("augmented_assignment_expression", "formal_parameters", "catch_clause", "arrow_function"),
)


def _introduced(source: Source) -> Iterator[str]:
    """Every name each time that something declares or sets it."""
    for node in source.each(*_INTRODUCING):
        if node.type in ("variable_declarator", "function_declaration", "class_declaration"):
            target = node.child_by_field_name("name")
        elif node.type in ("assignment_expression", "augmented_assignment_expression"):
            target = node.child_by_field_name("left")
            if target is not None and target.type == "member_expression":
                continue
        elif node.type in ("formal_parameters", "catch_clause"):
            target = node.child_by_field_name("parameter") if node.type == "catch_clause" else node
        else:
            target = node.child_by_field_name("parameter")
        if target is not None:
            for inner in walk(target):
                if inner.type in ("identifier", "shorthand_property_identifier_pattern"):
                    yield source.of(inner)


def _functions(source: Source) -> Iterator[_Function]:
    for node in source.each("function_declaration"):
        name, parameters = node.child_by_field_name("name"), node.child_by_field_name("parameters")
        body = node.child_by_field_name("body")
        if name is None or parameters is None or body is None:
            continue
        if source.uses("arguments", body):
            continue
        listed = [child for child in parameters.named_children if child.type != "comment"]
        uses = [_uses(child, body, source) for child in listed]
        yield _Function(
            name=source.of(name),
            parameters=tuple(source.of(child) for child in listed),
            needed=tuple(needed for needed, _ in uses),
            passed=tuple(passed for _, passed in uses),
        )


def _uses(parameter: Node, body: Node, source: Source) -> tuple[bool, tuple[tuple[str, int], ...]]:
    """Whether the function fails without the parameter, and where it hands it on; neither, if it asks whether it is
    there."""
    if parameter.type in ("object_pattern", "array_pattern"):
        return True, ()
    if parameter.type != "identifier":
        return False, ()
    name, needed = source.of(parameter), False
    passed: list[tuple[str, int]] = []
    for node in source.uses(name, body):
        how = _use(node, source)
        if how == "asks":
            return False, ()
        needed = needed or how == "needs"
        passed.extend(_handed_on(node, source))
    return needed, tuple(passed)


def _handed_on(node: Node, source: Source) -> Iterator[tuple[str, int]]:
    arguments = node.parent
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    callee = call.child_by_field_name("function") if call is not None else None
    if arguments is not None and callee is not None and callee.type == "identifier":
        values = [child for child in arguments.named_children if child.type != "comment"]
        if not any(value.type == "spread_element" for value in values):
            yield source.of(callee), values.index(node)


def _use(node: Node, source: Source) -> str:
    """What the code does with the name at one place: `needs` a value, `asks` for one, or neither."""
    parent = node.parent
    if parent is None:
        return ""
    kind = parent.type
    if kind in ("member_expression", "subscript_expression") and parent.child_by_field_name("object") == node:
        return "asks" if any(child.type == "optional_chain" for child in parent.children) else "needs"
    if kind == "subscript_expression":
        return "needs"
    if kind == "call_expression" and parent.child_by_field_name("function") == node:
        return "asks" if any(child.type == "optional_chain" for child in parent.children) else "needs"
    if kind == "binary_expression":
        operator = source.of(parent.child_by_field_name("operator") or parent)
        if operator == "+":
            return "" if any(_is_text(child) for child in parent.named_children) else "needs"
        return "needs" if operator in _CALCULATES else "asks" if operator in _ASKS else ""
    if kind == "augmented_assignment_expression":
        return "needs" if parent.child_by_field_name("right") == node else "asks"
    if kind in ("assignment_expression", *FUNCTIONS) and parent.child_by_field_name("left") == node:
        return "asks"
    if kind in ("unary_expression", "parenthesized_expression", "ternary_expression", "formal_parameters"):
        return "asks"
    return ""


def _is_text(node: Node) -> bool:
    """A string, or a sum with one: adding `undefined` to it spoils a word, not a number."""
    return any(inner.type in _TEXTS for inner in walk(node, into=False))
