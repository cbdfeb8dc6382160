"""A run that is refused leaves nothing, and one that breaks after something was made of it says that it has stopped."""

import json
import os
import subprocess
import sys
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

from flows.order import place_order, record_status
from flows.tools import door, open_tools
from tasks.dedupe.index import Index
from tasks.errors import BadInput, BrokenRun, DojoError
from tasks.model.ledger import Entry, Ledger
from tasks.settings import ROOT, DedupeSettings, Deployment, ModelSettings, RenderSettings, Settings
from tests.model.embeddings import WIDTH, embeddings
from tests.model.scripted import fails, says, scripted_model

PATIENCE_S = 200


def command(*words, **environment):
    env = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")} | {"PYTHONPATH": str(ROOT)} | environment
    line = [sys.executable, "-m", "flows.cli", *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, env=env, timeout=PATIENCE_S, check=False)


def told(done):
    """The one sentence of a command that did not do what it was asked."""
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("dojo: ")]
    assert len(lines) == 1, done.stdout + done.stderr
    return lines[0]


def order_of(tmp_path, out="new/deep/dataset", seed=0, **settings):
    kept = ModelSettings(replies=str(tmp_path / "replies"))
    return place_order(1, "starter", None, seed, str(tmp_path / out), Settings(**({"model": kept} | settings)))


def left(tmp_path):
    return sorted(path.name for path in tmp_path.iterdir() if path.name != "replies")


def paid(**more):
    given = {"time": 1.0, "stage": "problem", "role": "poser", "deployment": "d", "model": "m", "prompt": "problem@0"}
    return Entry.model_validate(given | {"candidate": 0} | more)


@pytest.mark.parametrize("reply", [fails(401, "wrong key"), fails(404, "no such model")])
def test_a_key_or_model_that_is_wrong_at_the_first_call(tmp_path, reply):
    with scripted_model(reply) as model:
        one = {"name": "a", "model": "hosted_vllm/m", "api_base": model.url}
        kept = {"model": {"deployments": [one], "replies": str(tmp_path / "replies")}}
        (tmp_path / "s.json").write_text(json.dumps(kept))
        words = ("--tasks", 1, "--settings", tmp_path / "s.json", "--out", tmp_path / "new" / "deep" / "dataset")
        done = command("generate", *words)
        assert model.requests
    assert done.returncode in (1, 2)
    assert "hosted_vllm/m" in told(done)
    assert left(tmp_path) == ["s.json"]


async def test_a_browser_that_does_not_start(tmp_path):
    order = order_of(tmp_path, render=RenderSettings(browser="/bin/false"))
    record_status(order, "running", 0)  # as a flow may have done
    with pytest.raises(DojoError):
        async with open_tools(order):
            pass
    assert left(tmp_path) == []


async def test_a_browser_that_is_not_there_in_a_dataset_that_is(tmp_path):
    (tmp_path / "dataset").mkdir()
    with pytest.raises(DojoError):
        async with open_tools(order_of(tmp_path, "dataset", render=RenderSettings(browser="/no/such/browser"))):
            pass
    assert left(tmp_path) == ["dataset"]
    assert list((tmp_path / "dataset").iterdir()) == []


async def test_an_embedder_of_another_dimension(tmp_path, monkeypatch):
    monkeypatch.setenv("A_KEY", "k")
    with embeddings() as server:
        vectors = Deployment(name="v", model="openai/v", roles=("embedder",), api_base=server.url, api_key_env="A_KEY")
        deployed = (vectors, Deployment(name="w", model="offline"))
        model = ModelSettings(deployments=deployed, replies=str(tmp_path / "replies"))
        with pytest.raises(BadInput, match=r"dedupe\.dimension"):
            async with open_tools(order_of(tmp_path, model=model, dedupe=DedupeSettings(dimension=WIDTH + 1))):
                pass
    assert left(tmp_path) == []


async def test_an_index_of_another_dimension_stays_as_it_was(tmp_path):
    async with Index(str(tmp_path / "dataset"), DedupeSettings(dimension=64)):
        pass
    with pytest.raises(BadInput, match="64 dimensions"):
        async with open_tools(order_of(tmp_path, "dataset")):
            pass
    assert [path.name for path in (tmp_path / "dataset").iterdir()] == ["index"]
    async with Index(str(tmp_path / "dataset"), DedupeSettings(dimension=64)) as index:
        assert await index.count() == 0


async def test_what_another_run_has_in_the_dataset_stays(tmp_path):
    record_status(order_of(tmp_path, "dataset", seed=3), "stopped", 2)
    with pytest.raises(DojoError):
        async with open_tools(order_of(tmp_path, "dataset", render=RenderSettings(browser="/bin/false"))):
            pass
    (run,) = (tmp_path / "dataset" / "runs").iterdir()
    assert json.loads((run / "run.json").read_text("utf-8"))["seed"] == 3


async def test_a_run_that_breaks_before_anything_was_made(tmp_path):
    order = order_of(tmp_path)
    with pytest.raises(BrokenRun):
        async with open_tools(order) as tools:
            drawn = order.folder / "work" / "batch-0000" / "candidates.jsonl"
            drawn.parent.mkdir(parents=True)
            drawn.write_text("{}\n")
            tools.progress.tell()
            tools.ledger.add(paid(outcome="failed"))
            raise BrokenRun("The model is gone.")
    assert left(tmp_path) == []


