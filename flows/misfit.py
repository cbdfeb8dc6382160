"""What is wrong with a value that no setting takes, in words for whoever wrote it."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_OWN_WORDS = {
    "extra_forbidden": "there is no such setting",
    "missing": "it is missing",
    "model_type": "it is no group of settings",
}


def misfit(error: ValidationError, settings: type[BaseModel]) -> str:
    """Where the first mistake is, and what it is: `model.timeouts.author: -5 should be greater than 0`.

    `settings`: what was to be read; of a name that is none in it, the nearest one is said.
    """
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "[key]") or "the whole"
    if first["type"] == "value_error":  # a sentence of ours
        return f"{where}: {first['ctx']['error']}"
    if first["type"] == "extra_forbidden":
        near = get_close_matches(str(first["loc"][-1]), _names(settings, first["loc"][:-1]), n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        return f"{where}: {_OWN_WORDS[first['type']]}{hint}"
    given = str(first["input"]) if isinstance(first["input"], int | float) else "it"  # a text may be a misplaced key
    said = _OWN_WORDS.get(first["type"]) or re.sub(r"^\w+ should", f"{given} should", first["msg"])
    return f"{where}: {said}"


def _names(group: type[BaseModel], path: Iterable[int | str]) -> list[str]:
    """The names that a group knows, at a place in the settings."""
    for part in path:
        if isinstance(part, str) and part in group.model_fields:
            inner = _group_in(group.model_fields[part].annotation)
            if inner is None:
                return []
            group = inner
    return list(group.model_fields)


def _group_in(annotation: Any) -> type[BaseModel] | None:
    """The group of settings that a field holds, or holds several of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((group for one in get_args(annotation) if (group := _group_in(one)) is not None), None)
