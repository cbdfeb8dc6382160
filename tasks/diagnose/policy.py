"""What a page must not do: reach outside itself, keep something beyond its life, evaluate text, or interrupt the
person.

Read off the syntax trees, so that a word in a string or a comment is nothing. The browser blocks all of it anyway; said
here, it can be repaired before a render is spent.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from tasks.diagnose.names import GLOBAL_OBJECTS, declared, string_value
from tasks.diagnose.page import PAGE, Element, Page
from tasks.diagnose.syntax import FUNCTIONS, Source
from tasks.document.reference import find
from tasks.record import Diagnostic

_OUTSIDE = re.compile(r"\s*(?:(?:https?|wss?|ftp|file):)?//", re.I)
_NAMED = re.compile(r"@import\s*(?:url\(\s*)?[\"']?(?P<a>[^\"')\s;]*)|url\(\s*[\"']?(?P<b>.*?)[\"']?\s*\)", re.I | re.S)
_URL_ATTRIBUTES = frozenset(
    [
        "src",
        "href",
        "srcset",
        "action",
        "formaction",
        "poster",
        "data",
        "background",
        "xlink:href",
        "ping",
        "manifest",
        "imagesrcset",
    ]
)
_JAVASCRIPT = re.compile(r"\s*javascript:(?!\s*(void\s*\(?\s*0\s*\)?\s*)?;?\s*$)", re.I)
_FRAMES = frozenset({"iframe", "frame", "frameset", "embed", "object", "portal"})

_EXTERNAL = "leaves the page; put what is needed into the page itself (inline SVG, CSS, data: URLs, generated data)."
_REQUEST = "would reach outside the page, and nothing is there; generate the data in the script."
_STORAGE = "keeps something beyond the page's life, which is not allowed; hold the state in a variable."
_EVAL = "evaluates text as code, which is not allowed; write the code, or pass a function."
_DIALOG = "opens a dialogue of the browser, which stops the page; show the message in an element, e.g. a <dialog>."
_WINDOW = "opens another window, which is not allowed; show it in the page."
_WRITE = "rewrites the document; change elements with textContent, append or insertAdjacentHTML."
_FRAME = "loads another document; put its content into the page."

_GLOBALS: dict[str, str] = {
    **dict.fromkeys(("localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"), _STORAGE),
    **dict.fromkeys(("XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "RTCPeerConnection"), _REQUEST),
    **dict.fromkeys(("fetch", "importScripts"), _REQUEST),
}
"""Names that must not be used at all."""

_CALLS: dict[str, str] = {
    "eval": _EVAL,
    "Function": _EVAL,
    **dict.fromkeys(("alert", "confirm", "prompt"), _DIALOG),
    "open": _WINDOW,
}
"""Names that must not be called, plainly or as a property of `window`."""

_MEMBERS: dict[tuple[str, str], str] = {
    ("document", "cookie"): _STORAGE,
    ("document", "write"): _WRITE,
    ("document", "writeln"): _WRITE,
    ("navigator", "serviceWorker"): "installs a service worker, which is not allowed; do without.",
    ("navigator", "sendBeacon"): _REQUEST,
}
_TELLING = frozenset({*_GLOBALS, *(name for _, name in _MEMBERS)})
"""The properties that are looked at; nearly all of a page's are none of them."""
_TIMERS = frozenset({"setTimeout", "setInterval"})


def check(page: Page) -> list[Diagnostic]:
    """Everything that breaks the policy, as errors."""
    found = [d for element in page.elements for d in _element(element, page)]
    for source in page.styles:
        found.extend(_style(source, page))
    own = {name for source in page.code for name in _own_names(source)}
    for source in page.code:
        found.extend(_script(source, own, page))
    return found


