import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset
from PIL import Image

from tasks.bundle import bundle
from tasks.errors import BrokenRun
from tasks.record import Edit, Ranked, Rejected, Repair, Seal
from tasks.rows import save_rows
from tasks.seal.keys import Traced, trace
from tasks.seal.page import opened
from tasks.shard.task import shard_batch
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, ranked, rejected


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = tmp_path / "shots"
    folder.mkdir()
    return folder


def test_a_task_comes_back_as_it_was(tmp_path: Path, shots: Path) -> None:
    task = ranked(1, shots)
    paths = write_shard(str(tmp_path / "d"), "s-0", RUN, [task], [], shots)
    public = pq.read_table(tmp_path / "d" / "public" / "tasks-s-0.parquet").to_pylist()[0]
    private = pq.read_table(tmp_path / "d" / "private" / "truth-s-0.parquet").to_pylist()[0]

    assert public["prompt"] == task.problem.prompt and public["schema_version"] == 2
    assert set(public) == {"task_id", "schema_version", "topic", "title", "prompt", "completions"}
    by_id = {c["completion_id"]: {f["filename"]: f["content"] for f in c["files"]} for c in public["completions"]}
    for version, row in zip(task.ladder.versions, private["ladder"], strict=True):
        assert row["rank"] == version.rank
        assert row["q"] == version.render.quality.q
        assert list(by_id[row["completion_id"]]) == ["index.html"]
        assert opened(by_id[row["completion_id"]]["index.html"]) == bundle(version.program)
        assert row["files"] == [f.model_dump() for f in version.program.files]
        assert [Edit.model_validate(edit) for edit in json.loads(row["edits"])] == list(version.edits)
    assert private["clean"] == [f.model_dump() for f in task.program.files] and private["clean_q"] == 1.0
    assert Seal.model_validate_json(private["seal_template"]) == task.ladder.seal
    assert Repair.model_validate(json.loads(private["repairs"])[0]) == task.repairs[0]
    assert json.loads(private["problem"])["checks"][0]["id"] == "start"
    assert json.loads(private["models"]) == ["offline"]
    assert private["created_at"] == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert (private["nearest_task_id"], private["nearest_similarity"]) == ("other", 0.5)
    assert paths.rejected is None and len(paths.media) == 4


def test_the_columns_are_those_of_the_contract(tmp_path: Path, shots: Path) -> None:
    write_shard(str(tmp_path), "s", RUN, [ranked(0, shots)], [rejected(1)], shots)
    public = pq.read_schema(tmp_path / "public" / "tasks-s.parquet")
    private = pq.read_schema(tmp_path / "private" / "truth-s.parquet")
    assert public.field("schema_version").type == pa.int32()
    assert private.field("created_at").type == pa.timestamp("us", tz="UTC")
    assert private.field("ladder").type.value_type.field("rank").type == pa.int8()
    assert [f.name for f in private.field("ladder").type.value_type] == [
        "completion_id", "rank", "q", "q_function", "q_visual", "q_performance", "q_accessibility",
        "checks_passed", "checks_total", "edits", "files",
    ]  # fmt: skip
    assert private.names == [
        "task_id", "schema_version", "run_id", "persona", "problem", "clean", "clean_q", "ladder",
        "seal_template", "spread", "repairs", "models", "prompt_tokens",
        "completion_tokens", "usd", "repair_rounds", "nearest_task_id", "nearest_similarity", "seed",
        "config_hash", "trace_id", "created_at",
    ]  # fmt: skip
    lost = pq.read_table(tmp_path / "rejected" / "rejected-s.parquet").to_pylist()[0]
    assert lost["reason"] == "fewer than 4 checks" and lost["usd"] == 0.25 and len(lost["files"]) == 3


def test_datasets_loads_the_public_shards(tmp_path: Path, shots: Path) -> None:
    for shard in range(2):
        write_shard(str(tmp_path), f"s-{shard}", RUN, [ranked(2 * shard + i, shots) for i in range(2)], [], shots)
    rows = load_dataset(
        "parquet", data_files=str(tmp_path / "public" / "*.parquet"), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert rows.num_rows == 4 and len(rows[0]["completions"]) == 4
    assert {f["filename"] for f in rows[0]["completions"][0]["files"]} == {"index.html"}


def test_the_place_of_the_best_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "order.key").write_text("a key of the test")
    write_shard(str(tmp_path), "s", RUN, [ranked(i) for i in range(400)], [], tmp_path)
    rows = pq.read_table(tmp_path / "public" / "tasks-s.parquet", columns=["completions"]).to_pylist()
    truth = pq.read_table(tmp_path / "private" / "truth-s.parquet", columns=["ladder"]).to_pylist()
    places: list[Counter[int]] = [Counter() for _ in range(4)]
    for row, true in zip(rows, truth, strict=True):
        order = [c["completion_id"] for c in row["completions"]]
        for rung in true["ladder"]:
            places[rung["rank"]][order.index(rung["completion_id"])] += 1
    for counts in places:
        assert sum((counts[place] - 100) ** 2 / 100 for place in range(4)) < 16.3  # chi-squared, 3 degrees, p = 0.001


