"""Rows of schema 1 in the form of schema 2, as far as that can be had.

There the four versions carried menus: tables of alternatives in the text, and at each site a reference with a key. The
clean program is had by undoing them, and the task's id, a hash of it, says whether that went well. A version in natural
words can be had where its edits' entries are plain values; a function of a menu is no text that stands at a site.
"""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from pydantic import ValidationError

from tasks.content import canonical_json
from tasks.record import Edit, Problem, Program, task_id_of
from tasks.shard.schema import SCHEMA_VERSION

NOT_HELD = "The edits and natural files of this version can't be had from a dataset of schema 1, so there is no diff."
"""What is said of a version that can't be had."""
_MOST_TRIES = 64
"""Ways of undoing edits that are looked at where the text at a site stands more than once on its line."""
_REFERENCE = re.compile(r"\w+\[\d\]|var\(--[\w-]+-\d\)")


def upgraded(private: Mapping[str, Any], public: Mapping[str, Any]) -> dict[str, Any]:
    """The private row of a task in the form of schema 2; null where something can't be had."""
    clean = _clean(private, public)
    ladder = [_rung(rung, clean) for rung in private["ladder"]]
    return {
        **private,
        "schema_version": SCHEMA_VERSION,
        "clean": _rows(clean) if clean is not None else None,
        "clean_q": None,
        "ladder": ladder,
        "seal_template": None,
        "spread": None,
        "repairs": "[]",
    }


def _clean(private: Mapping[str, Any], public: Mapping[str, Any]) -> Program | None:
    """The program that the versions were made from, if the task's id says that it is that."""
    first = private["ladder"][0]
    files: list[dict[str, str]] = next(
        (one["files"] for one in public["completions"] if one["completion_id"] == first["completion_id"]), []
    )
    program = Program.of((file["filename"], file["content"]) for file in files)
    try:
        problem = Problem.model_validate_json(private["problem"])
        edits = json.loads(first["edits"])
    except (ValidationError, ValueError):
        return None
    found = _undone(program, edits)
    return next((one for one in found if task_id_of(problem, one) == private["task_id"]), None)


def _rung(rung: Mapping[str, Any], clean: Program | None) -> dict[str, Any]:
    """A rung with its natural files and edits; without them if they can't be had."""
    edits = _natural(json.loads(rung["edits"]), clean) if clean is not None else None
    if clean is None or edits is None:
        return {**rung, "edits": "[]", "files": None}
    files = {file.filename: file.content.encode() for file in clean.files}
    for edit in sorted(edits, key=lambda edit: -edit.start):
        text = files[edit.file]
        files[edit.file] = text[: edit.start] + edit.after.encode() + text[edit.start + len(edit.before.encode()) :]
    natural = Program.of((name, text.decode()) for name, text in files.items())
    return {
        **rung,
        "edits": canonical_json([edit.model_dump(mode="json") for edit in edits]),
        "files": _rows(natural),
    }


def _natural(edits: Sequence[Mapping[str, Any]], clean: Program) -> list[Edit] | None:
    """The harms among a version's edits in natural words; None if one has none."""
    found = []
    for edit in edits:
        if not edit["strength"]:
            continue
        means, text = edit.get("means", ""), clean.text(edit["file"]) or ""
        start = _place(text, edit)
        if not means or "=>" in means or start < 0:
            return None
        held = _REFERENCE.search(edit["after"])
        if held is None:
            return None
        after = edit["after"][: held.start()] + means + edit["after"][held.end() :]
        told = {key: edit[key] for key in ("mutator", "family", "file", "line", "before", "strength", "note")}
        found.append(Edit(**told, start=len(text[:start].encode()), after=after))
    return found


def _place(text: str, edit: Mapping[str, Any]) -> int:
    """Where an edit's place begins in the clean file, in characters; -1 if it can't be told."""
    lines = text.splitlines(keepends=True)
    begin = sum(len(line) for line in lines[: edit["line"] - 1])
    line = lines[edit["line"] - 1] if edit["line"] <= len(lines) else ""
    if not edit["before"]:
        return begin
    return text.find(edit["before"], begin) if line.count(edit["before"].split("\n")[0]) == 1 else -1


def _undone(version: Program, edits: Sequence[Mapping[str, Any]]) -> list[Program]:
    """The programs that a version may have been made from; mostly one.

    Menus are taken out, and then edits undone from top to bottom, so that each stands on the line that it had in the
    clean program.
    """
    ways: list[list[str]] = []
    for file in version.files:
        text = file.content
        mine = [edit for edit in edits if edit["file"] == file.filename]
        for edit in mine:
            text = text.replace(edit["menu"], "", 1) if edit.get("menu") else text
        ways.append(_undo(text, sorted(mine, key=lambda edit: int(edit["line"]))))
    names = [file.filename for file in version.files]
    tried = zip(product(*ways), range(_MOST_TRIES), strict=False)
    return [Program.of(zip(names, texts, strict=True)) for texts, _ in tried]


def _undo(text: str, edits: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every way to undo edits that stand in the order of their lines."""
    ways = [(text, 0)]
    for edit in edits:
        ways = [
            (so_far[:at] + edit["before"] + so_far[at + len(edit["after"]) :], at + len(edit["before"]))
            for so_far, behind in ways
            for at in _places(so_far, edit, behind)
        ][:_MOST_TRIES]
    return [so_far for so_far, _ in ways]


def _places(text: str, edit: Mapping[str, Any], behind: int) -> list[int]:
    """Where the edit's text begins, on its line if it is there; anywhere behind the last edit otherwise."""
    found, at = [], text.find(edit["after"], behind)
    while at >= 0 and edit["after"]:
        found.append(at)
        at = text.find(edit["after"], at + 1)
    on_line = [at for at in found if text.count("\n", 0, at) + 1 == edit["line"]]
    return on_line or found


def _rows(program: Program) -> list[dict[str, str]]:
    return [{"filename": file.filename, "content": file.content} for file in program.files]
