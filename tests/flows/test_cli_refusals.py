"""Bad input: one clear sentence and exit code 2, before anything is spent or written."""

import json
import os
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.settings import ROOT

DOJO = [sys.executable, "-m", "flows.cli"]


def dojo(*words, **environment):
    env = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")} | environment
    return subprocess.run([*DOJO, *words], capture_output=True, text=True, env=env, cwd=ROOT, timeout=120, check=False)


def refusal(*words):
    done = dojo(*words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "dataset"
    yield str(folder)
    assert not (folder / "runs").exists()


def test_no_key_for_the_model(out):
    said = refusal("generate", "--model", "openrouter/some/model", "--out", out)
    assert "OPENROUTER_API_KEY" in said
    assert "--model offline" in said
    assert len(said.splitlines()) == 1


def test_an_unknown_option(out):
    assert "--tusks" in refusal("generate", "--tusks", "3", "--out", out)


@pytest.mark.parametrize("tasks", ["0", "-3"])
def test_fewer_than_one_task(out, tasks):
    assert refusal("generate", "--tasks", tasks, "--out", out) == f"dojo: --tasks is {tasks}; ask for at least 1."


@pytest.mark.parametrize("authors", ["everyone", "", "Rules"])
def test_authors_that_are_none(out, authors):
    said = refusal("generate", "--authors", authors, "--out", out)
    assert said == f"dojo: --authors is {authors!r}; choose rules, model or both."


def test_a_persona_file_with_a_broken_line(out, tmp_path):
    path = tmp_path / "people.jsonl"
    path.write_text('{"persona": "A glazier."}\n{"persona": "A far\n', "utf-8")
    said = refusal("generate", "--personas", str(path), "--out", out)
    assert "people.jsonl" in said
    assert "line 2" in said


def test_an_empty_source(out, tmp_path):
    path = tmp_path / "nobody.jsonl"
    path.write_text("", "utf-8")
    assert "nobody.jsonl" in refusal("generate", "--personas", str(path), "--out", out)


def test_a_source_that_is_not_there(out):
    assert "nowhere.jsonl" in refusal("generate", "--personas", "nowhere.jsonl", "--out", out)


def test_a_dataset_of_another_schema_version(out):
    folder = ROOT.__class__(out) / "public"
    folder.mkdir(parents=True)
    table = pa.table({"task_id": ["a"]}).replace_schema_metadata({b"dojo_schema_version": b"99"})
    pq.write_table(table, folder / "tasks-old.parquet")
    assert "99" in refusal("generate", "--out", out)


def test_a_settings_file_with_an_unknown_key(out, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"ladder": {"min_spam": 0.4}}), "utf-8")
    said = refusal("generate", "--settings", str(path), "--out", out)
    assert "mine.json" in said
    assert "ladder.min_spam" in said


def test_a_task_that_is_not_there(tmp_path):
    assert "no task 0123" in refusal("show", "0123", "--dataset", str(tmp_path))


def test_a_report_of_a_dataset_without_runs(tmp_path):
    assert "dojo generate" in refusal("report", str(tmp_path))


def test_help_answers_before_anything_heavy_is_imported():
    heavy = ("prefect", "litellm", "pyarrow", "pandas", "pymilvus")
    code = f"import sys, flows.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
    began = time.process_time()
    assert dojo("--help").returncode == 0
    assert time.process_time() - began < 1


def test_a_pack_of_a_dataset_that_is_not_there(tmp_path):
    said = refusal("rate", "export", str(tmp_path / "nothing"), "--to", str(tmp_path / "pack"))
    assert said.startswith("dojo: There is no accepted task in") and len(said.splitlines()) == 1
    assert not (tmp_path / "pack").exists()


def test_a_rating_that_is_none(tmp_path):
    (tmp_path / "ada.json").write_text("[]", "utf-8")
    said = refusal("rate", "import", str(tmp_path / "ada.json"), "--dataset", "data/x", "--to", str(tmp_path / "r"))
    assert "ada.json: Input should be" in said and len(said.splitlines()) == 1
    assert not (tmp_path / "r").exists()
