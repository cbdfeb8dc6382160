"""A pendulum on a canvas: sliders for length, gravity and angle, the period by its formula, and a table of trials."""

import math
import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "science"
NOUNS = ("Pendulum", "Pendulum Lab", "Swing Bench", "Period Lab", "Gravity Bench", "Plumb Line")

WORLDS = {"Earth": 9.81, "Moon": 1.62, "Mars": 3.71, "Venus": 8.87, "Saturn": 10.44, "Jupiter": 24.79, "Neptune": 11.15}
"""Gravity at the surface (for giants, at 1 bar), m/s^2; NASA planetary fact sheet."""

_WORDS = (
    {"start": "Start", "pause": "Pause", "reset": "Reset", "record": "Record trial"},
    {"start": "Let go", "pause": "Hold", "reset": "Back to rest", "record": "Note it down"},
    {"start": "Release", "pause": "Freeze", "reset": "Set up again", "record": "Add to table"},
    {"start": "Swing", "pause": "Stop", "reset": "Restore", "record": "Keep result"},
)
_NAMES = (
    {"length": "Length", "gravity": "Gravity", "angle": "Angle", "world": "World", "period": "Period"},
    {"length": "String length", "gravity": "Pull", "angle": "Release angle", "world": "Place", "period": "Full swing"},
    {"length": "Rod length", "gravity": "Gravity", "angle": "Amplitude", "world": "Planet", "period": "Period"},
)


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Range and start of each slider, the worlds on offer, what hangs on the string, words, layout."""
    longest = rng.choice((60, 80, 90, 100, 120))
    return {
        "layout": rng.choice(("notebook", "blueprint", "bench")),
        "shortest": rng.choice((10, 15, 20)),
        "longest": longest,
        "length": rng.randrange(25, 46),
        "other_length": longest - rng.randrange(1, 10),
        "angle": rng.choice((10, 15, 20, 25, 30)),
        "steepest": rng.choice((40, 45, 50)),
        "worlds": ["Earth", *rng.sample([name for name in WORLDS if name != "Earth"], 3)],
        "gravities": WORLDS,
        "bob": rng.choice(flavour.items),
        "words": rng.choice(_WORDS),
        "names": rng.choice(_NAMES),
        "assistant": rng.choice(flavour.people),
        "shape": rng.choice(("disc", "diamond", "weight")),
        "lead": rng.randrange(3),
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The problem: the formula, the numbers it must give, and the checks that read them."""
    names, words = p["names"], p["words"]
    worlds = ", ".join(f"{name} {p['gravities'][name]}" for name in p["worlds"])
    return {
        "statement": _statement(p),
        "features": [
            f'Sliders "{names["length"]}" ({p["shortest"]} to {p["longest"]} cm, steps of 1, at first '
            f"{p['length']}), "
            f'"{names["gravity"]}" (1 to 25 m/s², steps of 0.01, at first 9.81) and "{names["angle"]}" '
            f"(5 to {p['steepest']}°, at first {p['angle']}).",
            f'A drop-down "{names["world"]}" that sets the gravity in m/s²: {worlds}.',
            f'Readouts "{names["period"]}" (two decimals, "{_period(p["length"], 9.81)}" at first), '
            f'"Frequency" (as in '
            f'"{_frequency(p["length"], 9.81)}"), "Clock" (one decimal, "0.0 s" at first) and "Swings", '
            "which counts complete swings.",
            'A canvas named "Pendulum" with the swinging bob, its scale of degrees and a trace of its angle.',
            f'"{words["start"]}" sets it swinging and turns into "{words["pause"]}", which stops bob and clock.',
            f'"{words["record"]}" adds a row to the table of trials with length, gravity and period; '
            'the same settings twice are refused with a message in the line "Notice".',
            f'"{words["reset"]}" restores the first settings, the clock and the empty table.',
        ],
        "user_actions": [
            f'Drag "{names["length"]}", "{names["gravity"]}" or "{names["angle"]}", or use the arrow keys on them.',
            f'Choose a "{names["world"]}".',
            f'Press "{words["start"]}", "{words["pause"]}" and "{words["reset"]}".',
            f'Press "{words["record"]}" to fill the table, one row for each different setting.',
        ],
        "checks": _checks(p),
    }


def _statement(p: dict[str, Any]) -> str:
    bob = p["bob"].lower()
    lead = (
        f"Build a laboratory page about the pendulum, with a bob that stands for {bob} on a string.",
        f"Make a simulation in which a weight named after {bob} swings on a string, and its period can be measured.",
        f"Write a page to find out what the period of a pendulum depends on; the weight is marked {bob}.",
    )[p["lead"]]
    return (
        f"{lead} The period is T = 2π√(L/g), with the length L in metres and the gravity g in m/s²; the "
        f"angle at time t is "
        f"the release angle times cos(2πt/T), so the release angle does not change the period. With "
        f"{p['length']} cm on "
        f"Earth a full swing takes {_period(p['length'], 9.81)}."
    )


