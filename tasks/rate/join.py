"""Rated tasks: what raters said of four pages, joined with the order that was measured."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from statistics import mean
from typing import Any

from tasks.errors import BadInput
from tasks.rate.answer import Answer, Answers, who
from tasks.rate.ratings import LETTERS, RATINGS, Entry, Letter, read_entries, task_folders
from tasks.rate.swap import changing, folder_named
from tasks.record import FAMILIES, Edit, Problem, Record
from tasks.rows import writing

COMMENTS = "comments.json"
"""In a task's folder: what raters wrote, if anybody did."""


class Joined(Record):
    """What has been added, and what is there now."""

    added: int
    """Ratings of a task by a rater."""
    raters: int
    tasks: int
    """In the folder, with those that were there."""


def check_folder(to: str) -> Path:
    """The folder to write rated tasks to.

    Raises:
        BadInput: it is not a folder, there is something in it that is no rated task, or as `swap.folder_named`.
    """
    folder = folder_named(to)
    if folder.exists():
        other = next((task for task in task_folders(folder) if not (task / RATINGS).is_file()), None)
        if other is not None:
            raise BadInput(f"{to} holds a folder {other.name} that is no rated task; choose another folder.")
    return folder


def join_answers(answers: Sequence[Answers], rows: Mapping[str, Mapping[str, Any]], folder: Path) -> Joined:
    """Add raters' files to a folder of rated tasks: all of them or, if one can't be, nothing.

    Args:
        answers: checked against the dataset.
        rows: private rows of their tasks, by id.
        folder: as `check_folder` gives it.

    Raises:
        BadInput: a rater has rated a task before, or the folder's task is not the dataset's.
        BrokenRun: the disk does not take it.
    """
    with changing(folder) as aside, writing(folder):
        for given in answers:
            for answer in given.tasks:
                _add(given, answer, rows[answer.task_id], aside / answer.task_id, folder)
        tasks = len(task_folders(aside))
    added = sum(len(given.tasks) for given in answers)
    return Joined(added=added, raters=len({given.who for given in answers}), tasks=tasks)


def _add(given: Answers, answer: Answer, row: Mapping[str, Any], task: Path, folder: Path) -> None:
    """One rater's scores of one task, into its folder; the first rater's letters are the folder's."""
    scores = {page.completion_id: page.score or 0.0 for page in answer.pages.values()}
    if task.exists():
        entries = read_entries(task)
        _check_same(given, answer, entries, folder)
    else:
        entries = _new_task(answer, row, task)
    after = {}
    for letter, entry in entries.items():
        ratings = (*entry.ratings, scores[entry.completion_id])
        changed = {"ratings": ratings, "raters": (*entry.raters, given.rater), "rating": mean(ratings)}
        after[letter] = Entry.model_validate(entry.model_copy(update=changed).model_dump())
    _write_json(task / RATINGS, {letter: entry.model_dump(mode="json") for letter, entry in after.items()})
    if answer.comment.strip():
        _add_comment(given, answer, entries, task)


def _check_same(given: Answers, answer: Answer, entries: Mapping[Letter, Entry], folder: Path) -> None:
    where = f"{given.file}: task {answer.task_id}"
    held = {entry.completion_id for entry in entries.values()}
    if held != {page.completion_id for page in answer.pages.values()}:
        raise BadInput(f"{where} in {folder} has other pages; choose another folder for the ratings of this dataset.")
    if given.who in {who(rater) for rater in entries["A"].raters}:
        raise BadInput(f"{where} was rated by {given.rater} already, in {folder}; leave the file out.")


def _new_task(answer: Answer, row: Mapping[str, Any], task: Path) -> dict[Letter, Entry]:
    """The task's folder without a rating; gives its entries, whose ratings are empty."""
    rungs = {rung["completion_id"]: rung for rung in row["ladder"]}
    task.mkdir(parents=True)
    problem = Problem.model_validate_json(row["problem"])
    _write_json(task / "problem.json", problem.model_dump(mode="json"))
    _write_files(task / "clean", row["clean"])
    entries: dict[Letter, Entry] = {}
    for letter in LETTERS:
        completion = answer.pages[letter].completion_id
        rung = rungs[completion]
        _write_files(task / letter, rung["files"])
        edits = [Edit.model_validate(edit) for edit in json.loads(rung["edits"])]
        entries[letter] = Entry(
            rating=0,
            rank=rung["rank"],
            q=rung["q"],
            harms=tuple(edit.note for edit in edits),
            families=tuple(edit.family for edit in edits),
            completion_id=completion,
            **{family: rung[f"q_{family}"] for family in FAMILIES},
        )
    return entries


def _add_comment(given: Answers, answer: Answer, entries: Mapping[Letter, Entry], task: Path) -> None:
    """What the rater wrote, with the letters under which this rater saw the pages."""
    path = task / COMMENTS
    try:
        comments = json.loads(path.read_text("utf-8")) if path.exists() else []
    except ValueError as error:
        raise BadInput(f"{answer.task_id}/{COMMENTS} in the folder is no JSON; mend it, or delete it.") from error
    here = {entry.completion_id: letter for letter, entry in entries.items()}
    letters = {letter: here[page.completion_id] for letter, page in sorted(answer.pages.items())}
    comments.append({"rater": given.rater, "comment": answer.comment, "letters": letters})
    _write_json(path, comments)


def _write_files(folder: Path, files: Sequence[Mapping[str, str]]) -> None:
    """A program's files; a name leads nowhere out of the folder."""
    for file in files:
        name = PurePosixPath(file["filename"])
        if name.is_absolute() or ".." in name.parts or "\\" in file["filename"] or "\0" in file["filename"]:
            raise BadInput(f"{file['filename']!r} is no name for a program's file; take a dataset that this dojo made.")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file["content"].encode())


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
