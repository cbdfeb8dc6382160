"""Records in a file that grows by a line whenever one is done: what a kill leaves is read, and gone on from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tasks.rows import add_row, open_lines, writing

R = TypeVar("R", bound=BaseModel)


def read_lines(path: Path, kind: type[R]) -> list[R]:
    """All whole lines; one that a kill cut off, or that an older version wrote, is as if it were not there."""
    found = []
    for line in path.read_text("utf-8").split("\n") if path.exists() else ():
        try:
            found.append(kind.model_validate_json(line))
        except ValidationError:
            continue
    return found


@contextmanager
def adding(path: Path) -> Iterator[Callable[[BaseModel], None]]:
    """Gives a function that puts one record behind the last line, at once.

    Raises:
        BrokenRun: the disk does not take it; so does the function.
    """
    lines = open_lines(path)
    try:
        yield partial(add_row, lines)
    finally:
        with writing(path):  # what the disk did not take is tried again
            lines.close()
