"""A whole run with Langfuse beside it: what of it arrives there."""

import json
import os
import subprocess
import sys

import pyarrow.parquet as pq

from tasks.model.trace import trace_id
from tasks.settings import ROOT
from tests.model.receiver import receiver

STAGES = {"problem", "dedupe", "program", "diagnose", "render", "augment"}


def test_every_candidate_has_a_trace_with_its_stages_its_calls_and_its_scores(tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"model": {"replies": str(tmp_path / "replies")}}), "utf-8")
    out = tmp_path / "out"
    words = ["generate", "--tasks", "1", "--seed", "5", "--settings", str(settings), "--out", str(out)]
    env = {key: value for key, value in os.environ.items() if not key.startswith("LANGFUSE")}
    with receiver() as got:
        env |= {"LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_BASE_URL": got.url}
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", *words],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Langfuse" not in done.stderr
    (run,) = out.glob("runs/*")
    candidates = json.loads((run / "progress.json").read_text("utf-8"))["candidates"]
    assert {span.trace for span in got.spans} == {trace_id(run.name, index) for index in range(candidates)}
    (row,) = pq.read_table(next((out / "private").glob("*.parquet"))).to_pylist()
    mine = [span for span in got.spans if span.trace == row["trace_id"]]
    (whole,) = [span for span in mine if span.name == "candidate"]
    stages = {span.name: span for span in mine if span.parent == whole.span}
    assert set(stages) == STAGES
    assert all(span.seconds > 0 for span in stages.values())
    calls = {span.name: span for span in mine if span.attributes["langfuse.observation.type"] == "generation"}
    assert {"problem: problem", "program: program"} <= set(calls)
    assert all(span.parent == stages[name.partition(":")[0]].span for name, span in calls.items())
    scores = {one["name"]: one["value"] for one in got.scores if one["traceId"] == row["trace_id"]}
    assert scores["accepted"] == 1
    assert [scores[f"q_rank{rank}"] for rank in range(4)] == [rung["q"] for rung in row["ladder"]]
    assert {one["name"] for one in got.scores if one["value"] == 0 and one["traceId"] != row["trace_id"]} <= {
        "accepted"
    }
