"""An interval timer for a habit: presets, rounds, a ring that fills, and a tally of sessions."""

import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "tools"
NOUNS = ("Habit Timer", "Practice Clock", "Interval Timer", "Pacer", "Routine", "Metronome")

_KINDS: tuple[dict[str, str], ...] = (
    {"work": "Work", "rest": "Rest", "go": "Start", "hold": "Pause", "on": "Resume", "skip": "Skip ahead"},
    {"work": "Focus", "rest": "Breathe", "go": "Begin", "hold": "Hold", "on": "Go on", "skip": "Next phase"},
    {"work": "Effort", "rest": "Recover", "go": "Go", "hold": "Halt", "on": "Carry on", "skip": "Skip this"},
    {"work": "Practise", "rest": "Listen", "go": "Play", "hold": "Stop there", "on": "Play on", "skip": "Move on"},
)


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Three presets with their seconds and rounds, the words of the trade, a pace of one's own to try, the layout."""
    verbs = rng.sample(flavour.verbs, 3)
    things = rng.sample(flavour.items, 3)
    short = {"work": rng.choice((3, 4)), "rest": 2, "rounds": 2}
    middle = {"work": rng.randint(5, 8), "rest": rng.choice((3, 4)), "rounds": rng.choice((3, 4))}
    long = {"work": rng.randint(20, 45), "rest": rng.randint(8, 15), "rounds": rng.choice((4, 5, 6))}
    order = [long, middle, short]
    rng.shuffle(order)
    presets = [
        {"name": f"{verb.capitalize()} the {thing}", **plan}
        for verb, thing, plan in zip(verbs, things, order, strict=True)
    ]
    return {
        "k": rng.choice(_KINDS),
        "presets": presets,
        "first": order.index(long),
        "short": order.index(short),
        "middle": order.index(middle),
        "own": [rng.randint(50, 75), rng.randint(16, 28)],
        "least": rng.choice((2, 3)),
        "longest": rng.choice((90, 120, 300)),
        "goal": rng.choice((4, 5, 6, 7)),
        "layout": rng.choice(("dial", "half", "board")),
        "reset": rng.choice(("Reset", "From zero", "Rewind")),
        "tally": rng.choice(("Sessions today", "Kept so far", "Sessions done")),
        "diary": rng.choice(("Diary", "Done", "Rounds behind you")),
        "stroke": rng.choice((8, 11, 14)),
        "cap": rng.choice(("round", "butt")),
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The statement and its checks."""
    k, presets = p["k"], p["presets"]
    first, short, middle = presets[p["first"]], presets[p["short"]], presets[p["middle"]]
    own_work, own_rest = p["own"]
    too_long = p["longest"] + 1

    def clock(seconds: int) -> str:
        return f"{seconds // 60}:{seconds % 60:02d}"

    offered = "; ".join(
        f'"{x["name"]}" ({x["work"]} s {k["work"].lower()}, {x["rest"]} s {k["rest"].lower()}, {x["rounds"]} rounds)'
        for x in presets
    )
    refusal = f"Choose {p['least']} to {p['longest']} seconds."
    statement = (
        "Build an interval timer for keeping up a habit. One picks a preset by its radio button:"
        f' {offered}. "{k["go"]}" starts it, "{k["hold"]}" stops the clock where it is and "{k["on"]}" lets it '
        "run on;"
        f' "{k["skip"]}" goes straight to the next phase and "{p["reset"]}" back to the beginning of the first round.'
        f" Each round is {k['work'].lower()}, then {k['rest'].lower()}; the last round ends without"
        f" {k['rest'].lower()}. A ring shows how much of the phase is behind one."
    )
    features = [
        f'The timer "Time left" shows minutes and seconds, rounded up: {clock(first["work"])} at first, as'
        f' "{first["name"]}" is picked',
        f'The status "Phase" reads "Ready", "{k["work"]}", "{k["rest"]}" or "Done"; the status "Round" reads'
        f' "1 of {first["rounds"]}" at first',
        f'A finished session adds one to "{p["tally"]}", which begins at 0, and fills one of {p["goal"]} dots',
        f'Each round behind one is a line in the list "{p["diary"]}"',
        f'"{k["work"]} seconds" and "{k["rest"]} seconds" set a pace of one\'s own; outside {p["least"]} to'
        f' {p["longest"]} the status "Message" says "{refusal}"',
        'The progress bar "Phase done" tells assistive technology the ring\'s per cent',
    ]
    actions = [
        f'Press "{k["go"]}": the button becomes "{k["hold"]}", then "{k["on"]}" when pressed again',
        f'Pick "{middle["name"]}": the clock is set to {clock(middle["work"])}',
        "Press Escape anywhere: the same as " + f'"{p["reset"]}"',
        f'Fill in "{k["work"]} seconds" and "{k["rest"]} seconds" and press Enter or "Use these"',
    ]

    def click(name: str) -> dict[str, Any]:
        return {"do": "click", "target": {"role": "button", "name": name}}

    def wait(ms: int) -> dict[str, Any]:
        return {"do": "wait", "ms": ms}

    def shows(name: str, value: str, role: str = "status") -> dict[str, Any]:
        return {"see": "text", "target": {"role": role, "name": name}, "how": "equals", "value": value}

    def left(seconds: int) -> dict[str, Any]:
        return shows("Time left", clock(seconds), "timer")

    def sees(name: str) -> dict[str, Any]:
        return {"see": "visible", "target": {"role": "button", "name": name}}

    def pick(preset: dict[str, Any]) -> dict[str, Any]:
        return {"do": "click", "target": {"label": preset["name"]}}

    def fill(label: str, value: int) -> dict[str, Any]:
        return {"do": "type", "target": {"label": f"{label} seconds"}, "text": str(value)}

    session_ms = ((short["work"] + short["rest"]) * short["rounds"] - short["rest"]) * 1000
    checks = [
        {
            "id": "counts-down",
            "title": f"After {k['go'].lower()} the clock counts down, a second for a second",
            "severity": "critical",
            "steps": [click(k["go"]), wait(2500)],
            "expect": [left(first["work"] - 2), shows("Phase", k["work"]), sees(k["hold"])],
            "within_ms": 100,
        },
        {
            "id": "holds",
            "title": f"{k['hold']} stops the clock and {k['on']} lets it run on from there",
            "severity": "critical",
            "steps": [click(k["go"]), wait(1500), click(k["hold"]), wait(1700), click(k["on"]), wait(1000)],
            "expect": [left(first["work"] - 2), shows("Phase", k["work"])],
            "within_ms": 100,
        },
        {
            "id": "then-rest",
            "title": f"After {middle['work']} s of {k['work'].lower()} come {middle['rest']} s of {k['rest'].lower()}",
            "severity": "critical",
            "steps": [pick(middle), click(k["go"]), wait(middle["work"] * 1000 + 500)],
            "expect": [
                shows("Phase", k["rest"]),
                left(middle["rest"]),
                shows("Round", f"1 of {middle['rounds']}"),
            ],
            "within_ms": 100,
        },
        {
            "id": "whole-session",
            "title": f"{short['rounds']} rounds of {short['name'].lower()} make one session",
            "severity": "major",
            "steps": [pick(short), click(k["go"]), wait(session_ms + 300)],
            "expect": [shows("Phase", "Done"), shows(p["tally"], "1"), left(0)],
        },
        {
            "id": "skip-a-phase",
            "title": f"{k['skip']} goes through {k['rest'].lower()} to round 2",
            "severity": "major",
            "steps": [click(k["go"]), click(k["skip"]), click(k["skip"])],
            "expect": [
                shows("Round", f"2 of {first['rounds']}"),
                shows("Phase", k["work"]),
                {"see": "count", "target": {"css": "#diary li.kept"}, "how": "equals", "n": 1},
            ],
        },
        {
            "id": "reset",
            "title": f"{p['reset']} goes back to the beginning of the first round",
            "severity": "major",
            "steps": [pick(middle), click(k["go"]), wait(1500), click(p["reset"])],
            "expect": [left(middle["work"]), shows("Phase", "Ready"), sees(k["go"])],
        },
        {
            "id": "escape",
            "title": "Escape resets the clock without the mouse",
            "severity": "minor",
            "steps": [
                {"do": "press", "key": "Enter", "target": {"role": "button", "name": k["go"]}},
                wait(1200),
                {"do": "press", "key": "Escape"},
            ],
            "expect": [left(first["work"]), shows("Phase", "Ready")],
        },
        {
            "id": "own-pace",
            "title": f"A pace of one's own, {own_work} and {own_rest} seconds, is taken with Enter",
            "severity": "major",
            "steps": [
                fill(k["work"], own_work),
                fill(k["rest"], own_rest),
                {"do": "press", "key": "Enter", "target": {"label": f"{k['rest']} seconds"}},
                click(k["go"]),
                click(k["skip"]),
            ],
            "expect": [left(own_rest), shows("Phase", k["rest"])],
            "within_ms": 200,
        },
        {
            "id": "too-long",
            "title": f"{too_long} seconds are refused and the clock stays as it is",
            "severity": "major",
            "steps": [fill(k["work"], too_long), click("Use these")],
            "expect": [
                shows("Message", refusal),
                left(first["work"]),
                {"see": "focus", "target": {"label": f"{k['work']} seconds"}},
            ],
        },
    ]
    return {"statement": statement, "features": features, "user_actions": actions, "checks": checks}
