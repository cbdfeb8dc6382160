"""How an expression of a script is said wrongly."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import tree_sitter
import tree_sitter_javascript

_LONGEST = 90
"""Characters of a place; what is not unique within them is left alone."""
_SCRIPT = tree_sitter.Language(tree_sitter_javascript.language())
_WIDER = ("call_expression", "binary_expression", "assignment_expression", "ternary_expression", "unary_expression")

Harm = tuple[str, int, str]


@dataclass(frozen=True)
class Idea:
    """A place, and what could stand there."""

    family: str
    file: str
    start: int
    find: str
    harms: tuple[Harm, ...]


def script_ideas(name: str, script: str, text: str) -> Iterator[Idea]:
    """Places of a script that stands in the file `name` with this text; `start` counts from the script's first
    character."""
    source = script.encode()
    for node in _walk(tree_sitter.Parser(_SCRIPT).parse(source).root_node):
        for look in _LOOKS.get(node.type, ()):
            found = look(node, script)
            if found is None:
                continue
            family, inner, harms = found
            wide = _unique(inner, text)
            if wide is None:
                continue
            before = source[wide.start_byte : inner.start_byte].decode()
            after = source[inner.end_byte : wide.end_byte].decode()
            yield Idea(
                family,
                name,
                len(source[: wide.start_byte].decode()),
                _text(wide),
                tuple((before + one + after, strength, note) for one, strength, note in harms),
            )


def _unique(node: tree_sitter.Node, text: str) -> tree_sitter.Node | None:
    """The expression itself or the nearest one round it whose text occurs once; None if there is none so short."""
    current: tree_sitter.Node | None = node
    while current is not None and len(_text(current)) <= _LONGEST:
        called = current.parent is not None and current.parent.type in ("call_expression", "new_expression")
        free = current == node or current.type in _WIDER
        if free and not called and text.count(_text(current)) == 1:
            return None if re.search(r"\b(?:this|await|yield|arguments)\b", _text(current)) else current
        current = current.parent
        if current is not None and current.type.endswith(("_statement", "_declaration", "declarator", "function")):
            return None
    return None


Found = tuple[str, tree_sitter.Node, tuple[Harm, ...]]
Look = Callable[[tree_sitter.Node, str], Found | None]


def _delay(node: tree_sitter.Node, script: str) -> Found | None:
    name, given = _call(node)
    if name not in ("setTimeout", "setInterval") or len(given) != 2 or not _text(given[1]).isdigit():
        return None
    ms = int(_text(given[1]))
    return (
        "performance",
        given[1],
        ((str(ms + 260), 1, "What should come comes a moment late."), (str(ms + 1400), 3, "One waits and waits.")),
    )


def _listener(node: tree_sitter.Node, script: str) -> Found | None:
    name, given = _call(node)
    if not name.endswith("addEventListener") or len(given) != 2 or given[1].type != "identifier":
        return None
    deed = _text(given[1])
    body = re.search(rf"function {re.escape(deed)}\([^)]*\) \{{\n(.*?)\n\}}", script, re.S)
    if body is None or re.search(r"preventDefault|currentTarget|setPointerCapture|stopPropagation", body[1]):
        return None
    return (
        "performance",
        given[1],
        (
            (f"(event) => setTimeout({deed}, 280, event)", 1, "The page answers with a delay that one feels."),
            (f"(event) => setTimeout({deed}, 1100, event)", 3, "The page answers a second late."),
        ),
    )


def _spoken(node: tree_sitter.Node, script: str) -> Found | None:
    name, given = _call(node)
    if not name.endswith(".setAttribute") or len(given) != 2 or not _text(given[0]).strip("'\"").startswith("aria-"):
        return None
    said = _text(given[1])
    return (
        "accessibility",
        given[1],
        ((f"String({said}).slice(0, 1)", 1, "It is read out cut short."), ("''", 3, "Nothing is read out for it.")),
    )


def _rounding(node: tree_sitter.Node, script: str) -> Found | None:
    name, given = _call(node)
    if name not in ("Math.round", "Math.floor", "Math.ceil") or len(given) != 1:
        return None
    what = _text(given[0])
    return (
        "function",
        node,
        ((f"{name}({what}) + 1", 2, "A figure is one too high."), (f"{name}(2 * ({what}))", 3, "A figure is doubled.")),
    )


def _comparison(node: tree_sitter.Node, script: str) -> Found | None:
    left, sign, right = (_text(child) for child in node.children) if node.child_count == 3 else ("", "", "")
    if sign not in _TURNED or re.search(r"[<>=&|?]", left + right) or _rules_a_loop(node):
        return None
    against, other = _TURNED[sign]
    return (
        "function",
        node,
        (
            (f"{left} {other} {right}", 1, "At the limit it goes wrong."),
            (f"{left} {against} {right}", 3, "It does the opposite of what it should."),
        ),
    )


_TURNED = {"<": (">=", "<="), ">": ("<=", ">="), "<=": (">", "<"), ">=": ("<", ">")}
"""A comparison, its contrary, and the one that differs where both are equal."""


def _shown(node: tree_sitter.Node, script: str) -> Found | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or not _text(left).endswith(".textContent"):
        return None
    said = _text(right)
    return (
        "function",
        right,
        (
            (f"String({said}).slice(0, -1)", 2, "A text lacks its last letter or figure."),
            (f"String({said}).slice(0, 0)", 3, "A text is not shown."),
        ),
    )


def _switched(node: tree_sitter.Node, script: str) -> Found | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or not _text(left).endswith((".disabled", ".hidden")):
        return None
    said = _text(right)
    return (
        "function",
        right,
        (
            ("false", 1, "What should be out of reach is not."),
            (f"!({said})", 3, "What one needs is out of reach."),
        ),
    )


def _counted(node: tree_sitter.Node, script: str) -> Found | None:
    parts = [_text(child) for child in node.children]
    if len(parts) != 3 or parts[1] != "+=" or not parts[2].isdigit() or parts[2] == "0" or _rules_a_loop(node):
        return None
    what, by = parts[0], int(parts[2])
    return (
        "function",
        node,
        ((f"{what} += {2 * by}", 2, "It counts double."), (f"{what} += 0", 3, "It does not count.")),
    )


_LOOKS: dict[str, tuple[Look, ...]] = {
    "call_expression": (_delay, _listener, _spoken, _rounding),
    "binary_expression": (_comparison,),
    "assignment_expression": (_shown, _switched),
    "augmented_assignment_expression": (_counted,),
}


def _rules_a_loop(node: tree_sitter.Node) -> bool:
    """Whether a loop might not end if this were otherwise."""
    between = ("parenthesized_expression", "binary_expression", "expression_statement", "statement_block")
    outer = node.parent
    while outer is not None and outer.type in between:
        outer = outer.parent
    return outer is not None and outer.type in ("for_statement", "while_statement", "do_statement")


def _call(node: tree_sitter.Node) -> tuple[str, list[tree_sitter.Node]]:
    """What is called, and with what."""
    callee, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    return _text(callee) if callee else "", list(given.named_children) if given else []


def _walk(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.named_children))


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
