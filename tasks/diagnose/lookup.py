"""What a page's scripts look for in its document, and what they put there: ids and classes, read off the syntax
trees."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tree_sitter import Node

from tasks.diagnose.names import string_value
from tasks.diagnose.page import Page
from tasks.diagnose.syntax import Source

_MOST_HOLES = 6
"""Of one word; one with more counts as calculated, so that no pattern takes long to match."""

HOLE = "\ufffc"
"""Stands for a template's `${...}`."""

_SELECTOR_CALLS = frozenset({"querySelector", "querySelectorAll", "closest", "matches"})
_EXPECTANT = frozenset({"querySelectorAll", "getElementsByClassName", "closest"})
"""Lookups that do not fail when they find nothing; but nothing happens either, and that nothing was ever to be found is
a fault."""

_TOGGLES = frozenset({"add", "toggle", "replace"})
_LOOKERS = {
    "getElementById": "id",
    "getElementsByClassName": "class",
    "querySelector": "selector",
    "querySelectorAll": "selector",
}


@dataclass(frozen=True)
class Mention:
    """An id or a class that a script looks for or sets, and where."""

    name: str
    file: str
    line: int
    column: int
    sure: bool = True
    """The script counts on its being there: it neither tests what it found nor offers an alternative."""


Named = Literal["id", "class"]
Means = Literal["id", "class", "selector"]


@dataclass
class Made:
    """What the scripts give as an id, or as a class."""

    words: set[str] = field(default_factory=set)
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    """Of words with holes: `cell-${i}`."""
    calculated: bool = False
    """Some are not spelt out where they are given."""

    def add(self, text: str) -> None:
        """Note the words of a text that may hold holes."""
        for word in text.split():
            if HOLE not in word:
                self.words.add(word)
            elif word.strip(HOLE) and word.count(HOLE) <= _MOST_HOLES:
                self.patterns.append(re.compile(".*".join(re.escape(piece) for piece in word.split(HOLE)), re.S))
            else:
                self.calculated = True


@dataclass
class Lookups:
    """Of all scripts of one page. Nothing in it changes after `look`."""

    ids: list[Mention] = field(default_factory=list)
    """Ids looked for."""
    classes: list[Mention] = field(default_factory=list)
    """Classes looked for."""
    set_classes: list[Mention] = field(default_factory=list)
    """Classes that `classList` gives."""
    asked_classes: set[str] = field(default_factory=set)
    """Classes that a script asks about (`contains`) without needing an element that has them."""
    texts: set[str] = field(default_factory=set)
    """Strings, and words of strings, that are no lookup: where an id is calculated, any of them may become one."""
    made: dict[Named, Made] = field(default_factory=lambda: {"id": Made(), "class": Made()})
    """Ids and classes that the scripts give."""

    def makes(self, what: Named, name: str) -> bool:
        """Whether the scripts may give an element this id or class."""
        made = self.made[what]
        if name in made.words or any(pattern.fullmatch(name) for pattern in made.patterns):
            return True
        return made.calculated and name in self.texts


_LOOKED_AT = (
    *("call_expression", "string", "template_string", "assignment_expression", "augmented_assignment_expression"),
    *("pair", "shorthand_property_identifier"),
)


def look(page: Page) -> Lookups:
    """Go through all scripts and handlers."""
    found = Lookups()
    helpers = {name: means for source in page.code for name, means in _helpers(source)}
    for source in page.code:
        taken: set[int] = set()
        tested = _tested(source)
        for node in source.each(*_LOOKED_AT):
            if node.type == "call_expression":
                taken.update(_call(node, source, helpers, tested, found))
            elif node.type in ("string", "template_string"):
                _text(node, source, found, looked_for=node.id in taken)
            elif node.type in ("assignment_expression", "augmented_assignment_expression"):
                key = _property(node.child_by_field_name("left"), source)
                _give(key, node.child_by_field_name("right"), source, found)
            elif node.type == "pair":
                name = node.child_by_field_name("key")
                _give(source.of(name).strip("'\"") if name else "", node.child_by_field_name("value"), source, found)
            else:
                _give(source.of(node), node, source, found)
    return found


def selector_names(selector: str) -> Iterator[tuple[Means, str, bool]]:
    """The ids and classes that a selector needs, and whether it is the only way to match; those in `:not()` and `:is()`
    are none."""
    source = Source(f"{selector} {{}}", "css", "")
    lone = not any(node.type == "selectors" and len(node.named_children) > 1 for node in source.nodes)
    stack = [source.root]
    while stack:
        node = stack.pop()
        if node.type == "arguments":
            continue
        if node.type == "id_name":
            yield "id", source.of(node), lone
        elif node.type == "class_name" and node.parent is not None and node.parent.type == "class_selector":
            yield "class", source.of(node), lone
        stack.extend(reversed(node.children))


