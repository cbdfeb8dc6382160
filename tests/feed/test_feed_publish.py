import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import Dataset, load_dataset
from prefect.utilities.callables import parameter_schema

from flows.publish import publish
from tasks.errors import BadInput, BrokenRun, Missing
from tasks.feed.message import files_of
from tasks.feed.publish import check_request, publish_pairs
from tasks.feed.training import TRAINING, split_of, training_rows
from tasks.record import Version, task_id_of
from tasks.settings import ROOT
from tasks.shard.read import read_pairs, read_side
from tasks.shard.write import write_shard
from tests.feed.local_hub import LocalHub
from tests.shard.specimens import RUN, problem, program, ranked, rejected

TASKS = 24
OLD = str(Path(__file__).parents[1] / "shard" / "old")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("dataset")
    for shard in range(3):
        tasks = [ranked(i) for i in range(8 * shard, 8 * shard + 8)]
        write_shard(str(folder), f"s-{shard}", RUN, tasks, [rejected(100 + shard)], folder)
    return str(folder)


def put(dataset: str, purpose: Any, **where: Any) -> Any:
    request = check_request(purpose, where.get("repo"), where.get("to"), where.get("reveal", False))
    return publish_pairs(request, "da7a", read_pairs(dataset), 3)


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


def rows_of(dataset: str, tmp_path: Path, config: str) -> list[dict[str, Any]]:
    put(dataset, "training", to=str(tmp_path / "out"), reveal=True)
    splits = loaded(tmp_path / "out", tmp_path / "cache", config)
    for rows in splits.values():
        assert rows.features == TRAINING[config]
    return [row for rows in splits.values() for row in rows]


def pages() -> dict[str, dict[str, Version]]:
    """By prompt and script, the versions."""
    return {
        task.problem.prompt: {v.program.text("script.js") or "": v for v in task.ladder.versions}
        for task in map(ranked, range(TASKS))
    }


def test_preference_rows_prefer_the_better_page(dataset: str, tmp_path: Path) -> None:
    rows, known = rows_of(dataset, tmp_path, "preference"), pages()
    assert len(rows) == 6 * TASKS
    for row in rows:
        chosen, worse = (known[row["prompt"]][script_of(row[side])] for side in ("chosen", "rejected"))
        assert chosen.rank < worse.rank
        assert row["margin"] == pytest.approx(chosen.render.quality.q - worse.render.quality.q)
        assert "dojo seal" not in row["chosen"] + row["rejected"]


def test_conversations_say_the_same(dataset: str, tmp_path: Path) -> None:
    told = rows_of(dataset, tmp_path, "preference_messages")
    plain = {
        (row["prompt"], row["chosen"], row["rejected"]): row["margin"]
        for row in rows_of(dataset, tmp_path, "preference")
    }
    assert len(told) == 6 * TASKS
    for row in told:
        (asked,), (chosen,), (rejected,) = row["prompt"], row["chosen"], row["rejected"]
        assert (asked["role"], chosen["role"], rejected["role"]) == ("user", "assistant", "assistant")
        assert plain[asked["content"], chosen["content"], rejected["content"]] == row["margin"]


def test_sft_rows_are_the_clean_pages(dataset: str, tmp_path: Path) -> None:
    clean = {ranked(t).problem.prompt: ranked(t).program for t in range(TASKS)}
    rows = rows_of(dataset, tmp_path, "sft")
    assert len(rows) == TASKS
    for row in rows:
        page = {f.filename: f.content.rstrip("\n") + "\n" for f in clean[row["prompt"]].files}
        assert dict(files_of(row["completion"])) == page


def test_ranked_rows_fall_from_best_to_worst(dataset: str, tmp_path: Path) -> None:
    rows = rows_of(dataset, tmp_path, "ranked")
    assert len(rows) == TASKS
    for row in rows:
        assert [one["name"] for one in row["programs"]] == [
            "rank 0",
            "rank 1",
            "rank 2",
            "rank 3",
        ]  # 0 is the clean one
        assert [one["q"] for one in row["programs"]] == [0.95, 0.8, 0.65, 0.5]
        assert row["programs"][1]["q_function"] == 0.8 and row["programs"][1]["q_accessibility"] == 0.8


def test_unpaired_rows_say_what_is_good(dataset: str, tmp_path: Path) -> None:
    rows, known = rows_of(dataset, tmp_path, "unpaired"), pages()
    assert len(rows) == 4 * TASKS
    assert all(row["label"] == (known[row["prompt"]][script_of(row["completion"])].rank == 0) for row in rows)


def test_a_critique_says_what_is_wrong_where_and_how_it_is_mended(dataset: str, tmp_path: Path) -> None:
    rows = rows_of(dataset, tmp_path, "critique")
    clean = {ranked(t).problem.prompt: ranked(t).program for t in range(TASKS)}
    assert len(rows) == 3 * TASKS
    for row in rows:
        (fault,) = row["faults"]
        script = script_of(row["completion"])
        assert (fault["family"], fault["file"], fault["notice"]) == ("performance", "script.js", "Start answers late.")
        assert script.splitlines()[fault["first_line"] - 1].startswith("window.delay")
        mended = patched(tmp_path, script, fault["patch"])
        assert mended == clean[row["prompt"]].text("script.js")


def test_a_repair_gives_the_draft_what_was_found_and_the_patch(dataset: str, tmp_path: Path) -> None:
    rows = rows_of(dataset, tmp_path, "repair")
    clean = {ranked(t).problem.prompt: ranked(t).program for t in range(TASKS)}
    assert len(rows) == TASKS
    for row in rows:
        assert row["findings"] == ["script.js:2: start is not defined"]
        draft = script_of(row["draft"])
        assert "function strat" in draft
        assert patched(tmp_path, draft, row["patch"]) == clean[row["prompt"]].text("script.js")


