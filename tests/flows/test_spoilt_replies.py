"""Two thousand spoilt replies through the whole flow: no crash, no hang, each accounted for."""

import asyncio
import json
import os
import random
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow.parquet as pq

from tasks.model.offline.server import OfflineServer
from tasks.settings import ROOT
from tests.model.spoilers import HARMLESS, HOPELESS, spoilt

REPLIES = 2000
CANDIDATES = 460
PATIENCE_S = 900
GOOD_PROGRAMS = 0.004
"""Share of programs that come spoilt in a way that can be undone; the others are hopeless, lest the browser has to
look at hundreds of pages."""


@contextmanager
def spoiler(offline: str):
    """A model that asks the offline one and spoils what it says; gives its URL and what it did, by name."""
    rng, lock = random.Random(11), threading.Lock()
    did: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format, *args):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {"Content-Type": "application/json", "Authorization": "Bearer offline"}
            with urllib.request.urlopen(
                urllib.request.Request(offline + "/chat/completions", body, headers), timeout=60
            ) as told:
                reply = json.load(told)
            choice = reply["choices"][0]
            text = choice["message"]["content"]
            with lock:
                if '"content":' not in text and '"files"' not in text:
                    one, _ = spoilt(rng, text)
                elif rng.random() < GOOD_PROGRAMS:
                    one = HARMLESS_ONE(rng, text)
                else:
                    one = HOPELESS[rng.choice(sorted(HOPELESS))](rng, text)
                did[one.name] += 1
            choice["message"] |= {"content": one.content, "refusal": one.refusal}
            choice["finish_reason"] = one.finish
            data = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def HARMLESS_ONE(rng, text):
        from tests.model.spoilers import Spoilt

        name = rng.choice(sorted(HARMLESS))
        return Spoilt(name, HARMLESS[name](rng, text))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", did
    finally:
        server.shutdown()
        server.server_close()


async def test_two_thousand_spoilt_replies_end_in_reasons(tmp_path):
    async with OfflineServer(lapses=0.0) as offline:
        with spoiler(offline.base_url) as (url, did):
            settings = {
                "batch": 32,
                "overlap": 3,
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
                "--out", str(tmp_path / "out"),
            ]  # fmt: skip
            done = await asyncio.to_thread(
                subprocess.run, command, cwd=ROOT, env=os.environ | {"A_KEY": "k"},
                capture_output=True, text=True, timeout=PATIENCE_S, check=False,
            )  # fmt: skip
    assert done.returncode == 3, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Traceback" not in done.stdout + done.stderr
    served = sum(did.values())
    assert served >= REPLIES
    (ledger,) = tmp_path.glob("out/runs/*/usage.parquet")
    rows = pq.read_table(ledger).to_pylist()
    assert sum(1 for row in rows if row["outcome"] == "ok") == served
    lost = [row for path in tmp_path.glob("out/rejected/*.parquet") for row in pq.read_table(path).to_pylist()]
    kept = [row for path in tmp_path.glob("out/public/*.parquet") for row in pq.read_table(path).to_pylist()]
    assert sorted({row["candidate"] for row in lost}) == sorted(row["candidate"] for row in lost)
    assert len(lost) + len(kept) == CANDIDATES
    reasons = Counter(row["reason"] for row in lost)
    for kind in ("truncated", "empty", "refusal", "invalid JSON", "wrong shape", "wrong language", "too large"):
        assert any(reason.endswith(f": {kind}") for reason in reasons), (kind, reasons)
