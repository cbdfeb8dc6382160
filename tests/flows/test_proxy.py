"""A proxy in the environment is for the endpoints; nothing on this machine is reached through one."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from tasks.loopback import spare_loopback
from tasks.model.gateway import Gateway
from tasks.settings import ROOT, Deployment, ModelSettings
from tests.loopback import serving
from tests.model.strict import USAGE, VERSE
from tests.model.test_strict_providers import Verse

DEAD = "http://127.0.0.1:9"
"""Nobody listens there."""
NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
PATIENCE_S = 400


@contextmanager
def proxy():
    """A proxy that answers for every host itself; gives its address and what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format, *args):
            pass

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.path)
            message = {"role": "assistant", "content": VERSE}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
            data = json.dumps(whole | {"usage": USAGE}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_CONNECT(self):
            asked.append(self.path)
            self.send_error(502)

    with serving(Handler) as url:
        yield url, asked


def test_the_whole_path_runs_with_a_dead_proxy(tmp_path):
    settings = tmp_path / "mine.json"
    settings.write_text(json.dumps({"batch": 2, "model": {"replies": str(tmp_path / "replies")}}))
    out = str(tmp_path / "out")
    command = [sys.executable, "-m", "flows.cli", "generate", "--tasks", "1", "--seed", "5", "--out", out]
    kept = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    done = subprocess.run(
        [*command, "--settings", str(settings)],
        env=kept | dict.fromkeys(NAMES, DEAD),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((tmp_path / "out" / "public").glob("*.parquet"))


@pytest.mark.parametrize("kind", ["openai/m", "hosted_vllm/m"])
@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_an_endpoint_is_asked_through_the_proxy(monkeypatch, kind, name):
    for one in (*NAMES, "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(one, raising=False)
    host = (
        f"{name.lower().replace('_', '-')}.{kind.partition('/')[0].replace('_', '-')}.models.test"  # nothing is cached
    )
    with proxy() as (url, asked):
        monkeypatch.setenv(name, url)
        for one in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(one, "")
        spare_loopback()
        monkeypatch.setenv("A_KEY", "k")
        one = Deployment(name="far", model=kind, api_base=f"http://{host}/v1", api_key_env="A_KEY")
        gateway = Gateway(ModelSettings(deployments=(one,), timeout_s=20))
        answer = await gateway.ask("problem", {"topic": "games", "persona": "A ferry pilot."}, Verse, seed=1)
    assert answer.value is not None
    assert asked == [f"http://{host}/v1/chat/completions"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, set()),
        ({"HTTP_PROXY": DEAD}, {"localhost", "127.0.0.1", "::1"}),
        ({"all_proxy": DEAD, "no_proxy": "a.test, .b.test"}, {"a.test", ".b.test", "localhost", "127.0.0.1", "::1"}),
        ({"HTTPS_PROXY": DEAD, "NO_PROXY": "a.test", "no_proxy": "b.test"},
         {"a.test", "b.test", "localhost", "127.0.0.1", "::1"}),
        ({"HTTP_PROXY": DEAD, "NO_PROXY": "*"}, {"*"}),
    ],
)  # fmt: skip
def test_what_the_user_excepts_stays_excepted(before, after):
    environment = dict(before)
    spare_loopback(environment)
    for name in ("NO_PROXY", "no_proxy"):
        assert set(environment.get(name, "").split(",")) - {""} == after


def test_a_socks_proxy_that_can_not_be_used_is_refused(dojo, monkeypatch, tmp_path):
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    code, out, err = dojo("generate", "--tasks", 1, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert err.startswith("dojo: ALL_PROXY names a SOCKS proxy, ") and len(err.splitlines()) == 1
    assert not (tmp_path / "out").exists()