def _element(element: Element, page: Page) -> Iterator[Diagnostic]:
    here = (PAGE, element.line, element.column)
    if element.tag in _FRAMES:
        yield _diagnostic(*here, "frame", f"<{element.tag}> {_FRAME}")
    base = element.get("href") if element.tag == "base" else None
    if base and (page.base is None or base.value.strip().startswith("/")):
        yield _diagnostic(*here, "base", "<base> leads out of the page's own folder, which is not allowed; remove it.")
    equiv = element.get("http-equiv")
    if element.tag == "meta" and equiv and equiv.value.strip().lower() == "refresh":
        yield _diagnostic(*here, "refresh", "A meta refresh leaves the page; use a timer that changes it.")
    for given in element.attributes:
        place = (PAGE, given.line, given.column)
        if given.name in _URL_ATTRIBUTES and _leaves(given.name, given.value):
            yield _diagnostic(*place, "external", f"`{given.name}={given.value.strip()[:80]}` {_EXTERNAL}")
        elif given.name == "style":
            for diagnostic in _style(Source(f"a{{{given.value}}}", "css", PAGE), page):
                yield diagnostic.model_copy(update={"line": given.line, "column": given.column})
        elif _JAVASCRIPT.match(given.value):
            yield _diagnostic(*place, "eval", f"`{given.name}=javascript:…` {_EVAL}")


def _leaves(name: str, value: str) -> bool:
    urls = value.split(",") if name in ("srcset", "imagesrcset") else [value]
    return any(_OUTSIDE.match(url) for url in urls)


def _style(source: Source, page: Page) -> Iterator[Diagnostic]:
    for node in source.each("import_statement", "call_expression"):
        said = source.of(node)
        reference = _reference(said)
        if reference is None or find(page.program, reference, page.folder(source)):
            continue
        if node.type == "import_statement":
            yield _diagnostic(source.file, *source.place(node), "external", "`@import` " + _EXTERNAL)
        elif node.parent is not None and node.parent.type == "import_statement":
            continue
        elif _OUTSIDE.match(reference):
            yield _diagnostic(source.file, *source.place(node), "external", f"`url({reference[:80]})` {_EXTERNAL}")
        elif reference and not re.match(r"(data|blob):|#", reference):
            text = f"`url({reference[:80]})` is a file that is not there; use a data: URL, a gradient or inline SVG."
            yield _diagnostic(source.file, *source.place(node), "external", text)


def _reference(said: str) -> str | None:
    """What an `@import` or a `url(…)` names; None for another function."""
    match = _NAMED.match(said)
    return None if match is None else match["a"] or match["b"] or ""


_LOOKED_AT = (
    *("member_expression", "call_expression", "new_expression", "import_statement"),
    *("assignment_expression", "string", "template_string"),
)


def _script(source: Source, own: set[str], page: Page) -> Iterator[Diagnostic]:
    for name, reason in _GLOBALS.items():
        for node in () if name in own else source.uses(name):
            if not _is_asked(node, source):
                yield _diagnostic(source.file, *source.place(node), _code(reason), f"`{name}` {reason}")
    for node in source.each(*_LOOKED_AT):
        if node.type == "member_expression":
            yield from _member(node, source)
        elif node.type in ("call_expression", "new_expression"):
            yield from _call(node, source, own, page)
        elif node.type == "import_statement":
            named = node.child_by_field_name("source")
            specifier = string_value(named, source) if named is not None else None
            if not (specifier and page.imported(specifier, source)):
                said = f"`import` of {(specifier or '')[:80]!r} names no file of the page; put the code into one."
                yield _diagnostic(source.file, *source.place(node), "external", said)
        elif node.type == "assignment_expression":
            yield from _assignment(node, source)
        elif node.type in ("string", "template_string"):
            yield from _markup_in(node, source)


def _member(node: Node, source: Source) -> Iterator[Diagnostic]:
    holder, key = node.child_by_field_name("object"), node.child_by_field_name("property")
    if holder is None or key is None or (name := source.of(key)) not in _TELLING:
        return
    whole = source.of(holder)
    if whole in GLOBAL_OBJECTS and name in _GLOBALS and not _is_asked(node, source):
        yield _diagnostic(
            source.file, *source.place(node), _code(_GLOBALS[name]), f"`{source.of(node)}` {_GLOBALS[name]}"
        )
    reason = _MEMBERS.get((whole.rpartition(".")[2], name))
    if reason:
        yield _diagnostic(source.file, *source.place(node), _code(reason), f"`{source.of(node)}` {reason}")


