"""The figures of a bench: a table, a JSON file, a comparison with an older one."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.paper import Table
from tasks.errors import BadInput
from tasks.rows import write_whole


@dataclass(frozen=True)
class Figure:
    """One number."""

    key: str
    """In the JSON file."""
    words: str
    value: float
    digits: int = 2
    goal: str = ""
    """What is aimed at, in words; empty if there is no goal."""


@dataclass(frozen=True)
class Figures:
    """What a bench found out."""

    title: str
    figures: tuple[Figure, ...]
    note: str
    """What was tried, and on what."""
    more: Mapping[str, Any] | None = None
    """What else the JSON file has."""

    def table(self, older: Mapping[str, Any] | None = None) -> Table:
        """For people; with an older file's figures beside, and the ratio to them."""
        headings = ("figure", "value", "goal") + (("before", "ratio") if older is not None else ())
        rows = []
        for one in self.figures:
            row: tuple[str, ...] = (one.words, f"{one.value:,.{one.digits}f}", one.goal)
            if older is not None:
                before = older.get(one.key)
                known = isinstance(before, int | float)
                row += (
                    (f"{before:,.{one.digits}f}", f"{one.value / before:.2f}" if before else "") if known else ("", "")
                )
            rows.append(row)
        return Table(self.title, headings, tuple(rows), self.note)

    def save(self, path: Path) -> None:
        """As JSON: every figure by its key, and what else there is.

        Raises:
            BrokenRun: the file can't be written.
        """
        whole = {one.key: one.value for one in self.figures} | dict(self.more or {}) | {"note": self.note}
        write_whole(path, json.dumps(whole, indent=2).encode() + b"\n")


def read_older(path: Path) -> dict[str, Any]:
    """The figures of an earlier run.

    Raises:
        BadInput: the file is none of a bench.
    """
    try:
        older = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        older = None
    if not isinstance(older, dict):
        raise BadInput(f"--compare {path} is no file that `dojo bench --json` has written.")
    return older


def machine() -> str:
    """What the figures were measured on."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else platform.machine()
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"
