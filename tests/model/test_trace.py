"""Each in a process of its own, as the SDK keeps one client for each."""

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.model.trace import trace_id
from tasks.settings import ROOT
from tests.model.receiver import Received, Span, receiver

SCRIPT = """
import logging, math, sys, time
from tasks.model.ledger import Entry
from tasks.model.trace import open_tracer
from tasks.record import Candidate, Persona
logging.basicConfig(level=logging.WARNING, format="%(message)s")
one = Candidate(index=4, seed=9, topic="games", persona=Persona(persona_id="p", text="A pilot.", source="mine"))
tracer = open_tracer("seed0-abc")
entry = Entry(time=time.time() - 2, stage="program", role="author", deployment="east", model="openai/m",
    prompt="program@0123456789012345", candidate=4, prompt_tokens=100, completion_tokens=50, cached_tokens=20,
    reasoning_tokens=10, usd=0.25, seconds=2.0)
began = time.monotonic()
for _ in range(int(sys.argv[1])):
    messages = [{"role": "user", "content": "x" * 50_000}, {"role": "system", "content": "s" * 5_000}]
    tracer.call(one, entry, messages, "y" * 50_000)
fault = {"prompt": "problem@1", "outcome": "failed", "fault": "HTTP 500"}
tracer.call(one, entry.model_copy(update=fault), [], "half a pair \\ud800")
tracer.call(None, entry, [], "")
tracer.stage(one, "program", time.time() - 3, time.time(), 0)
tracer.candidate(one, time.time() - 5, time.time(), "accepted")
tracer.scores(one, {"accepted": 1.0, "q_rank0": 0.97, "q_rank1": math.nan})
told = time.monotonic() - began
tracer.close()
logging.getLogger("opentelemetry.exporter.otlp.proto.http").error("said when the run was over")
print(tracer.traced, "langfuse" in sys.modules, round(told, 3), round(time.monotonic() - began, 3))
"""


def run(url: str | None, calls: int = 1, **more: str) -> tuple[list[str], str, float]:
    """What the script said, what it complained of, and how long it took to end after that."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("LANGFUSE")}
    if url is not None:
        env |= {"LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_BASE_URL": url, **more}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(calls)],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.readline().split()
    began = time.monotonic()
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    return said, complaint, time.monotonic() - began


def only(got: Received, name: str) -> Span:
    (span,) = [span for span in got.spans if span.name == name]
    return span


def told(span: Span) -> dict:
    return {key.removeprefix("langfuse.observation."): value for key, value in span.attributes.items()}


def test_a_candidates_trace_has_its_stages_its_calls_and_its_scores():
    with receiver() as got:
        said, complaint, _ = run(got.url, LANGFUSE_TRACING_ENVIRONMENT="staging")
    assert said[0] == "True"
    assert complaint == ""
    assert {span.trace for span in got.spans} == {trace_id("seed0-abc", 4)}
    whole, stage, call = only(got, "candidate"), only(got, "program"), only(got, "program: program")
    assert (whole.parent, stage.parent, call.parent) == ("", whole.span, stage.span)
    assert [span.name for span in got.spans if span.attributes["langfuse.internal.is_app_root"]] == ["candidate"]
    assert abs(call.seconds - 2) < 0.01
    assert told(call)["type"] == "generation"
    assert told(call)["model.name"] == "openai/m"
    assert json.loads(told(call)["metadata.prompt_version"]) == "0123456789012345"
    assert json.loads(told(call)["metadata.reused"]) is False
    assert json.loads(told(call)["cost_details"]) == {"total": 0.25}
    usage = {"input": 80, "input_cached_tokens": 20, "output": 40, "output_reasoning_tokens": 10}
    assert json.loads(told(call)["usage_details"]) == usage
    assert [len(message["content"]) for message in json.loads(told(call)["input"])] == [15_000, 5_000]
    assert told(call)["output"] == "y" * 20_000
    assert whole.attributes["session.id"] == "seed0-abc"
    assert {span.resource["langfuse.environment"] for span in got.spans} == {"staging"}
    assert {(one["traceId"], one["name"], one["value"], one["environment"]) for one in got.scores} == {
        (trace_id("seed0-abc", 4), "accepted", 1.0, "staging"),
        (trace_id("seed0-abc", 4), "q_rank0", 0.97, "staging"),
    }
    fault = only(got, "program: problem")
    assert (told(fault)["level"], told(fault)["status_message"]) == ("ERROR", "HTTP 500")
    assert told(fault)["output"] == "half a pair ?"


def test_a_second_session_goes_on_in_the_same_trace_and_span_in_requests_that_langfuse_takes():
    with receiver() as got:
        run(got.url)
        run(got.url, calls=300)
    assert len([span for span in got.spans if span.name == "program: program"]) == 301
    assert got.largest < 5_000_000
    assert len({span.trace for span in got.spans}) == 1
    assert len({span.span for span in got.spans if span.name == "program"}) == 1
    assert len({one["id"] for one in got.scores}) == 2


def test_without_keys_nothing_is_sent_or_even_loaded():
    said, complaint, _ = run(None)
    assert said[:2] == ["False", "False"]
    assert "Langfuse" not in complaint


def test_an_address_that_is_none_is_said_once_and_nothing_is_traced():
    said, complaint, _ = run("localhost:3000")
    assert said[:2] == ["False", "False"]
    assert complaint.splitlines()[0] == (
        "Langfuse is configured but can't be used, nothing is traced: "
        "LANGFUSE_BASE_URL is no address that begins with http:// or https://"
    )


@pytest.fixture(scope="module")
def unwell():
    """What comes of a Langfuse that is down, and of one that never answers; both at once, for both are waited for."""
    with receiver(threading.Event()) as got, ThreadPoolExecutor() as at_once:
        down = at_once.submit(run, "http://127.0.0.1:9", calls=3000)
        stuck = at_once.submit(run, got.url)
        return down.result(), stuck.result()


def test_a_langfuse_that_is_down_slows_nothing_and_is_named_once(unwell):
    said, complaint, ending = unwell[0]
    assert float(said[2]) < 10  # 3,000 calls; a refused connection each would be the SDK's 5 s
    assert float(said[3]) < 20
    assert ending < 10
    assert complaint.count("\n") == 1
    assert "Langfuse did not take everything" in complaint


def test_a_langfuse_that_never_answers_is_left_after_seconds(unwell):
    said, complaint, ending = unwell[1]
    assert float(said[3]) < 15
    assert ending < 10
    assert "Langfuse did not take everything" in complaint
