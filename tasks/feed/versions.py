"""A task's programs as trainers take them: natural files, what was measured, and what is wrong with each."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.diff import file_diff
from tasks.feed.message import message_of
from tasks.record import FAMILIES, Edit, Repair

PARTS = FAMILIES
Files = tuple[tuple[str, str], ...]
"""Names and contents."""


@dataclass(frozen=True)
class Measured:
    """A natural program and its q."""

    name: str
    """`clean`, or `rank 0` to `rank 3`."""
    files: Files
    q: float
    parts: Mapping[str, float | None]
    """By family; None where it is not known."""
    edits: tuple[Edit, ...]

    @property
    def message(self) -> str:
        """The program as the text of one message."""
        return message_of(self.files)


def clean_files(private: Mapping[str, Any]) -> Files | None:
    """The clean program; None if a row of schema 1 does not give it."""
    return _files(private["clean"])


def programs(private: Mapping[str, Any]) -> list[Measured]:
    """The distinct programs of a task of which q is known, best first: the clean one and the four natural versions."""
    found: list[Measured] = []
    clean = clean_files(private)
    if clean is not None and private["clean_q"] is not None:
        found.append(Measured("clean", clean, private["clean_q"], dict.fromkeys(PARTS), ()))
    for rung in private["ladder"]:
        files = _files(rung["files"])
        if files is None:
            continue
        edits = tuple(Edit.model_validate(edit) for edit in json.loads(rung["edits"]))
        parts: dict[str, float | None] = {part: rung[f"q_{part}"] for part in PARTS}
        one = Measured(f"rank {rung['rank']}", files, rung["q"], parts, edits)
        if not edits:
            found = [other for other in found if other.files != files]  # the clean one, and here its parts are known
        found.append(one)
    return sorted(found, key=lambda one: -one.q)


def faults(one: Measured) -> Iterator[dict[str, Any]]:
    """What is wrong with a program, edit by edit: lines of its own file, what a person notices, and the patch that
    mends this and nothing else."""
    texts = dict(one.files)
    shift: dict[str, int] = {}
    for edit in sorted(one.edits, key=lambda edit: (edit.file, edit.start)):
        text = texts[edit.file].encode()
        start = edit.start + shift.get(edit.file, 0)
        end = start + len(edit.after.encode())
        shift[edit.file] = shift.get(edit.file, 0) + len(edit.after.encode()) - len(edit.before.encode())
        mended = text[:start] + edit.before.encode() + text[end:]
        first = text.count(b"\n", 0, start) + 1
        yield {
            "family": edit.family,
            "file": edit.file,
            "first_line": first,
            "last_line": first + max(0, edit.after.rstrip("\n").count("\n")),
            "notice": edit.note,
            "patch": file_diff(edit.file, texts[edit.file], mended.decode()),
        }


def repairs(private: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Drafts that were found faulty, what was found, and the patch that was made."""
    for repair in (Repair.model_validate(one) for one in json.loads(private["repairs"])):
        draft = message_of((file.filename, file.content) for file in repair.draft.files)
        yield {"draft": draft, "findings": list(repair.findings), "patch": repair.patch}


def _files(rows: Sequence[Mapping[str, str]] | None) -> Files | None:
    return None if rows is None else tuple((row["filename"], row["content"]) for row in rows)
