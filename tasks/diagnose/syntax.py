"""Syntax trees of the three languages, and places in them."""

import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Literal

import tree_sitter_css
import tree_sitter_html
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

Tongue = Literal["html", "css", "javascript"]

_LANGUAGES: dict[Tongue, Language] = {
    "html": Language(tree_sitter_html.language()),
    "css": Language(tree_sitter_css.language()),
    "javascript": Language(tree_sitter_javascript.language()),
}
_local = threading.local()


class Source:
    """A text, its syntax tree, and where in an author's file it stands.

    `line` and `column` count from 0 and say where the text begins in `file`. A parser never refuses a text: what it
    can't make sense of becomes ERROR nodes. It is parsed when something is asked of its tree, and by one thread: who
    only wants its text or its lines need not wait for that.
    """

    def __init__(self, text: str, tongue: Tongue, file: str, line: int = 0, column: int = 0) -> None:
        self.text = text
        self.file = file
        self.line = line
        self.column = column
        self._bytes = text.encode("utf-8", "replace")
        self._starts = [0, *(end.end() for end in re.finditer(b"\n", self._bytes))]
        self._tongue = tongue

    @cached_property
    def root(self) -> Node:
        """The top of the tree."""
        return _parser(self._tongue).parse(self._bytes).root_node

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The tree's named nodes, in the order of the text: all but brackets, operators and keywords, half of it."""
        found = []
        stack = [self.root]
        while stack:
            node = stack.pop()
            found.append(node)
            if node.named_child_count:
                stack.extend(reversed(node.named_children))
        return tuple(found)

    @cached_property
    def _kinds(self) -> dict[str, list[int]]:
        kinds: dict[str, list[int]] = {}
        for index, node in enumerate(self.nodes):
            kinds.setdefault(node.type, []).append(index)
        return kinds

    @cached_property
    def _uses(self) -> dict[str, list[int]]:
        uses: dict[str, list[int]] = {}
        for index in self._kinds.get("identifier", ()):
            uses.setdefault(self.of(self.nodes[index]), []).append(index)
        return uses

    def uses(self, name: str, within: Node | None = None) -> list[Node]:
        """The places of a plain name, in the order of the text; of all of it, or of a node."""
        return self._at(self._uses.get(name, []), within)

    def each(self, *kinds: str, within: Node | None = None) -> list[Node]:
        """The named nodes of these types, in the order of the text; of all of it, or of a node."""
        found = [self._kinds[kind] for kind in dict.fromkeys(kinds) if kind in self._kinds]
        return self._at(found[0] if len(found) == 1 else sorted(chain.from_iterable(found)), within)

    def _at(self, indexes: list[int], within: Node | None) -> list[Node]:
        if within is None:
            return [self.nodes[index] for index in indexes]
        first = bisect_left(indexes, within.start_byte, key=lambda index: self.nodes[index].start_byte)
        after = bisect_left(indexes, within.end_byte, first, key=lambda index: self.nodes[index].start_byte)
        return [node for index in indexes[first:after] if (node := self.nodes[index]).end_byte <= within.end_byte]

    def of(self, node: Node) -> str:
        """The node's text."""
        return self._bytes[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def place(self, node: Node) -> tuple[int, int]:
        """Line and column, from 1, of the node's first character in the author's file."""
        return self.place_at(node.start_byte)

    def place_at(self, byte: int) -> tuple[int, int]:
        """Line and column, from 1, of a byte of the text, in the author's file."""
        row = bisect_right(self._starts, byte) - 1
        column = len(self._bytes[self._starts[row] : byte].decode("utf-8", "replace"))
        return self.line + row + 1, column + 1 + (self.column if row == 0 else 0)

    def byte_at(self, row: int, column: int) -> int:
        """The byte at a row and a column in UTF-16 units, both from 0, as language servers count; the end, for a row
        below it."""
        if row >= len(self._starts):
            return len(self._bytes)
        row = max(row, 0)
        end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self._bytes)
        line = self._bytes[self._starts[row] : end].decode("utf-8", "replace")
        before = line.encode("utf-16-le", "replace")[: 2 * max(column, 0)].decode("utf-16-le", "replace")
        return self._starts[row] + len(before.encode("utf-8", "replace"))

    def node_at(self, start: int, end: int) -> Node:
        """The smallest node that holds these bytes."""
        return self.root.descendant_for_byte_range(start, max(start, end)) or self.root

    @property
    def rows(self) -> int:
        """How many lines the text has."""
        return len(self._starts)


def walk(node: Node, *, into: bool = True) -> Iterator[Node]:
    """The node and all below it, in the order of the text. With `into=False` other functions' insides are left out."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if into or current.id == node.id or current.type not in FUNCTIONS:
            stack.extend(reversed(current.children))


FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
    }
)


def _parser(tongue: Tongue) -> Parser:
    """One parser per thread and language: a parser is not to be shared between threads."""
    parsers: dict[Tongue, Parser] = _local.__dict__.setdefault("parsers", {})
    if tongue not in parsers:
        parsers[tongue] = Parser(_LANGUAGES[tongue])
    return parsers[tongue]
