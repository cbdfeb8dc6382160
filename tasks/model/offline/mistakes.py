"""The mistakes that models make, each as an edit of a clean program's text.

Every kind takes the three files and a generator, and gives the edited files, or None where the program
has no place for it.
"""

import random
import re
from collections.abc import Callable, Iterator

import tree_sitter
import tree_sitter_javascript

Files = dict[str, str]
Mistake = Callable[[Files, random.Random], Files | None]

_JAVASCRIPT = tree_sitter.Language(tree_sitter_javascript.language())

_OTHER_WORDS = {
    "render": "renderAll",
    "draw": "paint",
    "show": "display",
    "update": "refresh",
    "make": "create",
    "build": "create",
    "set": "assign",
    "get": "fetch",
    "find": "lookup",
    "format": "toText",
    "start": "begin",
    "stop": "halt",
    "reset": "clear",
    "clear": "reset",
    "add": "append",
    "read": "parse",
    "toggle": "switch",
    "move": "shift",
    "handle": "on",
    "step": "advance",
}
"""A verb, and what an author who forgot the name they gave would write."""


_LOOKUP = re.compile(r"""\b[\w.]+\(\s*["']#?([\w-]+)["']\s*\)""")
"""A call with nothing but a string: `getElementById("x")`, `querySelector("#x")`, or a short name for one of them."""


def undefined_name(files: Files, rng: random.Random) -> Files | None:
    """A function called by a name it was not given."""
    script = files["script.js"]
    functions = _functions(script)
    calls = [call for call in _calls(script) if _name(call) in functions]
    if not calls:
        return None
    call = rng.choice(calls)
    name = _name(call)
    verb = re.match(r"[a-z]+", name)
    other = _OTHER_WORDS.get(verb.group(), "") if verb else ""
    wrong = other + name[verb.end() :] if verb and other else name + "Now"
    if wrong in functions:
        wrong = name + "Now"
    return _edited(files, _callee(call), wrong)


def missing_bracket(files: Files, rng: random.Random) -> Files | None:
    """A closing bracket forgotten, in the script or now and then in the style sheet."""
    if rng.random() < 0.2:
        closing = [match.start() for match in re.finditer(r"^\}\n", files["style.css"], re.M)][:-1]
        return files | {"style.css": _cut(files["style.css"], rng.choice(closing), 2)} if closing else None
    script = files["script.js"]
    closing = [match.start(1) for match in re.finditer(r"^\s*(\}|\)|\}\))[;,]?$", script, re.M)]
    return files | {"script.js": _cut(script, rng.choice(closing), 1)} if closing else None


def mismatched_id(files: Files, rng: random.Random) -> Files | None:
    """An id that the page spells one way and the script another."""
    script, page = files["script.js"], files["index.html"]
    uses = [use for use in _LOOKUP.finditer(script) if f'id="{use[1]}"' in page]
    if not uses:
        return None
    use = rng.choice(uses)
    name = use[1]
    wrong = rng.choice((f"{name}-area", f"{name}-el", f"{name}Box", f"the-{name}"))
    if rng.random() < 0.3:
        return files | {"index.html": page.replace(f'id="{name}"', f'id="{wrong}"', 1)}
    return files | {"script.js": script[: use.start(1)] + wrong + script[use.end(1) :]}


def wrong_arity(files: Files, rng: random.Random) -> Files | None:
    """A function of its own called with an argument too few."""
    script = files["script.js"]
    functions = _functions(script)
    calls = [call for call in _calls(script) if 0 < functions.get(_name(call), 0) == len(_arguments(call))]
    if not calls:
        return None
    call = rng.choice(calls)
    kept = [_text(argument) for argument in _arguments(call)[:-1]]
    given = call.child_by_field_name("arguments")
    return _edited(files, given, f"({', '.join(kept)})") if given else None


def throwing_handler(files: Files, rng: random.Random) -> Files | None:
    """A handler that first touches an element which is not there."""
    bodies = list(_handlers(files["script.js"]))
    if not bodies:
        return None
    body = rng.choice(bodies)
    script = files["script.js"].encode()
    opening = body.start_byte + 1
    line = script.rfind(b"\n", 0, opening) + 1
    indent = re.match(rb" *", script[line:]).group().decode() + "  "  # type: ignore[union-attr]
    deed = rng.choice(
        (
            'document.querySelector(".toast").classList.remove("visible");',
            'document.querySelector(".intro").hidden = true;',
            "state.history.past.push(Date.now());",
        )
    )
    return files | {"script.js": (script[:opening] + f"\n{indent}{deed}".encode() + script[opening:]).decode()}


