"""A folder that changes as a whole: what reads it sees all of a change or nothing of it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.rows import writing


@contextmanager
def changing(folder: Path) -> Iterator[Path]:
    """A copy of the folder, or an empty one, to change; at the end of the block it takes the folder's place.

    If the block raises, nothing has happened. A kill between the last two renames leaves the folder as `.NAME.before`,
    and the next change puts it back. One change at a time: a second one waits.

    Raises:
        BrokenRun: the disk does not take it.
    """
    place = folder.resolve()
    aside, before = (place.with_name(f".{place.name}.{word}") for word in ("next", "before"))
    with writing(folder):
        place.parent.mkdir(parents=True, exist_ok=True)
    with _alone(place.parent):
        try:
            with writing(folder):
                _mend(place, before)
                shutil.rmtree(aside, ignore_errors=True)
                if place.exists():
                    shutil.copytree(place, aside, symlinks=True)
                else:
                    aside.mkdir()
            yield aside
            with writing(folder):
                if place.exists():
                    place.replace(before)
                aside.replace(place)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            if place.exists():
                shutil.rmtree(before, ignore_errors=True)


def _mend(place: Path, before: Path) -> None:
    """Put back what a kill has left aside."""
    if before.exists() and not place.exists():
        before.replace(place)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
