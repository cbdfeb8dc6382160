"""A folder that changes as a whole: what reads it sees all of a change or nothing of it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.errors import BadInput
from tasks.rows import writing


def folder_named(to: str) -> Path:
    """The local folder that `--to` names, there or not.

    Raises:
        BadInput: it is an address, or a folder that can't be put in another's place because one is in it.
    """
    if not to.strip() or "://" in to:
        raise BadInput(f"--to is {to!r}; give the path of a local folder.")
    folder = Path(to).expanduser()
    try:
        inside = Path.cwd().is_relative_to(folder.resolve())
        folder.exists()
    except OSError as error:
        raise BadInput(f"{to} can't be read ({error.strerror or error}); choose another folder.") from error
    if inside:
        raise BadInput(f"--to is {to}, where this command runs; it is replaced as a whole, so choose another folder.")
    return folder


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
    with writing(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        with writing(folder):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
