"""The manifest of a publication: what was published and which files it wrote, kept beside them.

A manifest that is read back is untrusted: whoever can write to the place can write the manifest.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from tasks.errors import BadInput
from tasks.feed.training import TRAINING
from tasks.record import Record

MANIFEST = ".dojo/publication.json"
"""Its path. `datasets` and the Hub's viewer skip hidden folders when they look for data."""
CARD = "README.md"

VERSION = 1
LARGEST_BYTES = 1_000_000
"""Of a manifest; one of 1,000 files has about 250,000."""

Purpose = Literal["labelling", "training"]

DATA_FOLDERS = ("default", *TRAINING)
"""Folders of our data files: one a config."""

_DATA = rf"^({'|'.join(DATA_FOLDERS)})/(train|test)-[0-9]{{5}}-of-[0-9]{{5}}\.parquet$"
_BLOCK_BYTES = 1 << 20


class Entry(Record):
    """One data file as a publication wrote it."""

    path: Annotated[str, Field(pattern=_DATA)]
    """Of a data file of ours: no manifest can name another file, so none other is ever deleted."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    git: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    """Its Git blob id: what the Hub lists for a file outside of its large file storage."""


class OwnPart(Record):
    """What a publication wrote into the card."""

    front: dict[str, Any] = Field(default_factory=dict)
    """The keys of the front matter, with the values as written."""
    body: str = ""
    """SHA-256 of the text between the markers, with the line breaks of Unix."""


class Manifest(Record):
    """What a publication of ours has left in its place."""

    version: Literal[1] = 1
    dataset: Annotated[str, Field(pattern=r"^[0-9a-f]{0,32}$")]
    """The dataset's id; empty for one without a key."""
    purpose: Purpose
    files: tuple[Entry, ...]
    card: OwnPart

    def text(self) -> bytes:
        """The manifest as a file: the same publication gives the same bytes."""
        return (json.dumps(self.model_dump(mode="json"), indent=2) + "\n").encode()

    def wrote(self, path: str, hashes: Iterable[str]) -> bool:
        """Whether a file with one of these hashes is what a publication wrote there."""
        return any(entry.path == path and {entry.sha256, entry.git} & set(hashes) for entry in self.files)


def read_manifest(data: bytes, where: str) -> Manifest:
    """The manifest that a place holds.

    Raises:
        BadInput: it is not one, or of a newer version.
    """
    try:
        if len(data) > LARGEST_BYTES:
            raise ValueError(f"it has more than {LARGEST_BYTES:,} bytes")
        held = json.loads(data)
        if not isinstance(held, dict):
            raise ValueError("it is no JSON object")
        version = held.get("version")
        if type(version) is int and version > VERSION:
            raise BadInput(
                f"{where} was published by a newer dojo ({MANIFEST} is of version {version}); publish with that one."
            )
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        why = ".".join(str(part) for part in first["loc"][:3]) + f": {first['msg']}"
    except RecursionError:
        why = "it is nested too deeply"
    except ValueError as error:
        why = f"it is no JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)
    raise BadInput(
        f"{MANIFEST} in {where} is not as dojo writes it ({_one_line(why)}); restore it, or delete it and give "
        "--take-over."
    )


def is_data(path: str) -> bool:
    """Whether a path is one of those that data files of ours have."""
    return re.fullmatch(_DATA, path) is not None


def entry_of(path: str, file: Path) -> Entry:
    """A data file with its hashes."""
    size = file.stat().st_size
    sha256, git = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            sha256.update(block)
            git.update(block)
    return Entry(path=path, sha256=sha256.hexdigest(), git=git.hexdigest())


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:200]
