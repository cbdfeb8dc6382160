"""The time to so many accepted tasks with replies as slow as a real model's, beside the ideal.

The ideal is worked out from what the run itself measured: each candidate alone, with the seconds that its own calls
took and the renders that it needed. It waits for a free place at the endpoint or for a free processor, first come,
first served, and for nothing else: no batch, no order, no other candidate. Whatever the run adds is ours.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from evals.bench.figures import Figure, Figures, machine
from evals.bench.ideal import Calls, Course, Renders, ideal_seconds
from evals.pace import Tell
from tasks.errors import BrokenRun
from tasks.model.ledger import Entry, read_entries
from tasks.model.offline.server import OfflineServer
from tasks.record import Ranked, Rejected
from tasks.rows import load_rows
from tasks.settings import ROOT

LIMIT = 16
"""Calls that the endpoint takes at once."""
MEDIAN_S, P95_S = 40.0, 150.0
"""Of a real model's replies to the prompts of this project (issue 14)."""
_KEY = "DOJO_BENCH_KEY"
_TOGETHER = 4
"""Renders of a search that are asked for at once: a quartet."""


def bench_latency(tasks: int, personas: str, seed: int, scale: float, tell: Tell) -> Figures:
    """Make so many tasks with an endpoint of `LIMIT` places whose replies take `scale` times as long as a real model's.

    Raises:
        BrokenRun: the run failed.
    """
    return asyncio.run(_bench(tasks, personas, seed, scale, tell))


async def _bench(tasks: int, personas: str, seed: int, scale: float, tell: Tell) -> Figures:
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as folder:
        async with OfflineServer(latency=(MEDIAN_S * scale, P95_S * scale)) as model:
            one = {"name": "slow", "model": "openai/offline", "api_base": model.base_url, "api_key_env": _KEY}
            deployments = [one | {"concurrency": LIMIT, "usd_in": 0, "usd_out": 0, "timeout_s": 3600}]
            settings = Path(folder) / "settings.json"
            settings.write_text(json.dumps({"model": {"reuse": False, "deployments": deployments}}), "utf-8")
            command = [sys.executable, "-m", "flows.cli", "generate", "--tasks", str(tasks), "--seed", str(seed)]
            command += ["--personas", personas, "--settings", str(settings), "--out", f"{folder}/dataset"]
            tell(f"making {tasks} tasks with replies of {MEDIAN_S * scale:g} s (median) ...")
            began = time.monotonic()
            env = os.environ | {_KEY: "k"}
            run_it = partial(subprocess.run, command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
            done = await asyncio.to_thread(run_it)
            whole = time.monotonic() - began
        if done.returncode:
            raise BrokenRun(f"`dojo generate` failed: {done.stderr.strip()[-300:]}")
        (run,) = Path(folder).glob("dataset/runs/*")
        progress: dict[str, Any] = json.loads((run / "progress.json").read_text("utf-8"))
        return _figures(run, progress, tasks, scale, whole)


def _figures(run: Path, progress: dict[str, Any], tasks: int, scale: float, whole: float) -> Figures:
    cpu = sum(spell["cpu_seconds"] for spell in progress["spells"].values())
    ends = _ends(run)
    renders = sum(_renders(end) for end in ends.values())
    courses = list(_courses(run, ends, cpu / renders))
    cores = os.cpu_count() or 1
    ideal = ideal_seconds(courses, tasks, LIMIT, cores)
    waited = sum(part.seconds for course in courses for part in course.parts if isinstance(part, Calls))
    seconds = progress["seconds"]
    figures = (
        Figure("seconds", f"seconds to {tasks} accepted tasks", seconds, 0),
        Figure("ideal_seconds", f"the ideal: each on its own, {LIMIT} places, {cores} processors", ideal, 0),
        Figure("ratio", "ratio", seconds / ideal, 2, "<= 1.25"),
        Figure("calls_bound", f"bound by the calls alone: their seconds / {LIMIT}", waited / LIMIT, 0),
        Figure("cpu_bound", "bound by the processors alone: CPU-seconds / processors", cpu / cores, 0),
    )
    note = (
        f"Replies are log-normal with a median of {MEDIAN_S * scale:g} s and a 95th percentile of {P95_S * scale:g} s "
        f"({scale:g} times a real model's); {progress['candidates']} candidates, {whole:.0f} s with start and report; "
        f"{machine()}."
    )
    return Figures("Generate, with a real model's latency", figures, note, {"tasks": tasks, "scale": scale})


def _ends(run: Path) -> dict[int, Ranked | Rejected]:
    found: list[Ranked | Rejected] = []
    for shard in run.glob("work/shard-*"):
        for kind, name in ((Ranked, "ranked"), (Rejected, "rejected")):
            path = shard / f"{name}.jsonl"
            found += load_rows(path, kind) if path.exists() else []
    return {end.candidate.index: end for end in found}


def _renders(end: Ranked | Rejected) -> int:
    """Of the search, and the two that prove a clean program."""
    return end.ladder.renders + 2 if isinstance(end, Ranked) else 2


def _courses(run: Path, ends: dict[int, Ranked | Rejected], cpu_per_render: float) -> Iterator[Course]:
    """What each candidate needs, in the candidates' order."""
    calls: dict[int, list[Entry]] = {}
    for entry in read_entries(run):
        if entry.candidate is not None:
            calls.setdefault(entry.candidate, []).append(entry)
    for index, end in sorted(ends.items()):
        mine = sorted(calls.get(index, []), key=lambda entry: entry.time)
        repairs = [entry.seconds for entry in mine if entry.stage == "diagnose"]
        parts: list[Calls | Renders] = [Calls(entry.seconds) for entry in mine if entry.stage in ("problem", "program")]
        for seconds in repairs:
            parts += [Renders(1, cpu_per_render), Calls(seconds)]
        parts += [Renders(1, cpu_per_render)] * 2
        parts += [Calls(entry.seconds) for entry in mine if entry.stage == "augment"]
        left = _renders(end) - 2
        while left > 0:
            parts.append(Renders(min(left, _TOGETHER), cpu_per_render))
            left -= _TOGETHER
        yield Course(tuple(parts), accepted=isinstance(end, Ranked))
