"""Records in files: one stage writes them, the next reads them, and a file that is there is whole; or it grows by a
line whenever something is done."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

from pydantic import BaseModel

from tasks.errors import BrokenRun

R = TypeVar("R", bound=BaseModel)


@contextmanager
def writing(place: object) -> Iterator[None]:
    """A file, or a folder, is written to; what the disk says against it becomes a sentence that names it.

    Raises:
        BrokenRun: the disk is full, or does not take it.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            why = f"No room is left on the disk for {place}; make some"
        else:
            why = f"{place} can't be written ({error.strerror or error}); mend that"
        raise BrokenRun(f"{why}, and give the same command again: what is done is kept.") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all: aside, then renamed.

    Raises:
        BrokenRun: the disk does not take it.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside.write_bytes(data)
            aside.replace(path)
        except OSError:
            aside.unlink(missing_ok=True)
            raise


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


def open_lines(path: Path) -> TextIO:
    """A file of records to put more behind, with `add_row`. A last line that a kill has cut off is ended, so that the
    next one does not join it.

    Raises:
        BrokenRun: the disk does not take it.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        torn = _ends_torn(path)
        lines = path.open("a", encoding="utf-8", buffering=1)
        if torn:
            lines.write("\n")
    return lines


def add_row(lines: TextIO, row: BaseModel) -> None:
    """Put a record behind the last; it is in the system's hands when this returns, so that a kill does not lose it.

    Raises:
        BrokenRun: the disk does not take it.
    """
    with writing(lines.name):
        lines.write(row.model_dump_json() + "\n")


def _ends_torn(path: Path) -> bool:
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as lines:
        lines.seek(-1, os.SEEK_END)
        return lines.read(1) != b"\n"
