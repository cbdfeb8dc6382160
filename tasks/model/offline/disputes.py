"""Checks that their own statement contradicts: put into a problem, disputed by a repair, ruled on by the poser.

A problem's words decide its checks, so a wrong one is told by writing the problem again.
"""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from pydantic import ValidationError

from tasks.check import Check
from tasks.model.offline.archetype import Brief, pose, rng_of
from tasks.model.offline.mend import read_findings

NEVER = 0.03
"""Share of wrong checks that a repair does not see through."""
STRAY = 0.03
"""Share of failed checks that are right and are disputed all the same."""
DROP = 0.25
"""Share of wrong checks that the poser drops; it corrects the others."""

_MOST = 2
"""Disputes of one repair."""

Fields = dict[str, Any]


def misstate(posed: Fields, rng: Random, rate: float) -> Fields:
    """The problem, at the rate with a check that expects another number than its statement promises; with 1, always,
    if a check expects a number."""
    if rng.random() >= rate:
        return posed
    checks: list[Fields] = json.loads(json.dumps(posed["checks"]))
    places = [expected for check in checks for expected in check["expect"] if _is_number(expected)]
    if places:
        wrong = rng.choice(places)
        said = str(wrong["value"])
        last = max(place for place, sign in enumerate(said) if sign.isdecimal())
        wrong["value"] = f"{said[:last]}{(int(said[last]) + 1) % 10}{said[last + 1 :]}"
    return posed | {"checks": checks}


def dispute(brief: Brief, checks: str, findings: str, key: tuple[str, ...], round_: int) -> list[dict[str, str]]:
    """The disputes of a repair, two at the most: wrong checks that failed, and now and then one that is right.

    Raises:
        BadInput: the findings are not a JSON object of lists.
    """
    given = {check.id: check for check in _read(checks)}
    failed = [str(item.get("id")) for item in read_findings(findings).get("failed_checks", [])]
    said = []
    for check in (given[name] for name in failed if name in given):
        right = _right(brief, check)
        if right is None:
            continue
        if right != check:
            if rng_of("dispute", brief.title, brief.setting, check.id).random() >= NEVER:
                said.append({"check": check.id, "why": _by_the_statement(right)})
        elif rng_of("stray-dispute", *key, str(round_), check.id).random() < STRAY:
            said.append({"check": check.id, "why": "I see nothing wrong in the page."})
    return said[:_MOST]


def rule(brief: Brief, checks: Mapping[str, str]) -> dict[str, Any]:
    """The poser's reply to disputed checks, by id, each a list of one in JSON: wrong ones are corrected or dropped."""
    return {"rulings": [_rule(brief, name, _read(text)) for name, text in checks.items()]}


def _rule(brief: Brief, name: str, given: list[Check]) -> dict[str, Any]:
    right = _right(brief, given[0]) if given else None
    if right is None or right == given[0]:
        return {"check": name, "reason": "The statement asks for just this.", "verdict": "keep"}
    ruling = {"check": name, "reason": _by_the_statement(right)}
    if rng_of("rule", brief.title, brief.setting, name).random() < DROP:
        return ruling | {"verdict": "drop"}
    return ruling | {"verdict": "correct", "corrected": right.model_dump(mode="json", exclude_defaults=True)}


def _right(brief: Brief, given: Check) -> Check | None:
    """The check that the problem's words ask for; None if it is not about the same as the one given."""
    for posed in pose(brief)["checks"]:
        right = Check.model_validate(posed)
        if (right.id, right.title, right.steps) == (given.id, given.title, given.steps):
            return right
    return None


def _is_number(expected: Fields) -> bool:
    """Whether a text or value equals something with a number in it: where it holds, no other number does."""
    equals = expected["see"] in ("text", "value") and expected.get("how") == "equals"
    return equals and any(sign.isdecimal() for sign in str(expected.get("value")))


def _by_the_statement(check: Check) -> str:
    values = [json.dumps(one.value) for one in check.expect if one.see in ("text", "value")]
    return f"By the statement it is {', '.join(values)}."


def _read(checks: str) -> list[Check]:
    """Checks in JSON; what is none is left out."""
    try:
        said = json.loads(checks or "[]")
    except ValueError:
        return []
    read = []
    for one in said if isinstance(said, list) else ():
        try:
            read.append(Check.model_validate(one))
        except ValidationError:
            continue
    return read
