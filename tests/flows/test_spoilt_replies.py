"""Two thousand spoilt replies through the whole flow: no crash, no hang, each accounted for."""

import asyncio
import itertools
import json
import os
import random
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pyarrow.parquet as pq

from tasks.model.offline.server import OfflineServer
from tasks.settings import ROOT
from tests.loopback import serving
from tests.model.spoilers import HARMLESS, HOPELESS, Spoilt, spoilt

REPLIES = 2000
CANDIDATES = 550
"""Each takes some four replies, so that there are 2,150 or so."""
GOOD_PROGRAMS = 2
"""The first so many are spoilt in a way that can be undone, and go on to repair and edits; all others are hopeless,
lest the browser has to look at hundreds of pages."""
READ = "nothing but thoughts"
"""LiteLLM takes thoughts out of the content, and an answer that stands in them alone is read."""
LARGE = 0.3
"""Weight of programs of 5 MB, of which each takes as much processor as 15 others."""
PATIENCE_S = 900


@contextmanager
def spoiler(offline: str):
    """A model that asks the offline one and spoils what it says; gives its URL and what it did, by name."""
    lock, did, programs = threading.Lock(), Counter(), itertools.count()

    def spoil(asked: bytes, text: str) -> Spoilt:
        rng = random.Random(asked)  # the same request is answered the same way, whenever it comes
        if '"files":' not in text:
            return spoilt(rng, text)[0]
        if next(programs) < GOOD_PROGRAMS:
            name = rng.choice(sorted(HARMLESS))
            return Spoilt(name, HARMLESS[name](rng, text))
        names = sorted(HOPELESS.keys() - {READ})
        (name,) = rng.choices(names, [LARGE if name == "five megabytes" else 1 for name in names])
        return HOPELESS[name](rng, text)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format, *args):
            pass

        def do_POST(self):
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {"Content-Type": "application/json", "Authorization": "Bearer offline"}
            request = urllib.request.Request(offline + "/chat/completions", asked, headers)
            with urllib.request.urlopen(request, timeout=60) as told:
                reply = json.load(told)
            (choice,) = reply["choices"]
            with lock:
                one = spoil(asked, choice["message"]["content"])
                did[one.name] += 1
            choice["message"] |= {"content": one.content, "refusal": one.refusal}
            choice["finish_reason"] = one.finish
            data = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with serving(Handler) as url:
        yield f"{url}/v1", did


async def test_two_thousand_spoilt_replies_end_in_reasons(tmp_path):
    async with OfflineServer(mistakes=1.0, lapses=0.0) as offline:
        with spoiler(offline.base_url) as (url, did):
            settings = {
                "batch": 200,
                "under_way": 600,
                "ladder": {"max_renders": 8},
                "limits": {"error_rate": 1},
                "model": {
                    "concurrency": 48,
                    "replies": str(tmp_path / "replies"),
                    "deployments": [{"name": "spoilt", "model": "openai/m", "api_base": url, "api_key_env": "A_KEY"}],
                },
            }
            (tmp_path / "settings.json").write_text(json.dumps(settings))
            command = [
                sys.executable, "-m", "flows.cli", "generate", "--tasks", str(CANDIDATES), "--seed", "3",
                "--max-candidates", str(CANDIDATES), "--settings", str(tmp_path / "settings.json"),
                "--authors", "both", "--out", str(tmp_path / "out"),
            ]  # fmt: skip
            done = await asyncio.to_thread(
                subprocess.run, command, cwd=ROOT, env=os.environ | {"A_KEY": "k"},
                capture_output=True, text=True, timeout=PATIENCE_S, check=False,
            )  # fmt: skip
    assert done.returncode == 3, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Traceback" not in done.stdout + done.stderr
    served = sum(did.values())
    assert served >= REPLIES
    (run,) = tmp_path.glob("out/runs/*")
    answered = [row for row in pq.read_table(run / "usage.parquet").to_pylist() if row["outcome"] == "ok"]
    assert len(answered) == served
    assert {"problem", "program", "diagnose"} <= {row["stage"] for row in answered}
    written = [line for path in run.glob("work/*/written.jsonl") for line in path.read_text("utf-8").splitlines()]
    assert len(written) == GOOD_PROGRAMS
    lost = [row for path in tmp_path.glob("out/rejected/*.parquet") for row in pq.read_table(path).to_pylist()]
    kept = [row for path in tmp_path.glob("out/public/*.parquet") for row in pq.read_table(path).to_pylist()]
    assert len({row["candidate"] for row in lost}) == len(lost)
    assert len(lost) + len(kept) == CANDIDATES
    reasons = Counter(row["reason"] for row in lost)
    for kind in ("truncated", "empty", "refusal", "invalid JSON", "wrong shape", "wrong language", "too large"):
        assert any(reason.endswith(f": {kind}") for reason in reasons), (kind, reasons)
