"""The JSON that stands in a text. One pass over it, and one more if it has commas too many."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_START = re.compile(r'(?:\[\s*+)?\{\s*+(?=["}]|\Z)|\[\s*+(?=\]|\Z)')
"""Where a record in JSON may begin, or a list of them; other braces and brackets are prose's, or a program's."""
_MOST = 1000
"""Values that are read in one text."""
_ESCAPE = 7
"""Characters of the longest escape in JSON, which a cut may leave half of, and one more."""


class Value(NamedTuple):
    """A value, and where it comes from."""

    value: Any
    size: int
    """Characters of the JSON that it stands in."""
    mended: tuple[str, ...]
    """What was done to get it, in words."""


@dataclass
class Found:
    """The records and lists of records in a text, none inside of another."""

    values: list[Value] = field(default_factory=list)
    flaw: str = ""
    """What is wrong with the JSON at which reading came to an end; empty if none was broken."""
    cut: bool = False
    """Whether that one has no end."""


def find_json(text: str) -> Found:
    """Read the JSON in a text that has no blanks round it, up to what is broken.

    Raises:
        RecursionError: it is nested too deeply.
    """
    decoder = json.JSONDecoder(strict=False, object_pairs_hook=once)  # not strict: a raw line break in a string is one
    found, at, commas = Found(), 0, tuple[str, ...]()
    while not found.flaw and (begin := _START.search(text, at)) is not None:
        start = begin.start()
        try:
            value, at = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            fewer = None if commas else _without_commas(text, start)
            if fewer is not None:
                text, at, commas = fewer, start, ("left commas out",)
                continue
            found.flaw = _words(error)
            ends = len(text.rstrip("` \n")) - _ESCAPE
            found.cut = error.msg.startswith("Unterminated string") or error.pos >= ends
        except ValueError as error:  # a name twice, or a number of too many digits
            found.flaw = str(error).partition(";")[0]
        else:
            outside = ("took it out of what stood round it",) if start or at < len(text) else ()
            found.values.append(Value(value, at - start, (*commas, *outside)))
            if len(found.values) == _MOST:
                found.flaw = f"it holds {_MOST} JSON values or more"
    if text[:1] in ("{", "[") and not found.values and not found.flaw:
        found.flaw = _complaint(text)
    return found


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, as `object_pairs_hook`.

    Raises:
        ValueError: it says a name twice; which of the two is meant is anybody's guess.
    """
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("an object in it says a name twice")
    return named


def _without_commas(text: str, start: int) -> str | None:
    """The text without the commas before closing brackets, outside of strings; None if it has none."""
    kept, last, inside = [text[:start]], start, False
    for match in re.compile(r'\\.|"|,(?=\s*[}\]])', re.S).finditer(text, start):
        if match[0] == '"':
            inside = not inside
        elif match[0] == "," and not inside:
            kept.append(text[last : match.start()])
            last = match.end()
    return "".join([*kept, text[last:]]) if last > start else None


def _complaint(text: str) -> str:
    try:
        json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        return _words(error)
    return ""


def _words(error: json.JSONDecodeError) -> str:
    return f"{error.msg} at line {error.lineno}, column {error.colno}"
