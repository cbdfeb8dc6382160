"""A Prefect server of the run's own, on loopback and SQLite, where no server is configured.

Prefect can start one by itself; but two of its kind on one SQLite file end in 'database is locked', and what it has
to say lands on the user's screen. This one takes the first free place of a few, each with its own database and log,
and starts while the rest of the run is still being imported.
"""

import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tasks.address import home_expanded
from tasks.caches import cache_folder
from tasks.errors import BadInput, BrokenRun
from tasks.loopback import check_proxy
from tasks.settings import ROOT

_PLACES = 64
"""Servers of this kind that may run at once on a machine."""

_PATIENCE_S = 120
"""For a server to answer: a new database takes it half a minute on two busy cores."""

_ANSWER_S = 15
"""For a configured server to answer."""

_own: subprocess.Popen[bytes] | None = None
"""The server that was started here, while it is there."""

_DRAIN_S = 10
"""For Prefect's last events and logs."""


@contextmanager
def prefect_server() -> Iterator[None]:
    """Make sure that Prefect, when it is imported, finds a server: the configured one, or one started here.

    Prefect must not have been imported before; the server may still be starting when this yields (see `wait_until_up`).

    Raises:
        BadInput: the environment names a proxy that can't be used.
    """
    global _own
    check_proxy()
    if _configured():
        yield
        return
    place, lock = _claim_place()
    port = _free_port()
    with lock, (place / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.local_server", str(port)],
            env={
                **os.environ,
                "PREFECT_HOME": str(place),
                "PREFECT_UI_ENABLED": "0",
                "PREFECT__SERVER_EPHEMERAL": "1",
                "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            },
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        _own = process
        try:
            with _told(PREFECT_HOME=str(place), PREFECT_API_URL=f"http://127.0.0.1:{port}/api"):
                try:
                    yield
                finally:
                    _drain()
        finally:
            _own = None
            _end(process)


def wait_until_up() -> None:
    """Return as soon as the server that Prefect, which is imported, will call answers.

    Raises:
        BadInput: the configured one does not.
        BrokenRun: the one started here ended, or did not answer within two minutes.
    """
    if _own is None:
        _check_configured()
        return
    url = os.environ["PREFECT_API_URL"]
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError) as error:
            log = Path(os.environ["PREFECT_HOME"]) / "server.log"
            if _own.poll() is not None:
                raise BrokenRun(f"The local Prefect server ended as it started; its log is {log}.") from error
            if time.monotonic() > until:
                raise BrokenRun(
                    f"The local Prefect server did not answer within {_PATIENCE_S} s; its log is {log}."
                ) from error
            time.sleep(0.1)


def _check_configured() -> None:
    """Try the server that the environment or a profile names; an answer of any kind is one."""
    from prefect.settings import get_current_settings

    url = get_current_settings().api.url
    if url is None:
        return
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=_ANSWER_S):
            pass
    except urllib.error.HTTPError:
        pass
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        raise BadInput(
            f"The Prefect server at {url} does not answer ({getattr(why, 'strerror', None) or why}); start it, or take "
            "PREFECT_API_URL away, and a run starts one of its own."
        ) from error


@contextmanager
def _told(**words: str) -> Iterator[None]:
    """The environment with these words in it; afterwards as it was."""
    before = {name: os.environ.get(name) for name in words}
    os.environ.update(words)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _configured() -> bool:
    """Whether the user has a Prefect server: by environment, or by a profile of theirs."""
    if os.environ.get("PREFECT_API_URL"):
        return True
    home = home_expanded(os.environ.get("PREFECT_HOME", "~/.prefect"))
    profiles = home_expanded(os.environ.get("PREFECT_PROFILES_PATH") or str(home / "profiles.toml"))
    return profiles.is_file() and "PREFECT_API_URL" in profiles.read_text("utf-8")


def _claim_place() -> tuple[Path, IO[str]]:
    for number in range(_PLACES):
        place = cache_folder(".cache", "prefect", str(number))
        lock = (place / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return place, lock
    raise BrokenRun(
        f"{_PLACES} runs are under way on this machine already; set PREFECT_API_URL to a server of your own."
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _drain() -> None:
    """Let Prefect send what it still has to say, while there is someone to hear it."""
    if "prefect" in sys.modules:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        logging.getLogger("EventsWorker").setLevel(logging.ERROR)
        EventsWorker.drain_all(timeout=_DRAIN_S, at_exit=False)
        APILogWorker.drain_all(timeout=_DRAIN_S, at_exit=False)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdin:
        process.stdin.close()


def _serve(port: int) -> None:
    """Run the server until it is told to end, or until the run that started it is gone and its pipe with it."""
    import uvicorn

    def follow_the_run() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow_the_run, daemon=True).start()
    uvicorn.run("prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
