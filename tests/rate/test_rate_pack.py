"""`dojo rate export`: a pack holds what is public, and nothing else."""

import json
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import BadInput
from tasks.rate.form import render_form
from tasks.rate.pack import LETTERS, choose_tasks, page_hash
from tasks.shard.read import read_pairs
from tests.rate.conftest import TASKS, run
from tests.shard.specimens import ranked


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_pack_holds_the_sealed_pages_and_says_which(dataset: Path, pack: Path) -> None:
    told = json.loads((pack / "pack.json").read_text("utf-8"))
    assert set(told) == {"format", "pack_id", "dataset_id", "tasks"}
    pairs = {public["task_id"]: public for public, _ in read_pairs(str(dataset))}
    assert {task["task_id"] for task in told["tasks"]} == set(pairs)
    for number, task in enumerate(told["tasks"], 1):
        public = pairs[task["task_id"]]
        assert set(task) == {"number", "task_id", "title", "prompt", "pages"}
        assert (task["number"], task["title"], task["prompt"]) == (number, public["title"], public["prompt"])
        sealed = {one["completion_id"]: one["files"][0]["content"] for one in public["completions"]}
        assert set(task["pages"]) == set(LETTERS)
        for letter, page in task["pages"].items():
            text = (pack / "pages" / str(number) / f"{letter}.html").read_text("utf-8")
            assert text == sealed[page["completion_id"]] and page["sha256"] == page_hash(text)
    assert set(files_of(pack)) == {
        *("index.html", "pack.json"),
        *(f"pages/{number}/{letter}.html" for number in range(1, TASKS + 1) for letter in LETTERS),
    }


def test_nothing_of_the_private_side_is_in_any_byte(dataset: Path, pack: Path) -> None:
    everything = b"\n".join(files_of(pack).values())
    for _, private in read_pairs(str(dataset)):
        for rung in private["ladder"]:
            for secret in (rung["q"], rung["q_function"], rung["q_visual"], rung["q_performance"]):
                assert secret == 1 or f"{secret}".encode() not in everything
            for edit in json.loads(rung["edits"]):
                assert edit["note"].encode() not in everything and edit["mutator"].encode() + b'"' not in everything
        assert private["persona"].encode() not in everything and private["run_id"].encode() not in everything
    assert (dataset / "private" / "order.key").read_bytes().strip() not in everything
    for word in (b"rank", b"ladder", b'"q"', b"edits", b"persona"):
        assert word not in everything


def test_a_pack_is_the_same_whatever_the_order_is(dataset: Path, pack: Path, tmp_path: Path) -> None:
    """Ranks, measures and edits turned round on the private side change no byte of it."""
    other = shutil.copytree(dataset, tmp_path / "other")
    (path,) = (other / "private").glob("*.parquet")
    table = pq.read_table(path)
    turned = table.to_pylist()
    for row in turned:
        for rung in row["ladder"]:
            rung.update(rank=3 - rung["rank"], q=1 - rung["q"], edits="[]")
        row["ladder"].reverse()
    pq.write_table(pa.Table.from_pylist(turned, schema=table.schema), path)
    run("export", other, "--to", tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(pack)


def test_the_order_of_the_pages_is_the_seeds(dataset: Path, pack: Path, tmp_path: Path) -> None:
    orders = set()
    for seed in range(4):
        run("export", dataset, "--to", tmp_path / str(seed), "--seed", seed)
        told = json.loads((tmp_path / str(seed) / "pack.json").read_text("utf-8"))
        orders.add(tuple(page["completion_id"] for task in told["tasks"] for page in task["pages"].values()))
    assert len(orders) == 4
    assert files_of(tmp_path / "0") == files_of(pack)


def test_letters_say_nothing_of_ranks() -> None:
    """Over many seeds each rank stands under each letter about as often."""
    from tasks.rate.pack import _shuffled

    task = ranked(0)
    ranks = {version.completion_id: version.rank for version in task.ladder.versions}
    row = {
        "task_id": task.task_id,
        "completions": [
            {"completion_id": one, "files": [{"filename": "index.html", "content": ""}]} for one in sorted(ranks)
        ],
    }
    seen = Counter(
        (place, ranks[completion])
        for seed in range(1000)
        for place, (completion, _) in enumerate(_shuffled(row, seed)[1])
    )
    assert len(seen) == 16 and all(190 < count < 310 for count in seen.values())


def test_tasks_are_chosen_evenly_over_topics() -> None:
    topics = {f"t{n}": "games" if n < 90 else ("tools", "science")[n % 2] for n in range(100)}
    chosen = choose_tasks(topics, 12, 1, "D")
    assert Counter(topics[task] for task in chosen) == {"games": 4, "tools": 4, "science": 4}
    assert chosen == choose_tasks(topics, 12, 1, "D") != choose_tasks(topics, 12, 2, "D")
    assert len(choose_tasks(topics, None, 1, "D")) == 40
    assert sorted(choose_tasks(topics, 100, 1, "D")) == sorted(topics)


@pytest.mark.parametrize("wanted", [0, -1, TASKS + 1])
def test_more_tasks_than_there_are(dataset: Path, tmp_path: Path, wanted: int) -> None:
    with pytest.raises(BadInput, match=rf"--tasks is {wanted}, and .* holds 3 tasks; ask for 1 to 3\."):
        run("export", dataset, "--to", tmp_path / "pack", "--tasks", wanted)
    assert not (tmp_path / "pack").exists()


def test_a_place_that_is_not_empty_is_refused(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    for place in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(BadInput, match="is there and not an empty folder; choose"):
            run("export", dataset, "--to", place)
    assert files_of(tmp_path) == {"mine.txt": b"mine"}
    (tmp_path / "empty").mkdir()
    run("export", dataset, "--to", tmp_path / "empty", "--tasks", 1)
    assert len(files_of(tmp_path / "empty")) == 6


def test_a_dataset_of_schema_1_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"tasks of schema 1 .* are not sealed, .* take a dataset"):
        run("export", Path(__file__).parent.parent / "shard" / "old", "--to", tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


def test_a_dataset_without_its_key_is_refused(dataset: Path, tmp_path: Path) -> None:
    other = shutil.copytree(dataset, tmp_path / "other")
    (other / "private" / "order.key").unlink()
    with pytest.raises(BadInput, match=r"There is no private/order\.key in"):
        run("export", other, "--to", tmp_path / "pack")


def test_no_text_of_a_task_becomes_markup() -> None:
    hostile = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> {{ 7 * 7 }} \u2028"
    task = {"number": 1, "task_id": "t", "title": hostile, "prompt": hostile, "pages": {}}
    form = render_form({"pack_id": hostile, "dataset_id": hostile, "format": 1, "tasks": [task]}, [[hostile] * 4])

    class Scripts(HTMLParser):
        found: list[str] = []  # noqa: RUF012 - one parser

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            if tag in ("script", "img"):
                self.found.append(tag)

    Scripts().feed(form)
    assert Scripts.found == ["script"] * 4 and "alert(1)</script>" not in form
