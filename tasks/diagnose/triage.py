"""Which of the TypeScript server's words mean that a page is broken.

`checkJs` on untyped DOM code is noisy: nearly all it says of working pages is that `value` does not exist on
`HTMLElement`. What is kept is what the language's own rules make fail when the line runs, or what can only be a slip of
the pen. When in doubt a word is dropped: a false alarm costs a call to the model and may break what worked, and the
browser has the last word anyway.
"""

import re
from dataclasses import dataclass

from tree_sitter import Node

from tasks.diagnose.names import GLOBAL_OBJECTS, Names
from tasks.diagnose.page import Page
from tasks.diagnose.pool import Said
from tasks.diagnose.script import Part, Unit
from tasks.diagnose.syntax import FUNCTIONS, Source, walk
from tasks.record import Diagnostic

MOST_SYNTAX = 5
"""Syntax errors kept of one file: what follows the first few is mostly their echo."""

_HARMLESS_SYNTAX = frozenset(
    {
        *(1100, 1101, 1102, 1121, 1210, 1212, 1213, 1214, 1215, 1487, 1488, 1489),  # strict mode; scripts are sloppy
        *(1117, 1313, 1344, 1250, 1251, 1252),  # a key twice, `if (x);`, an unused label, functions in blocks: they run
        1345,  # nothing tested for truth: `!function () {}()`
    }
)
_SYNTAX_ELSEWHERE = frozenset(
    {2364, 2357, 2462, 2480, 2335, 2337, 2660, 17012, 18013, 18016, 18030, *range(8001, 8018)}
)
"""Errors of grammar that TypeScript numbers outside 1xxx: invalid left sides, misplaced `super`, private names, type
annotations."""

_UNKNOWN_NAME = frozenset({2304, 2552, 2503, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 18004})
_OUTRIGHT = frozenset(
    {
        *(2448, 2449),  # used before its declaration has run
        *(2588, 2632),  # a constant or an import gets a new value
        2451,  # declared twice in one scope
        *(2377, 17009),  # a derived class without super()
        *(2307, 2792, 2305),  # imports of what is not there
    }
)
_NO_MODULE = frozenset({2307, 2792, 2732, 7016})
_DUPLICATE, _NOT_CALLABLE, _NOT_NEWABLE, _ARITY = 2300, 2349, 2351, frozenset({2554, 2555, 2575})
_NO_PROPERTY = frozenset({2339, 2551})
_NOT_ASSIGNABLE = frozenset({2322, 2739, 2740, 2741})

_NAME = re.compile(r"'([^']+)'")
_PROPERTY = re.compile(r"Property '([^']+)' does not exist on type '(.+?)'\.(?: Did you mean '([^']+)'\?)?", re.S)
_COUNTS = re.compile(r"Expected (?:at least )?(\d+)(?:-\d+)? arguments?, but got (\d+)")
_VENDOR = re.compile(r"(webkit|moz|ms|o)[A-Z]")
_PRIMITIVE = re.compile(r'string|number|boolean|".*"|[\d.]+')
_LIST = re.compile(r".+\[\]")
_SOLID = re.compile(
    r"Math|JSON|Document|Console|CanvasRenderingContext2D|Date|(Map|Set|Promise|NodeListOf|HTMLCollectionOf)<.*>"
    r"|NodeList|HTMLCollection|DOMTokenList"
)
"""Types that a value keeps, and that pages do not extend."""
_NODE = re.compile(r"(HTML|SVG)\w*|Element|Performance|Window")
"""Types that a page may extend, but hardly by a name so near one that is there."""

_HANDLER_SCOPE = frozenset(
    {
        *("value", "checked", "form", "id", "style", "className", "classList", "innerHTML", "innerText", "textContent"),
        *("dataset", "parentNode", "parentElement", "nextElementSibling", "previousElementSibling", "children"),
        *("disabled", "src", "href", "type", "open", "focus", "blur", "click", "remove", "select", "submit", "reset"),
        *("getElementById", "querySelector", "querySelectorAll", "createElement", "body", "forms", "elements"),
        *("showModal", "show", "play", "pause", "reportValidity", "setAttribute", "getAttribute", "toggleAttribute"),
    }
)
"""Names that an inline handler finds on its element, form or document, without a declaration."""


@dataclass(frozen=True)
class _Case:
    """One word of the server and what it is about."""

    said: Said
    code: int
    part: Part
    node: Node
    start: int
    hints: str
    """Other places that the server names, in the author's lines."""


