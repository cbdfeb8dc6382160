"""A population stepped year by year towards its limit: sliders, an SVG plot, a ledger, a hand that takes or adds."""

import math
import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "science"
NOUNS = ("Population", "Population Lab", "Growth Ledger", "Colony Count", "Field Census", "Carrying Capacity")

_SPECIES = (
    "Voles",
    "Hares",
    "Newts",
    "Puffins",
    "Minnows",
    "Moths",
    "Crickets",
    "Snails",
    "Swifts",
    "Hedgehogs",
    "Trout",
)
_WORDS = (
    {"step": "Next year", "run": "Run", "stop": "Stop", "reset": "Reset", "unit": "Year"},
    {"step": "Step once", "run": "Run on", "stop": "Hold", "reset": "Back to start", "unit": "Season"},
    {"step": "Advance", "run": "Play", "stop": "Pause", "reset": "Clear run", "unit": "Month"},
    {"step": "One generation", "run": "Let it grow", "stop": "Halt", "reset": "New census", "unit": "Generation"},
)
_NAMES = (
    {"rate": "Growth rate", "limit": "Carrying capacity", "first": "Starting number"},
    {"rate": "Births per head", "limit": "Room for", "first": "Founders"},
    {"rate": "Rate", "limit": "Limit", "first": "First count"},
)
_HANDS = (("Release", 1), ("Remove", -1), ("Add", 1), ("Harvest", -1))


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """The species, start, rate and limit, the size of an intervention, words, layout and the look of the plot."""
    first = rng.randrange(20, 61, 5)
    verb, sign = rng.choice(_HANDS)
    size = rng.randrange(10, 31, 5)
    return {
        "layout": rng.choice(("chart", "guide", "ledger")),
        "species": rng.choice(_SPECIES),
        "marker": rng.choice(flavour.items),
        "first": first,
        "rate": rng.randrange(15, 61, 5),
        "other_rate": rng.randrange(65, 101, 5),
        "limit": rng.randrange(300, 901, 50),
        "other_limit": rng.randrange(950, 1201, 50),
        "size": size * sign,
        "hand": f"{verb} {size}",
        "words": rng.choice(_WORDS),
        "names": rng.choice(_NAMES),
        "longest": rng.choice((20, 24, 30)),
        "pace_ms": rng.choice((150, 200, 250)),
        "dots": rng.random() < 0.6,
        "warden": rng.choice(flavour.people),
        "lead": rng.randrange(3),
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The problem: the rule of growth with its rounding, and the checks that follow it by hand."""
    names, words, unit = p["names"], p["words"], p["words"]["unit"]
    return {
        "statement": _statement(p),
        "features": [
            f'Sliders "{names["rate"]}" (5 to 100 % in steps of 5, at first {p["rate"]}), '
            f'"{names["limit"]}" (100 to 1200 '
            f'in steps of 50, at first {p["limit"]}) and "{names["first"]}" (5 to 100 in steps of 5, at first '
            f"{p['first']}); moving one starts a new run.",
            f'Readouts "{unit}" (0 at first), "Count" and "Change" (as in '
            f'"+{_grown(p, p["first"]) - p["first"]}" after '
            'one step, "0" at first).',
            f"A plot of the counts so far with the limit as a dashed line, and a table with a row for each "
            f"{unit.lower()}, "
            "the start included.",
            f'"{words["run"]}" goes on by itself every {p["pace_ms"]} ms and turns into "{words["stop"]}".',
            f'"{p["hand"]}" changes the present count at once, never below 0 and without a new row.',
            f'After {unit.lower()} {p["longest"]} the run is over: "{words["step"]}" is disabled.',
            'A line "Status" that says in words what is going on.',
        ],
        "user_actions": [
            f'Press "{words["step"]}" to go on by one {unit.lower()}, or "{words["run"]}" and "{words["stop"]}".',
            f'Move "{names["rate"]}", "{names["limit"]}" or "{names["first"]}", also by the arrow keys.',
            f'Press "{p["hand"]}" to step in.',
            f'Press "{words["reset"]}" to put the sliders back and start anew.',
        ],
        "checks": _checks(p),
    }


def _statement(p: dict[str, Any]) -> str:
    species, unit = p["species"].lower(), p["words"]["unit"].lower()
    second = _grown(p, p["first"])
    lead = (
        f"Build a page that follows a colony of {species} {unit} by {unit}, and shows why it does not grow for ever.",
        f"Make a small laboratory of growth: {species} that have room for only so many.",
        f"Write a census page for {species}, in which each {unit} is computed from the one before.",
    )[p["lead"]]
    return (
        f"{lead} From a count N the next is N + r N (1 - N / K), rounded to the nearest whole number, with "
        f"the rate r as a "
        f"share (so 50 % is 0.5) and the limit K; a half is rounded up. The colony at the "
        f"{p['marker'].lower()} begins "
        f"with {p['first']}, r is {p['rate']} % and K is {p['limit']}, so the first step leads to {second} "
        f"and the second "
        f"to {_grown(p, second)}."
    )


def _checks(p: dict[str, Any]) -> list[dict[str, Any]]:
    names, words, unit, first = p["names"], p["words"], p["words"]["unit"], p["first"]
    counts = [first]
    for _ in range(p["longest"]):
        counts.append(_grown(p, counts[-1]))
    faster = _grown({**p, "rate": p["other_rate"]}, first)
    roomier = _grown({**p, "limit": p["other_limit"]}, _grown({**p, "limit": p["other_limit"]}, first))
    touched = max(0, first + p["size"])
    step = _click(words["step"])
    return [
        {
            "id": "one-step-grows",
            "title": f"One step leads from {first} to {counts[1]}",
            "severity": "critical",
            "steps": [step],
            "expect": [
                _reads("Count", str(counts[1])),
                _reads("Change", _signed(counts[1] - first)),
                _reads(unit, "1"),
            ],
        },
        {
            "id": "five-steps-fill-table",
            "title": f"Five steps reach {counts[5]} and leave five more rows in the table",
            "severity": "critical",
            "steps": [_click(words["step"], 5)],
            "expect": [
                _reads("Count", str(counts[5])),
                {"see": "count", "target": {"role": "row"}, "how": "equals", "n": 7},
            ],
        },
        {
            "id": "rate-changes-growth",
            "title": f"At a rate of {p['other_rate']} % the first step leads to {faster}",
            "severity": "critical",
            "steps": [_type(names["rate"], p["other_rate"]), step],
            "expect": [_reads("Count", str(faster))],
        },
        {
            "id": "limit-changes-growth",
            "title": f"With a limit of {p['other_limit']} two steps lead to {roomier}",
            "severity": "major",
            "steps": [_type(names["limit"], p["other_limit"]), _click(words["step"], 2)],
            "expect": [_reads("Count", str(roomier)), _reads(unit, "2")],
        },
        {
            "id": "run-goes-on",
            "title": f'"{words["run"]}" goes on by itself',
            "severity": "major",
            "steps": [_click(words["run"]), {"do": "wait", "ms": p["pace_ms"] * 4}],
            "expect": [
                {"see": "text", "target": _status(unit), "how": "matches", "value": "^[3-6]$"},
                {"see": "visible", "target": {"role": "button", "name": words["stop"]}},
            ],
        },
        {
            "id": "stop-holds",
            "title": f'After "{words["stop"]}" nothing goes on',
            "severity": "minor",
            "steps": [
                _click(words["run"]),
                {"do": "wait", "ms": p["pace_ms"] + 60},
                _click(words["stop"]),
                {"do": "wait", "ms": p["pace_ms"] * 4},
            ],
            "expect": [_reads(unit, "1"), _reads("Count", str(counts[1]))],
        },
        {
            "id": "hand-changes-count",
            "title": f'"{p["hand"]}" changes the count to {touched} at once, and the next step starts from there',
            "severity": "major",
            "steps": [_click(p["hand"]), step],
            "expect": [_reads("Count", str(_grown(p, touched))), _reads(unit, "1")],
        },
        {
            "id": "run-ends",
            "title": f"After {unit.lower()} {p['longest']} there is no further step",
            "severity": "minor",
            "steps": [
                _click(words["step"], 20),
                *([_click(words["step"], rest)] if (rest := p["longest"] - 20) else []),
            ],
            "expect": [
                {
                    "see": "attribute",
                    "target": {"role": "button", "name": words["step"]},
                    "name": "disabled",
                    "how": "present",
                },
                _reads("Count", str(counts[-1])),
            ],
        },
        {
            "id": "reset-restores",
            "title": f'"{words["reset"]}" puts sliders, count and table back',
            "severity": "major",
            "steps": [_type(names["rate"], p["other_rate"]), _click(words["step"], 3), _click(words["reset"])],
            "expect": [
                _reads("Count", str(first)),
                _reads(unit, "0"),
                {"see": "count", "target": {"role": "row"}, "how": "equals", "n": 2},
                {"see": "value", "target": {"label": names["rate"]}, "how": "equals", "value": str(p["rate"])},
            ],
        },
    ]


def _grown(p: dict[str, Any], count: int) -> int:
    """The discrete logistic step (Verhulst), in the same order of operations as the page's script."""
    rate, limit = float(p["rate"]), float(p["limit"])
    return max(0, math.floor(count + (rate / 100) * count * (1 - count / limit) + 0.5))


def _signed(change: int) -> str:
    return f"+{change}" if change > 0 else str(change).replace("-", "\u2212")


def _click(name: str, times: int = 1) -> dict[str, Any]:
    return {"do": "click", "target": {"role": "button", "name": name}, "times": times}


def _type(label: str, number: int) -> dict[str, Any]:
    return {"do": "type", "target": {"label": label}, "text": str(number)}


def _status(name: str) -> dict[str, Any]:
    return {"role": "status", "name": name}


def _reads(name: str, value: str) -> dict[str, Any]:
    return {"see": "text", "target": _status(name), "how": "equals", "value": value}