def script_of(message: str) -> str:
    return dict(files_of(message))["script.js"]


def patched(folder: Path, text: str, patch: str) -> str:
    """A file as `patch` leaves it."""
    (folder / "script.js").write_text(text, "utf-8")
    subprocess.run(["patch", "-s", "-p1", "script.js"], cwd=folder, input=patch, text=True, check=True)
    return (folder / "script.js").read_text("utf-8")


def test_what_old_rows_lack_is_said_in_the_output_and_in_the_card(tmp_path: Path) -> None:
    for purpose, said in (("training", "q of their clean programs"), ("labelling", "their pages are not sealed")):
        request = check_request(purpose, None, str(tmp_path / purpose), purpose == "training")  # type: ignore[arg-type]
        published = publish_pairs(request, "da7a", read_pairs(OLD), 0)
        (note,) = published.notes
        assert note.startswith("2 tasks are of schema 1") and said in note and note in str(published)
        card = (tmp_path / purpose / "README.md").read_text()
        assert note in card and "is one sealed page" not in card


def test_a_program_alone_is_not_ranked(dataset: str, tmp_path: Path) -> None:
    public, private = next(read_pairs(dataset))
    lone = [rung if rung["rank"] == 1 else rung | {"files": None} for rung in private["ladder"]]
    rows = list(training_rows(public, private | {"clean_q": None, "ladder": lone}))
    assert {config for config, _ in rows} == {"sft", "unpaired", "critique", "repair"}


def test_a_clean_program_that_is_no_rank_is_the_best_of_five(dataset: str) -> None:
    public, private = next(read_pairs(dataset))
    clean = [file | {"content": file["content"] + "\n"} for file in private["clean"]]
    best, *others = private["ladder"]
    ladder = [best | {"edits": others[0]["edits"]}, *others]
    rows = list(training_rows(public, private | {"clean": clean, "clean_q": 0.999, "ladder": ladder}))
    (ranked_row,) = [row for config, row in rows if config == "ranked"]
    assert [one["name"] for one in ranked_row["programs"]] == ["clean", "rank 0", "rank 1", "rank 2", "rank 3"]
    assert len([row for config, row in rows if config == "preference"]) == 10
    assert [row["label"] for config, row in rows if config == "unpaired"] == [True, False, False, False, False]


def test_memory_does_not_grow_with_the_tasks(dataset: str, tmp_path: Path) -> None:
    pairs = list(read_pairs(dataset))
    held = []

    def many(count: int) -> Iterator[Any]:
        for n in range(count):
            public, private = pairs[n % TASKS]
            held.append(len(gc.get_objects()))
            yield {**public, "task_id": f"t{n}"}, {**private, "task_id": f"t{n}"}

    publish_pairs(check_request("training", None, str(tmp_path / "out"), True), "da7a", many(600), 0)
    assert held[-1] < 1.3 * max(held[100:300])


def test_trl_takes_the_rows(dataset: str, tmp_path: Path) -> None:
    trl = pytest.importorskip("trl.data_utils", reason="the optional group `trl` is not installed")
    put(dataset, "training", to=str(tmp_path / "out"), reveal=True)

    def one(config: str) -> dict[str, Any]:
        row: dict[str, Any] = loaded(tmp_path / "out", tmp_path / "cache", config)["train"][0]
        return row

    talk = one("preference_messages")
    assert trl.is_conversational(talk) and not trl.is_conversational(one("preference"))
    assert trl.is_conversational_from_value(talk) is False
    pair = {key: one("preference")[key] for key in ("prompt", "chosen", "rejected")}
    assert set(trl.maybe_unpair_preference_dataset(Dataset.from_list([pair])).column_names) == {
        "prompt",
        "completion",
        "label",
    }
    assert set(trl.maybe_extract_prompt(talk)) >= {"prompt", "chosen", "rejected"}


def test_a_task_is_in_one_split_of_both_configs(dataset: str, tmp_path: Path) -> None:
    put(dataset, "training", to=str(tmp_path / "out"), reveal=True)
    expected = {problem(t).prompt: split_of(task_id_of(problem(t), program(t))) for t in range(TASKS)}
    for config in ("preference", "sft", "critique"):
        found = loaded(tmp_path / "out", tmp_path / "cache", config)
        assert {row["prompt"]: split for split, rows in found.items() for row in rows} == expected
    shares = [split_of(f"task {n}") for n in range(5000)]
    assert 0.08 < shares.count("test") / 5000 < 0.12


def test_the_card_is_the_data(dataset: str, tmp_path: Path) -> None:
    put(dataset, "training", to=str(tmp_path / "out"), reveal=True)
    head, text = front_matter(tmp_path / "out"), (tmp_path / "out" / "README.md").read_text()
    assert [config["config_name"] for config in head["configs"]] == list(TRAINING)
    assert head["license"] == "mit" and head["size_categories"] == ["n<1K"] and "dpo" in head["tags"]
    assert "| games | 6 |" in text and "| offline | 24 |" in text and "6.00 US dollars" in text
    assert "| 0 | 0.950 | 0.950 | 0.950 | 100 % |" in text and "spans 0.450" in text
    assert "reveals the order" in text and "3 further candidates" in text


def test_it_is_written_whole_or_not_at_all(dataset: str, tmp_path: Path) -> None:
    pairs = [
        ({key: public[key] for key in public if key != "completions"}, private)
        for public, private in read_pairs(dataset)
    ]
    with pytest.raises(KeyError):
        publish_pairs(check_request("labelling", None, str(tmp_path / "out"), False), "da7a", pairs, 0)
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