def triage(unit: Unit, said: list[Said], page: Page, names: Names, ids: set[str]) -> list[Diagnostic]:
    """The diagnostics of one unit that say a page is broken, in the order of its text.

    Args:
        unit: what the server was shown.
        said: what it said.
        page: the page.
        names: of all its scripts.
        ids: every id that an element of the page has or gets; a browser makes each a global name.
    """
    cases = [case for each in said if each.severity == 1 and (case := _case(each, unit))]
    cases = [case for case in cases if not _is_found(case, page)]
    cases.sort(key=lambda case: (case.said.line, case.said.column))
    broken = [case for case in cases if _is_syntax(case.code)]
    if broken:
        return _first_of_each(broken)
    retyped = {_last_name(case) for case in cases if case.code in _NOT_ASSIGNABLE}
    known = names.hung | names.tested | ids | GLOBAL_OBJECTS
    if unit.module:
        known = known | names.top_level
    kept = []
    for case in cases:
        if _breaks(case, unit, names, known, retyped):
            kept.append(_diagnostic(case))
    return kept


def _is_found(case: _Case, page: Page) -> bool:
    """An import that the server, which sees one script at a time, does not find, and the page has."""
    specifier = _NAME.search(case.said.message) if case.code in _NO_MODULE else None
    return specifier is not None and page.imported(specifier[1].strip("\"'"), case.part.source) is not None


_MODULE_ONLY = {"await_expression": "await", "import_statement": "import", "export_statement": "export"}


def misplaced(page: Page) -> list[Diagnostic]:
    """What only a module may hold, found in classic scripts: they do not run at all then."""
    found = []
    for script in page.scripts:
        if script.module:
            continue
        for node in script.source.each(*_MODULE_ONLY):
            if not _inside_function(node):
                line, column = script.source.place(node)
                said = f"At the top level of a classic script `{_MODULE_ONLY[node.type]}` is a syntax error"
                found.append(_error(script.source, line, column, "module-only", f"{said}; do without it."))
    return found


def has_syntax_errors(said: list[Said]) -> bool:
    """Whether anything the server said is an error of grammar."""
    return any(each.severity == 1 and each.code.isdigit() and _is_syntax(int(each.code)) for each in said)


def _is_syntax(code: int) -> bool:
    return (1000 <= code < 2000 and code not in _HARMLESS_SYNTAX) or code in _SYNTAX_ELSEWHERE


def _case(said: Said, unit: Unit) -> _Case | None:
    part = unit.locate(said.line)
    if part is None or not said.code.isdigit():
        return None
    source = part.source
    start = source.byte_at(said.line - part.row, said.column)
    end = source.byte_at(said.end_line - part.row, said.end_column)
    return _Case(said, int(said.code), part, source.node_at(start, end), start, _hints(said, unit))


def _hints(said: Said, unit: Unit) -> str:
    hints = ""
    for row, message in said.related:
        part = unit.locate(row)
        if part is not None:
            line, _ = part.source.place_at(part.source.byte_at(row - part.row, 0))
            hints += f" {part.source.file}:{line}: {message.rstrip('.')}."
    return hints


def _diagnostic(case: _Case) -> Diagnostic:
    line, column = case.part.source.place_at(case.start)
    message = " ".join((case.said.message + case.hints).split())
    if case.part.handler and case.code in _UNKNOWN_NAME:
        name = _named(case.said.message)
        message = f"The handler uses `{name}`, which no script defines globally. {message}"
        return Diagnostic(
            file=case.part.source.file,
            line=line,
            column=column,
            severity="error",
            source="cross",
            code="unknown-handler",
            message=message,
        )
    return _error(case.part.source, line, column, f"TS{case.code}", message)


def _error(source: Source, line: int, column: int, code: str, message: str) -> Diagnostic:
    return Diagnostic(
        file=source.file, line=line, column=column, severity="error", source="script", code=code, message=message
    )


def _first_of_each(cases: list[_Case]) -> list[Diagnostic]:
    seen: dict[str, int] = {}
    kept = []
    for case in cases:
        file = case.part.source.file
        seen[file] = seen.get(file, 0) + 1
        if seen[file] <= MOST_SYNTAX:
            kept.append(_diagnostic(case))
    return kept


def _breaks(case: _Case, unit: Unit, names: Names, known: set[str], retyped: set[str]) -> bool:
    code = case.code
    if code in _UNKNOWN_NAME:
        return _is_unknown(case, unit, names, known)
    if code in _OUTRIGHT:
        return True
    if code == _DUPLICATE:
        return _holder(case.node) not in ("method_definition", "field_definition", "pair", "formal_parameters")
    if _last_name(case) in retyped:
        return False
    if code in _NO_PROPERTY:
        return _is_slip(case, names, retyped)
    if code in (_NOT_CALLABLE, _NOT_NEWABLE):
        return _is_no_function(case, names)
    return code in _ARITY and _lacks_arguments(case, names)


