"""`dojo eval`: bad input in one sentence, and both evals from one end to the other on a small dataset."""

import csv
import os
import re
import subprocess
import sys

import pytest

from tasks.settings import ROOT
from tests.evals.made import dataset_of
from tests.model.receiver import receiver


def dojo(*words, langfuse=None):
    env = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    if langfuse:
        env |= {"LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_BASE_URL": langfuse}
    command = [sys.executable, "-m", "flows.cli", "eval", *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=300, check=False)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["leaks", "--ladders", "1"], "--ladders is 1; ask for at least 2"),
        (["ladder", "--ladders", "0"], "--ladders is 0; ask for at least 1"),
        (["leaks", "--dataset", "README.md"], "README.md is a file"),
        (["ladder", "--dataset", "memory://nowhere"], "--out"),
    ],
)
def test_bad_input_is_one_sentence(words, named):
    done = dojo(*words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_that_can_not_be_written_is_refused(tmp_path):
    dataset = dataset_of(tmp_path / "d", 2)
    (tmp_path / "taken").write_text("", "utf-8")
    done = dojo("ladder", "--ladders", "2", "--dataset", dataset, "--out", str(tmp_path / "taken"))
    assert done.returncode == 2
    assert re.fullmatch(r"dojo: --out .*taken can't be used as a folder.*", done.stderr.strip())


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def recorded(got, name):
    """What each of the two ladders has a score for, in a dataset of this name."""
    assert {item["datasetName"] for item in got.items.values()} == {name}
    assert len(got.items) == len(got.spans) == 2
    return {score["name"] for score in got.scores if score.get("traceId")}


def test_leaks_from_end_to_end(tmp_path):
    dataset = dataset_of(tmp_path / "d", 2)
    with receiver() as got:
        done = dojo("leaks", "--ladders", "2", "--dataset", dataset, "--no-browser", langfuse=got.url)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "d" / "evals" / "leaks"
    table = rows(out / "table.csv")
    assert {row["who"] for row in table} == {"reads", "runs the loader and reads", "uses"}
    assert len(table) >= 25
    assert recorded(got, "dojo eval leaks") == {"best", "worst", "equal but for the key"}
    assert len(rows(out / "keys.csv")) >= 9
    assert "the offline model is a stand-in" in done.stdout
    assert "Keys: do they look random?" in done.stdout
    page = (out / "index.html").read_text("utf-8")
    assert page.count("<svg") == 3
    assert not re.search(r"""(src|href)=["'](?!#)|@import""", page)
    assert (out / "table.md").read_text("utf-8").count("| edit distance: medoid |") == 1


def test_ladder_from_end_to_end(tmp_path):
    dataset = dataset_of(tmp_path / "d", 2)
    out = tmp_path / "page"
    with receiver() as got:
        done = dojo("ladder", "--ladders", "2", "--dataset", dataset, "--out", str(out), langfuse=got.url)
    assert done.returncode == 0, done.stderr
    assert recorded(got, "dojo eval ladder") >= {"strict order", "span", "spread"}
    found = {row["figure"]: row for row in rows(out / "table.csv")}
    # these pages do nothing, whatever their shards say: the eval has to notice
    assert found["strict order, sealed, rendered again"]["met"] == "no"
    assert found["worst distance from the line / span, stored"]["met"] == "yes"
    assert len(rows(out / "ladders.csv")) == 2
    assert len((out / "again.jsonl").read_text("utf-8").splitlines()) == 16  # both forms
    assert (out / "index.html").read_text("utf-8").count("<svg") == 4
    assert "Figures against their goals" in done.stdout
