"""What a folder holds, on this machine or behind an fsspec URL, and the bytes of its files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tasks.address import local_folder, open_address
from tasks.errors import BadInput

Kind = Literal["file", "folder", "outside", "other"]
"""`outside`: a symbolic link that leads out of the place, or to a folder; `other`: a pipe, a socket, a device."""


@dataclass(frozen=True)
class Entry:
    """A name in a folder."""

    name: str
    kind: Kind
    size: int = 0
    """Bytes."""


@dataclass(frozen=True)
class Place:
    """A file system and what was named in it. Paths below are relative to `root`, with `/` between their parts."""

    given: str
    """As the user named it."""
    name: str
    """Its own name, without the folders above."""
    files: Any
    """An fsspec file system."""
    root: str
    local: bool

    def path(self, below: str) -> str:
        """Where that is in the file system."""
        return f"{self.root}/{below}" if below else self.root

    def shown(self, below: str) -> str:
        """What a sentence calls it: the place's own name and what is below."""
        return f"{self.name}/{plain(below)}" if below else self.name


def open_place(given: str) -> Place:
    """Find a place. A path that exists wins over a URL, so that a local name may hold whatever it likes.

    Raises:
        BadInput: nothing is there, or no file system has such addresses.
    """
    if not given:
        raise BadInput("--programs is empty; name a folder, a Parquet file or a JSONL file with pages.")
    files, root = open_address(given)
    local = local_folder(given) is not None
    there = files.exists(root)
    if not there:
        raise BadInput(f"--programs {given} is not there; name a folder, a Parquet file or a JSONL file with pages.")
    name = Path(root).resolve().name if local else root.rsplit("/", 1)[-1]
    return Place(given=given, name=plain(name or given), files=files, root=root, local=local)


def plain(name: str) -> str:
    """A name as a line shows it: what is no visible character, or no character at all, becomes a question mark."""
    return "".join(char if char.isprintable() else "?" for char in name)


def is_hidden(name: str) -> bool:
    """Names that systems leave behind and no person means as data."""
    return name.startswith(".") or name == "__MACOSX"


def entries(place: Place, below: str) -> list[Entry]:
    """What the folder `below` holds, by name; hidden names are left out.

    Raises:
        BadInput: it can't be listed.
    """
    with reading(place, below):
        found = _local(place, below) if place.local else _remote(place, below)
        return sorted((entry for entry in found if not is_hidden(entry.name)), key=lambda entry: entry.name)


def read_bytes(place: Place, below: str) -> bytes:
    """All bytes of a file.

    Raises:
        BadInput: it can't be read.
    """
    with reading(place, below):
        data: bytes = Path(place.path(below)).read_bytes() if place.local else place.files.cat_file(place.path(below))
        return data


@contextmanager
def reading(place: Place, below: str) -> Iterator[None]:
    """What a file system says against reading becomes a sentence that names the file.

    Raises:
        BadInput: it can't be read.
    """
    try:
        yield
    except OSError as error:
        raise BadInput(f"{place.shown(below)} can't be read: {_told(error)}; mend that or leave it out.") from error


def _local(place: Place, below: str) -> Iterator[Entry]:
    home = Path(place.root).resolve()
    with os.scandir(place.path(below)) as found:
        for one in found:
            if one.is_symlink():
                target = Path(one.path).resolve()
                inside = target.is_file() and target.is_relative_to(home)
                yield Entry(one.name, "file" if inside else "outside", target.stat().st_size if inside else 0)
            elif one.is_dir():
                yield Entry(one.name, "folder")
            elif one.is_file():
                yield Entry(one.name, "file", one.stat().st_size)
            else:
                yield Entry(one.name, "other")


def _remote(place: Place, below: str) -> Iterator[Entry]:
    folder = place.path(below)
    for one in place.files.ls(folder, detail=True):
        path = str(one["name"]).rstrip("/")
        if path.strip("/") == folder.strip("/"):  # object stores list a folder's own marker among its files
            continue
        kind: Kind = "folder" if one["type"] == "directory" else "file"
        yield Entry(path.rsplit("/", 1)[-1], kind, int(one.get("size") or 0))


def _told(error: Exception) -> str:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:200].rstrip(".")
