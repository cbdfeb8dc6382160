"""Replies that were paid for, kept by the content of what was asked: a SQLite file that processes can share.

A reply is written in one transaction when it has arrived. SQLite's write-ahead log keeps what was committed when a
process is killed, and lets others read and write meanwhile. The file says whose it is (SQLite's `application_id`) and
in which form (`user_version`); one that says otherwise is left alone.
"""

import hashlib
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tasks.content import canonical_json
from tasks.errors import BadInput, BrokenRun
from tasks.record import Record

FILE = "replies.sqlite"
_PATIENCE_S = 30
"""Longest wait for another process that writes."""
_FORM = 1
"""Of the file and of the keys; another one is not read."""
_OURS = int.from_bytes(b"dojo", "big")
"""SQLite's `application_id` of our files; it is 0 where a program gives none."""
_TABLE = (
    "CREATE TABLE replies (key TEXT PRIMARY KEY, kept REAL NOT NULL, used REAL NOT NULL, usd REAL NOT NULL, "
    "reply BLOB NOT NULL) WITHOUT ROWID"
)
_ELSEWHERE = "name a folder that can be written in the settings (model.replies), or use --no-reuse"
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


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


def key_of(
    models: tuple[str, ...],
    messages: object,
    parameters: Mapping[str, object],
    schema: object,
    extras: tuple[str, ...] = (),
) -> str:
    """SHA-256, in hex, of all that decides a reply: the models that may give it, the messages, the parameters (the
    sample's seed among them), the schema of the answer, and what deployments add to the parameters.

    How one endpoint wants to be told all that (`dialect`) is not in it.
    """
    asked = [_FORM, sorted(models), messages, dict(parameters), schema, *([sorted(extras)] if extras else [])]
    return hashlib.sha256(canonical_json(asked).encode("utf-8", "surrogatepass")).hexdigest()


class Store:
    """The replies of one folder. Safe to use from several threads and processes at once."""

    def __init__(self, folder: Path, way_out: str = _ELSEWHERE, patience_s: float = _PATIENCE_S) -> None:
        """Open the folder's file; it is made if there is none.

        Args:
            folder: made if it is not there.
            way_out: what the user can do if the folder can't be used, to end a sentence with.
            patience_s: longest wait for another process that writes.

        Raises:
            BadInput: the folder can't be written, or its file is no store of replies, or of another form.
        """
        self.path = folder / FILE
        self._way_out = way_out
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=patience_s, isolation_level=None, check_same_thread=False)
        except OSError as error:
            raise BadInput(f"Replies can't be kept in {folder}: {error.strerror}; {way_out}.") from error
        except sqlite3.Error as error:
            raise BadInput(self._trouble(error)) from error
        try:
            self._settle_in()
        except sqlite3.Error as error:
            self._db.close()
            raise BadInput(self._trouble(error)) from error
        except BadInput:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        """Use as a context, to close."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def get(self, key: str) -> Kept | None:
        """The reply under a key; None if there is none, or none that can be read.

        Raises:
            BrokenRun: the file can't be used any more; so with all that follows.
        """
        with self._at_work() as db:
            row = db.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            db.execute("UPDATE replies SET used = ? WHERE key = ?", (time.time(), key))
        try:
            return Kept.model_validate_json(zlib.decompress(row[0]))
        except (zlib.error, ValueError):
            return None

    def put(self, key: str, reply: Kept) -> None:
        """Keep a reply; the last one under a key stays."""
        data, now = zlib.compress(reply.model_dump_json().encode()), time.time()
        with self._at_work() as db:
            db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?)", (key, now, now, reply.usd, data))

    def extent(self) -> Extent:
        """How much is kept."""
        with self._at_work() as db:
            count, usd, oldest = db.execute("SELECT count(*), total(usd), min(kept) FROM replies").fetchone()
        files = (self.path, self.path.with_name(FILE + "-wal"))
        size = sum(file.stat().st_size for file in files if file.exists())
        return Extent(replies=count, bytes=size, usd=usd, oldest=oldest)

    def prune(self, unused_s: float) -> int:
        """Drop what nobody has used for so many seconds, and give the room back; how many replies that were."""
        with self._at_work() as db:
            gone = db.execute("DELETE FROM replies WHERE used < ?", (time.time() - unused_s,)).rowcount
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(gone)

    def clear(self) -> int:
        """Drop everything; how many replies that were."""
        return self.prune(-_PATIENCE_S)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _settle_in(self) -> None:
        """See whose file it is before anything of it is changed; a new one becomes ours.

        Another process may be at it too: each look is a transaction, or it would see half of what that one writes.
        """
        self._db.execute("BEGIN")
        ours = self._is_ours()
        self._db.execute("COMMIT")
        if not ours:
            self._db.execute("BEGIN IMMEDIATE")
            if not self._is_ours():
                self._db.execute(_TABLE.replace("TABLE", "TABLE IF NOT EXISTS", 1))
                self._db.execute(f"PRAGMA application_id={_OURS}")
                self._db.execute(f"PRAGMA user_version={_FORM}")
            self._db.execute("COMMIT")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")

    def _is_ours(self) -> bool:
        """Whether the file is a store of replies; False if it may become one.

        Raises:
            BadInput: it is something else.
        """
        (whose,), (form,) = (self._db.execute(f"PRAGMA {of}").fetchone() for of in ("application_id", "user_version"))
        tables = [sql for (sql,) in self._db.execute("SELECT sql FROM sqlite_master WHERE type = 'table'")]
        if whose == _OURS:
            if form != _FORM:
                raise BadInput(
                    f"{self.path} was written by another version of dojo (form {form}, this one reads {_FORM}); "
                    f"move it away, and a new one is begun, or {self._way_out}."
                )
            return True
        if whose or form or tables not in ([], [_TABLE]):  # ours had no mark once
            raise BadInput(f"{self.path} is a database of another program and is left alone; {self._way_out}.")
        return False

    @contextmanager
    def _at_work(self) -> Iterator[sqlite3.Connection]:
        """The file, for one thread at a time."""
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise BrokenRun(self._trouble(error)) from error

    def _trouble(self, error: sqlite3.Error) -> str:
        """What SQLite says, and the way out, in a sentence."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the higher bits tell kinds of a kind
        if code in _DAMAGED:
            return (
                f"{self.path} is damaged, or no file of replies ({error}); move it away, and a new one is begun, or "
                f"{self._way_out}."
            )
        if code == sqlite3.SQLITE_BUSY:
            return f"{self.path} is held by another process; try again when that has ended, or {self._way_out}."
        if code == sqlite3.SQLITE_FULL:
            return f"No room is left on the disk for {self.path}; make some, or {self._way_out}."
        return f"Replies can't be kept in {self.path.parent}: {error}; {self._way_out}."
