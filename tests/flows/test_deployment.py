"""The flows as deployments: a real Prefect server, a process worker, `prefect deploy`, `prefect deployment run`."""

import os
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from flows.local_server import prefect_server, wait_until_up
from tasks.settings import ROOT

PATIENCE_S = 300


@pytest.fixture(scope="module")
def prefect(tmp_path_factory):
    """Runs the `prefect` command against a server of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PREFECT_API_URL", raising=False)
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect-home")))
        with prefect_server():
            wait_until_up()
            environment = {**os.environ, "DOJO_REPO": "example/tasks", "PYTHONPATH": str(ROOT)}

            def call(*words):
                done = subprocess.run(
                    [sys.executable, "-m", "prefect", "--no-prompt", *words],
                    capture_output=True, text=True, cwd=ROOT, env=environment, timeout=PATIENCE_S, check=False,
                )  # fmt: skip
                assert done.returncode == 0, done.stdout + done.stderr
                return done.stdout

            call.environment = environment
            yield call


def test_every_deployment_of_the_file_is_there_with_its_typed_parameters(prefect):
    prefect("work-pool", "create", "dojo", "--type", "process", "--overwrite")
    prefect("deploy", "--all")
    listed = prefect("deployment", "ls")
    for name in ("generate/every-15-minutes", "generate/on-demand", "publish/nightly"):
        assert name in listed
    shown = prefect("deployment", "inspect", "generate/on-demand")
    assert "exactly" in shown
    assert "minimum" in shown


def test_a_worker_runs_what_is_asked_for_on_demand(prefect, tmp_path):
    out = tmp_path / "dataset"
    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "prefect", "worker", "start", "--pool", "dojo", "--type", "process"],
            cwd=ROOT, env=prefect.environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            prefect("deployment", "run", "generate/on-demand", "-p", "tasks=1", "-p", f"out={out}", "-p", "seed=9")
            until = time.monotonic() + PATIENCE_S
            note = out / "runs"
            while not any('"finished"' in path.read_text("utf-8") for path in note.glob("*/run.json")):
                assert worker.poll() is None, (tmp_path / "worker.log").read_text()
                assert time.monotonic() < until, (tmp_path / "worker.log").read_text()
                time.sleep(0.5)
        finally:
            worker.terminate()
            try:
                worker.wait(timeout=30)
            except subprocess.TimeoutExpired:
                # told to end while a run of its own is still ending, Prefect's worker now and then waits for ever
                worker.kill()
                worker.wait()
    assert sum(pq.read_metadata(path).num_rows for path in (out / "public").glob("*.parquet")) == 1