def left_out(files: Files, rng: random.Random) -> Files | None:
    """A feature left out: a listener never added, or a change of state never made."""
    script = files["script.js"]
    statements = [node for node in _walk(_tree(script)) if node.type == "expression_statement"]
    listeners = [node for node in statements if re.match(r"[\w.$()\"'#-]+\.addEventListener\(", _text(node))]
    changes = [node for node in statements if re.match(r"state\.\w+(\.\w+)* ?([-+]?=|\+\+|--|\.push\()", _text(node))]
    pool = listeners if listeners and (not changes or rng.random() < 0.5) else changes
    return _edited(files, rng.choice(pool), "", whole_lines=True) if pool else None


MISTAKES: dict[str, Mistake] = {
    "undefined_name": undefined_name,
    "missing_bracket": missing_bracket,
    "mismatched_id": mismatched_id,
    "wrong_arity": wrong_arity,
    "throwing_handler": throwing_handler,
    "left_out": left_out,
}


def slip(files: Files, rng: random.Random, rate: float) -> Files:
    """The files, at the rate with one to three mistakes in them; with 1, always."""
    if rng.random() >= rate or "script.js" not in files:
        return files
    number = rng.choices((1, 2, 3), weights=(65, 25, 10))[0]
    for name in rng.sample(sorted(MISTAKES), number):
        files = MISTAKES[name](files, rng) or files
    return files


def _tree(script: str) -> tree_sitter.Node:
    return tree_sitter.Parser(_JAVASCRIPT).parse(script.encode()).root_node


def _walk(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def _functions(script: str) -> dict[str, int]:
    """Declared functions and how many parameters they must be given."""
    found = {}
    for node in _walk(_tree(script)):
        if node.type == "function_declaration":
            name, parameters = node.child_by_field_name("name"), node.child_by_field_name("parameters")
            if name and parameters:
                plain = [child for child in parameters.named_children if child.type == "identifier"]
                found[_text(name)] = len(plain) if len(plain) == parameters.named_child_count else 0
    return found


def _calls(script: str) -> list[tree_sitter.Node]:
    return [node for node in _walk(_tree(script)) if node.type == "call_expression" and _name(node)]


def _callee(call: tree_sitter.Node) -> tree_sitter.Node:
    return call.children[0]


def _name(call: tree_sitter.Node) -> str:
    return _text(_callee(call)) if _callee(call).type == "identifier" else ""


def _arguments(call: tree_sitter.Node) -> list[tree_sitter.Node]:
    given = call.child_by_field_name("arguments")
    return list(given.named_children) if given else []


def _handlers(script: str) -> Iterator[tree_sitter.Node]:
    """The bodies of functions that are listeners, by name or on the spot."""
    tree = _tree(script)
    named = {}
    for node in _walk(tree):
        if node.type == "function_declaration":
            name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
            if name and body:
                named[_text(name)] = body
    for node in _walk(tree):
        if node.type == "call_expression" and _text(_callee(node)).endswith(".addEventListener"):
            given = _arguments(node)
            listener = given[1] if len(given) > 1 else None
            body = listener.child_by_field_name("body") if listener else None
            if listener and listener.type == "identifier" and _text(listener) in named:
                yield named[_text(listener)]
            elif body and body.type == "statement_block" and b"\n" in (body.text or b""):
                yield body


def _edited(files: Files, node: tree_sitter.Node, text: str, whole_lines: bool = False) -> Files:
    script = files["script.js"].encode()
    start, end = node.start_byte, node.end_byte
    if whole_lines:
        start, end = script.rfind(b"\n", 0, start) + 1, (script.find(b"\n", end) + 1) or len(script)
    return files | {"script.js": (script[:start] + text.encode() + script[end:]).decode()}


def _cut(text: str, at: int, length: int) -> str:
    return text[:at] + text[at + length :]
