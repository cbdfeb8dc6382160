"""Problems whose checks were written for an older version of the language, in today's words.

Version 1 had no field that names it. What differed then: `type` sent the keys one by one, and `change` at its end; a
canvas was `still` if it looked as before the steps.
"""

from collections.abc import Mapping
from typing import Any

from tasks.check import LANGUAGE

FIRST = 1
"""The version of a problem that names none."""


def translated(problem: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A problem's fields in the current language, and a sentence for each word that means something else now.

    Checks that are records already are in the current language: only what is read from a file can be older.

    Raises:
        ValueError: its language is none that is known.
    """
    checks = problem.get("checks")
    raw = isinstance(checks, (list, tuple)) and bool(checks) and all(isinstance(check, Mapping) for check in checks)
    version = problem.get("language", FIRST if raw else LANGUAGE)
    if isinstance(version, bool) or version not in range(FIRST, LANGUAGE + 1):
        raise ValueError(
            f"its checks are written in language {version!r:.20}; languages {FIRST} to {LANGUAGE} are read here"
        )
    fields = {**problem, "language": LANGUAGE}
    if version == LANGUAGE or not raw:
        return fields, ()
    stilled: list[str] = []
    typed: list[str] = []
    fields["checks"] = [_from_first(check, stilled, typed) for check in checks or ()]
    told = []
    if typed:
        told.append(
            f"`type` sent one key after another and is now one input event, as a field is filled: {', '.join(typed)}."
        )
    if stilled:
        told.append(f"`still` of a canvas meant as before the steps and is now `unchanged`: {', '.join(stilled)}.")
    return fields, tuple(told)


def _from_first(check: Mapping[str, Any], stilled: list[str], typed: list[str]) -> dict[str, Any]:
    """A check of version 1; notes its id where a word changes."""
    name = str(check.get("id"))
    if any(isinstance(step, Mapping) and step.get("do") == "type" for step in _items(check.get("steps"))):
        typed.append(name)
    if "expect" not in check:
        return dict(check)
    wanted = []
    for want in _items(check["expect"]):
        if isinstance(want, Mapping) and want.get("see") == "canvas" and want.get("how") == "still":
            want = {**want, "how": "unchanged"}
            stilled.append(name)
        wanted.append(want)
    return {**check, "expect": wanted if isinstance(check["expect"], (list, tuple)) else check["expect"]}


def _items(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []
