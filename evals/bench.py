"""Seconds and CPU-seconds per accepted task by stage, of a whole run with the offline model.

    python -m evals.bench --tasks 8 [--json FILE]

Batches do not overlap here, so that what passes is one stage's own. CPU-seconds are those of the run and of all that
it started: browser, language servers, offline model and Prefect server.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tasks.settings import ROOT


def main() -> None:
    """Run, and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=8)
    parser.add_argument("--personas", default="starter")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as folder:
        settings = Path(folder) / "settings.json"
        settings.write_text(json.dumps({"overlap": 1}), "utf-8")
        command = [
            sys.executable,
            "-m",
            "flows.cli",
            "generate",
            "--tasks",
            str(given.tasks),
            "--seed",
            str(given.seed),
        ]
        command += ["--personas", given.personas, "--settings", str(settings), "--out", f"{folder}/dataset"]
        began = time.monotonic()
        subprocess.run(command, check=True, cwd=ROOT, stdout=sys.stderr)
        whole = time.monotonic() - began
        (progress,) = Path(folder).glob("dataset/runs/*/progress.json")
        now = json.loads(progress.read_text("utf-8"))
    print(_table(now, whole))
    if given.json:
        figures = {
            "tasks": now["accepted"],
            "candidates": now["candidates"],
            "seconds": whole,
            "stages": now["spells"],
        }
        given.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _table(now: dict[str, Any], whole: float) -> str:
    """`now`: the run's `progress.json`, whose `done` names the stages in their order."""
    rows = [f"| {'stage':<9} | seconds | CPU-seconds |", "|---|---:|---:|"]
    accepted, spells = now["accepted"], now["spells"]
    for name in (*now["done"], "other"):
        if spell := spells.get(name):
            rows.append(f"| {name:<9} | {spell['seconds'] / accepted:7.2f} | {spell['cpu_seconds'] / accepted:11.2f} |")
    seconds = sum(spell["seconds"] for spell in spells.values()) / accepted
    cpu = sum(spell["cpu_seconds"] for spell in spells.values()) / accepted
    rows.append(f"| **all**   | {seconds:7.2f} | {cpu:11.2f} |")
    rows.append("")
    rows.append(
        f"{accepted} tasks from {now['candidates']} candidates, {whole:.0f} s with start and report; "
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}."
    )
    return "\n".join(rows)


if __name__ == "__main__":
    main()
