"""Reads personas, whatever they are kept in, into one `Pool` of clean and distinct texts.

A persona is untrusted text that ends up in a prompt: here it is stripped of control characters and held to a length;
that it stays data and never becomes an instruction is the problem room's part.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from tasks.errors import BadInput
from tasks.persona.hub import hub_rows, is_saved_dataset, saved_rows
from tasks.settings import ROOT

STARTER = "starter"
"""The source that means this project's own set."""
COLUMNS = ("persona", "input persona")
"""Where a persona stands in a row, by preference: in PersonaHub and FinePersonas, and in sets made from PersonaHub."""
MAX_ROWS = 200_000
"""Rows read of any source at the most, from its beginning; as many as PersonaHub's config `persona` has."""
LONGEST = 2_000
"""Characters of a persona at the most; the longest of 4,000 rows of PersonaHub has 425."""

_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*(:[\w.-]+)?")
_FILE_SUFFIXES = {".jsonl", ".json", ".ndjson", ".parquet", ".csv", ".txt", ".gz"}
_KEPT = ("*.jsonl", "*.parquet")
_PARQUET_MAGIC = b"PAR1"
_UNSEEN = {"Cc", "Cs", "Co"}
"""Unicode categories that no reader sees: control, surrogate, private use. Unassigned ones stay: which they are depends
on the version of Python."""
_TURNS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that reorder what is shown, so that a text can read otherwise than it is."""


class Pool:
    """The personas of one source.

    A plain class and no dataclass, for Prefect walks through every element of a dataclass that a task is given, which
    takes seconds for 200,000 texts.
    """

    __slots__ = ("bounded", "name", "rows", "skipped", "texts")

    def __init__(self, name: str, texts: tuple[str, ...], rows: int, skipped: int = 0, bounded: bool = False) -> None:
        """A pool.

        Args:
            name: `starter`, a file's or folder's own name, or a Hub id.
            texts: clean and distinct, at least one; their order is the source's and nothing may depend on it.
            rows: rows read, those that were skipped or said the same as another included.
            skipped: rows whose persona is missing, blank or longer than `LONGEST` characters.
            bounded: whether the source goes on after `rows`, so that the draw is from its beginning only.
        """
        self.name = name
        self.texts = texts
        self.rows = rows
        self.skipped = skipped
        self.bounded = bounded


def read_pool(source: str, max_rows: int = MAX_ROWS) -> Pool:
    """Read a source to its end, or to `max_rows`.

    Args:
        source: `starter`; a path of JSON lines or Parquet; a folder of such files, or one that `datasets` saved; or a
            Hub dataset id, `owner/name` or `owner/name:config`. A path that exists wins over a Hub id.
        max_rows: rows read at the most, from the beginning.

    Raises:
        BadInput: no such source, a broken line (named by file and number), no persona column (the columns found are
            named), nothing usable in it, or a dataset that can't be had from the Hub.
    """
    name, rows = _open(source)
    texts: dict[str, None] = {}
    read = skipped = 0
    for value in islice(rows, max_rows):
        read += 1
        text = clean(value) if value is not None else ""
        if 0 < len(text) <= LONGEST:
            texts[text] = None
        else:
            skipped += 1
    bounded = next(rows, _END) is not _END
    if not texts:
        why = f": none of its {read} rows has a persona of 1 to {LONGEST} characters" if read else ""
        raise BadInput(f"{name} holds no personas{why}; choose another source with --personas")
    return Pool(name=name, texts=tuple(texts), rows=read, skipped=skipped, bounded=bounded)


def clean(text: str) -> str:
    """A persona as one line of visible text: runs of white space made blanks, control and direction marks removed."""
    kept = (c for c in text if c.isspace() or (unicodedata.category(c) not in _UNSEEN and c not in _TURNS))
    return " ".join("".join(kept).split())


def persona_column(columns: list[str], where: str) -> str:
    """Which of a source's columns holds the personas.

    Raises:
        BadInput: none does.
    """
    found = next((column for column in COLUMNS if column in columns), None)
    if found is None:
        wanted = " or ".join(f"`{column}`" for column in COLUMNS)
        listed = ", ".join(f"`{column}`" for column in columns[:12]) or "none"
        raise BadInput(f"{where} has no column {wanted}; its columns are: {listed}")
    return found


_END = object()


def _open(source: str) -> tuple[str, Iterator[str | None]]:
    """The source's name, and its personas one by one."""
    path = ROOT / "personas" / "starter.jsonl" if source == STARTER else Path(source)
    if path.is_file():
        return STARTER if source == STARTER else path.name, _file(path)
    if source and path.is_dir():
        name = path.resolve().name
        return name, _personas(saved_rows(path), name) if is_saved_dataset(path) else _folder(path, name)
    if _HUB_ID.fullmatch(source) and path.suffix.lower() not in _FILE_SUFFIXES:
        return source, _personas(hub_rows(source), source)
    raise BadInput(f"no personas at {source}: give `{STARTER}`, a JSONL or Parquet file, or a Hub id like owner/name")


def _folder(path: Path, name: str) -> Iterator[str | None]:
    """The files of a dataset as repositories keep them: at the top or one folder down."""
    files = sorted(file for kind in _KEPT for file in (*path.glob(kind), *path.glob(f"*/{kind}")))
    if not files:
        raise BadInput(f"{name} is a folder without *.jsonl or *.parquet; name a file or a Hub id instead")
    return chain.from_iterable(_file(file) for file in files)


def _file(path: Path) -> Iterator[str | None]:
    try:
        with path.open("rb") as file:
            packed = file.read(len(_PARQUET_MAGIC)) == _PARQUET_MAGIC
    except OSError as error:
        raise BadInput(f"{path.name} can't be read: {error.strerror}") from error
    return _parquet(path) if packed else _json_lines(path)


def _json_lines(path: Path) -> Iterator[str | None]:
    column = None
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            where = f"{path.name}, line {number}"
            row = _json_object(line, where)
            column = column or persona_column(list(row), where)
            if column not in row:
                raise BadInput(f"{where} has no `{column}`, which the lines before it have")
            yield _text(row[column], column, where)


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


def _parquet(path: Path) -> Iterator[str | None]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            column = persona_column(file.schema_arrow.names, path.name)
            row = 0
            for batch in file.iter_batches(batch_size=10_000, columns=[column]):
                for value in batch.column(0).to_pylist():
                    row += 1
                    yield _text(value, column, f"{path.name}, row {row}")
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path.name} is a broken Parquet file: {str(error).splitlines()[0]}") from error


def _personas(rows: Iterator[dict[str, object]], name: str) -> Iterator[str | None]:
    column = None
    for number, row in enumerate(rows, start=1):
        column = column or persona_column(list(row), name)
        yield _text(row.get(column), column, f"{name}, row {number}")


def _text(value: object, column: str, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise BadInput(f"{where}: `{column}` is not text but {type(value).__name__}")
