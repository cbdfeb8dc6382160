"""What the shards of a dataset say was accepted: the truth that the index can always be rebuilt from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from tasks.address import open_address
from tasks.dedupe.embed import Kind, normal_text, program_text
from tasks.record import Program, Ranked


@dataclass(frozen=True)
class Row:
    """One text of one accepted task; every task has two rows."""

    task_id: str
    run_id: str
    kind: Kind
    text: str
    """Normalised, as it is embedded."""


def rows_of(tasks: Sequence[Ranked], run_id: str) -> list[Row]:
    """The rows of accepted tasks. A task's program is its best version, which is what the shards keep of it."""
    rows = []
    for task in tasks:
        rows.append(Row(task.task_id, run_id, "problem", normal_text(task.problem.prompt)))
        rows.append(Row(task.task_id, run_id, "program", program_text(task.ladder.versions[0].program)))
    return rows


def count_accepted(dataset: str) -> int:
    """How many tasks the dataset's shards hold, by their Parquet footers; 0 if there are none."""
    files, shards = _shards(dataset)
    total = 0
    for public, _ in shards:
        with files.open(public) as stream:
            total += pq.read_metadata(stream).num_rows
    return total


def read_accepted(dataset: str) -> Iterator[list[Row]]:
    """The rows of all accepted tasks, a shard at a time."""
    files, shards = _shards(dataset)
    for public, private in shards:
        with files.open(private) as stream:
            truth = {t["task_id"]: t for t in _rows(stream, "task_id", "run_id", "ladder")}
        with files.open(public) as stream:
            tasks = _rows(stream, "task_id", "prompt", "completions")
        yield [row for task in tasks for row in _rows_of_shard(task, truth[task["task_id"]])]


def _rows_of_shard(task: dict[str, Any], truth: dict[str, Any]) -> tuple[Row, Row]:
    best = truth["ladder"][0]["completion_id"]
    files = next(c["files"] for c in task["completions"] if c["completion_id"] == best)
    program = Program.of((f["filename"], f["content"]) for f in files)
    return (
        Row(task["task_id"], truth["run_id"], "problem", normal_text(task["prompt"])),
        Row(task["task_id"], truth["run_id"], "program", program_text(program)),
    )


def _rows(stream: Any, *columns: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(stream, columns=list(columns)).to_pylist()
    return rows


def _shards(dataset: str) -> tuple[Any, list[tuple[str, str]]]:
    """The file system, and the (public, private) paths of every shard that has both, as readers see them."""
    files, root = open_address(dataset)
    folder = f"{root}/public"
    if not files.isdir(folder):
        return files, []
    names = sorted(str(path).rsplit("/", 1)[-1] for path in files.ls(folder, detail=False))
    shards = [name[len("tasks-") :] for name in names if name.startswith("tasks-") and name.endswith(".parquet")]
    pairs = [(f"{folder}/tasks-{name}", f"{root}/private/truth-{name}") for name in shards]
    return files, [(public, private) for public, private in pairs if files.exists(private)]
