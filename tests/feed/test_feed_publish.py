import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import load_dataset
from prefect.utilities.callables import parameter_schema

from flows.publish import publish
from tasks.errors import BadInput, BrokenRun, Missing
from tasks.feed.message import files_of
from tasks.feed.publish import check_request, publish_tables
from tasks.feed.training import split_of
from tasks.record import task_id_of
from tasks.settings import ROOT
from tasks.shard.read import read_side
from tasks.shard.write import write_shard
from tests.feed.local_hub import LocalHub
from tests.shard.specimens import RUN, problem, program, ranked, rejected

TASKS = 24


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("dataset")
    for shard in range(3):
        tasks = [ranked(i) for i in range(8 * shard, 8 * shard + 8)]
        write_shard(str(folder), f"s-{shard}", RUN, tasks, [rejected(100 + shard)], folder)
    return str(folder)


def put(dataset: str, purpose: Any, **where: Any) -> Any:
    request = check_request(purpose, where.get("repo"), where.get("to"), where.get("reveal", False))
    return publish_tables(request, "da7a", read_side(dataset, "public"), read_side(dataset, "private"), 3)


def front_matter(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])
    return card


def loaded(folder: Path, cache: Path, *config: str) -> Any:
    return load_dataset(str(folder), *config, cache_dir=str(cache))


def test_labelling_loads_and_holds_the_public_columns_only(dataset: str, tmp_path: Path) -> None:
    put(dataset, "labelling", to=str(tmp_path / "out"))
    rows = loaded(tmp_path / "out", tmp_path / "cache")["train"]
    assert rows.column_names == ["task_id", "schema_version", "topic", "title", "prompt", "completions"]
    assert rows.to_list() == read_side(dataset, "public").to_pylist() and rows.num_rows == TASKS
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert b"lighthouse" not in everything and b"mutator" not in everything


def test_preference_rows_prefer_the_better_page(dataset: str, tmp_path: Path) -> None:
    put(dataset, "training", to=str(tmp_path / "out"), reveal=True)
    splits = loaded(tmp_path / "out", tmp_path / "cache", "preference")
    pages = {
        program.text("script.js"): v for t in range(TASKS) for v in ranked(t).ladder.versions for program in [v.program]
    }
    seen = 0
    for rows in splits.values():
        assert rows.column_names == ["prompt", "chosen", "rejected", "margin"]
        for row in rows:
            chosen, worse = (pages[dict(files_of(row[side]))["script.js"]] for side in ("chosen", "rejected"))
            assert chosen.rank < worse.rank
            assert row["margin"] == pytest.approx(chosen.render.quality.q - worse.render.quality.q)
            seen += 1
    assert seen == 6 * TASKS


def test_sft_rows_are_the_best_pages(dataset: str, tmp_path: Path) -> None:
    put(dataset, "training", to=str(tmp_path / "out"), reveal=True)
    splits = loaded(tmp_path / "out", tmp_path / "cache", "sft")
    best = {ranked(t).problem.prompt: ranked(t).ladder.versions[0].program for t in range(TASKS)}
    rows = [row for split in splits.values() for row in split]
    assert len(rows) == TASKS
    for row in rows:
        page = {f.filename: f.content.rstrip("\n") + "\n" for f in best[row["prompt"]].files}
        assert dict(files_of(row["completion"])) == page


def test_a_task_is_in_one_split_of_both_configs(dataset: str, tmp_path: Path) -> None:
    put(dataset, "training", to=str(tmp_path / "out"), reveal=True)
    expected = {problem(t).prompt: split_of(task_id_of(problem(t), program(t))) for t in range(TASKS)}
    for config in ("preference", "sft"):
        found = loaded(tmp_path / "out", tmp_path / "cache", config)
        assert {row["prompt"]: split for split, rows in found.items() for row in rows} == expected
    shares = [split_of(f"task {n}") for n in range(5000)]
    assert 0.08 < shares.count("test") / 5000 < 0.12


