"""Shards back as tables. A public shard counts only when its truth is there: no reader sees a task without it."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.address import open_address
from tasks.errors import BadInput
from tasks.record import Record, Seal
from tasks.shard.old import upgraded
from tasks.shard.schema import OLD_VERSION, PREFIX, SCHEMA_VERSION, SCHEMAS, SIDES, VERSION_KEY, Side

Pair = tuple[dict[str, Any], dict[str, Any]]
"""The public and the private row of a task."""


class Counts(Record):
    """How much a dataset holds."""

    tasks: int
    rejected: int
    shards: int
    """Files with accepted tasks."""


def check_version(dataset: str, *, writing: bool = False) -> None:
    """Refuse a dataset that this code can't read, or can't write to; an empty or absent one is fine.

    Raises:
        BadInput: a shard is of another schema version, or no shard at all; `writing`: also of an older one.
    """
    files, root = open_address(dataset)
    for side in SIDES:
        for name in _names(files, root, side):
            version = _version_of(files, dataset, f"{root}/{side}/{name}", f"{side}/{name}")
            if writing and version == str(OLD_VERSION):
                raise BadInput(
                    f"{dataset} holds shards of schema version {OLD_VERSION} ({side}/{name}), without natural versions "
                    f"and seals; `dojo publish` and `dojo report` read it, new tasks need another folder."
                )


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
    wanted = pa.schema([schema.field(name) for name in columns or schema.names])
    tables = [_read(files, path, wanted) for path in _paths(files, root, side)]
    return pa.concat_tables(tables) if tables else wanted.empty_table()


def read_pairs(dataset: str) -> Iterator[Pair]:
    """Every accepted task with its truth, one shard in memory at a time; rows of schema 1 in the form of schema 2.

    Raises:
        BadInput: as `check_version`.
    """
    check_version(dataset)
    files, root = open_address(dataset)
    for path in _paths(files, root, "public"):
        beside = _beside(path, root)
        old = _version_of(files, dataset, path, path) == str(OLD_VERSION)
        with files.open(beside) as stream:
            truth = {row["task_id"]: row for row in pq.read_table(stream).to_pylist()}
        with files.open(path) as stream:
            for batch in pq.ParquetFile(stream).iter_batches(batch_size=64):
                for public in batch.to_pylist():
                    private = truth[public["task_id"]]
                    yield public, upgraded(private, public) if old else private


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


def read_seals(dataset: str) -> Iterator[tuple[str, Seal]]:
    """Id and seal of every task that has one, one shard in memory at a time.

    Raises:
        BadInput: as `check_version`.
    """
    for _, private in read_pairs(dataset):
        if private["seal_template"] is not None:
            yield private["task_id"], Seal.model_validate_json(private["seal_template"])


def find_task(dataset: str, task_id: str) -> Pair | None:
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
            if private is None:
                return None
            return public, upgraded(private, public) if private["schema_version"] == OLD_VERSION else private
    return None


def pick_rows(dataset: str, side: Side, task_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The rows of some tasks on one side as they are stored, by id; of tasks that the dataset lacks there is none.

    Raises:
        BadInput: as `check_version`.
    """
    check_version(dataset)
    files, root = open_address(dataset)
    rows: list[dict[str, Any]] = []
    for path in _paths(files, root, side):
        with files.open(path) as stream:
            rows += pq.read_table(stream, filters=[("task_id", "in", list(task_ids))]).to_pylist() if task_ids else []
    return {row["task_id"]: row for row in rows}


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


def _version_of(files: Any, dataset: str, path: str, shown: str) -> str:
    try:
        with files.open(path) as stream:
            metadata = pq.read_schema(stream).metadata or {}
    except pa.ArrowInvalid as error:
        raise BadInput(f"{shown} in {dataset} is not a Parquet file; move it away or choose another folder.") from error
    version = str(metadata.get(VERSION_KEY, b"none").decode("ascii", "replace"))
    if version not in (str(SCHEMA_VERSION), str(OLD_VERSION)):
        raise BadInput(
            f"{dataset} holds shards of schema version {version} ({shown}) and this dojo reads and writes version "
            f"{SCHEMA_VERSION}; choose another folder."
        )
    return version


def _rows_in(files: Any, path: str) -> int:
    with files.open(path) as stream:
        return int(pq.read_metadata(stream).num_rows)


def _read(files: Any, path: str, wanted: pa.Schema) -> pa.Table:
    """The columns that are wanted; what an old shard has not is null."""
    with files.open(path) as stream:
        held = pq.ParquetFile(stream)
        there = [name for name in wanted.names if name in held.schema_arrow.names]
        table = held.read(columns=there)
    for name in wanted.names:
        if name not in there:
            table = table.append_column(
                wanted.field(name).with_nullable(True), pa.nulls(len(table), wanted.field(name).type)
            )
    return table.select(wanted.names)


def _pick(files: Any, path: str, task_id: str) -> dict[str, Any] | None:
    with files.open(path) as stream:
        rows: list[dict[str, Any]] = pq.read_table(stream, filters=[("task_id", "==", task_id)]).to_pylist()
    return rows[0] if rows else None
