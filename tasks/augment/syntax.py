"""Syntax trees of a program: one region per file, and one per inline style and script, with offsets in the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import tree_sitter_css
import tree_sitter_html
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from tasks.record import Program

Tongue = Literal["script", "style", "markup"]

_PARSERS: dict[Tongue, Parser] = {
    "script": Parser(Language(tree_sitter_javascript.language())),
    "style": Parser(Language(tree_sitter_css.language())),
    "markup": Parser(Language(tree_sitter_html.language())),
}
_BY_SUFFIX: dict[str, Tongue] = {
    ".js": "script",
    ".mjs": "script",
    ".css": "style",
    ".html": "markup",
    ".htm": "markup",
}

_FIRST = ("hash_bang_line", "import_statement", "charset_statement", "namespace_statement")

MAX_NODES = 150_000
"""Nodes looked at in one program; a page of 500 lines has about 10,000."""
MAX_BYTES = 400_000
"""A region beyond this is left alone."""


@dataclass(frozen=True)
class Region:
    """A text in one language inside a file, parsed."""

    file: str
    offset: int
    """Where it begins in the file, in bytes."""
    first_line: int
    """The line of the file, from 1, that it begins in."""
    tongue: Tongue
    text: bytes
    root: Node = field(compare=False)

    def read(self, node: Node) -> str:
        """The text under a node."""
        return self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")

    @cached_property
    def opening(self) -> int:
        """Offset in the region where a statement or rule of ours may come first: behind directives and imports."""
        opening: int | None = None
        for node in self.root.named_children:
            directive = (
                node.type == "expression_statement" and self.text[node.start_byte : node.start_byte + 1] in b"'\""
            )
            if node.type in _FIRST or directive:
                opening = None
            elif opening is None:
                opening = node.start_byte
            if node.type not in (*_FIRST, "comment") and not directive:
                break
        return len(self.text) if opening is None else opening

    def between(self, start: int, end: int) -> str:
        """The text between two offsets in the region."""
        return self.text[start:end].decode("utf-8", "replace")


def parse(tongue: Tongue, text: bytes) -> Node:
    """The root of a text's tree; a text with errors has a tree too (`has_error`)."""
    return _PARSERS[tongue].parse(text).root_node


def read_regions(program: Program) -> tuple[Region, ...]:
    """Every part of a program that parses without an error. What does not (TypeScript, a broken file) is left out."""
    found: list[Region] = []
    for file in program.files:
        suffix = "." + file.filename.rpartition(".")[2].lower()
        if suffix in _BY_SUFFIX:
            found.extend(_regions(file.filename, 0, 1, _BY_SUFFIX[suffix], file.content.encode()))
    return tuple(found)


def walk(node: Node, limit: int = MAX_NODES) -> Iterator[Node]:
    """Named nodes in the order of the text, at most `limit` of them."""
    cursor = node.walk()
    seen = 0
    while seen < limit:
        current = cursor.node
        if current is not None and current.is_named:
            seen += 1
            yield current
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return


def _regions(file: str, offset: int, line: int, tongue: Tongue, text: bytes) -> Iterator[Region]:
    if len(text) > MAX_BYTES:
        return
    root = parse(tongue, text)
    if root.has_error:
        return
    yield Region(file, offset, line, tongue, text, root)
    if tongue != "markup":
        return
    for node in walk(root):
        if node.type in ("style_element", "script_element"):
            inner: Tongue = "style" if node.type == "style_element" else "script"
            head = text[node.start_byte : node.children[0].end_byte].lower()
            if inner == "script" and b"type=" in head and b"javascript" not in head and b"module" not in head:
                continue
            for child in node.children:
                if child.type == "raw_text":
                    start, end = child.start_byte, child.end_byte
                    yield from _regions(
                        file, offset + start, line + text.count(b"\n", 0, start), inner, text[start:end]
                    )
