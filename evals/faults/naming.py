"""Faults that a language server, or a check across the three languages, can see without running the page."""

from collections.abc import Iterator

from tree_sitter import Node

from evals.faults.page import (
    CleanPage,
    Cuts,
    cut,
    cut_lines,
    cut_node,
    differing,
    slipped,
    top_level,
    uses,
)
from tasks.augment.mutators.markup import TAGS, attribute, tag
from tasks.augment.mutators.script import parts_of_call
from tasks.augment.syntax import Region, walk
from tasks.model.offline import mistakes
from tasks.model.offline.archetype import rng_of

_DRAWS = 8
"""Tries of each of the offline model's own mistakes on one page."""

_OWN_WORDS = {
    "addEventListener": "addEventListner",
    "getElementById": "getElementByID",
    "querySelectorAll": "querySelectAll",
    "createElement": "createElment",
    "setAttribute": "setAtribute",
    "forEach": "foreach",
    "getContext": "getcontext",
    "appendChild": "appendChid",
}
"""Methods, and how they are usually misspelt."""
_ROOTS = frozenset({"document", "Math", "Number", "Object", "Array", "JSON", "String", "performance"})
_ELEMENTS = ("document.getElementById(", "document.querySelector(")
_CLOSED = frozenset(
    (
        *("section", "main", "div", "button", "span", "form", "ul", "ol", "table", "header", "footer", "label", "h1"),
        *("h2", "h3", "dl", "fieldset", "legend", "select", "output", "canvas", "aside", "article", "figure", "nav"),
    )
)
"""Elements whose end tag may not be left out (HTML Living Standard, 13.1.2.4)."""
_OTHER_TAG = {"h1": "h2", "h2": "h3", "h3": "h2", "div": "section", "ul": "ol", "ol": "ul"}


def drawn(page: CleanPage, mistake: mistakes.Mistake) -> Iterator[Cuts]:
    """What the offline model does to its own pages, as cuts; it knows pages of three files only."""
    if "script.js" not in page.files:
        return
    for draw in range(_DRAWS):
        given = mistake(page.files, rng_of("mistake", page.slug, str(page.seed), str(draw)))
        if given:
            yield tuple(one for name, text in page.files.items() for one in differing(name, text, given[name]))


def bracket(page: CleanPage) -> Iterator[Cuts]:
    """A closing bracket of the script is left out."""
    for region, node in page.each("script", "statement_block", "arguments", "object", "array"):
        last = node.children[-1] if node.children else None
        if last is not None and last.type in (")", "}", "]"):
            yield (cut_node(region, last, ""),)


def quote(page: CleanPage) -> Iterator[Cuts]:
    """A closing quote of the script is left out."""
    for region, node in page.each("script", "string", "template_string"):
        yield (cut_node(region, node.children[-1], ""),)


def style_block(page: CleanPage) -> Iterator[Cuts]:
    """A rule of the style sheet is not closed."""
    for region, node in page.each("style", "block"):
        if node.children[-1].type == "}":
            yield (cut_node(region, node.children[-1], ""),)


def undefined_function(page: CleanPage) -> Iterator[Cuts]:
    """A function is called by a name that it was not given."""
    yield from drawn(page, mistakes.undefined_name)


def undefined_variable(page: CleanPage) -> Iterator[Cuts]:
    """A variable is misspelt where it is read."""
    for region in _scripts(page):
        known = {region.read(node) for node in walk(region.root) if node.type == "identifier"}
        for node in uses(region, {name for name in top_level(region) if len(name) > 3}):
            yield (cut_node(region, node, slipped(region.read(node), known)),)


def constant(page: CleanPage) -> Iterator[Cuts]:
    """What gets a new value later on is declared as a constant."""
    for region in _scripts(page):
        written = set()
        for node in walk(region.root):
            target = node.child_by_field_name("argument" if node.type == "update_expression" else "left")
            if node.type.endswith(("assignment_expression", "update_expression")) and target is not None:
                written.add(region.read(target))
        for node in walk(region.root):
            if node.type == "lexical_declaration" and node.children[0].type == "let":
                names = [one.child_by_field_name("name") for one in node.named_children]
                valued = all(one.child_by_field_name("value") is not None for one in node.named_children)
                if valued and any(name is not None and region.read(name) in written for name in names):
                    yield (cut_node(region, node.children[0], "const"),)


def declared_twice(page: CleanPage) -> Iterator[Cuts]:
    """A declaration stands there twice, as when a piece was pasted again."""
    for region, node in page.each("script", "lexical_declaration"):
        after = node.next_named_sibling
        if after is None or node.parent is None or node.parent.type not in ("program", "statement_block"):
            continue
        if node.start_point.row == node.end_point.row and after.type != "comment":
            text = f"\n{' ' * node.start_point.column}{region.read(node)}"
            yield (cut(region, after.end_byte, after.end_byte, text),)


