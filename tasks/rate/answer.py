"""What a rater saved, read and checked: it joins whole, or not at all."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from tasks.errors import BadInput
from tasks.rate.pack import page_hash, sealed_pages
from tasks.rate.ratings import HIGHEST, LETTERS, Letter, first_fault
from tasks.record import Record

_MOST_BYTES = 20_000_000
"""Of a file; one of a thousand tasks with long comments has less than two million."""
_AGAIN = "give a file as the pack's form saves it."


class Score(Record):
    """What a rater said of one page."""

    model_config = ConfigDict(strict=True)

    completion_id: str
    sha256: str
    """Of the page that was rated."""
    score: float | None = None
    """0 to 100; None if it was left out, which is refused."""


class Answer(Record):
    """What a rater said of one task."""

    task_id: str
    pages: dict[Letter, Score]
    comment: str = ""


class Answers(Record):
    """A file that the form saved."""

    format: Literal[1]
    pack_id: str
    dataset_id: str
    rater: str = Field(min_length=1)
    saved_at: str = ""
    """When, as the rater's browser says it (ISO 8601)."""
    tasks: tuple[Answer, ...]
    """Those with all four scores."""
    file: str = Field(default="", exclude=True)
    """Where it was read from."""

    @property
    def who(self) -> str:
        """The rater, in the spelling by which two are the same."""
        return who(self.rater)


def who(rater: str) -> str:
    """A rater's name in the spelling by which two are the same: case and spaces do not count."""
    return " ".join(rater.split()).casefold()


def read_answer(path: Path) -> Answers:
    """A rater's file.

    Raises:
        BadInput: it can't be read, or is not what the form saves; scores are looked at later.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{path} has more than {_MOST_BYTES:,} bytes; {_AGAIN}")
        held = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise BadInput(f"{path} can't be read ({error.strerror or error}); {_AGAIN}") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is no JSON in UTF-8; {_AGAIN}") from error
    try:
        found = Answers.model_validate({**held, "file": str(path)} if isinstance(held, dict) else held)
    except ValidationError as error:
        raise BadInput(f"{path}{_task_at(held, error)}: {first_fault(error)}; {_AGAIN}") from error
    if not found.who:
        raise BadInput(f"{path}: rater is empty; {_AGAIN}")
    if not found.tasks:
        raise BadInput(f"{path} rates no task; score all four pages of a task, and save again.")
    return found


def check_answers(
    answers: Sequence[Answers], rows: Mapping[str, Mapping[str, Any]], dataset_id: str, dataset: str
) -> None:
    """Hold raters' files against the dataset, and against one another.

    Args:
        answers: all that are to be joined.
        rows: public rows of the tasks that they name, by id, where the dataset has them.
        dataset_id: of the dataset.
        dataset: what sentences call it.

    Raises:
        BadInput: one is of another dataset, names a task or a page that is not there, lacks a page or a score, has one
            out of range, or a rater rates a task twice.
    """
    seen: dict[tuple[str, str], str] = {}
    for given in answers:
        if given.dataset_id != dataset_id:
            raise BadInput(
                f"{given.file} is of a pack of another dataset ({given.dataset_id:.40}, not {dataset_id}); "
                "name its own with --dataset."
            )
        for answer in given.tasks:
            where = f"{given.file}: task {answer.task_id}"
            if answer.task_id not in rows:
                raise BadInput(f"{where} is not in {dataset}; name the dataset that the pack was made from.")
            first = seen.setdefault((given.who, answer.task_id), given.file)
            if first != given.file or sum(one.task_id == answer.task_id for one in given.tasks) > 1:
                raise BadInput(f"{where} was rated by {given.rater} already, in {first}; leave one of the two out.")
            _check_scores(answer, sealed_pages(rows[answer.task_id]), where, dataset)


def _check_scores(answer: Answer, pages: Mapping[str, str], where: str, dataset: str) -> None:
    for letter in LETTERS:
        if letter not in answer.pages:
            raise BadInput(f"{where}: page {letter} is missing; score all four pages, and save again.")
        page = answer.pages[letter]
        if page.score is None:
            raise BadInput(f"{where}: page {letter} has no score; score all four pages, and save again.")
        if not 0 <= page.score <= HIGHEST:
            raise BadInput(f"{where}: page {letter} has the score {page.score:g}; mend it, 0 to {HIGHEST}.")
        if page.completion_id not in pages:
            raise BadInput(f"{where}: page {letter} is none of the task's in {dataset}; {_AGAIN}")
        if page.sha256 != page_hash(pages[page.completion_id]):
            raise BadInput(
                f"{where}: page {letter} is not as {dataset} holds it; name the dataset that the pack was made from."
            )
    if len({page.completion_id for page in answer.pages.values()}) < len(LETTERS):
        raise BadInput(f"{where}: one page stands under two letters; {_AGAIN}")


def _task_at(held: Any, error: ValidationError) -> str:
    """The task that a fault is in, for a sentence; empty if it is in none that has an id."""
    place = error.errors(include_url=False)[0]["loc"]
    try:
        return f": task {held['tasks'][place[1]]['task_id']}" if place[0] == "tasks" else ""
    except (IndexError, KeyError, TypeError):
        return ""
