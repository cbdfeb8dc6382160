"""What is wrong with a value that no setting takes, in words for whoever wrote it."""

import re

from pydantic import ValidationError

_OWN_WORDS = {
    "extra_forbidden": "there is no such setting",
    "missing": "it is missing",
    "model_type": "it is no group of settings",
}


def misfit(error: ValidationError) -> str:
    """Where the first mistake is, and what it is: `model.timeouts.author: -5 should be greater than 0`."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "[key]") or "the whole"
    if first["type"] == "value_error":  # a sentence of ours
        return f"{where}: {first['ctx']['error']}"
    given = str(first["input"]) if isinstance(first["input"], int | float) else "it"  # a text may be a misplaced key
    said = _OWN_WORDS.get(first["type"]) or re.sub(r"^\w+ should", f"{given} should", first["msg"])
    return f"{where}: {said}"