def method(page: CleanPage) -> Iterator[Cuts]:
    """A method of the browser's own is misspelt, of an object whose type the text says."""
    for region in _scripts(page):
        values = {name: region.read(value) for name, value in top_level(region).items()}
        elements = {name for name, value in values.items() if value.startswith(_ELEMENTS) or ".getContext(" in value}
        lists = {name for name, value in values.items() if value.startswith("[")}
        for node in walk(region.root):
            if node.type != "call_expression":
                continue
            callee = node.child_by_field_name("function")
            owner = callee.child_by_field_name("object") if callee is not None else None
            key = callee.child_by_field_name("property") if callee is not None else None
            if owner is None or key is None:
                continue
            said = region.read(owner)
            if said in _ROOTS | elements | lists or said.endswith(".classList") or said.startswith(_ELEMENTS):
                yield (cut_node(region, key, _OWN_WORDS.get(region.read(key)) or slipped(region.read(key))),)


def no_function(page: CleanPage) -> Iterator[Cuts]:
    """A constant, or the length of a list, is called."""
    for region in _scripts(page):
        values = top_level(region)
        plain = {name for name, value in values.items() if value.type in ("number", "string", "array")}
        for node in uses(region, set(values)):
            outer = node.parent
            assert outer is not None
            key = outer.child_by_field_name("property") if outer.type == "member_expression" else None
            name = region.read(node)
            if name in plain and outer.type in ("binary_expression", "arguments", "template_substitution"):
                yield (cut_node(region, node, f"{name}()"),)
            elif name in plain and key is not None and region.read(key) == "length":
                yield (cut_node(region, key, "length()"),)


def style_property(page: CleanPage) -> Iterator[Cuts]:
    """A property of the style sheet is misspelt."""
    for region, node in page.each("style", "property_name"):
        name = region.read(node)
        if not name.startswith("-"):
            yield (cut_node(region, node, slipped(name)),)


def unclosed_tag(page: CleanPage) -> Iterator[Cuts]:
    """An end tag is left out."""
    for region, node in _end_tags(page):
        yield (cut_lines(region, node),)


def mismatched_tag(page: CleanPage) -> Iterator[Cuts]:
    """An element is closed by another's end tag."""
    for region, node in _end_tags(page):
        name = tag(node, region)
        yield (cut_node(region, node, f"</{_OTHER_TAG.get(name, 'div')}>"),)


def unknown_id(page: CleanPage) -> Iterator[Cuts]:
    """The script looks for an id that the page spells otherwise."""
    yield from drawn(page, mistakes.mismatched_id)


def unknown_reference(page: CleanPage) -> Iterator[Cuts]:
    """A label, or what names an element for those who can't see it, refers to an id that no element has."""
    for region, node in page.each("markup", "attribute"):
        value = next((child for child in walk(node) if child.type == "attribute_value"), None)
        if value is not None and region.read(node.named_children[0]) in ("for", "aria-labelledby"):
            yield (cut_node(region, value, slipped(region.read(value))),)


def unknown_class(page: CleanPage) -> Iterator[Cuts]:
    """The script gives, takes or looks for a class that the style sheet and the page spell otherwise."""
    for region, node in page.each("script", "call_expression"):
        callee, given = parts_of_call(node, region)
        if not given or given[0].type != "string" or len(given[0].named_children) != 1:
            continue
        text = region.read(given[0].named_children[0])
        listed = callee.rpartition(".")[0].endswith("classList")
        looked = callee.endswith((".querySelector", ".querySelectorAll")) and text.startswith(".")
        if (listed or looked) and text.strip(".").replace("-", "").isalnum():
            yield (cut_node(region, given[0].named_children[0], slipped(text)),)


def unknown_handler(page: CleanPage) -> Iterator[Cuts]:
    """A click is handled in the markup, by a function that no script has."""
    for region in _scripts(page):
        elements = {
            name: looked_for
            for name, value in top_level(region).items()
            if (looked_for := _id_looked_for(value, region)) is not None
        }
        for node in walk(region.root):
            if node.type != "expression_statement" or not node.named_children:
                continue
            callee, given = parts_of_call(node.named_children[0], region)
            owner, _, called = callee.rpartition(".")
            if called != "addEventListener" or len(given) != 2 or given[1].type != "identifier":
                continue
            holder = node.named_children[0].child_by_field_name("function")
            looked = holder.child_by_field_name("object") if holder is not None else None
            name = elements.get(owner) or (_id_looked_for(looked, region) if looked is not None else None)
            place = _named(page, name) if name and region.read(given[0]).strip("'\"") == "click" else None
            if place is not None:
                markup, at = place
                handler = f' onclick="{slipped(region.read(given[1]))}()"'
                yield cut_lines(region, node), cut(markup, at, at, handler)


def _scripts(page: CleanPage) -> list[Region]:
    return [region for region in page.regions if region.tongue == "script"]


def _end_tags(page: CleanPage) -> Iterator[tuple[Region, Node]]:
    for region, node in page.each("markup", "end_tag"):
        if tag(node, region) in _CLOSED:
            yield region, node


def _id_looked_for(value: Node, region: Region) -> str | None:
    callee, given = parts_of_call(value, region) if value.type == "call_expression" else ("", [])
    known = callee in ("document.getElementById", "element") and len(given) == 1 and given[0].type == "string"
    return region.read(given[0]).strip("'\"") if known else None


def _named(page: CleanPage, name: str) -> tuple[Region, int] | None:
    """Where an attribute can be put into the start tag of the element with this id."""
    for region, node in page.each("markup", *TAGS):
        if attribute(node, region, "id") == name:
            return region, node.named_children[0].end_byte
    return None
