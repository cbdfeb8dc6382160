"""A catching game: things of the theme fall down lanes onto a canvas, and a catcher is steered under the "
"good ones."""

import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "games"
NOUNS = ("Catch", "Harvest Catch", "Drop Zone", "Catcher", "Falling Feast", "Scramble Below")

_CATCHERS = ("Basket", "Tray", "Crate", "Cart", "Net", "Bucket")
_CONTROLS = (
    {"start": "Start", "pause": "Pause", "resume": "Resume", "restart": "New game"},
    {"start": "Play", "pause": "Take a break", "resume": "Carry on", "restart": "Start over"},
    {"start": "Begin round", "pause": "Hold", "resume": "Continue", "restart": "Reset round"},
    {"start": "Let them fall", "pause": "Freeze", "resume": "Unfreeze", "restart": "Clear the stage"},
)
_STEERING = (
    ("Move left", "Move right"),
    ("Left", "Right"),
    ("Step left", "Step right"),
    ("One lane left", "One lane right"),
)
_SHAPES = ("disc", "gem", "leaf", "drop", "block")


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Lanes, lives, seconds, what falls and what it is worth, the words on the controls, and one of three "
    "layouts."""
    *goods, spoiler = rng.sample(flavour.items, 4)
    shapes = rng.sample(_SHAPES, 4)
    points = sorted(rng.sample((2, 3, 4, 5, 8, 10, 12, 15, 20, 25), 3))
    left, right = rng.choice(_STEERING)
    return {
        "layout": rng.choice(("cabinet", "rail", "strip")),
        "lanes": rng.choice((5, 7, 9)),
        "lives": rng.randint(3, 6),
        "seconds": rng.choice((30, 40, 45, 60, 75, 90)),
        "fall_ms": rng.choice((900, 1000, 1100, 1200, 1300)),
        "gap_ms": rng.choice((600, 700, 800, 900)),
        "strict": rng.random() < 0.5,
        "catcher": rng.choice(_CATCHERS),
        "goods": [
            {"name": name, "points": worth, "shape": shape}
            for name, worth, shape in zip(goods, points, shapes[:3], strict=True)
        ],
        "spoiler": {"name": spoiler, "shape": shapes[3]},
        "words": rng.choice(_CONTROLS),
        "left": left,
        "right": right,
        "pause_key": rng.choice(("p", "h", "b")),
        "helper": rng.choice(flavour.people),
        "place": flavour.place,
        "sun": rng.choice((0.16, 0.28, 0.72, 0.84)),
        "hills": sorted(rng.sample((0.05, 0.2, 0.4, 0.6, 0.8, 0.98), 3)),
        "lead": rng.randrange(3),
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The problem: rules with their numbers, and the checks that follow from them."""
    return {"statement": _statement(p), "features": _features(p), "user_actions": _actions(p), "checks": _checks(p)}


def _statement(p: dict[str, Any]) -> str:
    first, spoiler, words = p["goods"][0]["name"], p["spoiler"]["name"], p["words"]
    lead = (
        f"Build a catching game on a canvas with {p['lanes']} lanes, where a {p['catcher'].lower()} is "
        f"steered under falling things.",
        f"Write an arcade game: things fall down {p['lanes']} lanes of a canvas, and the player slides a "
        f"{p['catcher'].lower()} beneath them.",
        f"Make a {p['seconds']}-second game of quick choices, in which a {p['catcher'].lower()} runs along "
        f"{p['lanes']} lanes and catches what falls.",
    )[p["lead"]]
    miss = "and so does letting a good thing fall past" if p["strict"] else "while a good thing missed costs nothing"
    return (
        f"{lead} The {p['catcher'].lower()} starts in the middle lane and the round lasts {p['seconds']} seconds. "
        f"Catching the spoiler, {spoiler}, costs one of {p['lives']} lives, {miss}. "
        f'Every round opens the same way after "{words["start"]}" is pressed: {first} falls down the middle lane, '
        f"and "
        f"{p['gap_ms'] / 1000:g} seconds later {spoiler} follows there; after these two, lane and kind are "
        f"left to chance. "
        f"A thing takes {p['fall_ms'] / 1000:g} seconds to reach the {p['catcher'].lower()} at first, and "
        f"falls faster as the round goes on."
    )


def _features(p: dict[str, Any]) -> list[str]:
    worth = ", ".join(f"{good['name']} {good['points']}" for good in p["goods"])
    words = p["words"]
    return [
        f"Points for each catch: {worth}. The spoiler, {p['spoiler']['name']}, brings none and takes a life.",
        'Readouts named "Score", "Lives", "Time left" (whole seconds, as in '
        f'"{p["seconds"]} s"), "Best" and "Position" (as in "Lane {p["lanes"] // 2 + 1} of {p["lanes"]}").',
        f'A canvas named "Playing field" that shows the lanes, what falls and the {p["catcher"].lower()}.',
        f'Buttons "{p["left"]}" and "{p["right"]}" that move the {p["catcher"].lower()} by one lane, and '
        f"never beyond lane 1 or lane {p['lanes']}.",
        f'A button "{words["pause"]}" that stops things and clock and turns into "{words["resume"]}".',
        f'A button "{words["restart"]}" that puts score, lives, time and position back and waits for a new start.',
        "A legend that shows every kind of falling thing with what it is worth, and a line that comments on "
        "the last event.",
    ]


def _actions(p: dict[str, Any]) -> list[str]:
    words, key = p["words"], p["pause_key"].upper()
    return [
        f'Press "{words["start"]}" to let things fall.',
        f'Move with the left and right arrow keys or with "{p["left"]}" and "{p["right"]}", before and during a round.',
        f'Press "{words["pause"]}" or the key {key} to stop, and "{words["resume"]}" or {key} again to go on.',
        f'Press "{words["restart"]}" at any time.',
    ]


def _checks(p: dict[str, Any]) -> list[dict[str, Any]]:
    words, middle, lanes = p["words"], p["lanes"] // 2 + 1, p["lanes"]
    first, start = p["goods"][0], _click(words["start"])
    after_first = p["fall_ms"] + p["gap_ms"] // 2
    after_second = p["fall_ms"] + p["gap_ms"] + 150
    missed = p["lives"] - 1 if p["strict"] else p["lives"]
    return [
        {
            "id": "start-moves-field",
            "title": f'"{words["start"]}" sets things falling on the playing field',
            "severity": "critical",
            "steps": [start],
            "expect": [{"see": "canvas", "how": "moving"}],
        },
        {
            "id": "first-catch-scores",
            "title": f"The opening {first['name']} is caught in the middle lane for {first['points']} points",
            "severity": "critical",
            "steps": [start, {"do": "wait", "ms": after_first}],
            "expect": [_reads("Score", str(p["goods"][0]["points"])), _reads("Lives", str(p["lives"]))],
        },
        {
            "id": "spoiler-costs-life",
            "title": f"Catching {p['spoiler']['name']}, which follows, costs one life",
            "severity": "critical",
            "steps": [start, {"do": "wait", "ms": after_second}],
            "expect": [_reads("Lives", str(p["lives"] - 1)), _reads("Score", str(p["goods"][0]["points"]))],
        },
        {
            "id": "miss-from-next-lane",
            "title": f"From the next lane the opening {p['goods'][0]['name']} is missed and brings no points",
            "severity": "major",
            "steps": [_click(p["left"]), start, {"do": "wait", "ms": after_first}],
            "expect": [_reads("Score", "0"), _reads("Lives", str(missed)), _reads("Time left", _clock(p, after_first))],
        },
        {
            "id": "arrow-keys-steer",
            "title": "Two presses of the right arrow key move two lanes to the right",
            "severity": "major",
            "steps": [{"do": "press", "key": "ArrowRight", "times": 2}],
            "expect": [_reads("Position", f"Lane {middle + 2} of {lanes}"), {"see": "canvas", "how": "changed"}],
        },
        {
            "id": "stops-at-edge",
            "title": f'"{p["left"]}" stops at lane 1 however often it is pressed',
            "severity": "major",
            "steps": [_click(p["left"], times=middle + 2), _click(p["right"])],
            "expect": [_reads("Position", f"Lane 2 of {lanes}")],
        },
        {
            "id": "pause-holds-clock",
            "title": f'"{words["pause"]}" holds the clock and offers "{words["resume"]}"',
            "severity": "major",
            "steps": [start, {"do": "wait", "ms": 300}, _click(words["pause"]), {"do": "wait", "ms": 1500}],
            "expect": [
                _reads("Time left", f"{p['seconds']} s"),
                {"see": "visible", "target": {"role": "button", "name": words["resume"]}},
            ],
        },
        {
            "id": "pause-key",
            "title": f"The key {p['pause_key'].upper()} pauses a running round",
            "severity": "minor",
            "steps": [start, {"do": "press", "key": p["pause_key"]}],
            "expect": [{"see": "visible", "target": {"role": "button", "name": words["resume"]}}],
        },
        {
            "id": "restart-clears",
            "title": f'"{words["restart"]}" puts score, lives, time and position back',
            "severity": "major",
            "steps": [start, {"do": "wait", "ms": after_first}, _click(p["right"]), _click(words["restart"])],
            "expect": [
                _reads("Score", "0"),
                _reads("Lives", str(p["lives"])),
                _reads("Time left", f"{p['seconds']} s"),
                _reads("Position", f"Lane {middle} of {lanes}"),
                _reads("Best", str(p["goods"][0]["points"])),
            ],
        },
    ]


def _click(name: str, times: int = 1) -> dict[str, Any]:
    return {"do": "click", "target": {"role": "button", "name": name}, "times": times}


def _reads(name: str, value: str) -> dict[str, Any]:
    return {"see": "text", "target": {"role": "status", "name": name}, "how": "equals", "value": value}


def _clock(p: dict[str, Any], elapsed_ms: int) -> str:
    return f"{p['seconds'] - elapsed_ms // 1000} s"