def _call(node: Node, source: Source, helpers: dict[str, Means], tested: set[str], found: Lookups) -> list[int]:
    """Note what a call looks for or sets; gives the argument nodes that are thereby dealt with."""
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    if callee is None or not given:
        return []
    key = callee.child_by_field_name("property")
    called = source.of(key) if key is not None else source.of(callee)
    holder = callee.child_by_field_name("object")
    if called in ("setAttribute", "setAttributeNS") and len(given) > 1:
        name = string_value(given[-2], source)
        for key_name in ("id", "class") if name is None else (name,):
            _give(key_name, given[-1], source, found)
    if callee.type == "subscript_expression" or called in _TOGGLES:
        for value in given:
            _give("className", value, source, found)
    if holder is not None and source.of(holder).endswith("classList"):
        return _class_list(called, given, source, found)
    means: str | None = _LOOKERS.get(called) if key is not None else helpers.get(called)
    if means is None and key is not None and called in _SELECTOR_CALLS:
        means = "selector"
    text = string_value(given[0], source) if means else None
    if means is None or text is None:
        return []
    line, column = source.place(given[0])
    sure = called in _EXPECTANT or (called != "matches" and _is_relied_on(node, source, tested))
    if means == "id":
        found.ids.append(Mention(text, source.file, line, column, sure))
    elif means == "class":
        found.classes.extend(Mention(name, source.file, line, column, sure) for name in text.split())
    else:
        for what, name, lone in selector_names(text):
            (found.ids if what == "id" else found.classes).append(
                Mention(name, source.file, line, column, sure and lone)
            )
    return [given[0].id]


def _class_list(called: str, given: list[Node], source: Source, found: Lookups) -> list[int]:
    taken = []
    for node in given:
        name = string_value(node, source)
        if name is None:
            if called in _TOGGLES:
                _give("className", node, source, found)
            continue
        if called == "contains":
            found.asked_classes.add(name)
            taken.append(node.id)
        elif called in _TOGGLES:
            found.set_classes.append(Mention(name, source.file, *source.place(node)))
            found.made["class"].add(name)
            taken.append(node.id)
        elif called == "remove":
            taken.append(node.id)
    return taken


_DEEPEST = 40
"""Levels of an expression that are followed; deeper ones count as calculated."""

_GIVERS: dict[str, Named] = {
    "id": "id",
    "htmlId": "id",
    "className": "class",
    "class": "class",
    "classes": "class",
    "cls": "class",
    "baseVal": "class",
}
"""Properties, attributes and the usual keys of home-made element builders that give ids and classes."""


def _give(key: str, value: Node | None, source: Source, found: Lookups) -> None:
    """Note what is given as an id or a class, as far as it is spelt out."""
    if key not in _GIVERS or value is None:
        return
    for text in _spelt(value, source):
        found.made[_GIVERS[key]].add(text)


def _spelt(value: Node, source: Source, depth: int = 0) -> list[str]:
    """What an expression may come to, with holes for what is calculated."""
    if depth > _DEEPEST:
        return [HOLE]
    if value.type == "string":
        return [source.of(value)[1:-1]]
    if value.type == "template_string":
        return [_with_holes(value, source)]
    if value.type == "parenthesized_expression":
        return [text for child in value.named_children for text in _spelt(child, source, depth + 1)]
    if value.type == "ternary_expression":
        return [text for child in value.named_children[1:] for text in _spelt(child, source, depth + 1)]
    if value.type == "binary_expression" and len(value.named_children) == 2:
        left, right = (_spelt(child, source, depth + 1) for child in value.named_children)
        if _operator(value, source) == "+":
            return [first + second for first in left for second in right][:64]
        return [*left, *right]
    return [] if value.type in ("null", "undefined", "number", "true", "false") else [HOLE]


def _with_holes(template: Node, source: Source) -> str:
    return "".join(
        HOLE if child.type == "template_substitution" else source.of(child)
        for child in template.children
        if child.type != "`"
    )