def _is_unknown(case: _Case, unit: Unit, names: Names, known: set[str]) -> bool:
    name = _named(case.said.message)
    if name in known or (case.part.handler and name in _HANDLER_SCOPE):
        return False
    return name not in names.written or unit.module or _is_strict(case.part.source)


def _is_slip(case: _Case, names: Names, retyped: set[str]) -> bool:
    """A property that the receiver certainly lacks, used in a way that can't be a test for it."""
    match = _PROPERTY.match(case.said.message)
    member = case.node.parent
    if match is None or member is None or member.type != "member_expression" or _VENDOR.match(match[1]):
        return False
    name, kind, meant = match[1], match[2], match[3]
    source = case.part.source
    receiver = member.child_by_field_name("object")
    root = source.of(receiver).rpartition(".")[2] if receiver is not None else ""
    if root in retyped or any(child.type == "optional_chain" for child in member.children):
        return False
    outer = member.parent
    called = outer is not None and outer.type == "call_expression" and outer.child_by_field_name("function") == member
    if called and outer is not None and any(child.type == "optional_chain" for child in outer.children):
        return False
    assigned = name in names.assigned
    if kind in names.classes:
        return called and not assigned and not names.dynamic and name not in names.strings
    solid = bool(_SOLID.fullmatch(kind))
    if called:
        if assigned or names.read[name] or name in names.strings:
            return False
        if meant and _NODE.fullmatch(kind):
            return True
        fixed = (_LIST.fullmatch(kind) or _PRIMITIVE.fullmatch(kind)) and root not in names.changed | names.assigned
        return solid or bool(fixed)
    if outer is not None and outer.type == "assignment_expression" and outer.child_by_field_name("left") == member:
        return bool(meant) and kind == "CanvasRenderingContext2D" and not names.read[name]
    return bool(meant) and not assigned and (solid or bool(_LIST.fullmatch(kind)))


def _is_no_function(case: _Case, names: Names) -> bool:
    message = case.said.message
    if "union" in message or "never" in message or "{}" in message:
        return False
    node, source = case.node, case.part.source
    if node.type == "identifier":
        return source.of(node) not in names.changed
    if node.type == "property_identifier":
        return source.of(node) not in names.assigned and bool(re.search(r"Type '(String|Number|Boolean)'", message))
    return False


def _lacks_arguments(case: _Case, names: Names) -> bool:
    """Too few arguments for the browser's own function. The page's own functions take any number, and too many harm
    nobody."""
    counts = _COUNTS.search(case.said.message)
    if counts is None or int(counts[2]) >= int(counts[1]):
        return False
    call = case.node
    while call is not None and call.type not in ("call_expression", "new_expression"):
        call = call.parent  # type: ignore[assignment]
    if call is None:
        return False
    callee = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    if callee is None:
        return False
    if callee.type == "identifier":
        return _is_browsers(case.part.source.of(callee), callee, case.part.source, names)
    key = callee.child_by_field_name("property")
    return key is not None and case.part.source.of(key) not in names.assigned


def _is_browsers(name: str, node: Node, source: Source, names: Names) -> bool:
    """Whether a plain name is the browser's and not a parameter or variable of the page."""
    if name in names.top_level | names.hung | names.changed:
        return False
    scope = node.parent
    while scope is not None:
        if scope.type in FUNCTIONS:
            parameters = scope.child_by_field_name("parameters") or scope.child_by_field_name("parameter")
            if parameters is not None and any(source.of(n) == name for n in walk(parameters) if n.type == "identifier"):
                return False
        scope = scope.parent
    return not any(
        (target := n.child_by_field_name("name")) is not None and source.of(target) == name
        for n in source.each("variable_declarator")
    )


def _is_strict(source: Source) -> bool:
    first = next((node for node in source.root.named_children if node.type != "comment"), None)
    return first is not None and source.of(first).strip("; ").strip("'\"") == "use strict"


def _inside_function(node: Node) -> bool:
    current = node.parent
    while current is not None:
        if current.type in FUNCTIONS:
            return True
        current = current.parent
    return False


def _holder(node: Node) -> str:
    return node.parent.type if node.parent is not None else ""


def _named(message: str) -> str:
    match = _NAME.search(message)
    return match[1] if match else ""


def _last_name(case: _Case) -> str:
    """The name at the end of what the server points at: `x` of `x`, `b` of `this.b`."""
    node = case.node
    if node.type == "member_expression":
        node = node.child_by_field_name("property") or node
    return case.part.source.of(node)
