"""One page that exists already, held to what a program may consist of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tasks.content import canonical_json, content_id
from tasks.errors import BadInput
from tasks.program.reply import MAX_BYTES
from tasks.record import Problem, Program

SUFFIXES = ("html", "css", "js", "mjs", "svg")
"""Endings of the files that a program may have: text that a page can use without a network."""
MOST_FILES = 64
"""Of one page: a page that a labeller can be asked to judge has no more."""

_NAME = re.compile(
    rf"(?:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,59}}/){{0,4}}[A-Za-z0-9_][A-Za-z0-9_.-]{{0,59}}\.({'|'.join(SUFFIXES)})"
)


@dataclass(frozen=True)
class Page:
    """A page, with its problem if it has one."""

    name: str
    """Its folder's name, or the name of its row; for people, and never a path of a machine."""
    problem: Problem | None
    program: Program
    notes: tuple[str, ...] = ()
    """What was left out of it or translated; one sentence each."""

    @cached_property
    def page_id(self) -> str:
        """Names what it holds: the files, and the problem with its checks."""
        problem = canonical_json(self.problem.model_dump(mode="json")) if self.problem else ""
        return content_id("page", self.program.program_id, problem)


def page_of(
    name: str, where: str, files: Sequence[tuple[str, str]], problem: Problem | None, notes: Sequence[str] = ()
) -> Page:
    """A page from the names and texts of its files.

    Args:
        name: of the page.
        where: what sentences call it, e.g. `pages.parquet, row 3`.
        files: name and content; names have `/` between folders, and a leading `./` is dropped.
        problem: None if it has none yet.
        notes: sentences about what was left out or translated.

    Raises:
        BadInput: a name, a size or a content that no program has, or not exactly one HTML file.
    """
    parts = [(file.removeprefix("./"), content) for file, content in files]
    for file, content in parts:
        if not is_name(file):
            raise BadInput(f"{where}: {file!r} is no name for a page's file; name it with letters, digits, `-`, `_`, "
                           f"and one of the endings {endings()}.")  # fmt: skip
        if "\0" in content:
            raise BadInput(f"{where}: {file} is not text; leave it out or put its text there.")
        if any("\ud800" <= char <= "\udfff" for char in content):
            raise BadInput(f"{where}: {file} holds half a character (a lone surrogate); write it again as UTF-8.")
    names = [file for file, _ in parts]
    if twice := next((file for file in names if names.count(file) > 1), None):
        raise BadInput(f"{where} has two files with the name {twice}; leave one out.")
    if len(names) > MOST_FILES:
        raise BadInput(f"{where} holds {len(names)} files; {MOST_FILES} are the most, so leave out what the page does "
                       "not use.")  # fmt: skip
    size = sum(len(content.encode()) for _, content in parts)
    if size > MAX_BYTES:
        biggest = max(parts, key=lambda part: len(part[1]))[0]
        raise BadInput(f"{where} holds {size:,} bytes, most of them in {biggest}; {MAX_BYTES:,} are the most, so make "
                       "it smaller or leave the page out.")  # fmt: skip
    pages = [file for file in names if file.endswith(".html")]
    if len(pages) != 1:
        found = f"{pages[0]} and {pages[1]}" if pages else "none"
        raise BadInput(f"{where} needs exactly one HTML file, index.html; it has {found}; give "
                       "each page a folder or a row of its own.")  # fmt: skip
    if "<" not in dict(parts)[pages[0]]:
        raise BadInput(f"{where}: {pages[0]} holds no HTML; put a page there or leave it out.")
    if "/" in pages[0]:
        raise BadInput(f"{where}: {pages[0]} is in a folder below; put the page's HTML file at the top as index.html.")
    return Page(
        name=name,
        problem=problem,
        program=Program.of(("index.html" if file == pages[0] else file, content) for file, content in parts),
        notes=tuple(notes),
    )


def is_name(name: str) -> bool:
    """Whether a file of a program may be called so; a name with folders in it never leads out of the page's own."""
    return _NAME.fullmatch(name) is not None and ".." not in name


def endings() -> str:
    """The endings that a program's file may have, for a sentence."""
    return ", ".join(f".{suffix}" for suffix in SUFFIXES)