def test_what_was_given_out_is_traced(tmp_path: Path) -> None:
    tasks = [ranked(i) for i in range(3)]
    write_shard(str(tmp_path), "s", RUN, tasks, [], tmp_path)
    key = (tmp_path / "private" / "order.key").read_bytes()
    seals = [(task.task_id, task.ladder.seal) for task in tasks]
    truth = pq.read_table(tmp_path / "private" / "truth-s.parquet").to_pylist()
    ranks = {rung["completion_id"]: (row["task_id"], rung["rank"]) for row in truth for rung in row["ladder"]}
    for row in pq.read_table(tmp_path / "public" / "tasks-s.parquet").to_pylist():
        for completion in row["completions"]:
            task_id, rank = ranks[completion["completion_id"]]
            assert trace(completion["files"][0]["content"], key, seals, 1) == Traced(task_id, rank, 0)


def test_knowing_all_seeds_does_not_tell_the_order(tmp_path: Path) -> None:
    tasks = [ranked(i) for i in range(6)]
    for copy in ("one", "other"):
        write_shard(str(tmp_path / copy), "s", RUN, tasks, [], tmp_path)
    ids = [
        {c["completion_id"] for row in table.to_pylist() for c in row["completions"]}
        for copy in ("one", "other")
        for table in [pq.read_table(tmp_path / copy / "public" / "tasks-s.parquet")]
    ]
    drawn = {version.completion_id for task in tasks for version in task.ladder.versions}
    assert len(ids[0]) == 24 and not ids[0] & ids[1] and not (ids[0] | ids[1]) & drawn


def test_written_twice_is_the_same_shard(tmp_path: Path, shots: Path) -> None:
    batch = [ranked(0, shots), ranked(1, shots)]
    first = write_shard(str(tmp_path / "d"), "s", RUN, batch, [rejected(2)], shots)
    before = {p: p.read_bytes() for p in sorted((tmp_path / "d").rglob("*")) if p.is_file()}
    assert write_shard(str(tmp_path / "d"), "s", RUN, batch, [rejected(2)], shots) == first
    assert {p: p.read_bytes() for p in sorted((tmp_path / "d").rglob("*")) if p.is_file()} == before
    assert len(before) == 3 + 8 + 1


def test_a_public_task_never_comes_before_its_truth(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "private").write_text("a file where the folder of the truth should be")
    with pytest.raises(BrokenRun, match=r"private.* can't be written"):
        write_shard(str(tmp_path / "d"), "s", RUN, [ranked(0)], [], tmp_path)
    assert not (tmp_path / "d" / "public").exists()


def test_a_full_disk_is_a_sentence_and_leaves_no_half_file(tmp_path: Path, shots: Path) -> None:
    aside = tmp_path / "private" / f".truth-s.parquet.{os.getpid()}.tmp"
    aside.parent.mkdir()
    aside.symlink_to("/dev/full")
    with pytest.raises(BrokenRun, match=r"No room is left on the disk for .*private/truth-s\.parquet"):
        write_shard(str(tmp_path), "s", RUN, [ranked(0, shots)], [], shots)
    assert [path.name for path in aside.parent.iterdir()] == ["order.key"]
    assert not (tmp_path / "public").exists()


def test_a_missing_screenshot_stops_the_shard(tmp_path: Path, shots: Path) -> None:
    task = ranked(0, shots)
    (shots / "0-2.png").unlink()
    with pytest.raises(BrokenRun, match=r"0-2\.png"):
        write_shard(str(tmp_path / "d"), "s", RUN, [task], [], shots)
    assert not (tmp_path / "d" / "public").exists()


def test_screenshots_become_webp(tmp_path: Path, shots: Path) -> None:
    paths = write_shard(str(tmp_path), "s", RUN, [ranked(0, shots)], [], shots)
    truth = pq.read_table(tmp_path / "private" / "truth-s.parquet").to_pylist()[0]
    assert list(paths.media) == [f"media/{truth['task_id']}/{rung['completion_id']}.webp" for rung in truth["ladder"]]
    for path in paths.media:
        with Image.open(tmp_path / path) as image:
            assert (image.format, image.size) == ("WEBP", (64, 48))


def test_any_fsspec_address_will_do(shots: Path) -> None:
    write_shard("memory://somewhere/set", "s", RUN, [ranked(0, shots)], [rejected(1)], shots)
    files = fsspec.filesystem("memory")
    found = sorted(path for path in files.find("/somewhere/set") if not path.endswith(".webp"))
    assert found == [
        "/somewhere/set/private/order.key",
        "/somewhere/set/private/truth-s.parquet",
        "/somewhere/set/public/tasks-s.parquet",
        "/somewhere/set/rejected/rejected-s.parquet",
    ]
    files.rm("/somewhere", recursive=True)


async def test_the_task_writes_a_batch_from_rows(tmp_path: Path, shots: Path) -> None:
    rows: list[Ranked] = [ranked(0, shots), ranked(1, shots)]
    lost: list[Rejected] = [rejected(3), rejected(2)]
    tasks = save_rows(tmp_path / "ranked.jsonl", rows)
    early, late = save_rows(tmp_path / "a.jsonl", lost[:1]), save_rows(tmp_path / "b.jsonl", lost[1:])
    paths = await shard_batch.fn(str(tmp_path / "d"), "s-0", RUN, tasks, [early, late], shots)
    assert paths.public == "public/tasks-s-0.parquet" and len(paths.media) == 8
    table = pq.read_table(tmp_path / "d" / "rejected" / "rejected-s-0.parquet")
    assert table.column("candidate").to_pylist() == [2, 3]
