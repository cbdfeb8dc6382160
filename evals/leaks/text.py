"""A program as tokens: layout and comments dropped, quotes alike, and names that its scripts bind renamed in the order
of their appearance. What is left differs only where the programs do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from tree_sitter import Node

from tasks.augment.syntax import Tongue, parse
from tasks.record import Program

TONGUES: dict[str, Tongue] = {
    "js": "script",
    "mjs": "script",
    "css": "style",
    "html": "markup",
    "htm": "markup",
}
"""By a file's ending; other files are read as words."""

_WHOLE = frozenset({"string", "regex", "integer_value", "float_value", "color_value", "string_value", "important"})
"""Nodes that are one token, whatever they are made of."""

_NUMBERS = frozenset({"number", "integer_value", "float_value"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"})
_BINDING = frozenset(
    {
        "variable_declarator", "function_declaration", "generator_function_declaration", "function_expression",
        "class_declaration", "class", "formal_parameters", "arrow_function", "catch_clause", "rest_pattern",
        "array_pattern", "pair_pattern", "object_assignment_pattern", "assignment_pattern", "for_in_statement",
    }
)  # fmt: skip
_BINDING_FIELDS = frozenset({"name", "parameter", "left", "value", ""})
"""Fields of such a node that hold the bound name; a declarator's `value` and a pattern's `right` do not bind."""

_PIECE = re.compile(r"\w+|[^\w\s]")
_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")

MOST_TOKENS = 200_000
"""Of one file; a page of 500 lines has about 5,000."""


@dataclass(frozen=True, slots=True)
class Token:
    """The smallest thing that is read."""

    word: str
    """As written, strings in double quotes; names are renamed later."""
    kind: str
    """The node's type in the syntax tree; `word` for running text and attribute values."""
    start: int
    """Offset of its first byte in its file."""
    name: bool = False
    """Whether it is an identifier of a script."""
    binds: bool = False
    """Whether it is where such a name comes from."""


@dataclass(frozen=True)
class Reading:
    """A program as it is compared."""

    words: list[str]
    """Canonical, all files in their order."""
    kinds: list[str]
    """Of each word, as `Token.kind`."""
    files: list[int]
    """Index of the file that each word is in."""
    starts: list[int]
    """Offset of each word's first byte in its file."""
    names: list[str]
    """Identifiers of the scripts as they are spelled."""
    comments: list[str]
    """With their marks."""
    contents: list[str] = field(repr=False)
    """The files' raw texts."""

    @property
    def text(self) -> str:
        """The canonical words with a space between them."""
        return " ".join(self.words)


def read(program: Program) -> Reading:
    """Tokenise a program. Broken text is read too, as far as the grammars make sense of it."""
    tokens: list[Token] = []
    comments: list[str] = []
    files: list[int] = []
    for index, file in enumerate(program.files):
        found, said = _file(file.filename.rpartition(".")[2].lower(), file.content)
        tokens += found
        comments += said
        files += [index] * len(found)
    bound = {token.word for token in tokens if token.binds}
    renamed: dict[str, str] = {}
    words = []
    for token in tokens:
        if token.name and token.word in bound:
            words.append(renamed.setdefault(token.word, f"v{len(renamed)}"))
        else:
            words.append(token.word)
    return Reading(
        words=words,
        kinds=[token.kind for token in tokens],
        files=files,
        starts=[token.start for token in tokens],
        names=[token.word for token in tokens if token.name],
        comments=comments,
        contents=[file.content for file in program.files],
    )


def number(word: str) -> float | None:
    """The number that a token begins with (`12px` is 12); None if it begins with none, or with one too large."""
    match = _NUMBER.match(word)
    if not match:
        return None
    value = float(match[0].replace("_", ""))
    return value if abs(value) < 1e15 else None


def is_number(kind: str) -> bool:
    """Whether a token of this kind is a number, with or without a unit."""
    return kind in _NUMBERS


@lru_cache(maxsize=64)
def _file(suffix: str, content: str) -> tuple[tuple[Token, ...], tuple[str, ...]]:
    """A file's tokens and comments. Cached, as versions of a page have most files in common."""
    tongue = TONGUES.get(suffix)
    data = content.encode("utf-8", "replace")
    if tongue is None:
        return tuple(_pieces(content, 0)), ()
    tokens: list[Token] = []
    comments: list[str] = []
    _region(tongue, data, 0, tokens, comments)
    return tuple(tokens[:MOST_TOKENS]), tuple(comments)


def _region(tongue: Tongue, data: bytes, offset: int, tokens: list[Token], comments: list[str]) -> None:
    for node, parent, place in _leaves(parse(tongue, data)):
        text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        at = offset + node.start_byte
        kind = node.type
        if kind in ("comment", "js_comment", "html_comment"):
            comments.append(text)
        elif kind == "raw_text" and parent in ("script_element", "style_element"):
            inner: Tongue = "script" if parent == "script_element" else "style"
            _region(inner, data[node.start_byte : node.end_byte], at, tokens, comments)
        elif kind in ("text", "attribute_value", "raw_text"):
            tokens.extend(_pieces(text, at))
        elif kind in ("string", "string_value"):
            tokens.append(Token(f'"{text[1:-1]}"', kind, at))
        elif kind in _NAMES:
            binds = kind.endswith("_pattern") or (parent in _BINDING and _binds(parent, place))
            tokens.append(Token(text, kind, at, name=True, binds=binds))
        elif not text.isspace() and text:
            tokens.append(Token(text, kind, at))


def _binds(parent: str, place: str) -> bool:
    if parent == "variable_declarator":
        return place == "name"
    if parent in ("assignment_pattern", "object_assignment_pattern", "for_in_statement"):
        return place == "left"
    if parent in ("arrow_function", "catch_clause"):
        return place == "parameter"
    return place in _BINDING_FIELDS


def _leaves(root: Node) -> Iterator[tuple[Node, str, str]]:
    """Each leaf with its parent's type and the field that it is in."""
    cursor = root.walk()
    parents = [""]
    while True:
        node = cursor.node
        assert node is not None
        if node.child_count and node.type not in _WHOLE and cursor.goto_first_child():
            parents.append(node.type)
            continue
        yield node, parents[-1], cursor.field_name or ""
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            parents.pop()


def _pieces(text: str, offset: int) -> Iterator[Token]:
    done, at = 0, offset
    for match in _PIECE.finditer(text):
        at += len(text[done : match.start()].encode("utf-8", "replace"))
        done = match.start()
        yield Token(match[0], "word", at)
