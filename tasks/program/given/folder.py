"""Pages from folders: one that is a page, or one with a folder for each page, with tables beside them or none."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.errors import BadInput
from tasks.program.given.entries import Entry, Place, entries, plain, read_bytes, reading
from tasks.program.given.page import MOST_FILES, SUFFIXES, Page, endings, page_of
from tasks.program.given.problem import problem_of
from tasks.program.given.table import TABLES, pages_of_table
from tasks.program.reply import MAX_BYTES
from tasks.record import Problem

PROBLEM = "problem.json"
"""Name of the file in a page's folder that holds its problem."""
TRUTH = ("private", "truth-")
"""Folder and first letters of the shards in a dataset of our own that hold programs with their problems."""
DEEPEST = 6
"""Folders below the place that are looked into."""
_MOST_ENTRIES = 2_000
"""Names in one page's folder, folders below included: beyond that it is something else."""
_NAMED = 5
"""Names that a sentence lists before it only counts."""


@dataclass(frozen=True)
class Found:
    """Pages, and sentences about what was left out beside them."""

    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()


def pages_of_folder(place: Place, below: str = "", depth: int = 0) -> Iterator[Found]:
    """The pages of a folder in the order of their names.

    Raises:
        BadInput: a page is malformed, or a folder holds none.
    """
    here = entries(place, below)
    if any(entry.kind == "file" and (entry.name == PROBLEM or entry.name.endswith(".html")) for entry in here):
        yield Found((page_of_folder(place, below),))
        return
    if not below and (truth := _truth(place, here)):
        for name in truth:
            yield Found(*pages_of_table(place, name))
        return
    tables = [entry for entry in here if entry.kind == "file" and entry.name.endswith(TABLES)]
    folders = [entry for entry in here if entry.kind == "folder"]
    if not tables and not folders and below:
        raise BadInput(f"{place.shown(below)} holds no page: neither an HTML file nor a folder, Parquet or JSONL file "
                       "with pages; add index.html, or move it away.")  # fmt: skip
    if depth > DEEPEST:
        raise BadInput(f"{place.shown(below)} is more than {DEEPEST} folders deep; name a folder nearer to the pages.")
    for entry in sorted((*tables, *folders), key=lambda entry: entry.name):
        if entry.kind == "folder":
            yield from pages_of_folder(place, _joined(below, entry.name), depth + 1)
        else:
            yield Found(*pages_of_table(place, _joined(below, entry.name)))
    others = [entry.name for entry in here if entry not in tables and entry not in folders]
    if others:
        yield Found(
            (), (f"{place.shown(below)}: {_listed(others)} {_is(others)} no page and {_was(others)} left out.",)
        )


def page_of_folder(place: Place, below: str) -> Page:
    """The page in a folder: its files, those in folders below included, and its problem if there is one.

    Raises:
        BadInput: as `page_of` and `problem_of`, or a file that is too large or no text.
    """
    where = place.shown(below)
    found = list(_walk(place, below))
    left_out = [name for name, entry in found if not _is_ours(name, entry)]
    mine = [(name, entry) for name, entry in found if _is_ours(name, entry) and name != PROBLEM]
    if len(mine) > MOST_FILES:
        raise BadInput(f"{where} holds {len(mine)} files; {MOST_FILES} are the most, so leave out what the page does "
                       "not use.")  # fmt: skip
    for name, entry in found:
        if entry.size > MAX_BYTES and (name == PROBLEM or _is_ours(name, entry)):
            raise _too_large(place.shown(_joined(below, name)), entry.size)
    outside = [name for name in left_out if dict(found)[name].kind == "outside"]
    others = [name for name in left_out if name not in outside]
    notes = []
    if others:
        notes.append(f"{where}: {_listed(others)} {_was(others)} left out; a page's files are text with the endings "
                     f"{endings()}.")  # fmt: skip
    if outside:
        notes.append(f"{where}: {_listed(outside)} {_is(outside)} a link out of the folder and {_was(outside)} left "
                     "out; put a copy there instead.")  # fmt: skip
    problem: Problem | None = None
    if PROBLEM in dict(found) and _is_ours(PROBLEM, dict(found)[PROBLEM]):
        problem, told = problem_of(_json(place, _joined(below, PROBLEM)), f"{where}/{PROBLEM}")
        notes += [f"{where}/{PROBLEM}: {one}" for one in told]
    files = [(name, _text(place, _joined(below, name))) for name, _ in mine]
    return page_of(plain(below) or place.name, where, files, problem, notes)


def page_of_file(place: Place) -> Page:
    """The page that is one HTML file, which is what the place names.

    Raises:
        BadInput: as `page_of`, or it is no text.
    """
    with reading(place, ""):
        size = int(place.files.size(place.root) or 0)
    if size > MAX_BYTES:
        raise _too_large(place.name, size)
    return page_of(place.name, place.name, [("index.html", _text(place, ""))], None)


def _walk(place: Place, below: str) -> Iterator[tuple[str, Entry]]:
    """The files of a page's folder by their names from there; links out and what is no file are among them."""
    waiting, seen = [""], 0
    while waiting:
        folder = waiting.pop(0)
        for entry in entries(place, _joined(below, folder)):
            seen += 1
            if seen > _MOST_ENTRIES:
                raise BadInput(f"{place.shown(below)} holds more than {_MOST_ENTRIES:,} files and folders; leave out "
                               "what the page does not use.")  # fmt: skip
            name = _joined(folder, entry.name)
            if entry.kind == "folder":
                waiting.append(name)
            else:
                yield name, entry


def _is_ours(name: str, entry: Entry) -> bool:
    """Whether it is the problem, or ends as a file of a program: then it has to be one."""
    return entry.kind == "file" and (name == PROBLEM or name.endswith(tuple(f".{suffix}" for suffix in SUFFIXES)))


def _too_large(shown: str, size: int) -> BadInput:
    most = f"{MAX_BYTES:,} are the most of a page, so make it smaller or leave it out."
    return BadInput(f"{shown} holds {size:,} bytes; {most}")


def _text(place: Place, below: str) -> str:
    """A file's text: UTF-8, a byte order mark removed, lines ended by a line feed as every browser reads them."""
    data = read_bytes(place, below)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        kind = "no text" if b"\0" in data[:8192] and not data.startswith((b"\xff\xfe", b"\xfe\xff")) else "not UTF-8"
        raise BadInput(f"{place.shown(below)} is {kind} (byte {error.start}); save it as UTF-8, or leave it "
                       "out.") from error  # fmt: skip


def _json(place: Place, below: str) -> object:
    text = _text(place, below)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"{place.shown(below)}, line {error.lineno}, is no JSON: {error.msg}; mend it, or leave the "
                       "file out to have a problem written.") from error  # fmt: skip
    except RecursionError as error:
        raise BadInput(f"{place.shown(below)} is nested too deep; it should hold one problem.") from error


def _truth(place: Place, here: list[Entry]) -> list[str]:
    """The private shards, if the place is a dataset of our own."""
    folder, first = TRUTH
    if not any(entry.name == folder and entry.kind == "folder" for entry in here):
        return []
    names = [entry.name for entry in entries(place, folder) if entry.kind == "file"]
    return [f"{folder}/{name}" for name in names if name.startswith(first) and name.endswith(".parquet")]


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(map(plain, names[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _was(names: list[str]) -> str:
    return "was" if len(names) == 1 else "were"
