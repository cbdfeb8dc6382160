"""Pages from tables: rows of Parquet or of JSON lines with a problem and a page.

A row has a `problem` (JSON text, or an object; it may be empty) and its page in one of `files`, `clean` or `html`; so
the private and the rejected shards of a dataset can be read, too.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tasks.errors import BadInput
from tasks.program.given.entries import Place, plain, reading
from tasks.program.given.page import Page, page_of
from tasks.program.given.problem import problem_of

TABLES = (".parquet", ".jsonl", ".ndjson")
"""Endings of tables in a folder; a file that is named itself is told by its first bytes."""
PAGES = ("files", "clean", "html")
"""Columns that hold a page, by preference: a list of filename and content, the same in our shards, one HTML text."""
NAMES = ("name", "task_id")
"""Columns that name a row, by preference."""
MAGIC = b"PAR1"
_LONGEST_LINE = 16_000_000
"""Bytes of a line of JSON: a page and its problem have at most about two million, some escaped."""
_LONGEST_NAME = 120
_VERSION_KEY = b"dojo_schema_version"
"""Where our shards keep the version of their columns."""


def pages_of_table(place: Place, below: str) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """The pages of a file in its order, and a sentence if rows without a page were left out.

    Raises:
        BadInput: the file is broken, has no column with pages, or a row is malformed.
    """
    where = place.shown(below)
    with reading(place, below), place.files.open(place.path(below), "rb") as stream:
        packed = stream.read(len(MAGIC)) == MAGIC
        stream.seek(0)
        pages, empty = [], 0
        for at, row in _parquet(stream, where) if packed else _lines(stream, where):
            page = _page(row, at)
            if page is None:
                empty += 1
            else:
                pages.append(page)
    rows = f"{empty:,} of its {empty + len(pages):,} rows"
    hold = "holds no page and was" if empty == 1 else "hold no page and were"
    notes = (f"{where}: {rows} {hold} left out.",) if empty else ()
    return tuple(pages), notes


def _page(row: Mapping[str, Any], where: str) -> Page | None:
    """The page of a row; None if there is none."""
    column = next((name for name in PAGES if row.get(name)), None)
    if column is None:
        return None
    given = row.get("problem")
    if isinstance(given, str) and given.strip():
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{where}: `problem` is no JSON ({error}); mend it, or leave it empty to have one "
                           "written.") from error  # fmt: skip
    problem, told = problem_of(_without_nulls(given), f"{where}, problem") if given else (None, ())
    name = next((row[key] for key in NAMES if isinstance(row.get(key), str) and row[key].strip()), where)
    notes = tuple(f"{where}: {one}" for one in told)
    return page_of(
        plain(" ".join(name.split()))[:_LONGEST_NAME], where, _files(row[column], column, where), problem, notes
    )


def _files(given: object, column: str, where: str) -> list[tuple[str, str]]:
    """Name and content of each file of a row."""
    if isinstance(given, str):
        if column == "html":
            return [("index.html", given)]
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            given = None
    pairs: list[tuple[object, object]] = []
    if isinstance(given, Mapping):
        pairs = list(given.items())
    elif isinstance(given, list) and all(isinstance(one, Mapping) for one in given):
        pairs = [(one.get("filename"), one.get("content")) for one in given]
    files = [(name, content) for name, content in pairs if isinstance(name, str) and isinstance(content, str)]
    if column == "html" or not files or len(files) < len(pairs):
        wanted = "one text" if column == "html" else "a list of objects with `filename` and `content`, both text"
        raise BadInput(f"{where}: `{column}` is not {wanted}; write it so.")
    return files


def _parquet(stream: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(stream) as file:
            schema = file.schema_arrow
            _need_page(schema.names, where, (schema.metadata or {}).get(_VERSION_KEY))
            columns = [name for name in ("problem", *PAGES, *NAMES) if name in schema.names]
            number = 0
            for batch in file.iter_batches(batch_size=100, columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{where}, row {number}", row
    except (pa.ArrowException, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())[:200].rstrip(".")
        raise BadInput(f"{where} is a broken Parquet file ({said}); write it again.") from error


def _lines(stream: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        at = f"{where}, line {number}"
        if len(line) >= _LONGEST_LINE:
            raise BadInput(f"{at} is longer than {_LONGEST_LINE:,} bytes; write one page a line.")
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise BadInput(f"{at} is not UTF-8 text; name a Parquet file, or one of JSON lines.") from error
        except (ValueError, RecursionError) as error:
            said = getattr(error, "msg", "nested too deep")
            raise BadInput(f"{at} is no JSON ({said}); name a Parquet file, or one of JSON lines.") from error
        if not isinstance(row, dict):
            raise BadInput(f"{at} is no JSON object; write one with `problem` and `files`.")
        _need_page(list(row), at, None)
        yield at, row


def _need_page(columns: list[str], where: str, version: bytes | None) -> None:
    """Refuse rows that can't have a page, by the names of their columns."""
    if any(name in columns for name in PAGES):
        return
    if version == b"1" and "ladder" in columns:
        raise BadInput(f"{where} is a shard of schema version 1, which does not keep the clean programs; name one of "
                       "version 2, or the folders of the pages.")  # fmt: skip
    listed = ", ".join(f"`{name}`" for name in columns[:12]) or "none"
    wanted = ", ".join(f"`{name}`" for name in PAGES[:-1])
    raise BadInput(f"{where} has no column {wanted} or `{PAGES[-1]}`; its columns are: {listed}.")


def _without_nulls(value: Any) -> Any:
    """A struct of Parquet has every field of all its rows; those that are null were not said."""
    if isinstance(value, Mapping):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value
