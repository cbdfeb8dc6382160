"""Records in files: one stage writes them, the next reads them, and a file that is there is whole."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from tasks.record import Rejected

R = TypeVar("R", bound=BaseModel)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all: aside, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    aside.write_bytes(data)
    aside.replace(path)


def save_rows(path: Path, rows: Iterable[BaseModel]) -> Path:
    """Write records as JSON lines, whole or not at all."""
    write_whole(path, "".join(row.model_dump_json() + "\n" for row in rows).encode())
    return path


def load_rows(path: Path, kind: type[R]) -> list[R]:
    """Read what `save_rows` wrote.

    Raises:
        FileNotFoundError: the stage that writes it has not finished.
    """
    return [kind.model_validate_json(line) for line in path.read_text("utf-8").split("\n") if line]


def count_rows(path: Path) -> int:
    """How many records there are in what `save_rows` wrote.

    Raises:
        FileNotFoundError: the stage that writes it has not finished.
    """
    return path.read_bytes().count(b"\n")


def save_outcomes(out: Path, rejected: Path, outcomes: Sequence[BaseModel]) -> Path:
    """Write what was lost to `rejected` and the rest to `out`, which is there last: with it, the stage is done."""
    save_rows(rejected, (row for row in outcomes if isinstance(row, Rejected)))
    return save_rows(out, (row for row in outcomes if not isinstance(row, Rejected)))
