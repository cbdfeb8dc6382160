"""The rows of files: JSON lines or Parquet, packed with gzip or Zstandard or not, in folders, or from a pipe.

What a file is, its first bytes say, whatever its name. A pipe can be read once; what has to be read from its end
(Parquet) is brought into a temporary file first.
"""

import io
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from tasks.errors import BadInput

LONGEST_LINE = 64 * 2**20
"""Bytes of a line at the most; what has no end is not data."""
LARGEST_SPOOL = 8 * 2**30
"""Bytes that are brought into a temporary file at the most."""
ENDINGS = tuple(f"{kind}{packed}" for kind in (".jsonl", ".ndjson", ".parquet") for packed in ("", ".gz", ".zst"))
"""Of files in a folder that are data, in small letters."""

_PARQUET = b"PAR1"
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_HEAD = 4
_BLOCK = 2**20

Row = tuple[str, dict[str, object]]
"""Where it stands, for a sentence, and its columns."""


def file_rows(path: Path | int, name: str, wanted: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a file or pipe.

    Args:
        path: the file, or the number of an open one, which stays open.
        name: what the user calls it.
        wanted: columns by preference; of Parquet, the first of them that is there is read alone.

    Raises:
        BadInput: it can't be read, or a line of it is broken.
    """
    import pyarrow as pa

    with ExitStack() as stack:
        try:
            raw = stack.enter_context(open(path, "rb", closefd=not isinstance(path, int)))
            yield from _rows(stack, raw, name, wanted)
        except (pa.ArrowException, EOFError) as error:
            raise BadInput(f"{name} is broken: {_first_line(error)}") from error
        except OSError as error:
            raise BadInput(f"{name} can't be read: {error.strerror or _first_line(error)}") from error


def folder_rows(folder: Path, name: str, wanted: tuple[str, ...]) -> Iterator[Row]:
    """The rows of all files of a folder, at any depth, in the order of their paths. A name that begins with a dot is
    no data: macOS and version control keep theirs so.

    Raises:
        BadInput: there is none, or as `file_rows`.
    """
    found = []
    for at, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        found += [Path(at) / one for one in files if not one.startswith(".") and one.lower().endswith(ENDINGS)]
    if not found:
        raise BadInput(f"{name} is a folder without *.jsonl or *.parquet; name a file or a Hub id instead")
    return chain.from_iterable(file_rows(path, path.relative_to(folder).as_posix(), wanted) for path in sorted(found))


def is_pipe(path: Path) -> bool:
    """Whether this is read once and from its beginning only: a pipe, a terminal, a device."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def _rows(stack: ExitStack, raw: BinaryIO, name: str, wanted: tuple[str, ...]) -> Iterator[Row]:
    import pyarrow as pa

    head, stream = _peeked(raw)
    packing = next((kind for magic, kind in _PACKED.items() if head.startswith(magic)), None)
    if packing:
        head, stream = _peeked(cast(Any, pa.CompressedInputStream(stream, packing)))
    if head != _PARQUET:
        return _json_lines(stream, name)
    if packing or not raw.seekable():
        return _parquet(_spooled(stack, stream, name), name, wanted)
    raw.seek(0)
    return _parquet(raw, name, wanted)


def _peeked(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream that has them still."""
    head = b""
    while len(head) < _HEAD and (more := stream.read(_HEAD - len(head))):
        head += more
    return head, cast(BinaryIO, io.BufferedReader(cast(Any, _Again(head, stream)), _BLOCK))


class _Again(io.RawIOBase):
    """A stream with what was read of it put back in front."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as there is something now."""
        part, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        part = part or self._read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def _read(self, most: int) -> bytes:
        read = getattr(self._stream, "read1", self._stream.read)
        return bytes(read(most))


def _spooled(stack: ExitStack, stream: BinaryIO, name: str) -> IO[bytes]:
    """The rest of a stream in a temporary file that is gone with the stack."""
    aside: IO[bytes] = stack.enter_context(tempfile.TemporaryFile(prefix="dojo-"))  # noqa: SIM115  the stack closes it
    while block := stream.read(_BLOCK):
        if aside.tell() > LARGEST_SPOOL:
            raise BadInput(f"{name} unpacks to more than {LARGEST_SPOOL // 2**30} GB; unpack it first")
        aside.write(block)
    aside.seek(0)
    return aside


def _json_lines(stream: BinaryIO, name: str) -> Iterator[Row]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        where = f"{name}, line {number}"
        if len(line) > LONGEST_LINE:
            raise BadInput(f"{where} is longer than {LONGEST_LINE // 2**20} MB: not JSON lines")
        if line.strip():
            yield where, _json_object(line, where)


def _json_object(line: bytes, where: str) -> dict[str, object]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(f"{where} is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{where} is broken: {getattr(error, 'msg', 'not JSON')}") from error
    if not isinstance(row, dict):
        raise BadInput(f"{where} is broken: it is not a JSON object")
    return row


def _parquet(stream: IO[bytes], name: str, wanted: tuple[str, ...]) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(stream) as file:
            columns = file.schema_arrow.names
            column = next((one for one in wanted if one in columns), None)
            if column is None:
                yield name, dict.fromkeys(columns)
                return
            number = 0
            for batch in file.iter_batches(batch_size=10_000, columns=[column]):
                for value in batch.column(0).to_pylist():
                    number += 1
                    yield f"{name}, row {number}", {column: value}
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{name} is a broken Parquet file: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:160]
