"""A problem that somebody wrote down, as a record; what is wrong with it becomes one sentence."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tasks.content import canonical_json, content_id
from tasks.errors import BadInput
from tasks.record import Problem, Topic

TOPIC: Topic = "tools"
"""Of a page whose problem names none, or that has no problem."""

_OWN_WORDS = {
    "extra_forbidden": "there is no such field",
    "missing": "it is missing",
    "union_tag_invalid": "there is no such word in the language of checks",
    "union_tag_not_found": "the word is missing that says what it is",
    "model_type": "it is no object",
    "tuple_type": "it is no list",
}
"""For pydantic's kinds of fault whose own words speak of Python."""


def problem_of(data: object, where: str) -> tuple[Problem, tuple[str, ...]]:
    """A problem from JSON, and one sentence for each thing that was translated.

    Args:
        data: an object with the fields of `Problem`; without `problem_id` it is computed, without `topic` it is
            `tools`.
        where: what the sentences call it: a file's name, or a file and a row.

    Raises:
        BadInput: a field is missing, unknown or malformed; the sentence names the check and the field.
    """
    if not isinstance(data, Mapping):
        raise BadInput(f"{where} is not a JSON object; write a problem with title, statement, features, user_actions "
                       "and checks.")  # fmt: skip
    fields = {str(key): value for key, value in data.items()}
    if fields.get("topic") is None:
        fields["topic"] = TOPIC
    named = bool(fields.setdefault("problem_id", ""))
    try:
        problem, notes = _read(fields)
    except ValidationError as error:
        raise BadInput(f"{where}: {_first_fault(error, fields)}") from error
    if not named:
        told = problem.model_dump(mode="json", exclude={"problem_id", "topic"})
        problem = problem.model_copy(update={"problem_id": content_id(canonical_json(told))})
    if not problem.checks:
        raise BadInput(f"{where} has no checks; write some, or leave the problem out to have one written.")
    twice = [name for name, times in Counter(check.id for check in problem.checks).items() if times > 1]
    if twice:
        raise BadInput(f"{where} has two checks with the id {twice[0]!r}; give each an id of its own.")
    return problem, notes


def _read(fields: dict[str, Any]) -> tuple[Problem, tuple[str, ...]]:
    """The one place where the language of checks is read; with what was translated from an older one, if anything."""
    return Problem.model_validate(fields), ()


def _first_fault(error: ValidationError, fields: Mapping[str, Any]) -> str:
    """The first fault of a problem: the check by its id, the field, and what is wrong."""
    first = error.errors()[0]
    place = list(first["loc"])
    check = ""
    if len(place) >= 2 and place[0] == "checks" and isinstance(place[1], int):
        given = fields["checks"][place[1]]
        name = given.get("id") if isinstance(given, Mapping) else None
        check = f"check {name!r}, " if isinstance(name, str) and len(name) <= 80 else f"check no. {place[1] + 1}, "
        place = place[2:]
    field = ".".join(str(part) for part in place) or "the whole"
    if first["type"] == "value_error":  # a sentence of the language of checks
        said = str(first["ctx"]["error"])
    else:
        said = _OWN_WORDS.get(first["type"]) or re.sub(r"^\w+ should", "it should", first["msg"])
    return f"{check}{field}: {said.rstrip('.')}; mend it in the problem."
