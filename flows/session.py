"""One session of a run: alone in the run's folder while it lasts, and without a trace if it is refused."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from flows.order import RunOrder, record_status
from flows.progress import Snapshot
from tasks.caches import work_folder
from tasks.errors import BadInput, BrokenRun
from tasks.model.ledger import read_entries
from tasks.rows import writing

_LOCK = ".session"
_DRAWN = "candidates.jsonl"
"""Of a batch that nothing has been done for yet."""
_TRIES = 8
"""To get a lock that another session takes away as it ends."""


@dataclass
class Session:
    """What is known of it from outside."""

    open: bool = False
    """Whether everything that the run needs has been found usable; a run that ends before is refused."""


@contextmanager
def begin_session(order: RunOrder) -> Iterator[Session]:
    """Record that the run goes on, as long as the context lasts. If an error ends it before anything came of the run,
    everything that it has made is taken away again, the dataset's folder too; else the run is recorded as stopped.

    Raises:
        BadInput: another process is at the same run.
        BrokenRun: the disk does not take it.
    """
    with _alone(order):
        record_status(order, "running", _accepted(order))
        session = Session()
        try:
            yield session
        except BaseException:
            if order.before is None and not (session.open and has_work(order.folder)):
                _take_away(order)
            else:
                with suppress(BrokenRun):  # of a disk that is full, the error under way tells
                    record_status(order, "stopped", _accepted(order))
            raise


def has_work(folder: Path) -> bool:
    """Whether there is something in a run's folder that was paid for, or made of a candidate."""
    if any(entry.usd or entry.prompt_tokens or entry.outcome in ("ok", "reused") for entry in read_entries(folder)):
        return True
    made = (path for path in (folder / "work").rglob("*") if path.is_file() and path.name != _DRAWN)
    return any(path.stat().st_size for path in made)


@contextmanager
def _alone(order: RunOrder) -> Iterator[None]:
    path = order.folder / _LOCK
    with _locked(path, order):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _locked(path: Path, order: RunOrder) -> IO[str]:
    """The open lock file; whoever ends takes it away, so that what was opened may not be what is there."""
    for _ in range(_TRIES):
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = path.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.fstat(lock.fileno()).st_ino == path.stat().st_ino:
                return lock
        except BlockingIOError:
            lock.close()
            break
        lock.close()
    raise BadInput(
        f"The run {order.run_id} of {order.dataset} is under way in another process; wait for it to end, or name "
        "another --seed or --out."
    )


def _accepted(order: RunOrder) -> int:
    """Tasks that the run is known to have."""
    before = int((order.before or {}).get("accepted", 0))
    try:
        text = (order.folder / "progress.json").read_text("utf-8")
        return max(before, Snapshot.model_validate_json(text).accepted)
    except (OSError, ValidationError):
        return before


def _take_away(order: RunOrder) -> None:
    """The run's folder, and what was not there when the run was asked for, as far as nobody else has used it since."""
    shutil.rmtree(order.folder, ignore_errors=True)
    home = work_folder(order.dataset)
    with suppress(OSError):
        (home / "runs").rmdir()
        if home / "index" in order.absent:
            shutil.rmtree(home / "index", ignore_errors=True)
        for folder in (home, *home.parents):
            if folder not in order.absent:
                break
            folder.rmdir()
