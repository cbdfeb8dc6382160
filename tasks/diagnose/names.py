"""What a page's scripts declare, assign and test for: what the server does not take for a name, but a browser does."""

from collections import Counter
from dataclasses import dataclass, field

from tree_sitter import Node

from tasks.diagnose.syntax import FUNCTIONS, Source, walk

GLOBAL_OBJECTS = frozenset({"window", "globalThis", "self", "top", "frames", "parent"})
_DECLARATIONS = frozenset(
    {"variable_declarator", "function_declaration", "class_declaration", "generator_function_declaration"}
)
_NOTED = (
    *_DECLARATIONS,
    *("assignment_expression", "augmented_assignment_expression", "for_in_statement", "update_expression"),
    *("field_definition", "method_definition", "pair", "shorthand_property_identifier", "unary_expression"),
    *("member_expression", "call_expression", "string"),
)


@dataclass
class Names:
    """Of all scripts of one page together. Nothing in it changes after `collect`."""

    top_level: set[str] = field(default_factory=set)
    """Declared where every classic script sees them."""
    hung: set[str] = field(default_factory=set)
    """Globals that no declaration makes: `window.x = `, and functions declared inside blocks."""
    written: set[str] = field(default_factory=set)
    """Plain names that get a value by `=`: outside strict mode that makes a global, if nothing declares the name."""
    changed: set[str] = field(default_factory=set)
    """Plain names that get another value by any assignment."""
    classes: set[str] = field(default_factory=set)
    """Classes that the page declares."""
    tested: set[str] = field(default_factory=set)
    """Looked for with `typeof` before they are used."""
    assigned: set[str] = field(default_factory=set)
    """Properties that something sets: `o.x = `, class fields and methods, `defineProperty`."""
    read: Counter[str] = field(default_factory=Counter)
    """Properties that are looked at without being called, and how often: what a test for a feature does."""
    strings: set[str] = field(default_factory=set)
    """The texts of plain string literals."""
    dynamic: bool = False
    """Something sets properties whose names can't be read off the text: `this[name] = `, `Object.assign(this, ...)`."""


def collect(sources: list[Source]) -> Names:
    """Go through all scripts once."""
    names = Names()
    for source in sources:
        for node in source.each(*_NOTED):
            _note(node, source, names)
    return names


def string_value(node: Node, source: Source) -> str | None:
    """The value of a string or of a template without substitutions; None for anything else."""
    if node.type == "string" or (
        node.type == "template_string" and not any(c.type == "template_substitution" for c in node.children)
    ):
        return source.of(node)[1:-1]
    return None


def declared(pattern: Node, source: Source) -> list[str]:
    """The names that a declaration's left side introduces, patterns included."""
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    return [source.of(node) for node in walk(pattern) if node.type in kinds]


def _note(node: Node, source: Source, names: Names) -> None:
    kind = node.type
    if kind in _DECLARATIONS:
        _note_declaration(node, source, names)
    elif kind in ("assignment_expression", "augmented_assignment_expression"):
        _note_assignment(node, source, names)
    elif kind in ("for_in_statement", "update_expression"):
        target = node.child_by_field_name("left")
        if target is not None and target.type == "identifier" and node.child_by_field_name("kind") is None:
            names.written.add(source.of(target))
            names.changed.add(source.of(target))
    elif kind in ("field_definition", "method_definition"):
        key = node.child_by_field_name("property") or node.child_by_field_name("name")
        if key is not None:
            names.assigned.add(source.of(key))
    elif kind in ("pair", "shorthand_property_identifier"):
        key = node.child_by_field_name("key") or node
        names.assigned.add(source.of(key).strip("'\""))
    elif kind == "unary_expression" and source.of(node).startswith("typeof"):
        argument = node.child_by_field_name("argument")
        if argument is not None:
            names.tested.add(source.of(argument))
    elif kind == "member_expression":
        _note_member(node, source, names)
    elif kind == "call_expression":
        _note_call(node, source, names)
    elif kind == "string":
        names.strings.add(source.of(node)[1:-1])


def _note_declaration(node: Node, source: Source, names: Names) -> None:
    target = node.child_by_field_name("name")
    if target is None:
        return
    depth = _home(node)
    if node.type == "class_declaration":
        names.classes.add(source.of(target))
    found = declared(target, source) if target.type != "identifier" else [source.of(target)]
    if depth == "top":
        names.top_level.update(found)
    elif depth == "block" and node.type != "class_declaration" and not _is_lexical(node):
        names.hung.update(found)


def _home(node: Node) -> str:
    """Where a declaration stands: `top` of the script, in a `block` of it, or in a `function`."""
    home = "top"
    current = node.parent
    while current is not None and current.type != "program":
        if current.type in FUNCTIONS or current.type == "class_body":
            return "function"
        if current.type not in ("lexical_declaration", "variable_declaration", "export_statement"):
            home = "block"
        current = current.parent
    return home


def _is_lexical(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "lexical_declaration"


def _note_assignment(node: Node, source: Source, names: Names) -> None:
    left = node.child_by_field_name("left")
    if left is None:
        return
    if left.type == "identifier":
        names.changed.add(source.of(left))
        if node.type == "assignment_expression":
            names.written.add(source.of(left))
    elif left.type == "member_expression":
        holder, key = left.child_by_field_name("object"), left.child_by_field_name("property")
        if holder is not None and key is not None:
            names.assigned.add(source.of(key))
            if source.of(holder) in GLOBAL_OBJECTS:
                names.hung.add(source.of(key))
    elif left.type == "subscript_expression":
        holder = left.child_by_field_name("object")
        index = left.child_by_field_name("index")
        value = string_value(index, source) if index is not None else None
        if value is not None:
            names.assigned.add(value)
            if holder is not None and source.of(holder) in GLOBAL_OBJECTS:
                names.hung.add(value)
        elif (
            holder is not None
            and holder.type in ("this", "identifier")
            and source.of(holder)
            in (
                "this",
                *GLOBAL_OBJECTS,
            )
        ):
            names.dynamic = True
    else:
        names.written.update(declared(left, source))
        names.changed.update(declared(left, source))


def _note_member(node: Node, source: Source, names: Names) -> None:
    key = node.child_by_field_name("property")
    parent = node.parent
    if key is None or parent is None:
        return
    called = parent.type == "call_expression" and parent.child_by_field_name("function") == node
    written = parent.type == "assignment_expression" and parent.child_by_field_name("left") == node
    if not called and not written:
        names.read[source.of(key)] += 1


def _note_call(node: Node, source: Source, names: Names) -> None:
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None or not arguments.named_children:
        return
    called, given = source.of(callee), arguments.named_children
    if called == "Object.assign":
        target = source.of(given[0])
        literal = all(value.type == "object" for value in given[1:])
        if target in GLOBAL_OBJECTS:
            for value in given[1:]:
                names.hung.update(_keys(value, source))
        if not literal:
            names.dynamic = True
    elif called == "Object.defineProperty" and len(given) > 1:
        name = string_value(given[1], source)
        if name is not None:
            names.assigned.add(name)
            if source.of(given[0]) in GLOBAL_OBJECTS:
                names.hung.add(name)


def _keys(value: Node, source: Source) -> list[str]:
    if value.type != "object":
        return []
    found = []
    for child in value.named_children:
        key = child.child_by_field_name("key") or child.child_by_field_name("name") or child
        if key.type in ("property_identifier", "shorthand_property_identifier", "string"):
            found.append(source.of(key).strip("'\""))
    return found