def test_the_card_is_the_data(dataset: str, tmp_path: Path) -> None:
    put(dataset, "training", to=str(tmp_path / "out"), reveal=True)
    head, text = front_matter(tmp_path / "out"), (tmp_path / "out" / "README.md").read_text()
    assert [config["config_name"] for config in head["configs"]] == ["preference", "sft"]
    assert head["license"] == "mit" and head["size_categories"] == ["n<1K"] and "dpo" in head["tags"]
    assert "| games | 6 |" in text and "| offline | 24 |" in text and "6.00 US dollars" in text
    assert "| 0 | 0.950 | 0.950 | 0.950 | 100 % |" in text and "spans 0.450" in text
    assert "reveals the order" in text and "3 further candidates" in text


def test_it_is_written_whole_or_not_at_all(dataset: str, tmp_path: Path) -> None:
    public = read_side(dataset, "public").drop_columns(["completions"])
    with pytest.raises(KeyError):
        request = check_request("labelling", None, str(tmp_path / "out"), False)
        publish_tables(request, "da7a", public, read_side(dataset, "private"), 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("purpose", "wish", "sentence"),
    [
        ("labelling", {}, r"one of the two"),
        ("labelling", {"repo": "a/b", "to": "c"}, r"one of the two"),
        ("training", {"to": "nowhere"}, r"reveals the order .* --reveal"),
        ("labelling", {"repo": "no name at all"}, r"no name at all.* organisation/name"),
        ("labelling", {"repo": "bare"}, r"bare.* organisation/name"),
        ("labelling", {"repo": ""}, r"organisation/name"),
        ("labelling", {"repo": "a/b/c"}, r"a/b/c.* organisation/name"),
        ("labelling", {"to": ""}, r"path of a local folder"),
        ("labelling", {"to": "s3://bucket/x"}, r"s3://bucket/x.* local folder"),
        ("labelling", {"to": "x", "visibility": "private"}, r"--private is for a dataset on the Hub"),
    ],
)
def test_options_that_do_not_go_together_are_refused(purpose: Any, wish: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        check_request(purpose, wish.get("repo"), wish.get("to"), False, wish.get("visibility"))


def test_a_full_folder_is_left_alone(dataset: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"no dojo published it.* --take-over"):
        put(dataset, "labelling", to=str(tmp_path))
    with pytest.raises(BadInput, match="is not a folder"):
        put(dataset, "labelling", to=str(tmp_path / "mine.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert put(dataset, "labelling", to=str(tmp_path / "empty")).parts[0].rows == TASKS


def test_what_is_pushed_loads(dataset: str, tmp_path: Path, hub: LocalHub) -> None:
    published = put(dataset, "labelling", repo="lab/pages")
    assert published.where == f"{hub.url}/datasets/lab/pages/commit/{hub.repos['lab/pages'].commits[-1]}"
    assert len(hub.repos["lab/pages"].commits) == 2
    rows = loaded(hub.download("lab/pages", tmp_path / "got"), tmp_path / "cache")["train"]
    assert rows.num_rows == TASKS and 'load_dataset("lab/pages"' in (tmp_path / "got" / "README.md").read_text()


def test_a_token_without_access_is_refused(dataset: str, hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_reader")
    with pytest.raises(BadInput, match=r"does not let this token write to lab/pages"):
        put(dataset, "labelling", repo="lab/pages")
    assert hub.repos == {}


def test_a_hub_that_fails_is_named(dataset: str, hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.broken = True
    with pytest.raises(BrokenRun, match="status 500"):
        put(dataset, "labelling", repo="lab/pages")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(BrokenRun, match=r"push to the Hub failed \(ConnectError\); lab/pages is not published"):
        put(dataset, "labelling", repo="lab/pages")


def test_without_a_token_nothing_is_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(Missing, match="set HF_TOKEN"):
        check_request("labelling", "lab/pages", None, False)


def test_the_flow_goes_from_shards_to_a_folder(dataset: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "flows.cli", "publish", dataset, "--as", "labelling", "--to", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{TASKS} rows of default/train" in done.stdout
    assert loaded(out, tmp_path / "cache")["train"].num_rows == TASKS


def test_every_parameter_of_the_flow_is_described() -> None:
    parameters = parameter_schema(publish).model_dump()["properties"]
    assert list(parameters) == ["dataset", "as_", "repo", "to", "reveal", "visibility", "take_over"]
    assert all(parameter["description"] for parameter in parameters.values())
    assert parameters["as_"]["enum"] == ["labelling", "training"]
    assert {"enum": ["private", "public"], "type": "string"} in parameters["visibility"]["anyOf"]
