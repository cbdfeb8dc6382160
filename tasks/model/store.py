"""Replies that were paid for, kept by the content of what was asked: a SQLite file that processes can share.

A reply is written in one transaction when it has arrived. SQLite's write-ahead log keeps what was committed when a
process is killed, and lets others read and write meanwhile.
"""

import hashlib
import sqlite3
import threading
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tasks.errors import BadInput
from tasks.record import Record, canonical_json

FILE = "replies.sqlite"
_PATIENCE_S = 30
"""Longest wait for another process that writes."""
_FORM = 1
"""Of the file and of the keys; another one is not read."""


class Kept(Record):
    """A model's reply, and what it cost when it was given."""

    model: str
    deployment: str
    content: str | None
    finish_reason: str | None
    refusal: str | None = None
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    usd: float = 0.0


class Extent(Record):
    """How much is kept."""

    replies: int
    bytes: int
    """Of the file and its log on disk."""
    usd: float
    """What the replies cost when they were given."""
    oldest: float | None
    """Seconds since the epoch; None if nothing is kept."""


def key_of(models: tuple[str, ...], messages: object, parameters: Mapping[str, object], schema: object) -> str:
    """SHA-256, in hex, of all that decides a reply: the models that may give it, the messages, the parameters (the
    sample's seed among them) and the schema of the answer."""
    asked = [_FORM, sorted(models), messages, dict(parameters), schema]
    return hashlib.sha256(canonical_json(asked).encode("utf-8", "surrogatepass")).hexdigest()


class Store:
    """The replies of one folder. Safe to use from several threads and processes at once."""

    def __init__(self, folder: Path) -> None:
        """Open the folder's file; it is made if there is none.

        Raises:
            BadInput: the folder can't be written, or its file is no store of replies.
        """
        self.path = folder / FILE
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, kept REAL NOT NULL, used REAL NOT NULL, "
                "usd REAL NOT NULL, reply BLOB NOT NULL) WITHOUT ROWID"
            )
        except (OSError, sqlite3.Error) as error:
            raise BadInput(
                f"Replies can't be kept in {folder}: {error}; name a folder that can be written in the settings "
                "(model.replies), or use --no-reuse."
            ) from error

    def __enter__(self) -> Self:
        """Use as a context, to close."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def get(self, key: str) -> Kept | None:
        """The reply under a key; None if there is none, or none that can be read."""
        with self._lock:
            row = self._db.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            self._db.execute("UPDATE replies SET used = ? WHERE key = ?", (time.time(), key))
        try:
            return Kept.model_validate_json(zlib.decompress(row[0]))
        except (zlib.error, ValueError):
            return None

    def put(self, key: str, reply: Kept) -> None:
        """Keep a reply; the last one under a key stays."""
        data, now = zlib.compress(reply.model_dump_json().encode()), time.time()
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?)", (key, now, now, reply.usd, data))

    def extent(self) -> Extent:
        """How much is kept."""
        with self._lock:
            count, usd, oldest = self._db.execute("SELECT count(*), total(usd), min(kept) FROM replies").fetchone()
        files = (self.path, self.path.with_name(FILE + "-wal"))
        size = sum(file.stat().st_size for file in files if file.exists())
        return Extent(replies=count, bytes=size, usd=usd, oldest=oldest)

    def prune(self, unused_s: float) -> int:
        """Drop what nobody has used for so many seconds, and give the room back; how many replies that were."""
        with self._lock:
            gone = self._db.execute("DELETE FROM replies WHERE used < ?", (time.time() - unused_s,)).rowcount
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(gone)

    def clear(self) -> int:
        """Drop everything; how many replies that were."""
        return self.prune(-_PATIENCE_S)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()
