"""What trainers take, from natural files alone. All of it reveals the order of the tasks to everyone."""

import hashlib
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from datasets import Features, List, Value

from tasks.feed.message import message_of
from tasks.feed.versions import PARTS, Measured, clean_files, faults, programs, repairs

TEST_PERCENT = 10
"""Of the tasks, by the hash of their ids: a task is in one split, of all configs, whatever else is published."""
SPLITS = ("train", "test")

_TEXT, _NUMBER = Value("string"), Value("float64")
_MESSAGES = List({"role": _TEXT, "content": _TEXT})
TRAINING = {
    "preference": Features({"prompt": _TEXT, "chosen": _TEXT, "rejected": _TEXT, "margin": _NUMBER}),
    "preference_messages": Features(
        {"prompt": _MESSAGES, "chosen": _MESSAGES, "rejected": _MESSAGES, "margin": _NUMBER}
    ),
    "sft": Features({"prompt": _TEXT, "completion": _TEXT}),
    "ranked": Features(
        {
            "prompt": _TEXT,
            "programs": List(
                {"name": _TEXT, "completion": _TEXT, "q": _NUMBER, **{f"q_{part}": _NUMBER for part in PARTS}}
            ),
        }
    ),
    "unpaired": Features({"prompt": _TEXT, "completion": _TEXT, "label": Value("bool")}),
    "critique": Features(
        {
            "prompt": _TEXT,
            "completion": _TEXT,
            "q": _NUMBER,
            "faults": List(
                {
                    "family": _TEXT,
                    "file": _TEXT,
                    "first_line": Value("int32"),
                    "last_line": Value("int32"),
                    "notice": _TEXT,
                    "patch": _TEXT,
                }
            ),
        }
    ),
    "repair": Features({"prompt": _TEXT, "draft": _TEXT, "findings": List(_TEXT), "patch": _TEXT}),
}
"""By config. `preference`, `preference_messages`, `sft` and `unpaired` are as TRL's trainers take them (DPO and reward,
SFT, KTO); `margin` is q of the chosen less q of the rejected, in (0, 1]."""


def training_rows(public: dict[str, Any], private: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All rows of a task, each with the name of its config."""
    prompt = public["prompt"]
    clean, ladder = clean_files(private), programs(private)
    asked = [{"role": "user", "content": prompt}]
    for better, worse in combinations(ladder, 2):
        margin = better.q - worse.q
        if margin > 0:
            chosen, rejected = better.message, worse.message
            yield "preference", {"prompt": prompt, "chosen": chosen, "rejected": rejected, "margin": margin}
            pair = {"chosen": _answer(chosen), "rejected": _answer(rejected)}
            yield "preference_messages", {"prompt": asked, **pair, "margin": margin}
    if clean is not None:
        yield "sft", {"prompt": prompt, "completion": message_of(clean)}
    if len(ladder) > 1:
        yield "ranked", {"prompt": prompt, "programs": [_ranked(one) for one in ladder]}
    for one in ladder:
        yield "unpaired", {"prompt": prompt, "completion": one.message, "label": not one.edits}
        if one.edits:
            found = list(faults(one))
            yield "critique", {"prompt": prompt, "completion": one.message, "q": one.q, "faults": found}
    for repair in repairs(private):
        yield "repair", {"prompt": prompt, **repair}


def split_of(task_id: str) -> str:
    """`train` or `test`, by the task's id alone."""
    bucket = int.from_bytes(hashlib.sha256(task_id.encode()).digest()[:8], "big") % 100
    return "test" if bucket < TEST_PERCENT else "train"


def _answer(message: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": message}]


def _ranked(one: Measured) -> dict[str, Any]:
    parts = {f"q_{part}": one.parts[part] for part in PARTS}
    return {"name": one.name, "completion": one.message, "q": one.q, **parts}
