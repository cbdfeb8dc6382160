"""Evals that ask models: what settings say of them, and what a stop leaves behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler

import pyarrow.parquet as pq
import pytest

from evals.faults.bank import page_of, read_bank
from evals.lines import read_lines
from evals.repairs.attempt import Attempt
from tasks.settings import ROOT
from tests.evals.made import dataset_of
from tests.loopback import serving
from tests.model.receiver import receiver
from tests.model.scripted import says, scripted_model

PATIENCE_S = 240


def command(*words):
    return [sys.executable, "-m", "flows.cli", "eval", *map(str, words)]


def dojo(*words):
    return subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def settings_of(folder, url, **more):
    """A file that names one deployment, and keeps replies beside it."""
    one = {"name": "mine", "model": "hosted_vllm/mine", "api_base": url, "api_key_env": "PATH", **more}
    path = folder / "settings.json"
    path.write_text(json.dumps({"model": {"deployments": [one], "replies": str(folder / "replies")}}), "utf-8")
    return path


class Slow:
    """A model that answers once it is allowed to."""

    def __init__(self, content):
        self.content = content
        self.asked, self.allowed = threading.Event(), threading.Event()
        self.requests = 0

    @contextmanager
    def serving(self):
        me = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                me.requests += 1
                me.asked.set()
                me.allowed.wait(60)
                reply = {"id": "x", "object": "chat.completion", "created": 1, "model": "mine", **says(me.content)}
                reply["usage"] = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
                data = json.dumps(reply).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                with suppress(ConnectionError):  # nobody waits for it any more
                    self.wfile.write(data)

        with serving(Handler) as url:
            yield f"{url}/v1"


def mended(fault):
    """The reply that gives the file back as it was."""
    text = page_of(fault).files[fault.file]
    faulty = page_of(fault).edited(fault.cuts).text(fault.file)
    return json.dumps({"patches": [{"filename": fault.file, "search": faulty, "replace": text}]})


def test_ctrl_c_lets_a_call_end_and_keeps_what_came_of_it(tmp_path):
    fault, out = read_bank()[0], tmp_path / "out"
    model = Slow(mended(fault))
    with model.serving() as url:
        words = command("repair", "--strategies", "direct", "--faults", 1, "--out", out, "--assume-price", 1, 1)
        words += ["--settings", str(settings_of(tmp_path, url)), "--json", str(tmp_path / "figures.json")]
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert model.asked.wait(PATIENCE_S), process.communicate()
        process.send_signal(signal.SIGINT)
        assert "Finishing what is under way" in process.stderr.readline()
        model.allowed.set()
        _, said = process.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in said
        (row,) = read_lines(out / "attempts.jsonl", Attempt)
        assert row.fixed and row.spent.calls == 1
        assert process.returncode == 0  # all that there was to do was under way
        assert json.loads((tmp_path / "figures.json").read_text("utf-8"))["strategies"]["direct"]["fixed"]["mean"] == 1
        with receiver() as got:
            env = {**os.environ, "LANGFUSE_PUBLIC_KEY": "p", "LANGFUSE_SECRET_KEY": "s", "LANGFUSE_BASE_URL": got.url}
            again = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE_S)
        assert again.returncode == 0 and model.requests == 1
        (item,), (span,) = got.items.values(), got.spans
        assert item["input"]["kind"] == fault.kind
        assert span.attributes["langfuse.experiment.name"].startswith("direct, hosted_vllm/mine, 8000 tokens out, 20")
        scores = {one["name"]: one["value"] for one in got.scores if one.get("traceId") == span.trace}
        assert scores["fixed"] == 1 and scores["tokens out"] == 5
        with receiver() as got:
            env["LANGFUSE_BASE_URL"] = got.url
            other = [*words, "--no-reuse"]
            anew = subprocess.run(other, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE_S)
        assert anew.returncode == 0 and model.requests == 2
        item, call = sorted(got.spans, key=lambda span: span.attributes["langfuse.observation.type"], reverse=True)
        assert call.attributes["langfuse.observation.model.name"] == "hosted_vllm/mine"
        assert json.loads(item.attributes["langfuse.observation.output"])["trace"] == call.trace


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_asks_nobody_any_more_and_says_what_is_kept(tmp_path, asked):
    out = tmp_path / "out"
    model = Slow('{"patches": []}')
    with model.serving() as url:
        words = command("repair", "--strategies", "direct", "--faults", 60, "--out", out, "--assume-price", 1, 1)
        words += ["--settings", str(settings_of(tmp_path, url))]
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert model.asked.wait(PATIENCE_S), process.communicate()
        process.send_signal(asked)
        if asked == signal.SIGINT:  # SIGTERM waits for no answer
            assert "Finishing what is under way" in process.stderr.readline()
            model.allowed.set()
        _, said = process.communicate(timeout=PATIENCE_S)
        model.allowed.set()
    assert process.returncode == 3, said
    last = said.strip().splitlines()[-1]
    assert last.startswith("dojo: Stopped. What") and "is kept; the same command goes on from" in last
    assert model.requests <= 8


def test_the_judge_of_leaks_is_whom_the_settings_name_and_is_paid_from_the_budget(tmp_path):
    dataset = dataset_of(tmp_path / "d", 2)
    answer = says(json.dumps({"reasons": "One digit.", "best_to_worst": ["A", "B", "C", "D"]}))
    with scripted_model(answer) as model:
        settings = settings_of(tmp_path, model.url, roles=["judge"])
        words = ["leaks", "--ladders", 2, "--dataset", dataset, "--no-browser", "--settings", settings]
        refused = dojo(*words, "--max-usd", 1)
        assert refused.returncode == 2 and "--assume-price" in refused.stderr
        assert model.requests == []
        poor = dojo(*words, "--max-usd", 0.000001, "--assume-price", 1, 1)
        assert poor.returncode == 3 and "--max-usd" in poor.stderr
        assert model.requests == []
        done = dojo(*words, "--max-usd", 1, "--assume-price", 1, 1)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("model that reads") == 2 and "stand-in" not in done.stdout
    ledger = [
        row
        for path in (tmp_path / "d" / "evals" / "leaks").rglob("*.parquet")
        for row in pq.read_table(path).to_pylist()
    ]
    assert {(row["role"], row["deployment"]) for row in ledger} == {("judge", "mine")}
    assert len(ledger) == len(model.requests)


def test_settings_without_a_judge_are_one_sentence(tmp_path):
    settings = settings_of(tmp_path, "http://127.0.0.1:9/v1", roles=["author"])
    done = dojo("leaks", "--ladders", 2, "--dataset", dataset_of(tmp_path / "d", 2), "--settings", settings)
    assert done.returncode == 2 and "No deployment serves the role 'judge'" in done.stderr


@pytest.mark.parametrize("words", [["diagnose"], ["repair"], ["generate", "--model-b", "openai/x"]])
def test_a_file_for_figures_that_can_not_be_is_refused_before_the_work(tmp_path, words):
    (tmp_path / "afile").write_text("", "utf-8")
    began = time.monotonic()
    done = dojo(*words, "--out", tmp_path / "out", "--json", tmp_path / "afile" / "f.json")
    assert done.returncode == 2, done.stderr
    assert "afile is no folder; name another file" in done.stderr and done.stderr.count("\n") == 1
    assert time.monotonic() - began < 30
