"""Accepted tasks a minute, and processor time of each by stage, of a whole run with the offline model.

The model answers at once, so that what is measured is ours: the run and all that it started, browser, language servers
and Prefect's server included. The offline model's own server counts too, as part of the stages that ask it.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from evals.bench.figures import Figure, Figures, machine
from evals.pace import Tell
from tasks.errors import BrokenRun
from tasks.settings import ROOT


def bench_generate(tasks: int, personas: str, seed: int, under_way: int | None, tell: Tell) -> Figures:
    """Make so many tasks in a run of its own.

    Args:
        tasks: how many.
        personas: as for `dojo generate`.
        seed: of the draw.
        under_way: candidates at once; the default setting's if None, 1 so that what passes is one stage's own.
        tell: hears what goes on.

    Raises:
        BrokenRun: the run failed.
    """
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as folder:
        settings = Path(folder) / "settings.json"
        settings.write_text(json.dumps({"under_way": under_way} if under_way else {}), "utf-8")
        command = [sys.executable, "-m", "flows.cli", "generate", "--tasks", str(tasks), "--seed", str(seed)]
        command += ["--personas", personas, "--settings", str(settings), "--out", f"{folder}/dataset"]
        tell(f"making {tasks} tasks ...")
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        whole = time.monotonic() - began
        if done.returncode:
            raise BrokenRun(f"`dojo generate` failed: {done.stderr.strip()[-300:]}")
        (progress,) = Path(folder).glob("dataset/runs/*/progress.json")
        now = json.loads(progress.read_text("utf-8"))
    return _figures(now, whole)


def _figures(now: dict[str, Any], whole: float) -> Figures:
    """`now`: the run's `progress.json`, whose `done` names the stages in their order."""
    accepted, spells = now["accepted"], now["spells"]
    stages = {name: spells[name] for name in (*now["done"], "other") if name in spells}
    seconds = sum(spell["seconds"] for spell in stages.values())
    cpu = sum(spell["cpu_seconds"] for spell in stages.values())
    figures = [
        Figure("accepted_per_minute", "accepted tasks a minute", accepted / seconds * 60, 1, ">= 40"),
        Figure("cpu_seconds_per_accepted", "CPU-seconds a task", cpu / accepted, 2, "<= 2.5"),
        *(
            Figure(f"cpu_{name}", f"of these, {name}", spell["cpu_seconds"] / accepted, 2)
            for name, spell in stages.items()
        ),
    ]
    more = {
        "tasks": accepted,
        "candidates": now["candidates"],
        "seconds": seconds,
        "stages": {
            name: {key: spell[key] / accepted for key in ("seconds", "cpu_seconds")} for name, spell in stages.items()
        },
    }
    note = (
        f"{accepted} tasks from {now['candidates']} candidates in {seconds:.0f} s ({whole:.0f} s with start and "
        f"report); {machine()}."
    )
    return Figures("Generate", tuple(figures), note, more)
