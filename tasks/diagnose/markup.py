"""Tags that are not closed, or closed without having been opened: what the HTML server does not say."""

from tree_sitter import Node

from tasks.diagnose.page import PAGE, Page
from tasks.diagnose.syntax import Source
from tasks.document.tags import scan
from tasks.record import Diagnostic

_BROKEN = "This tag can't be read; a quote or a bracket is missing."
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_OPTIONAL_END = frozenset(
    [
        "html",
        "head",
        "body",
        "p",
        "li",
        "dt",
        "dd",
        "option",
        "optgroup",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
        "caption",
        "rp",
        "rt",
    ]
)
"""Elements whose end tag may be left out (HTML Living Standard, 13.1.2.4)."""


def check(page: Page) -> list[Diagnostic]:
    """Faults of the page's tags, in the order of the text."""
    source = Source(_without_text(page.markup.text), "html", PAGE)
    found: list[Diagnostic] = []
    if not source.text.strip():
        return [_diagnostic(1, 1, "error", "no-page", f"The program has no {PAGE}, or it is empty.")]
    done = 0
    for node in source.nodes:
        if node.type == "ERROR" and node.start_byte >= done:
            found.extend(_garbled(node, source))
            done = node.end_byte
        elif node.type in ("element", "script_element", "style_element"):
            found.extend(_unclosed(node, source))
        elif node.type == "erroneous_end_tag":
            found.extend(_stray(source.of(node), *source.place(node)))
    return found


def _without_text(text: str) -> str:
    """The page, each place unchanged, without what looks like tags in the elements that hold text only."""
    parts, done = [], 0
    for tag in scan(text).tags:
        if tag.name not in ("script", "style") and tag.content > tag.end:
            parts += [text[done : tag.end], text[tag.end : tag.content].replace("<", " ")]
            done = tag.content
    return "".join([*parts, text[done:]])


def _unclosed(node: Node, source: Source) -> list[Diagnostic]:
    start = node.children[0] if node.children else None
    if start is None or start.type != "start_tag" or source.of(start)[1:2].isspace():
        return []
    tag = next((source.of(c) for c in start.children if c.type == "tag_name"), "").lower()
    closed = any(child.type == "end_tag" and not child.is_missing for child in node.children)
    if closed or tag in _VOID or tag in _OPTIONAL_END:
        return []
    return [_diagnostic(*source.place(start), "error", "unclosed-tag", f"<{tag}> is opened here and never closed.")]


def _garbled(node: Node, source: Source) -> list[Diagnostic]:
    text, tag = source.of(node), node.parent
    if tag is not None and tag.type in ("start_tag", "self_closing_tag") and not source.of(tag)[1:2].isspace():
        return [_diagnostic(*source.place(tag), "error", "broken-tag", _BROKEN)]
    if text.startswith("</"):
        return _stray(text, *source.place(node))
    if text[:1] == "<" and text[1:2].isalpha():
        return [_diagnostic(*source.place(node), "error", "broken-tag", _BROKEN)]
    return []


def _stray(text: str, line: int, column: int) -> list[Diagnostic]:
    tag = text.removeprefix("</").rstrip("> \n").lower()
    if tag in _VOID | _OPTIONAL_END:
        return [_diagnostic(line, column, "warning", "stray-end-tag", f"</{tag}> closes nothing.")]
    return [_diagnostic(line, column, "error", "stray-end-tag", f"</{tag}> closes nothing that is open here.")]


def _diagnostic(line: int, column: int, severity: str, code: str, message: str) -> Diagnostic:
    return Diagnostic(
        file=PAGE,
        line=line,
        column=column,
        severity="error" if severity == "error" else "warning",
        source="markup",
        code=code,
        message=message,
    )
