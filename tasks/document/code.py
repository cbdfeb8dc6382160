"""What a script refers to (modules, files in its strings), and a script as text of an HTML element."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from tasks.document.parts import Part, Parts, joined, replaced
from tasks.document.tags import scan

_LANGUAGE = Language(tree_sitter_javascript.language())
_TELLING = re.compile(r"import|export|\.svg\b", re.I)
"""Without one of these a script refers to no other file; nearly all are not looked into."""
_RISKY = re.compile(r"</(?=script)|<(?=!--|script)", re.I)
_ESCAPABLE = frozenset({"string", "template_string", "regex", "comment"})
_RAW_ONLY = frozenset({"call_expression"})
_STRICT = re.compile(
    r"\s*(?:(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*\n)\s*)*(?P<directive>\"use strict\"|'use strict')", re.S
)
_ESCAPE = re.compile(r"\\(.)", re.S)


@dataclass(frozen=True)
class Literal:
    """A string in a script; `start` and `end` hold its quotes."""

    value: str
    start: int
    end: int


class Code:
    """A script's text and what it refers to. Offsets count characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._bytes = text.encode("utf-8", "replace")
        self._telling = bool(_TELLING.search(text))

    @cached_property
    def broken(self) -> bool:
        """Whether it has a syntax error, as far as the grammar sees."""
        return self.root.has_error

    @cached_property
    def root(self) -> Node:
        """The syntax tree."""
        return Parser(_LANGUAGE).parse(self._bytes).root_node

    @cached_property
    def imports(self) -> tuple[Literal, ...]:
        """Every module that it names: in `import`, `export … from` and `import(…)`."""
        return tuple(self._literal(node) for node in self._nodes if node.type == "string" and _names_module(node))

    @cached_property
    def computes_imports(self) -> bool:
        """Whether it has an `import(…)` of something that is worked out."""
        return any(
            node.type == "call_expression" and _is_import(node) and _first(node).type != "string"
            for node in self._nodes
        )

    @cached_property
    def fragments(self) -> tuple[Literal, ...]:
        """The other strings and the literal stretches of templates; here `start` and `end` hold no quotes."""
        found = []
        for node in self._nodes:
            if node.type == "string_fragment" and node.parent is not None and not _names_module(node.parent):
                found.append(self._plain(node))
        return tuple(found)

    @cached_property
    def own_addresses(self) -> tuple[tuple[int, int], ...]:
        """Where it says `import.meta.url`."""
        return tuple(self._span(node) for node in self._nodes if self._is_own_address(node))

    @cached_property
    def beside(self) -> tuple[Literal, ...]:
        """Every `new URL("…", import.meta.url)`: the text, and the span of all of it."""
        found = []
        for node in self._nodes:
            given = node.child_by_field_name("arguments") if node.type == "new_expression" else None
            maker = node.child_by_field_name("constructor")
            if given is None or maker is None or self._of(maker) != "URL" or len(given.named_children) != 2:
                continue
            first, second = given.named_children
            if first.type == "string" and self._is_own_address(second):
                found.append(Literal(self._literal(first).value, *self._span(node)))
        return tuple(found)

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        return tuple(_walk(self.root)) if self._telling else ()

    def _is_own_address(self, node: Node) -> bool:
        return node.type == "member_expression" and re.sub(r"\s", "", self._of(node)) == "import.meta.url"

    def _literal(self, node: Node) -> Literal:
        return Literal(_ESCAPE.sub(r"\1", self._of(node)[1:-1]), *self._span(node))

    def _plain(self, node: Node) -> Literal:
        return Literal(self._of(node), *self._span(node))

    def _span(self, node: Node) -> tuple[int, int]:
        start = len(self._bytes[: node.start_byte].decode("utf-8", "replace"))
        return start, start + len(self._of(node))

    def _of(self, node: Node) -> str:
        return self._bytes[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def escapable(self, at: int) -> bool:
        """Whether the character stands where an escape of `<` means the same."""
        byte = len(self.text[:at].encode("utf-8", "replace"))
        node = self.root.descendant_for_byte_range(byte, byte + 1)
        while node is not None and node.type not in _ESCAPABLE:
            node = None if node.type == "template_substitution" else node.parent
        if node is None or self.broken:
            return False
        tagged = node.type == "template_string" and node.parent is not None and node.parent.type in _RAW_ONLY
        return not tagged


@lru_cache(maxsize=256)
def read(text: str) -> Code:
    """A script, read once."""
    return Code(text)


def strict_directive(text: str) -> str:
    """The directive with which a script begins, if it does."""
    match = _STRICT.match(text)
    return match["directive"] if match else ""


def fits(text: str) -> bool:
    """Whether a browser that reads the text in a script element finds the element's end right behind it."""
    tags = scan(f"<script>{text}</script>").tags
    return len(tags) == 1 and tags[0].closed and tags[0].content == len("<script>") + len(text)


def guarded(parts: Parts) -> Parts | None:
    """The same script, so that it may stand in a script element; None if that can't be written there."""
    text = joined(parts)
    if fits(text):
        return parts
    code, done = Code(text), 0
    safe: list[Part] = []
    for part in parts:
        start = done
        done += len(part.text)
        safe += replaced((part,), _RISKY, partial(_escaped, code, start))
    return tuple(safe) if fits(joined(safe)) else None


def _escaped(code: Code, start: int, match: re.Match[str]) -> str:
    if not code.escapable(start + match.start()):
        return match[0]
    return r"<\/" if match[0] == "</" else r"\x3C"


def _names_module(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type in ("import_statement", "export_statement"):
        return parent.child_by_field_name("source") == node
    call = parent.parent
    return parent.type == "arguments" and call is not None and _is_import(call) and _first(call) == node


def _is_import(call: Node) -> bool:
    callee = call.child_by_field_name("function")
    arguments = call.child_by_field_name("arguments")
    return callee is not None and callee.type == "import" and arguments is not None and bool(arguments.named_children)


def _first(call: Node) -> Node:
    arguments = call.child_by_field_name("arguments")
    assert arguments is not None
    return arguments.named_children[0]


def _walk(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.named_children))
