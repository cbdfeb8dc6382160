"""What no language server sees: an id, a class, a file or an anchor that exists in one of the three languages only.

The commonest real faults of generated pages. Syntax trees, not patterns over text; what a script may make while it runs
counts as there.
"""

import difflib
from collections.abc import Iterator
from typing import Literal

from tree_sitter import Node

from tasks.bundle import used_files
from tasks.diagnose.lookup import Lookups, Mention, selector_names
from tasks.diagnose.names import string_value
from tasks.diagnose.page import PAGE, Attribute, Page
from tasks.document.reference import resolve
from tasks.record import Diagnostic, Program

_ID_LISTS = ("aria-labelledby", "aria-describedby")
_LOOSE_ID_LISTS = ("aria-controls", "aria-owns", "aria-details", "aria-flowto", "aria-activedescendant", "headers")
_ID_REFERENCES = ("for", "list", "form", "popovertarget", "commandfor")

Severity = Literal["error", "warning"]

_NEAR = 0.8
"""difflib's ratio from which one class name is taken for a misspelling of another: one letter in five."""


def check(program: Program, page: Page, lookups: Lookups) -> list[Diagnostic]:
    """Everything that is on one side only."""
    return [
        *_files(program, page),
        *_duplicates(page),
        *_references(page, lookups),
        *_looked_up_ids(page, lookups),
        *_looked_up_classes(page, lookups),
        *_given_classes(page, lookups),
    ]


def _files(program: Program, page: Page) -> Iterator[Diagnostic]:
    names = {file.filename for file in program.files}
    for element in page.elements:
        given = element.get({"script": "src", "link": "href"}.get(element.tag, "src"))
        own = resolve(given.value, page.base) if given and element.tag != "a" else None
        if given and own and own.name not in names:
            known = ", ".join(sorted(names))
            message = f"{PAGE} links {own.name!r}, which the program does not have. Its files: {known}."
            yield _at(given, "error", "missing-file", message)
    used = used_files(program)
    for file in program.files:
        if file.filename != PAGE and file.filename not in used:
            kind: Severity = "error" if file.filename.endswith((".css", ".js", ".mjs")) else "warning"
            message = f"The program has this file, but {PAGE} does not link it, so it has no effect."
            yield _diagnostic(file.filename, 1, 1, kind, "unlinked-file", message)


def _duplicates(page: Page) -> Iterator[Diagnostic]:
    for name, places in page.ids.items():
        for again in places[1:]:
            message = f"The id {name!r} is already given in line {places[0].line}; an id must be unique."
            yield _at(again, "error", "duplicate-id", message)


def _references(page: Page, lookups: Lookups) -> Iterator[Diagnostic]:
    routed = any(
        source.of(node) in ("hash", "preventDefault")
        for source in page.code
        for node in source.each("property_identifier")
    ) or any("hashchange" in text for text in lookups.texts)
    for element in page.elements:
        for given in element.attributes:
            severity: Severity = "error"
            wanted = given.value.split()
            if given.name in _LOOSE_ID_LISTS:
                severity = "warning"
            elif given.name in ("href", "xlink:href") and given.value.startswith("#"):
                anchor = given.value[1:]
                wanted = [] if anchor in ("", "top") or "/" in anchor else [anchor]
                severity = "warning" if routed else "error"
            elif given.name not in _ID_LISTS and (given.name not in _ID_REFERENCES or element.tag == "output"):
                continue
            for name in wanted:
                if name not in page.ids and not lookups.makes("id", name):
                    message = (
                        f"`{given.name}` refers to the id {name!r}, which no element has.{_nearest(name, page.ids)}"
                    )
                    yield _at(given, severity, "unknown-id", message)


def _looked_up_ids(page: Page, lookups: Lookups) -> Iterator[Diagnostic]:
    for mention in lookups.ids:
        if mention.name not in page.ids and not lookups.makes("id", mention.name):
            message = (
                f"The script looks for the id {mention.name!r}, which no element has and no script makes."
                f"{_nearest(mention.name, page.ids)}"
            )
            yield _of(mention, "error" if mention.sure else "warning", "unknown-id", message)


def _looked_up_classes(page: Page, lookups: Lookups) -> Iterator[Diagnostic]:
    for mention in lookups.classes:
        if mention.name not in page.classes and not lookups.makes("class", mention.name):
            message = (
                f"The script looks for the class {mention.name!r}, which no element has and no script gives."
                f"{_nearest(mention.name, page.classes)}"
            )
            yield _of(mention, "error" if mention.sure else "warning", "unknown-class", message)


def _given_classes(page: Page, lookups: Lookups) -> Iterator[Diagnostic]:
    styled = _styled_classes(page)
    used = styled | page.classes | {m.name for m in lookups.classes} | lookups.asked_classes
    idle = sorted(name for name in styled if name not in page.classes and not lookups.makes("class", name))
    for mention in lookups.set_classes:
        if mention.name in used or mention.name.startswith("js-"):
            continue
        near = difflib.get_close_matches(mention.name, idle, 1, _NEAR)
        if near:
            message = (
                f"The script gives the class {mention.name!r}; the style sheet has {near[0]!r}, which nothing gets."
            )
            yield _of(mention, "error", "misspelt-class", message)
        else:
            message = f"The script gives the class {mention.name!r}, which no style sheet and no lookup refers to."
            yield _of(mention, "warning", "idle-class", message)


def _styled_classes(page: Page) -> set[str]:
    found = {source.of(n) for source in page.styles for n in source.each("class_name") if _is_class(n)}
    for source in page.code:
        for node in source.each("string", "template_string"):
            text = string_value(node, source)
            if text and "." in text and "{" in text:
                found.update(name for what, name, _ in selector_names(text) if what == "class")
    return found


def _is_class(node: Node) -> bool:
    """A class's name; the grammar calls a pseudo-class's name so too."""
    return node.parent is not None and node.parent.type == "class_selector"


def _nearest(name: str, known: dict[str, list[Attribute]] | set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1, 0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def _at(given: Attribute, severity: Severity, code: str, message: str) -> Diagnostic:
    return _diagnostic(PAGE, given.line, given.column, severity, code, message)


def _of(mention: Mention, severity: Severity, code: str, message: str) -> Diagnostic:
    return _diagnostic(mention.file, mention.line, mention.column, severity, code, message)


def _diagnostic(file: str, line: int, column: int, severity: Severity, code: str, message: str) -> Diagnostic:
    return Diagnostic(
        file=file, line=line, column=column, severity=severity, source="cross", code=code, message=message
    )