def _text(node: Node, source: Source, found: Lookups, *, looked_for: bool) -> None:
    """Note the words of a string, and the ids and classes of markup in it."""
    text = source.of(node)[1:-1] if node.type == "string" else _with_holes(node, source)
    if not looked_for:
        found.texts.update(re.split(r"[\s\"'<>=/#.]+", text))
    if "<" not in text:
        return
    markup = Source(text.replace('\\"', '"').replace("\\'", "'"), "html", source.file)
    for inner in markup.nodes:
        if inner.type == "attribute" and inner.named_children:
            name = markup.of(inner.named_children[0]).lower()
            if name in ("id", "class"):
                found.made["id" if name == "id" else "class"].add(markup.of(inner).partition("=")[2].strip("'\""))
    if HOLE in text and any(inner.type == "ERROR" for inner in markup.nodes):
        found.made["id"].calculated = found.made["class"].calculated = True


def _property(target: Node | None, source: Source) -> str:
    key = target.child_by_field_name("property") if target is not None else None
    return source.of(key) if key is not None else ""


def _helpers(source: Source) -> Iterator[tuple[str, Means]]:
    """Functions of the page's own that only pass their first parameter on to a lookup: `const $ = (id) =>
    document.getElementById(id)`."""
    for node in source.each("variable_declarator", "function_declaration"):
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("value") if node.type == "variable_declarator" else node
        if name is None or body is None:
            continue
        means = _passes_on(body, source)
        if means:
            yield source.of(name), means


def _passes_on(body: Node, source: Source) -> Means | None:
    if body.type == "call_expression":
        callee = source.of(body.child_by_field_name("function") or body)
        for looker in ("getElementById", "querySelectorAll", "querySelector"):
            if callee == f"document.{looker}.bind":
                return "id" if looker == "getElementById" else "selector"
        return None
    if body.type not in ("arrow_function", "function_expression", "function_declaration"):
        return None
    parameters = body.child_by_field_name("parameters") or body.child_by_field_name("parameter")
    if parameters is None:
        return None
    first = parameters if parameters.type == "identifier" else next(iter(parameters.named_children), None)
    if first is None:
        return None
    if first.type == "assignment_pattern":
        first = first.child_by_field_name("left") or first
    for node in source.each("call_expression", within=body):
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        key = function.child_by_field_name("property") if function is not None else None
        if key is None or arguments is None or not arguments.named_children:
            continue
        given = arguments.named_children[0]
        if given.type == "identifier" and source.of(given) == source.of(first):
            looker = source.of(key)
            if looker in ("getElementById",):
                return "id"
            if looker in _SELECTOR_CALLS:
                return "selector"
    return None


def _is_relied_on(call: Node, source: Source, tested: set[str]) -> bool:
    """Whether nothing between the lookup and its use copes with its finding nothing."""
    parent = call.parent
    if parent is None:
        return True
    if parent.type == "member_expression":
        return not any(child.type == "optional_chain" for child in parent.children)
    if parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
        return name is None or source.of(name) not in tested
    if parent.type == "assignment_expression":
        left = parent.child_by_field_name("left")
        return left is None or source.of(left) not in tested
    return parent.type not in (
        *("binary_expression", "if_statement", "parenthesized_expression", "unary_expression"),
        *("ternary_expression", "return_statement", "arrow_function"),
    )


_ASKING = (
    *("if_statement", "ternary_expression", "while_statement", "binary_expression", "unary_expression"),
    "optional_chain",
)


def _tested(source: Source) -> set[str]:
    """Variables and properties that the script asks about before it uses them."""
    found: set[str] = set()
    for node in source.each(*_ASKING):
        asked: Node | None = None
        if node.type in ("if_statement", "ternary_expression", "while_statement"):
            asked = node.child_by_field_name("condition")
        elif node.type == "binary_expression":
            if _operator(node, source) not in ("&&", "||", "??"):
                continue
            outer = node.parent  # of `a && b && c` it asks for all that stands left of the last
            chained = outer is not None and outer.type == node.type and outer.child_by_field_name("left") == node
            asked = None if chained else node.child_by_field_name("left")
        elif node.type == "unary_expression":
            asked = node.child_by_field_name("argument")
        elif node.parent is not None:
            asked = node.parent.child_by_field_name("object") or node.parent.child_by_field_name("function")
        if asked is not None:
            found.update(source.of(inner) for inner in _operands(asked))
    return found


def _operator(node: Node, source: Source) -> str:
    operator = node.child_by_field_name("operator")
    return source.of(operator) if operator is not None else ""


def _operands(condition: Node) -> Iterator[Node]:
    """The names that a condition asks about as a whole: `a` and `b.c` in `a && !b.c`, nothing of `a.length > 3`."""
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if node.type in ("identifier", "member_expression"):
            yield node
        elif node.type in ("parenthesized_expression", "unary_expression", "binary_expression"):
            waiting.extend(node.named_children)
