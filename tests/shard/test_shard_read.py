from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import BadInput
from tasks.shard.read import check_version, count_rows, find_task, need_tasks, read_side
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, ranked, rejected


@pytest.fixture
def dataset(tmp_path: Path) -> str:
    write_shard(str(tmp_path), "s-1", RUN, [ranked(2)], [], tmp_path)
    write_shard(str(tmp_path), "s-0", RUN, [ranked(0), ranked(1)], [rejected(3)], tmp_path)
    return str(tmp_path)


def test_all_shards_come_back_in_order(dataset: str) -> None:
    expected = [ranked(i).task_id for i in range(3)]
    assert read_side(dataset, "public").column("task_id").to_pylist() == expected
    assert read_side(dataset, "private").column("task_id").to_pylist() == expected
    assert read_side(dataset, "rejected", ["stage"]).to_pylist() == [{"stage": "render"}]
    counts = need_tasks(dataset)
    assert (counts.tasks, counts.rejected, counts.shards) == (3, 1, 2)


def test_a_task_is_found_with_its_truth(dataset: str) -> None:
    found = find_task(dataset, ranked(1).task_id)
    assert found is not None
    public, private = found
    assert public["title"] == ranked(1).problem.title and private["seed"] == 1001
    assert find_task(dataset, "nobody") is None


def test_a_task_without_its_truth_is_not_seen(dataset: str) -> None:
    (Path(dataset) / "private" / "truth-s-1.parquet").unlink()
    assert count_rows(dataset).tasks == 2
    assert read_side(dataset, "public").num_rows == 2
    assert find_task(dataset, ranked(2).task_id) is None


def test_an_absent_dataset_is_empty(tmp_path: Path) -> None:
    check_version(str(tmp_path / "nothing"))
    assert count_rows(str(tmp_path / "nothing")).tasks == 0
    assert read_side(str(tmp_path / "nothing"), "public", ["task_id"]).column_names == ["task_id"]

    with pytest.raises(BadInput, match=r"no accepted task in .*nothing"):
        need_tasks(str(tmp_path / "nothing"))


@pytest.mark.parametrize("side", ["public/tasks-x", "private/truth-x", "rejected/rejected-x"])
def test_another_schema_version_is_refused(dataset: str, side: str) -> None:
    schema = pa.schema([("task_id", pa.string())], metadata={"dojo_schema_version": "9"})
    pq.write_table(schema.empty_table(), Path(dataset) / f"{side}.parquet")
    with pytest.raises(BadInput, match=r"schema version 9 .* version 2; choose another folder"):
        check_version(dataset)


def test_a_file_that_is_no_shard_is_named(dataset: str) -> None:
    (Path(dataset) / "public" / "tasks-y.parquet").write_bytes(b"not parquet at all")
    with pytest.raises(BadInput, match=r"public/tasks-y\.parquet .* is not a Parquet file"):
        read_side(dataset, "public")
