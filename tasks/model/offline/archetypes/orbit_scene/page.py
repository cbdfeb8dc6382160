"""Things that circle a centre on a canvas: planets, boats, lanterns or fireflies."""

import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "animation"
NOUNS = ("Orbits", "Roundabout", "Slow Carousel", "Circling Scene", "Orrery", "Drift")

_KINDS: tuple[dict[str, str], ...] = (
    {
        "noun": "planet", "nouns": "planets", "centre": "sun", "lap": "year", "laps": "Years", "pace": "Time lapse",
        "sky": "#0b1026", "deep": "#1d1445", "dust": "#cfd8ff", "glow": "#ffd76a", "halo": "#ff9d3c",
        "hold": "Hold time", "go": "Let time run",
    },
    {
        "noun": "boat", "nouns": "boats", "centre": "lighthouse", "lap": "lap", "laps": "Laps", "pace": "Wind",
        "sky": "#0d4a5c", "deep": "#06283a", "dust": "#8fd3d8", "glow": "#fff3c4", "halo": "#f2a33a",
        "hold": "Drop anchor", "go": "Weigh anchor",
    },
    {
        "noun": "lantern", "nouns": "lanterns", "centre": "tower", "lap": "round", "laps": "Rounds", "pace": "Breeze",
        "sky": "#3a1b4d", "deep": "#160b2b", "dust": "#f1c6d9", "glow": "#ffe0a3", "halo": "#ff6f59",
        "hold": "Hold still", "go": "Drift on",
    },
    {
        "noun": "firefly", "nouns": "fireflies", "centre": "lamp", "lap": "circle", "laps": "Circles",
        "pace": "Warmth",
        "sky": "#12301f", "deep": "#06140f", "dust": "#a9d8a0", "glow": "#f4ffb0", "halo": "#9be15d",
        "hold": "Hush", "go": "Wake",
    },
)  # fmt: skip

