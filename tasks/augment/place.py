"""Where a model may put its wordings: a place found by its text, and what may stand there.

In a script a place is one expression, for a wording will be called as `() => (wording)`. In a style sheet it is the
value of one declaration, for a wording will be a custom property on `:root`. Markup has no places.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from tasks.augment.syntax import Region, parse, walk
from tasks.record import Program

LONGEST = 400
"""Bytes of a place's text and of a wording: beyond that it is a rewrite, not an edit."""

_EXPRESSION = re.compile(
    r"identifier|undefined|number|string|template_string|regex|true|false|null|object|array|class|arrow_function|"
    r"generator_function|(?:function|call|new|member|subscript|parenthesized|unary|binary|ternary|update)_expression|"
    r"(?:augmented_)?assignment_expression"
)
_FUNCTION = re.compile(r"(?:generator_)?function(?:_expression|_declaration)?|method_definition|class_body")
"""What has a `this` and `arguments` of its own; an arrow function has not."""

_NAME = re.compile(r"(?:property_|shorthand_property_)?identifier|string_fragment")
_REACHING = re.compile(
    r"fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeerConnection|importScripts|(?:Shared)?Worker|"
    r"serviceWorker|eval|Function|localStorage|sessionStorage|indexedDB|cookie|cookieStore|caches|location"
)
"""Words of the network, of storage and of evaluated text. Not a guard: the versions pass diagnosis and run in the
prison. It spares the renders."""
_ADDRESS = re.compile(r"(?i)\b(?:(?:https?|wss?|ftp|file)://|javascript:|data:\w+/)|^\s*//|\burl\(")

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff]")
"""Control characters, lone surrogates and private letters: nothing that a page's text needs."""

_STYLE_ONLY = re.compile(r"[;{}!@<>\\\n]|/\*")
_ANYWHERE = frozenset(("inherit", "initial", "unset", "revert", "revert-layer"))
"""In a custom property these speak of the property itself."""
_LOOKED_UP = re.compile(r"(?i)\b(?:attr|env|src|image-set|expression)\(")
_VAR = re.compile(r"(?i)\bvar\(\s*(--[\w-]+)?")
_STAND_IN = b"Array.of(() => (0))[0]()"
"""In the shape in which wordings are put in."""


@dataclass(frozen=True)
class Place:
    """A place in a program, and what is known of it."""

    region: Region
    start: int
    """In bytes, in the region."""
    end: int
    property: str
    """The declared one; empty in a script."""
    settled: frozenset[str]
    """Custom properties that mean the same on `:root` as anywhere."""

    def overlaps(self, other: "Place") -> bool:
        """Whether the two can't be edited independently."""
        return self.region == other.region and self.start < other.end and other.start < self.end

    def refuses(self, wording: str) -> str:
        """Why a wording can't stand here, as the end of a sentence; empty if it can."""
        if reason := _unfit(wording):
            return reason
        if self.property:
            return self._refuses_value(wording)
        known = self.region.between(self.start, self.end)
        return _refuses_expression(wording, known)

    def _refuses_value(self, wording: str) -> str:
        if _STYLE_ONLY.search(wording):
            return "holds more than a value"
        if wording.lower() in _ANYWHERE:
            return "is a keyword that a custom property takes for itself"
        if _ADDRESS.search(wording) or _LOOKED_UP.search(wording):
            return "reaches outside the page or for what only the element has"
        for name in _VAR.findall(wording):
            if self.property.startswith("--") or name not in self.settled:
                return "uses a custom property that is another one on :root"
        text = f"a{{{self.property}:{wording}}}".encode()
        root = parse("style", text)
        declarations = [node for node in walk(root) if node.type == "declaration"]
        whole = (len(self.property) + 3, len(text) - 1)
        if root.has_error or len(declarations) != 1 or _value(declarations[0]) != whole:
            return "is not the value of one declaration"
        return ""


def find_place(program: Program, regions: Sequence[Region], file: str, find: str) -> Place | str:
    """The place that a text names, or why there is none, as the end of a sentence. `regions`: those of the program."""
    content = program.text(file)
    if content is None:
        return f"there is no such file; the files are {', '.join(f.filename for f in program.files)}"
    if reason := _unfit(find):
        return f"the text {reason}"
    source, wanted = content.encode(), find.encode()
    at = source.find(wanted)
    if at < 0:
        return "the text does not occur in the file"
    if source.find(wanted, at + 1) >= 0:
        return "the text occurs more than once in the file"
    end = at + len(wanted)
    for region in regions:
        inside = region.offset <= at and end <= region.offset + len(region.text)
        if region.file == file and region.tongue != "markup" and inside:
            start, end = at - region.offset, end - region.offset
            if region.tongue == "script":
                reason, name = _refuses_place(region, start, end), ""
            else:
                reason, name = _read_declaration(region, start, end)
            return reason or Place(region, start, end, name, _settled(regions) if name else frozenset())
    return "the text stands in no script or style sheet that can be read; markup is not offered"


def _unfit(text: str) -> str:
    if not text.strip():
        return "is empty"
    if _UNSEEN.search(text):
        return "holds characters that nobody sees"
    return f"is longer than {LONGEST} bytes" if len(text.encode()) > LONGEST else ""


