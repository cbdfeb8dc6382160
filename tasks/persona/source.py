"""Reads personas, whatever they are kept in, into one `Pool` of clean and distinct texts.

A persona is untrusted text that ends up in a prompt: here it is stripped of control characters and held to a length;
that it stays data and never becomes an instruction is the problem room's part.
"""

import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

from tasks.address import home_expanded, is_text
from tasks.errors import BadInput
from tasks.persona.files import Row, file_rows, folder_rows, is_pipe
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

MISSING, BLANK, LONG = "missing", "blank", f"longer than {LONGEST:,} characters"
"""Why a row is left out."""

_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*(:[\w.-]+)?")
_FILE_SUFFIXES = {".jsonl", ".json", ".ndjson", ".parquet", ".csv", ".txt", ".gz", ".zst"}
_STDIN = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_STDIN_NAME = "standard input"
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

    __slots__ = ("bounded", "left_out", "name", "rows", "texts")

    def __init__(
        self,
        name: str,
        texts: tuple[str, ...],
        rows: int,
        left_out: Mapping[str, int] | None = None,
        bounded: bool = False,
    ) -> None:
        """A pool.

        Args:
            name: `starter`, a file's or folder's own name, `standard input`, `a pipe`, or a Hub id.
            texts: clean and distinct, at least one; their order is the source's and nothing may depend on it.
            rows: rows read, those that were left out or said the same as another included.
            left_out: how many rows were, and why.
            bounded: whether the source goes on after `rows`, so that the draw is from its beginning only.
        """
        self.name = name
        self.texts = texts
        self.rows = rows
        self.left_out: dict[str, int] = dict(left_out or {})
        self.bounded = bounded

    @property
    def remark(self) -> str:
        """What was left out, in one sentence; empty if nothing was."""
        return left_out(self.left_out, self.rows)


def read_pool(source: str, max_rows: int = MAX_ROWS) -> Pool:
    """Read a source to its end, or to `max_rows`.

    Args:
        source: `starter`; a path of JSON lines or Parquet, packed or not; a pipe, or `-` for standard input; a folder
            of such files, or one that `datasets` saved; or a Hub dataset id, `owner/name` or `owner/name:config`. A
            path that exists wins over a Hub id.
        max_rows: rows read at the most, from the beginning.

    Raises:
        BadInput: no such source, a broken line (named by file and number), no persona column (the columns found are
            named), nothing usable in it, or a dataset that can't be had from the Hub.
    """
    name, rows = _open(source)
    texts: dict[str, None] = {}
    read = 0
    lost: Counter[str] = Counter()
    for value in islice(rows, max_rows):
        read += 1
        text = clean(value) if value is not None else ""
        if value is None or not text:
            lost[MISSING if value is None else BLANK] += 1
        elif len(text) > LONGEST:
            lost[LONG] += 1
        else:
            texts[text] = None
    if not texts:
        why = f": none of its {read} rows has one ({_reasons(lost)})" if read else ""
        raise BadInput(f"{name} holds no personas{why}; choose another source with --personas")
    bounded = next(rows, _END) is not _END
    return Pool(name=name, texts=tuple(texts), rows=read, left_out=lost, bounded=bounded)


def left_out(lost: Mapping[str, int], rows: int) -> str:
    """`9 of 10 personas are longer than 2,000 characters and were left out.`; empty if none was."""
    some = sum(lost.values())
    if not some:
        return ""
    of = f"{some:,} of {rows:,} personas"
    if len(lost) == 1:
        return f"{of} {'is' if some == 1 else 'are'} {next(iter(lost))} and {'was' if some == 1 else 'were'} left out."
    return f"{of} were left out: {_reasons(lost)}."


def _reasons(lost: Mapping[str, int]) -> str:
    most_first = sorted(lost.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{count:,} {'is' if count == 1 else 'are'} {why}" for why, count in most_first)


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
    if source == STARTER:
        return STARTER, _personas(file_rows(ROOT / "personas" / "starter.jsonl", STARTER, COLUMNS))
    if not is_text(source):
        raise BadInput(f"--personas {source} is not in UTF-8, in which a run is recorded; rename that")
    if source in _STDIN:
        if sys.stdin is not None and sys.stdin.isatty():
            raise BadInput(f"--personas {source} reads standard input, and that is a terminal; send it a file with <")
        return _STDIN_NAME, _personas(file_rows(0, _STDIN_NAME, COLUMNS))
    path = home_expanded(source)
    try:
        if path.is_file() or is_pipe(path):
            name = "a pipe" if is_pipe(path) else path.name
            return name, _personas(file_rows(path, name, COLUMNS))
        if source and path.is_dir():
            name = path.resolve().name
            saved = is_saved_dataset(path)
            return name, _personas(_named(saved_rows(path), name) if saved else folder_rows(path, name, COLUMNS))
    except OSError as error:
        raise BadInput(f"{source} can't be read: {error.strerror}") from error
    if _HUB_ID.fullmatch(source) and path.suffix.lower() not in _FILE_SUFFIXES:
        return source, _personas(_named(hub_rows(source), source))
    raise BadInput(f"no personas at {source}: give `{STARTER}`, a JSONL or Parquet file, or a Hub id like owner/name")


def _named(rows: Iterator[dict[str, object]], name: str) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        yield f"{name}, row {number}", row


def _personas(rows: Iterator[Row]) -> Iterator[str | None]:
    """Each row's persona. Files of one folder may name their columns each as they like; a file does it once."""
    column, file = "", None
    for where, row in rows:
        if file != (file := where.rpartition(", ")[0]):
            column = persona_column(list(row), where.removesuffix(", row 1"))
        if column not in row:
            raise BadInput(f"{where} has no `{column}`, which the lines before it have")
        yield _text(row[column], column, where)


def _text(value: object, column: str, where: str) -> str | None:
    """A persona's text. NaN is how pandas writes that there is none; columns of bytes are texts that were not said to
    be."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadInput(f"{where}: `{column}` is not UTF-8 text") from error
    raise BadInput(f"{where}: `{column}` is not text but {type(value).__name__}")