def _checks(p: dict[str, Any]) -> list[dict[str, Any]]:
    names, words, length, other = p["names"], p["words"], p["length"], p["other_length"]
    world = p["worlds"][1]
    gravity = p["gravities"][world]
    swing_ms = int(2000 * math.pi * math.sqrt(length / 100 / 9.81))
    lengthen = {"do": "type", "target": {"label": names["length"]}, "text": str(other)}
    return [
        {
            "id": "length-sets-period",
            "title": f"At {other} cm the readouts show the period of the formula",
            "severity": "critical",
            "steps": [lengthen],
            "expect": [_reads(names["period"], _period(other, 9.81)), _reads("Frequency", _frequency(other, 9.81))],
        },
        {
            "id": "world-sets-gravity",
            "title": f"Choosing {world} sets the gravity to {gravity} and the period with it",
            "severity": "critical",
            "steps": [{"do": "choose", "target": {"label": names["world"]}, "option": world}],
            "expect": [
                _holds(names["gravity"], f"{gravity}"),
                _reads(names["period"], _period(length, gravity)),
            ],
        },
        {
            "id": "start-swings",
            "title": f'"{words["start"]}" sets the pendulum swinging',
            "severity": "critical",
            "steps": [_click(words["start"])],
            "expect": [{"see": "canvas", "how": "moving"}],
        },
        {
            "id": "counts-swings",
            "title": "After one period and a little more, one complete swing is counted",
            "severity": "major",
            "steps": [_click(words["start"]), {"do": "wait", "ms": swing_ms + 200}],
            "expect": [_reads("Swings", "1")],
        },
        {
            "id": "pause-holds",
            "title": f'"{words["pause"]}" stops the clock and offers "{words["start"]}" again',
            "severity": "major",
            "steps": [
                _click(words["start"]),
                {"do": "wait", "ms": 450},
                _click(words["pause"]),
                {"do": "wait", "ms": 700},
            ],
            "expect": [
                {"see": "text", "target": _status("Clock"), "how": "matches", "value": r"^0\.[4-7] s$"},
                {"see": "visible", "target": {"role": "button", "name": words["start"]}},
            ],
        },
        {
            "id": "arrow-keys-lengthen",
            "title": f"Two presses of the right arrow key on {names['length']} add 2 cm",
            "severity": "minor",
            "steps": [{"do": "press", "key": "ArrowRight", "target": {"label": names["length"]}, "times": 2}],
            "expect": [
                _holds(names["length"], str(length + 2)),
                _reads(names["period"], _period(length + 2, 9.81)),
            ],
        },
        {
            "id": "record-adds-row",
            "title": f'"{words["record"]}" adds a row with the period of the chosen length',
            "severity": "major",
            "steps": [lengthen, _click(words["record"])],
            "expect": [
                {"see": "count", "target": {"role": "row"}, "how": "equals", "n": 2},
                {
                    "see": "text",
                    "target": {"role": "cell", "nth": 2},
                    "how": "equals",
                    "value": _period(other, 9.81),
                },
            ],
        },
        {
            "id": "same-trial-refused",
            "title": "The same settings are not recorded twice",
            "severity": "minor",
            "steps": [_click(words["record"]), _click(words["record"])],
            "expect": [
                {"see": "count", "target": {"role": "row"}, "how": "equals", "n": 2},
                {"see": "text", "target": _status("Notice"), "how": "changed"},
            ],
        },
        {
            "id": "reset-restores",
            "title": f'"{words["reset"]}" restores length, period and clock',
            "severity": "major",
            "steps": [
                lengthen,
                _click(words["start"]),
                {"do": "wait", "ms": 300},
                _click(words["reset"]),
            ],
            "expect": [
                _holds(names["length"], str(length)),
                _reads(names["period"], _period(length, 9.81)),
                _reads("Clock", "0.0 s"),
            ],
        },
    ]


def _period(length_cm: int, gravity: float) -> str:
    """T = 2 pi sqrt(L / g), in seconds."""
    return f"{2 * math.pi * math.sqrt(length_cm / 100 / gravity):.2f} s"


def _frequency(length_cm: int, gravity: float) -> str:
    return f"{1 / (2 * math.pi * math.sqrt(length_cm / 100 / gravity)):.2f} Hz"


def _click(name: str) -> dict[str, Any]:
    return {"do": "click", "target": {"role": "button", "name": name}}


def _status(name: str) -> dict[str, Any]:
    return {"role": "status", "name": name}


def _reads(name: str, value: str) -> dict[str, Any]:
    return {"see": "text", "target": _status(name), "how": "equals", "value": value}


def _holds(label: str, value: str) -> dict[str, Any]:
    return {"see": "value", "target": {"label": label}, "how": "equals", "value": value}
