"""An eval in Langfuse: each in a process of its own, as the SDK keeps one client for each."""

import json
import os
import subprocess
import sys
import threading
import time

from tasks.settings import ROOT
from tests.model.receiver import receiver

SCRIPT = """
import math, sys
from evals.experiment import Case, Experiment, Tried, record
cases = [Case(f"f{n}", {"kind": "syntax", "done": f"{n} and half a pair \\ud800"}, "fixed") for n in range(120)]
tried = [Tried(case, {"end": "clean"}, {"fixed": n % 2, "q": math.nan}) for n, case in enumerate(cases)]
runs = [Experiment("dojo eval repair", name, {"tokens": 900}, tried, {"fixed": 0.5}) for name in ("direct", "cot")]
record(runs, print)
print("langfuse" in sys.modules)
"""


def run(url, **more):
    """What was told, and how long it took."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("LANGFUSE")}
    if url is not None:
        env |= {"LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_BASE_URL": url, **more}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines(), time.monotonic() - began


def told(span):
    return {key.removeprefix("langfuse.experiment."): value for key, value in span.attributes.items()}


def test_a_run_has_a_trace_with_scores_for_every_case_of_the_dataset():
    with receiver() as got:
        said, _ = run(got.url)
    assert said[0].startswith("recorded in Langfuse: dojo eval repair, run direct, 20")
    assert len(got.items) == 120
    assert {item["datasetName"] for item in got.items.values()} == {"dojo eval repair"}
    assert {item["expectedOutput"] for item in got.items.values()} == {"fixed"}
    direct = [span for span in got.spans if told(span)["name"].startswith("direct, 20")]
    assert len(direct) == 120 and len(got.spans) == 240
    assert len({span.trace for span in got.spans}) == 240
    assert {told(span)["item.id"] for span in direct} == set(got.items)
    assert len({told(span)["id"] for span in direct}) == 1
    one = direct[0]
    assert told(one)["item.root_observation_id"] == one.span and one.parent == ""
    assert told(one)["dataset.id"] == "id of dojo eval repair"
    assert json.loads(told(one)["metadata"]) == {"tokens": 900}
    assert json.loads(one.attributes["langfuse.observation.output"]) == {"end": "clean"}
    scored = {score["traceId"]: score["value"] for score in got.scores if score.get("traceId")}
    assert {span.trace for span in got.spans} == set(scored)
    assert sum(scored.values()) == 120
    whole = [score for score in got.scores if score.get("datasetRunId")]
    assert {score["datasetRunId"] for score in whole} == {told(span)["id"] for span in got.spans}
    assert {score["name"] for score in got.scores} == {"fixed"}


def test_a_second_run_finds_its_cases_there_and_is_another_run():
    with receiver() as got:
        run(got.url)
        before = dict(got.items)
        got.items = {key: dict(item, mark="as it was") for key, item in before.items()}
        time.sleep(1)
        run(got.url)
    assert all(item.get("mark") for item in got.items.values())
    assert got.items.keys() == before.keys()
    assert len({told(span)["id"] for span in got.spans}) == 4


def test_without_keys_nothing_is_sent_said_or_even_loaded():
    said, _ = run(None)
    assert said == ["False"]


def test_a_langfuse_that_is_down_is_one_line():
    said, seconds = run("http://127.0.0.1:9")
    assert len(said) == 2 and said[0].startswith("Langfuse did not take all of this eval: ")
    assert seconds < 20


def test_a_langfuse_that_never_answers_is_left_after_seconds():
    with receiver(threading.Event()) as got:
        said, seconds = run(got.url)
    assert len(said) == 2 and said[0].startswith("Langfuse did not take all of this eval: ")
    assert seconds < 30


def test_an_address_that_is_none_is_one_line():
    said, _ = run("localhost:3000")
    assert "LANGFUSE_BASE_URL is no address" in said[0] and len(said) == 2