def _call(node: Node, source: Source, own: set[str], page: Page) -> Iterator[Diagnostic]:
    callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    arguments = node.child_by_field_name("arguments")
    if callee is None:
        return
    given = arguments.named_children if arguments is not None else []
    called = source.of(callee)
    holder, _, name = called.rpartition(".")
    plain = (not holder and name not in own) or holder in GLOBAL_OBJECTS
    fault: tuple[str, str] | None = None
    if plain and name in _CALLS:
        fault = _code(_CALLS[name]), f"`{called}(…)` {_CALLS[name]}"
    elif called == "import" and not _finds_module(given, source, page):
        fault = "external", f"`import(…)` {_REQUEST}"
    elif plain and name in _TIMERS and given and given[0].type in ("string", "template_string"):
        fault = "eval", f"`{called}` with text {_EVAL}"
    elif name == "createElement" and given and (string_value(given[0], source) or "").lower() in _FRAMES:
        fault = "frame", f"`{source.of(node)[:60]}` {_FRAME}"
    elif name == "setAttribute" and len(given) > 1:
        attribute, value = string_value(given[0], source), string_value(given[1], source)
        if attribute in _URL_ATTRIBUTES and value and _OUTSIDE.match(value):
            fault = "external", f"`{attribute}={value[:80]}` {_EXTERNAL}"
    if fault:
        yield _diagnostic(source.file, *source.place(node), *fault)


def _finds_module(given: list[Node], source: Source, page: Page) -> bool:
    """Whether `import(…)` names a file of the page; what it works out may name any."""
    specifier = string_value(given[0], source) if given else None
    if specifier is None:
        return bool(given) and any(file.filename.endswith((".js", ".mjs")) for file in page.program.files)
    return page.imported(specifier, source) is not None


def _assignment(node: Node, source: Source) -> Iterator[Diagnostic]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    target = source.of(left)
    value = string_value(right, source) or ""
    if target.rpartition(".")[2] in (*_URL_ATTRIBUTES, "location") and _OUTSIDE.match(value):
        yield _diagnostic(source.file, *source.place(node), "external", f"`{target} = {value[:80]!r}` {_EXTERNAL}")


def _markup_in(node: Node, source: Source) -> Iterator[Diagnostic]:
    """External addresses in markup that a script writes."""
    text = source.of(node)[1:-1]
    if "<" not in text or "//" not in text:
        return
    inner = Source(text, "html", source.file)
    for attribute in inner.nodes:
        if attribute.type != "attribute" or not attribute.named_children:
            continue
        name = inner.of(attribute.named_children[0]).lower()
        value = inner.of(attribute).partition("=")[2].strip("'\"")
        if name in _URL_ATTRIBUTES and _leaves(name, value):
            yield _diagnostic(source.file, *source.place(node), "external", f"`{name}={value[:80]}` {_EXTERNAL}")


def _is_asked(node: Node, source: Source) -> bool:
    """`typeof fetch`, which only asks; and names that are keys or labels."""
    parent = node.parent
    return parent is not None and parent.type == "unary_expression" and source.of(parent).startswith("typeof")


def _own_names(source: Source) -> Iterator[str]:
    """Every name that the page declares anywhere: what it declares is not the browser's."""
    for node in source.each("variable_declarator", "function_declaration", "class_declaration", *FUNCTIONS):
        if node.type in ("variable_declarator", "function_declaration", "class_declaration"):
            name = node.child_by_field_name("name")
            if name is not None:
                yield from declared(name, source) or [source.of(name)]
        else:
            parameters = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
            if parameters is not None:
                yield from declared(parameters, source)


def _code(reason: str) -> str:
    return {_STORAGE: "storage", _EVAL: "eval", _DIALOG: "dialog", _WINDOW: "window", _WRITE: "document-write"}.get(
        reason, "external"
    )


def _diagnostic(file: str, line: int, column: int, code: str, message: str) -> Diagnostic:
    return Diagnostic(
        file=file, line=line, column=column, severity="error", source="policy", code=code, message=message
    )
