"""A program as one self-contained page: the form in which it is rendered, served and shown (decision 15)."""

import re

from tasks.document.assembly import PAGE, assemble
from tasks.document.code import read
from tasks.document.links import addresses, base_folder, refers, script_kind
from tasks.document.modules import Names
from tasks.document.parts import whole
from tasks.document.reference import folder_of, resolve
from tasks.document.sheet import references
from tasks.document.tags import scan
from tasks.record import Program


def bundle(program: Program) -> str:
    """One HTML text that does what the program's files do in a browser.

    What the page names but the program lacks, or the program holds but nothing names, stays as it is: both are faults
    of the page, for diagnosis to name. Scripts carry a `sourceURL`, so that the browser's errors name the author's file
    and line.
    """
    return assemble(program).text


def linked_files(page: str) -> set[str]:
    """Names of the files of its own that a page's markup and its inline styles and scripts refer to."""
    tags = scan(page).tags
    base = base_folder(tags)
    found = set[str]()
    for tag in tags:
        inner = page[tag.end : tag.content]
        if tag.name == "noscript":
            found |= linked_files(inner)
        elif tag.name == "style":
            found |= set(references(inner, base))
        elif tag.name == "script" and script_kind(tag) in ("classic", "module") and tag.get("src") is None:
            found |= {own.name for one in read(inner).imports if (own := resolve(one.value, base))}
        for attribute in tag.attributes.values():
            if refers(tag, attribute):
                found |= {own.name for reference in addresses(attribute) if (own := resolve(reference, base))}
            elif attribute.name == "style":
                found |= set(references(attribute.value, base))
    return found


def used_files(program: Program) -> set[str]:
    """Names of the program's files that the page comes to, by whatever way: a link, an import, a string of a script."""
    page, _ = whole(program, PAGE)
    names = {file.filename for file in program.files}
    tags = scan(page).tags
    inline = [page[tag.end : tag.content] for tag in tags if script_kind(tag) and tag.get("src") is None]
    maps = Names.read([page[tag.end : tag.content] for tag in tags if script_kind(tag) == "importmap"])
    base = base_folder(tags)
    found = {PAGE}
    waiting = (linked_files(page) | {own.name for to in maps.given.values() if (own := resolve(to, base))}) & names
    for text in inline:
        waiting |= _from_script(text, base, names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        text = whole(program, name)[0]
        if name.endswith(".css"):
            more = set(references(text, folder_of(name))) & names
        else:
            more = _from_script(text, folder_of(name), names) if name.endswith((".js", ".mjs")) else set()
        waiting |= more - found
    return found


def _from_script(text: str, folder: str | None, names: set[str]) -> set[str]:
    code = read(text)
    found = {own.name for one in code.imports if (own := resolve(one.value, folder))} & names
    if code.computes_imports:
        found |= {name for name in names if name.endswith((".js", ".mjs"))}
    return found | {name for name in names if _is_named(name, text)}


def _is_named(name: str, text: str) -> bool:
    return re.search(rf"[\"'`/(=]{re.escape(name.rpartition('/')[2])}[\"'`#?)]", text) is not None
