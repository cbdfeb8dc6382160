"""`dojo eval`: bad input in one sentence, and both evals from one end to the other on a small dataset."""

import csv
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from evals.leaks.restore import texts_of

from evals.ladders import load_quads
from evals.leaks.judge import judged
from tasks.settings import ROOT, Deployment, ModelSettings, Settings
from tests.evals.made import dataset_of
from tests.model.receiver import receiver
from tests.model.scripted import says, scripted_model


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
    ours = {row["attacker"]: row for row in table if row["texts"] == "ours"}
    assert len(ours) >= 20
    assert recorded(got, "dojo eval leaks") == {"best", "worst"}
    whole = {score["name"]: score["value"] for score in got.scores if score.get("datasetRunId")}
    assert whole == {f"{end}: {name}": float(row[end]) for name, row in ours.items() for end in ("best", "worst")}
    assert float(ours["edit distance: medoid"]["best"]) == 0.25
    assert {row["texts"] for row in table} == {"ours", "ours, beside", "control rising", "control single"}
    control = [row for row in table if row["texts"] == "control rising"]
    assert {row["attacker"] for row in control} == set(ours)
    assert max(max(float(row["best"]), float(row["best_by_low"])) for row in control) == 1
    assert "the offline model is a stand-in" in done.stdout
    assert "edit distance: medoid" in done.stdout
    page = (out / "index.html").read_text("utf-8")
    assert page.count("<svg") == 6
    assert not re.search(r"""(src|href)=["'](?!#)|@import""", page)
    assert (out / "table.md").read_text("utf-8").count("| edit distance: medoid |") == 1
    assert (out / "order.svg").exists()


def test_ladder_from_end_to_end(tmp_path):
    dataset = dataset_of(tmp_path / "d", 2)
    out = tmp_path / "page"
    with receiver() as got:
        done = dojo("ladder", "--ladders", "2", "--dataset", dataset, "--out", str(out), langfuse=got.url)
    assert done.returncode == 0, done.stderr
    assert recorded(got, "dojo eval ladder") >= {"strict order", "span", "spread"}
    found = {row["figure"]: row for row in rows(out / "table.csv")}
    # these pages do nothing, whatever their shards say: the eval has to notice
    assert found["strict order, rendered again"]["met"] == "no"
    assert found["worst distance from the line / span, stored"]["met"] == "yes"
    assert len(rows(out / "ladders.csv")) == 2
    assert len((out / "again.jsonl").read_text("utf-8").splitlines()) == 8
    assert (out / "index.html").read_text("utf-8").count("<svg") == 4
    assert "Figures against their goals" in done.stdout


def judge(url, attempts):
    one = Deployment(name="mine", model="hosted_vllm/mine", api_base=url, api_key_env="PATH")
    return Settings(model=ModelSettings(timeout_s=20, attempts=attempts, deployments=(one,)))


async def test_a_model_that_knows_the_order_is_believed_and_asked_once(tmp_path):
    quads = load_quads(dataset_of(tmp_path / "d", 2), 2)
    texts = [texts_of(quad) for quad in quads][:1]
    order = [letter for _, letter in sorted(zip(texts[0].ranks, "ABCD", strict=True))]
    good = says(json.dumps({"reasons": "One digit.", "best_to_worst": order}))
    bad = says(json.dumps({"reasons": "No idea.", "best_to_worst": ["A", "A", "B", "C"]}))
    with scripted_model(bad, good) as model:
        settings = judge(model.url, attempts=2)
        scores = await judged(texts, settings, tmp_path / "answers.jsonl", lambda _: None)
        again = await judged(texts, settings, tmp_path / "answers.jsonl", lambda _: None)
    assert np.argsort(-scores[0]).tolist() == np.argsort(texts[0].ranks).tolist()
    assert (scores == again).all()
    assert len(model.requests) == 2
    shown = json.dumps(model.requests[0]["messages"])
    assert shown.count("MENU0[") == 4
    for secret in (quads[0].task_id, *(rung.completion_id for rung in quads[0].rungs)):
        assert secret not in shown


async def test_a_model_without_an_answer_scores_nothing(tmp_path):
    texts = [texts_of(load_quads(dataset_of(tmp_path / "d", 1), 1)[0])]
    with scripted_model(says("I would rather not.")) as model:
        settings = judge(model.url, attempts=1)
        scores = await judged(texts, settings, tmp_path / "answers.jsonl", lambda _: None)
    assert scores.tolist() == [[0, 0, 0, 0]]
