"""One row for each try of a call to a model: written as it happens, a Parquet file once the session ends."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from tasks.model.tokens import Counter
from tasks.record import Record
from tasks.rows import add_row, open_lines, write_whole, writing

LINES, TABLE = "usage.jsonl", "usage.parquet"
"""In the run's folder: the rows as they come, and all of them as a table."""

Outcome = Literal["ok", "reused", "rate_limited", "adapted", "failed", "timeout", "declined", "refused", "cancelled"]
"""`ok`: a reply came and was paid for, whatever it was worth; `fault` says that. `adapted`: the endpoint refused how it
was asked, and was asked again as it wants it; `fault` says how."""


class Entry(Record):
    """A try of a call, or a reply that was taken from the store."""

    time: float
    """Seconds since the epoch, when it began: when the endpoint was called, not when it was waited for."""
    stage: str
    role: str
    deployment: str
    model: str
    """LiteLLM's name, as in the settings, whatever the endpoint calls it."""
    prompt: str
    """The prompt's name and version, `repair@0123456789abcdef`."""
    candidate: int | None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    counted: Counter = "endpoint"
    """Who says how many tokens that were. Of a try that timed out or was cancelled the prompt's are counted here, and
    billed: nobody knows more."""
    usd: float = 0.0
    """What this try cost; 0 for one that was reused."""
    seconds: float = 0.0
    """That this try took."""
    attempt: int = 1
    """Which ask of one answer it was, from 1."""
    outcome: Outcome = "ok"
    reused: bool = False
    fault: str = ""
    """What was wrong: the kind of the reply's fault (`salvage.Fault`), or what an endpoint said that did not answer."""


class Ledger:
    """The rows of one run, those of earlier sessions included."""

    def __init__(self, folder: Path | None) -> None:
        """`folder`: the run's; None keeps nothing.

        Raises:
            BrokenRun: the disk does not take it.
        """
        self._folder = folder
        self._lines = None if folder is None else open_lines(folder / LINES)

    def add(self, entry: Entry) -> None:
        """Write a row; it is in the system's hands when this returns, so that a kill does not lose it.

        Raises:
            BrokenRun: the disk does not take it; what is spent could not be told any more.
        """
        if self._lines is not None:
            add_row(self._lines, entry)

    def close(self, task_ids: Mapping[int, str] | None = None) -> None:
        """Write the table of all sessions' rows; where there is none, no file stays. `task_ids`: of the candidates that
        became tasks.

        Raises:
            BrokenRun: the disk does not take it.
        """
        if self._lines is None or self._folder is None:
            return
        lines, self._lines = self._lines, None
        with writing(lines.name):
            lines.close()
            if next(read_entries(self._folder), None) is None:
                (self._folder / LINES).unlink(missing_ok=True)
                return
        write_table(self._folder, task_ids or {})


def read_entries(folder: Path) -> Iterator[Entry]:
    """The rows of a run's folder, in their order, if there are any. A line that a kill has cut off is left out."""
    path = folder / LINES
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            try:
                yield Entry.model_validate(json.loads(line))
            except ValueError:
                continue


def write_table(folder: Path, task_ids: Mapping[int, str]) -> None:
    """`usage.parquet` from `usage.jsonl`, whole or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = [
        {**entry.model_dump(), "task_id": task_ids.get(-1 if entry.candidate is None else entry.candidate)}
        for entry in read_entries(folder)
    ]
    for row in rows:
        row["time"] = int(row["time"] * 1e6)
    table = pa.Table.from_pylist(rows, schema=_schema(pa))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_whole(folder / TABLE, sink.getvalue().to_pybytes())


def spent_before(folder: Path) -> float:
    """Dollars that the run's earlier sessions have spent."""
    return sum(entry.usd for entry in read_entries(folder))


def now() -> float:
    """Seconds since the epoch."""
    return time.time()


def _schema(pa: Any) -> Any:
    text, count = pa.string(), pa.int64()
    return pa.schema(
        [
            ("time", pa.timestamp("us", tz="UTC")),
            *((name, text) for name in ("stage", "role", "deployment", "model", "prompt")),
            ("candidate", count),
            *((name, count) for name in ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")),
            ("counted", text),
            ("usd", pa.float64()),
            ("seconds", pa.float64()),
            ("attempt", pa.int32()),
            ("outcome", text),
            ("reused", pa.bool_()),
            ("fault", text),
            ("task_id", text),
        ]
    )
