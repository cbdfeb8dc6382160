"""What publishing for trainers takes: memory and time for made-up tasks, as many as wanted."""

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.bench.figures import Figure, Figures, machine
from evals.pace import Pace, Tell
from tasks.content import canonical_json
from tasks.feed.publish import Pair, check_request, publish_pairs
from tasks.record import Edit, Program, Repair

_LINES = 60
_WORDS = ("anchor", "basil", "copper", "drum", "ember", "ferry", "garden", "harbour", "island", "jacket", "kettle")


def bench_publish(tasks: int, tell: Tell) -> Figures:
    """Publish so many made-up tasks, of some 3 kB a program, into a temporary folder."""
    pace = Pace("tasks published", tasks, tell)
    with tempfile.TemporaryDirectory() as folder:
        request = check_request("training", None, str(Path(folder) / "out"), reveal=True)
        before = _peak_mib()
        began = time.process_time()
        published = publish_pairs(request, "be0c4", _pairs(tasks, pace), 0)
        seconds = time.process_time() - began
    rows, size = sum(part.rows for part in published.parts), sum(part.bytes for part in published.parts)
    figures = (
        Figure("peak_mib", "memory at the most, MiB", _peak_mib(), 0, "<= 1,024"),
        Figure("before_mib", "of these, before the first task, MiB", before, 0),
        Figure("rows", "rows", rows, 0),
        Figure("mb", "Parquet, MB", size / 1e6, 0),
        Figure("ms_a_task", "processor ms a task", 1000 * seconds / tasks, 1),
    )
    return Figures("Publish", figures, f"{tasks:,} made-up tasks of some 3 kB a program, all configs; {machine()}.")


def _pairs(tasks: int, pace: Pace) -> Iterator[Pair]:
    for n in range(tasks):
        yield _pair(n)
        pace.step()


def _pair(n: int) -> Pair:
    rng = random.Random(n)
    lines = [f"  {'.'.join(rng.choices(_WORDS, k=3))}({rng.random()});\n" for _ in range(_LINES)]
    clean = _files(lines)
    draft = Program.of((file["filename"], file["content"]) for file in _files(lines[1:]))
    repair = Repair(draft=draft, findings=("script.js:2:1 a line is missing",), patch="--- a/script.js\n")
    ladder = []
    for rank, q in enumerate((0.95, 0.82, 0.7, 0.55)):
        text, before = "function start() {\n", lines[rank]
        edit = Edit(
            mutator="made-up",
            family="function",
            file="script.js",
            line=rank + 2,
            start=len(text) + sum(map(len, lines[:rank])),
            before=before,
            after="",
            strength=2,
            note="A step is left out.",
        )
        ladder.append(
            {
                "rank": rank,
                "q": q,
                **{f"q_{part}": q for part in ("function", "visual", "performance", "accessibility")},
                "checks_passed": 8 - rank,
                "checks_total": 8,
                "edits": canonical_json([edit.model_dump(mode="json")]),
                "files": _files([line for at, line in enumerate(lines) if at != rank]),
            }
        )
    public: dict[str, Any] = {"task_id": f"task{n}", "topic": "tools", "prompt": f"# Task {n}\n" + "".join(lines[:10])}
    private = {
        "clean": clean,
        "clean_q": 1.0,
        "ladder": ladder,
        "seal_template": "{}",
        "repairs": canonical_json([repair.model_dump(mode="json")]),
        "models": '["made-up"]',
        "prompt_tokens": 1,
        "completion_tokens": 1,
        "usd": 0.0,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return public, private


def _files(lines: list[str]) -> list[dict[str, str]]:
    script = "function start() {\n" + "".join(lines) + "}\n"
    return [
        {"filename": "index.html", "content": "<!doctype html>\n<title>Made up</title>\n"},
        {"filename": "script.js", "content": script},
    ]


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
