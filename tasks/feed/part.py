"""One split of one config, written row by row as Parquet files in a dataset's folder."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features

from tasks.record import Record

_FILE_BYTES = 500_000_000
"""Of one Parquet file at the most, before compression: what `datasets` itself takes."""
_GROUP_BYTES = 8_000_000
"""Of rows that are held until they are written: a row group."""


class Part(Record):
    """What a dataset's folder holds for one split of one config."""

    config: str
    split: str
    rows: int
    bytes: int
    """Of the Parquet files together."""
    pattern: str
    """Of the files' paths, relative to the folder."""


class PartWriter:
    """Writes a split as `<config>/<split>-00000-of-0000N.parquet`; nothing if it gets no row."""

    def __init__(self, folder: Path, config: str, split: str, features: Features) -> None:
        """Nothing is there yet."""
        self._folder, self._config, self._split = folder, config, split
        self._schema: pa.Schema = features.arrow_schema
        self._held: list[Mapping[str, Any]] = []
        self._held_bytes = self._file_bytes = self.rows = 0
        self._files: list[Path] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, row: Mapping[str, Any]) -> None:
        """One more row, of the features' columns."""
        self._held.append(row)
        self._held_bytes += _size(row)
        self.rows += 1
        if self._held_bytes >= _GROUP_BYTES:
            self._flush()

    def close(self) -> Part | None:
        """What was written; None if that is nothing."""
        self._flush()
        self._end_file()
        if not self.rows:
            return None
        size = 0
        for number, file in enumerate(self._files):
            named = file.with_name(f"{self._split}-{number:05}-of-{len(self._files):05}.parquet")
            size += file.rename(named).stat().st_size
        pattern = f"{self._config}/{self._split}-*.parquet"
        return Part(config=self._config, split=self._split, rows=self.rows, bytes=size, pattern=pattern)

    def abandon(self) -> None:
        """Let go of a file that is half written."""
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        if not self._held:
            return
        if self._writer is None:
            place = self._folder / self._config
            place.mkdir(parents=True, exist_ok=True)
            self._files.append(place / f"{self._split}-{len(self._files):05}.part")
            self._writer = pq.ParquetWriter(self._files[-1], self._schema, compression="zstd")
        self._writer.write_table(pa.Table.from_pylist(self._held, schema=self._schema))
        self._file_bytes += self._held_bytes
        self._held, self._held_bytes = [], 0
        if self._file_bytes >= _FILE_BYTES:
            self._end_file()

    def _end_file(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer, self._file_bytes = None, 0


@contextmanager
def writers(folder: Path, wanted: Mapping[tuple[str, str], Features]) -> Iterator[dict[tuple[str, str], PartWriter]]:
    """A writer for each config and split; none is left open."""
    with ExitStack() as stack:
        made = {}
        for (config, split), features in wanted.items():
            made[config, split] = writer = PartWriter(folder, config, split, features)
            stack.callback(writer.abandon)
        yield made


def _size(value: Any) -> int:
    """Bytes that a value takes, more or less."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_size(part) for part in value.values())
    return sum(_size(part) for part in value) if isinstance(value, list | tuple) else 8
