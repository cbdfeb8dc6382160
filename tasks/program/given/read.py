"""The door: a place that a user names, and all pages in it, read and checked before anything is spent."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tasks.content import content_id
from tasks.errors import BadInput
from tasks.program.given.entries import open_place, reading
from tasks.program.given.folder import Found, page_of_file, pages_of_folder
from tasks.program.given.page import Page
from tasks.program.given.table import pages_of_table

MOST_PAGES = 20_000
"""In one run: they are kept in memory, as much as 20 GB if all are as large as a page may be."""


@dataclass(frozen=True)
class Programs:
    """The pages of a place, in a fixed order."""

    place: str
    """As the user named it."""
    name: str
    """Its own name, without the folders above."""
    items: tuple[Page, ...]
    """At least one; the order is that of names and rows."""
    place_notes: tuple[str, ...] = ()
    """What was left out beside the pages."""

    @cached_property
    def listing(self) -> str:
        """Names what all pages hold, in their order; not where they are, nor what they are called."""
        return content_id("programs", *(page.page_id for page in self.items))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out or translated, of the place and of each page; one sentence each."""
        return (*self.place_notes, *(note for page in self.items for note in page.notes))

    @property
    def unposed(self) -> int:
        """Pages without a problem."""
        return sum(page.problem is None for page in self.items)


def read_programs(given: str) -> Programs:
    """Read every page of a place.

    Args:
        given: a folder that is a page (`index.html` and what it links, `problem.json` or none); a folder of such
            folders; a Parquet or JSONL file, or a folder of them, with the columns `problem` and `files`, `clean` or
            `html`; a dataset of our own; one HTML file. A path of this machine or any fsspec URL.

    Raises:
        BadInput: nothing is there, or something in it is malformed; the sentence names the file.
    """
    place = open_place(given)
    with reading(place, ""):
        is_folder = place.files.isdir(place.root)
    if is_folder:
        found: Iterable[Found] = pages_of_folder(place)
    elif place.root.endswith((".html", ".htm")):
        found = [Found((page_of_file(place),))]
    else:
        found = [Found(*pages_of_table(place, ""))]
    pages: list[Page] = []
    notes: list[str] = []
    for one in found:
        pages += one.pages
        notes += one.notes
        if len(pages) > MOST_PAGES:
            raise BadInput(f"--programs {given} holds more than {MOST_PAGES:,} pages; name a part of it.")
    if not pages:
        raise BadInput(f"--programs {given} holds no page; name a folder with index.html, or with a folder for each "
                       "page, or a Parquet or JSONL file with pages.")  # fmt: skip
    return Programs(place=given, name=place.name, items=tuple(pages), place_notes=tuple(notes))
