"""What trainers take: preference pairs and best answers. Both reveal the order of the tasks to everyone."""

import hashlib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
from datasets import Dataset, Features, Value

from tasks.feed.message import message_of
from tasks.feed.part import Part, write_part

TEST_PERCENT = 10
"""Of the tasks, by the hash of their ids: a task is in one split, of both configs, whatever else is published."""

PREFERENCE = Features(
    {"prompt": Value("string"), "chosen": Value("string"), "rejected": Value("string"), "margin": Value("float64")}
)
"""As TRL's DPOTrainer and RewardTrainer take it; `margin` is q of the chosen less q of the rejected, in (0, 1]."""

SFT = Features({"prompt": Value("string"), "completion": Value("string")})
"""As TRL's SFTTrainer takes it."""


def write_training(public: pa.Table, private: pa.Table, folder: Path) -> list[Part]:
    """Write the configs `preference` and `sft`, each with the splits `train` and `test`; an empty split is left out.

    A ladder gives all six pairs of its four versions: the order is measured and even, so every pair is sound, and
    `margin` tells the three near ones from the far ones. `sft` has rank 0.
    """
    ladders = {row["task_id"]: row["ladder"] for row in private.select(["task_id", "ladder"]).to_pylist()}
    tasks = public.to_pylist()
    parts = []
    for config, features, rows_of in (("preference", PREFERENCE, _pairs), ("sft", SFT, _best)):
        for split in ("train", "test"):
            rows = [
                row
                for task in tasks
                if split_of(task["task_id"]) == split
                for row in rows_of(task, ladders[task["task_id"]])
            ]
            if rows:
                parts.append(write_part(Dataset.from_list(rows, features=features), folder, config, split))
    return parts


def split_of(task_id: str) -> str:
    """`train` or `test`, by the task's id alone."""
    bucket = int.from_bytes(hashlib.sha256(task_id.encode()).digest()[:8], "big") % 100
    return "test" if bucket < TEST_PERCENT else "train"


def _pairs(task: dict[str, Any], ladder: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    messages = _messages(task)
    for better, worse in combinations(ladder, 2):
        yield {
            "prompt": task["prompt"],
            "chosen": messages[better["completion_id"]],
            "rejected": messages[worse["completion_id"]],
            "margin": better["q"] - worse["q"],
        }


def _best(task: dict[str, Any], ladder: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield {"prompt": task["prompt"], "completion": _messages(task)[ladder[0]["completion_id"]]}


def _messages(task: dict[str, Any]) -> dict[str, str]:
    return {
        completion["completion_id"]: message_of((f["filename"], f["content"]) for f in completion["files"])
        for completion in task["completions"]
    }