def _refuses_place(region: Region, start: int, end: int) -> str:
    """Why what stands between two offsets of a script can't be replaced by a call."""
    node = region.root.named_descendant_for_byte_range(start, end)
    while (
        node is not None and (node.start_byte, node.end_byte) == (start, end) and not _EXPRESSION.fullmatch(node.type)
    ):
        node = node.parent
    if node is None or (node.start_byte, node.end_byte) != (start, end):
        return "the text is not one expression"
    if node.parent is not None and node.parent.type in ("call_expression", "new_expression"):
        return "the text is what is called, not a value"
    if node.type == "string" and node.parent is not None and node.parent.type == "expression_statement":
        return "the text is a directive"
    if _is_target(node):
        return "the text is what is assigned to"
    if tie := _tie(node):
        return f"the text needs the `{tie}` of its function"
    # Whether a call can stand here is for the grammar to say: a name that is declared or an object's key can't be one.
    changed = parse("script", region.text[:start] + _STAND_IN + region.text[end:])
    call = changed.named_descendant_for_byte_range(start, start + len(_STAND_IN))
    stands = call is not None and (call.start_byte, call.end_byte) == (start, start + len(_STAND_IN))
    return "" if stands and not changed.has_error else "the text is not an expression that a call can stand for"


def _refuses_expression(wording: str, known: str) -> str:
    text = wording.encode()
    root = parse("script", b"(" + text + b"\n)")
    if root.has_error or root.named_child_count != 1 or root.named_children[0].type != "expression_statement":
        return "is not one expression"
    outer = root.named_children[0].named_children[0]
    inner = outer.named_children[0] if outer.named_child_count == 1 else None
    whole = outer.type == "parenthesized_expression" and (outer.start_byte, outer.end_byte) == (0, len(text) + 3)
    if not whole or inner is None or not _EXPRESSION.fullmatch(inner.type):
        return "is not one expression"
    if (inner.start_byte, inner.end_byte) != (1, len(text) + 1):
        return "is not one expression"
    if tie := _tie(inner):
        return f"needs the `{tie}` of its function"
    if re.search(r"(?i)</(script|style)|<!--", wording):
        return "would end the script"
    for node in walk(inner):
        said = text[node.start_byte - 1 : node.end_byte - 1].decode()
        if node.type == "comment" or node.type == "html_comment" or node.type.startswith("jsx"):
            return "holds a comment or markup"
        reaches = _NAME.fullmatch(node.type) and _REACHING.fullmatch(said)
        if node.type == "import" or (reaches and not re.search(rf"\b{said}\b", known)):
            return "reaches outside the page"
        if node.type == "string_fragment" and _ADDRESS.search(said):
            return "holds an address"
    return ""


def _is_target(node: Node) -> bool:
    """Whether something is assigned to, counted up or deleted there."""
    inner, outer = node, node.parent
    while outer is not None and outer.type == "parenthesized_expression":
        inner, outer = outer, outer.parent
    if outer is None:
        return False
    if outer.type in ("assignment_expression", "augmented_assignment_expression", "for_in_statement"):
        return outer.child_by_field_name("left") == inner
    deletes = outer.type == "unary_expression" and outer.children[0].type == "delete"
    return deletes or outer.type == "update_expression"


def _tie(node: Node) -> str:
    """What in an expression belongs to the function round it and would mean something else in a function of its own;
    empty if nothing does."""
    stack = [(node, False, False)]
    while stack:
        current, waits, owns = stack.pop()
        kind = current.type
        if kind in ("await_expression", "yield_expression") and not waits:
            return kind.removesuffix("_expression")
        arguments = kind == "identifier" and current.text == b"arguments"
        if (kind in ("this", "super", "meta_property") or arguments) and not owns:
            return (current.text or b"").decode()
        waits = waits or kind == "arrow_function" or bool(_FUNCTION.fullmatch(kind))
        owns = owns or bool(_FUNCTION.fullmatch(kind))
        stack.extend((child, waits, owns) for child in current.named_children)
    return ""


def _read_declaration(region: Region, start: int, end: int) -> tuple[str, str]:
    """Why the text between two offsets of a style sheet is no place, or the property whose value it is."""
    node = region.root.named_descendant_for_byte_range(start, end)
    while node is not None and node.type != "declaration":
        node = node.parent
    if node is None or _value(node) != (start, end):
        return "the text is not the whole value of one declaration", ""
    rule = _rule(node)
    if rule is None or rule.type not in ("rule_set", "keyframe_block"):
        return "the text is a descriptor, which can't refer to a custom property", ""
    return "", region.read(node.named_children[0])


def _value(declaration: Node) -> tuple[int, int] | None:
    """Where a declaration's value begins and ends, without `!important`; None if it has none."""
    kinds = [child.type for child in declaration.children]
    if ":" not in kinds:
        return None
    parts = [
        child for child in declaration.children[kinds.index(":") + 1 :] if child.type not in (";", "important", "}")
    ]
    return (parts[0].start_byte, parts[-1].end_byte) if parts else None


def _rule(declaration: Node) -> Node | None:
    return declaration.parent.parent if declaration.parent is not None else None


def _settled(regions: Sequence[Region]) -> frozenset[str]:
    """Custom properties that only `:root` or `html` defines, and no script or attribute touches."""
    here: set[str] = set()
    elsewhere: set[str] = set()
    for region in regions:
        if region.tongue != "style":
            text = region.between(0, len(region.text))
            elsewhere.update(re.findall(r"""["'`](--[\w-]+)["'`]""", text))
            for _, declared in re.findall(r"""\bstyle=(["'])(.*?)\1""", text, re.S):
                elsewhere.update(re.findall(r"--[\w-]+", declared))
            continue
        for node in walk(region.root):
            name = region.read(node.named_children[0]) if node.type == "declaration" else ""
            if name.startswith("--"):
                rule = _rule(node)
                rooted = rule is not None and region.read(rule.named_children[0]).strip() in (":root", "html")
                (here if rooted else elsewhere).add(name)
    return frozenset(here - elsewhere)