@pytest.mark.parametrize("made", ["a reply", "a try that may be billed", "a file"])
async def test_a_run_that_breaks_when_something_was_made_is_kept_as_stopped_and_goes_on(tmp_path, made):
    order = order_of(tmp_path)
    with pytest.raises(BrokenRun):
        async with open_tools(order) as tools:
            if made == "a file":
                (order.folder / "work").mkdir()
                (order.folder / "work" / "posed.jsonl").write_text("{}\n")
            else:
                row = paid(outcome="ok") if made == "a reply" else paid(outcome="timeout", prompt_tokens=100)
                tools.ledger.add(row)
            raise BrokenRun("The browser is gone.")
    assert json.loads((order.folder / "run.json").read_text("utf-8"))["status"] == "stopped"
    again = place_order(1, "starter", None, None, order.dataset, order.settings)
    assert again.run_id == order.run_id
    assert (order.folder / "usage.parquet").exists() == (made != "a file")


async def test_a_run_that_went_on_and_is_refused_is_as_it_was(tmp_path):
    order = order_of(tmp_path)
    record_status(order, "stopped", 7)
    with pytest.raises(DojoError):
        async with open_tools(order_of(tmp_path, render=RenderSettings(browser="/bin/false"))):
            pass
    note = json.loads((order.folder / "run.json").read_text("utf-8"))
    assert (note["status"], note["accepted"]) == ("stopped", 7)


async def test_a_run_that_another_process_is_at_is_refused_and_not_disturbed(tmp_path):
    order, other = order_of(tmp_path), order_of(tmp_path)
    async with open_tools(order) as tools:
        with pytest.raises(BadInput, match="under way in another process"):
            async with open_tools(other):
                pass
        tools.ledger.add(paid(outcome="ok"))
    assert pq.read_table(order.folder / "usage.parquet").num_rows == 1


def test_a_ledger_of_nothing_is_no_file_that_breaks_all_ledgers(tmp_path):
    for name, rows in (("a", 2), ("b", 0), ("c", 1)):
        ledger = Ledger(tmp_path / name)
        for _ in range(rows):
            ledger.add(paid())
        ledger.close()
    loaded = datasets.load_dataset(
        "parquet", data_files=str(tmp_path / "*" / "usage.parquet"), cache_dir=str(tmp_path / "cache")
    )
    assert loaded["train"].num_rows == 3
    assert list((tmp_path / "b").iterdir()) == []


async def test_an_eval_that_asked_nobody_leaves_no_ledger(tmp_path):
    with scripted_model(says("{}")) as model:
        deployed = (Deployment(name="a", model="hosted_vllm/m", api_base=model.url),)
        async with door(tmp_path / "eval")(Settings(model=ModelSettings(deployments=deployed, reuse=False))):
            pass
    assert list((tmp_path / "eval").iterdir()) == []


def test_a_prefect_server_that_does_not_answer(tmp_path):
    done = command("generate", "--tasks", 1, "--out", tmp_path / "d", PREFECT_API_URL="http://127.0.0.1:9/api")
    assert done.returncode == 2
    assert "Prefect server at http://127.0.0.1:9/api does not answer (Connection refused)" in told(done)
    assert left(tmp_path) == []


def test_a_dataset_with_nothing_or_with_a_run_that_came_to_nothing(dojo, tmp_path):
    code, _, said = dojo("report", tmp_path / "nowhere")
    assert code == 2 and "holds no run" in said
    order = order_of(tmp_path, "dataset")
    record_status(order, "running", 0)  # killed at once
    code, _, said = dojo("report", tmp_path / "dataset")
    assert (code, len(said.splitlines())) == (2, 1)
    assert f"The run {order.run_id} of {tmp_path}/dataset has nothing to report" in said
    code, _, said = dojo("show", "0123", "--dataset", tmp_path / "dataset")
    assert (code, len(said.splitlines())) == (2, 1)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"run_id": "r", "seed": 0, "status": "x", "created_at": "now"}']
)
def test_a_damaged_note_of_a_run(dojo, tmp_path, text):
    note = tmp_path / "d" / "runs" / "r" / "run.json"
    note.parent.mkdir(parents=True)
    note.write_text(text)
    for words in (("report", tmp_path / "d"), ("generate", "--out", tmp_path / "d")):
        code, _, said = dojo(*words)
        assert (code, len(said.splitlines())) == (2, 1)
        assert f"{note} is damaged" in said
    assert [path for path in Path(tmp_path / "d").rglob("*") if path.is_file()] == [note]


def test_a_damaged_shard(dojo, tmp_path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "tasks-a.parquet").write_bytes(b"PAR1 and no more")
    for words in (("show", "0123", "--dataset", tmp_path), ("generate", "--out", tmp_path)):
        code, _, said = dojo(*words)
        assert (code, len(said.splitlines())) == (2, 1)
        assert "is not a Parquet file" in said