_PAINTS = ("#f4a259", "#8ecae6", "#f28482", "#b8e0a1", "#cdb4f6", "#ffe08a", "#7fd6c2", "#f6bcd8", "#ffffff")
_STRANGERS = ("Comfort", "Marigold", "Pepper", "Saturday", "Juniper", "Old Tom", "Halcyon", "Bluebell")


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Who circles what, how far out and how fast; pace and limit; where the controls stand."""
    kind = rng.choice(_KINDS)
    count = rng.choice((3, 4, 5))
    names = rng.sample(flavour.items, count)
    inner = rng.randint(66, 84)
    step = rng.randint(24, 34) if count < 5 else rng.randint(24, 28)
    periods = sorted(rng.sample(range(30, 160, 5), count))
    bodies: list[dict[str, Any]] = [
        {
            "name": name,
            "radius": inner + i * step,
            "period": periods[i] / 10,
            "size": rng.randint(6, 11),
            "phase": rng.randint(0, 359),
        }
        for i, name in enumerate(names)
    ]
    layout = rng.choice(("side", "deck", "rail"))
    width, height = (960, 332) if layout == "deck" else (640, 580)
    tilt = rng.choice((0.36, 0.4, 0.46)) if layout == "deck" else rng.choice((0.6, 0.72, 0.86))
    furthest = bodies[-1]["radius"]
    scale = min((width / 2 - 34) / furthest, (height / 2 - 30) / (furthest * tilt))
    rng.shuffle(bodies)
    return {
        "k": kind,
        "canvas": [width, height],
        "scale": round(scale, 3),
        "bodies": bodies,
        "paints": rng.sample(_PAINTS, len(_PAINTS)),
        "hub": rng.choice(("The", "Our", "The old", "The quiet")) + " " + kind["centre"],
        "limit": count + rng.randint(2, 4),
        "stranger": rng.choice(_STRANGERS),
        "pace": rng.choice((60, 80, 100, 120)),
        "max_pace": rng.choice((200, 240, 300)),
        "trails": rng.choice((True, False)),
        "tail": rng.choice((50, 70, 90)),
        "tilt": tilt,
        "turn": rng.choice((1, -1)),
        "specks": rng.randint(40, 90),
        "layout": layout,
        "reset": rng.choice(("Start over", "As it was", "Begin again")),
        "trail_label": rng.choice(("Show trails", "Leave trails", "Draw trails")),
        "register": rng.choice(("Register", "Who is out", "On the round")),
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The statement and its checks."""
    k, bodies = p["k"], p["bodies"]
    noun, nouns, count = k["noun"], k["nouns"], len(bodies)
    first, picked = bodies[0], bodies[-1]
    names = ", ".join(body["name"] for body in bodies)
    out, log = f"{nouns.capitalize()} out", "Log"
    trail_start = "ticked" if p["trails"] else "not ticked"
    statement = (
        f"Build an animated scene in which {count} {nouns} ({names}) circle {p['hub'].lower()} on a canvas, each"
        f' at its own distance and speed. The visitor sets the pace with the slider "{k["pace"]}", stops everything'
        f' with "{k["hold"]}" and sets it going again with "{k["go"]}", adds and removes {nouns}, and reads off how'
        f' many are out ("{out}"), how many {k["laps"].lower()} they have completed together ("{k["laps"]}") and'
        f' what just happened ("{log}").'
    )
    features = [
        f"The canvas moves by itself from the start; the pace is {p['pace']} % and can be set from 0 to "
        f"{p['max_pace']} %; at 0 % nothing moves",
        f'The status "{out}" starts at {count}; there is room for {p["limit"]}, and beyond that "{log}" says "No '
        f'room for more than {p["limit"]} {nouns}."',
        f'Each {noun} has a row in the list with a button of its name, such as "{picked["name"]}", and one such '
        f'as "Remove {picked["name"]}"',
        f'Choosing "{picked["name"]}" presses that button and puts "{picked["name"]}: one {k["lap"]} in '
        f'{picked["period"]:.1f} s at 100 %" into "{log}"',
        f'The check box "{p["trail_label"]}" is {trail_start} at first and draws a fading tail behind every {noun}',
        f'"{p["reset"]}" brings back the {count} {nouns}, {p["pace"]} % and 0 {k["laps"].lower()}',
    ]
    actions = [
        f'Type a name into "New {noun}" and press Enter or "Add {noun}" (a {noun} called {p["stranger"]} gets '
        f'"Remove {p["stranger"]}", as all do); without a name "{log}" says "Name the {noun} first."',
        f'Press "{k["hold"]}": the canvas is still and the button now reads "{k["go"]}"',
        f'Move "{k["pace"]}" and read the percentage next to it, shown as "Pace"',
        f'Press "Remove {first["name"]}": the list is one shorter',
    ]

    def button(name: str) -> dict[str, str]:
        return {"role": "button", "name": name}

    def shows(name: str, value: str) -> dict[str, Any]:
        return {"see": "text", "target": {"role": "status", "name": name}, "how": "equals", "value": value}

    field, slider = {"label": f"New {noun}"}, {"role": "slider", "name": k["pace"]}
    hold = {"do": "click", "target": button(k["hold"])}
    add = [
        {"do": "type", "target": field, "text": p["stranger"]},
        {"do": "press", "key": "Enter", "target": field},
    ]
    checks = [
        {
            "id": "pause-and-go-on",
            "title": f"Held and released again, the {nouns} go on circling",
            "severity": "critical",
            "steps": [hold, {"do": "wait", "ms": 200}, {"do": "click", "target": button(k["go"])}],
            "expect": [{"see": "canvas", "how": "moving"}, {"see": "visible", "target": button(k["hold"])}],
        },
        {
            "id": "pause-stops",
            "title": f"{k['hold']} stops the scene and offers {k['go']}",
            "severity": "critical",
            "steps": [hold],
            "expect": [{"see": "canvas", "how": "still"}, {"see": "visible", "target": button(k["go"])}],
        },
        {
            "id": "add-by-enter",
            "title": f"A named {noun} is added with Enter",
            "severity": "critical",
            "steps": add,
            "expect": [
                shows(out, str(count + 1)),
                {"see": "count", "target": button(f"Remove {p['stranger']}"), "how": "equals", "n": 1},
                {"see": "value", "target": field, "how": "equals", "value": ""},
            ],
        },
        {
            "id": "remove",
            "title": f"Removing {first['name']} leaves one {noun} fewer",
            "severity": "major",
            "steps": [{"do": "click", "target": button(f"Remove {first['name']}")}],
            "expect": [
                shows(out, str(count - 1)),
                {"see": "count", "target": button(f"Remove {picked['name']}"), "how": "equals", "n": 1},
                {"see": "count", "target": button(f"Remove {first['name']}"), "how": "equals", "n": 0},
            ],
        },
        {
            "id": "no-name",
            "title": f"A {noun} without a name is refused with a word",
            "severity": "major",
            "steps": [{"do": "click", "target": button(f"Add {noun}")}],
            "expect": [
                shows(log, f"Name the {noun} first."),
                shows(out, str(count)),
                {"see": "focus", "target": field},
            ],
        },
        {
            "id": "pace-zero",
            "title": f"At {k['pace'].lower()} 0 % nothing moves",
            "severity": "major",
            "steps": [{"do": "type", "target": slider, "text": "0"}],
            "expect": [shows("Pace", "0 %"), {"see": "canvas", "how": "still"}],
        },
        {
            "id": "trails",
            "title": "Trails can be switched while the scene is held",
            "severity": "minor",
            "steps": [hold, {"do": "click", "target": {"label": p["trail_label"]}}],
            "expect": [
                {"see": "canvas", "how": "changed"},
                {"see": "value", "target": {"label": p["trail_label"]}, "how": "changed"},
                {"see": "text", "target": {"role": "status", "name": log}, "how": "contains",
                 "value": "Trails off" if p["trails"] else "Trails on"},
            ],
        },
        {
            "id": "choose-one",
            "title": f"Choosing {picked['name']} tells how long its {k['lap']} takes",
            "severity": "major",
            "steps": [{"do": "click", "target": button(picked["name"])}],
            "expect": [
                {"see": "attribute", "target": button(picked["name"]), "name": "aria-pressed", "how": "equals",
                 "value": "true"},
                shows(log, f"{picked['name']}: one {k['lap']} in {picked['period']:.1f} s at 100 %"),
            ],
        },
        {
            "id": "start-over",
            "title": f"{p['reset']} brings back the first {count} {nouns} and the first pace",
            "severity": "major",
            "steps": [
                *add,
                {"do": "type", "target": slider, "text": "20"},
                {"do": "click", "target": button(p["reset"])},
            ],
            "expect": [
                shows(out, str(count)),
                shows("Pace", f"{p['pace']} %"),
                {"see": "count", "target": button(f"Remove {p['stranger']}"), "how": "equals", "n": 0},
                {"see": "count", "target": button(f"Remove {first['name']}"), "how": "equals", "n": 1},
            ],
        },
    ]  # fmt: skip
    return {"statement": statement, "features": features, "user_actions": actions, "checks": checks}
