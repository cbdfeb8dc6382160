"""What the dataset and its runs' folders say of a ladder's cost: yield, renders, tokens.

A run's folder is only on the machine that made it; without it there are no renders to report.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.ladders import Quad
from tasks.caches import work_folder
from tasks.shard.read import read_side


@dataclass(frozen=True)
class Books:
    """Of the runs that the ladders are from."""

    accepted: int
    lost: int
    """Clean programs that no ladder could be made of: rejected at stage augment."""
    reasons: dict[str, int]
    """Why, and how many."""
    tokens_out: int
    """Of all clean programs, ladders made of them or not."""
    base_tokens_out: int
    """Of the same when they were clean, before the search for a ladder."""
    renders: dict[str, int]
    """Task id to the renders of its search, repeats included; where the run's folder is at hand."""

    @property
    def clean(self) -> int:
        """Clean programs that came to the search."""
        return self.accepted + self.lost

    @property
    def token_ratio(self) -> float:
        """Tokens out per accepted ladder over tokens out per clean program."""
        if not self.accepted or not self.base_tokens_out:
            return float("nan")
        return (self.tokens_out / self.accepted) / (self.base_tokens_out / self.clean)


def read_books(dataset: str, quads: Sequence[Quad]) -> Books:
    """Add up what is on record of the runs that these ladders are from, whole runs each."""
    runs = sorted({quad.run_id for quad in quads})
    private = read_side(dataset, "private", ["run_id", "completion_tokens"]).to_pylist()
    rejected = read_side(dataset, "rejected", ["run_id", "stage", "reason", "completion_tokens"]).to_pylist()
    accepted = [row for row in private if row["run_id"] in runs]
    lost = [row for row in rejected if row["run_id"] in runs and row["stage"] == "augment"]
    tokens = sum(row["completion_tokens"] for row in (*accepted, *lost))
    reasons: dict[str, int] = {}
    for row in lost:
        reasons[row["reason"]] = reasons.get(row["reason"], 0) + 1
    folders = {run_id: _folder(dataset, run_id) for run_id in runs}
    clean = [row for folder in folders.values() for row in _searched(folder)]
    counted = [row for row in clean if row.get("usage")]
    base = sum(row["usage"]["completion_tokens"] for row in counted)
    ranked = [row for folder in folders.values() for row in _rows(folder, "shard-*/ranked.jsonl")]
    return Books(
        accepted=len(accepted),
        lost=len(lost),
        reasons=dict(sorted(reasons.items(), key=lambda pair: -pair[1])),
        tokens_out=tokens,
        base_tokens_out=base if len(counted) == len(accepted) + len(lost) else tokens,
        renders={row["task_id"]: row["ladder"]["renders"] for row in ranked},
    )


def _searched(folder: Path) -> Iterator[dict[str, Any]]:
    """The clean programs that came to the search for a ladder: near-duplicates did not."""
    lost = {row["candidate"]["index"] for row in _rows(folder, "shard-*/rejected.jsonl") if row["stage"] == "dedupe"}
    return (row for row in _rows(folder, "shard-*/proven.jsonl") if row["candidate"]["index"] not in lost)


def _folder(dataset: str, run_id: str) -> Path:
    return work_folder(dataset) / "runs" / run_id / "work"


def _rows(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(pattern)):
        for line in path.read_text("utf-8").split("\n"):
            if line:
                yield json.loads(line)
