"""Shards back as tables. A public shard counts only when its truth is there: no reader sees a task without it."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.address import open_address
from tasks.errors import BadInput
from tasks.record import Record
from tasks.shard.schema import PREFIX, SCHEMA_VERSION, SCHEMAS, SIDES, VERSION_KEY, Side


class Counts(Record):
    """How much a dataset holds."""

    tasks: int
    rejected: int
    shards: int
    """Files with accepted tasks."""


def check_version(dataset: str) -> None:
    """Refuse a dataset that this code can't read; an empty or absent one is fine.

    Raises:
        BadInput: a shard is of another schema version, or no shard at all.
    """
    files, root = open_address(dataset)
    for side in SIDES:
        for name in _names(files, root, side):
            _check_file(files, dataset, f"{root}/{side}/{name}", f"{side}/{name}")


def count_rows(dataset: str) -> Counts:
    """Tasks, rejected candidates and shards, by the files' footers."""
    files, root = open_address(dataset)
    tasks = [_rows_in(files, path) for path in _paths(files, root, "public")]
    return Counts(
        tasks=sum(tasks),
        rejected=sum(_rows_in(files, path) for path in _paths(files, root, "rejected")),
        shards=len(tasks),
    )


def read_side(dataset: str, side: Side, columns: list[str] | None = None) -> pa.Table:
    """All rows of one side, shards in the order of their names; no rows if there is no shard.

    Raises:
        BadInput: as `check_version`.
    """
    check_version(dataset)
    files, root = open_address(dataset)
    schema = SCHEMAS[side]
    tables = [_read(files, path, columns) for path in _paths(files, root, side)]
    if not tables:
        return schema.empty_table().select(columns or schema.names)
    return pa.concat_tables(tables)


def need_tasks(dataset: str) -> Counts:
    """What a dataset with something in it holds.

    Raises:
        BadInput: there is no accepted task, or as `check_version`.
    """
    check_version(dataset)
    counts = count_rows(dataset)
    if not counts.tasks:
        raise BadInput(f"There is no accepted task in {dataset}; give a folder that `dojo generate --out` has written.")
    return counts


def find_task(dataset: str, task_id: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The public and the private row of a task; None if the dataset has no such task.

    Raises:
        BadInput: as `check_version`.
    """
    check_version(dataset)
    files, root = open_address(dataset)
    for path in _paths(files, root, "public"):
        public = _pick(files, path, task_id)
        if public is not None:
            private = _pick(files, _beside(path, root), task_id)
            return (public, private) if private is not None else None
    return None


def _names(files: Any, root: str, side: Side) -> list[str]:
    folder = f"{root}/{side}"
    if not files.isdir(folder):
        return []
    names = (str(path).rstrip("/").rsplit("/", 1)[-1] for path in files.ls(folder, detail=False))
    return sorted(name for name in names if name.startswith(PREFIX[side]) and name.endswith(".parquet"))


def _paths(files: Any, root: str, side: Side) -> Iterator[str]:
    """Paths of one side's shards; a task's two sides are only there together."""
    for name in _names(files, root, side):
        path = f"{root}/{side}/{name}"
        if side == "rejected" or files.exists(_beside(path, root)):
            yield path


def _beside(path: str, root: str) -> str:
    """The path of the other half of a public or private shard."""
    side, name = path.removeprefix(f"{root}/").split("/")
    here, there = ("public", "private") if side == "public" else ("private", "public")
    return f"{root}/{there}/{PREFIX[there]}{name.removeprefix(PREFIX[here])}"  # type: ignore[index]


def _check_file(files: Any, dataset: str, path: str, shown: str) -> None:
    try:
        with files.open(path) as stream:
            metadata = pq.read_schema(stream).metadata or {}
    except pa.ArrowInvalid as error:
        raise BadInput(f"{shown} in {dataset} is not a Parquet file; move it away or choose another folder.") from error
    version = metadata.get(VERSION_KEY, b"none").decode("ascii", "replace")
    if version != str(SCHEMA_VERSION):
        raise BadInput(
            f"{dataset} holds shards of schema version {version} ({shown}) and this dojo reads and writes version "
            f"{SCHEMA_VERSION}; choose another folder."
        )


def _rows_in(files: Any, path: str) -> int:
    with files.open(path) as stream:
        return int(pq.read_metadata(stream).num_rows)


def _read(files: Any, path: str, columns: list[str] | None) -> pa.Table:
    with files.open(path) as stream:
        return pq.ParquetFile(stream).read(columns=columns)


def _pick(files: Any, path: str, task_id: str) -> dict[str, Any] | None:
    with files.open(path) as stream:
        rows: list[dict[str, Any]] = pq.read_table(stream, filters=[("task_id", "==", task_id)]).to_pylist()
    return rows[0] if rows else None
