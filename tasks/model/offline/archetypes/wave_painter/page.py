"""Layers of waves on a canvas, each with its own height, ripples and drift, in a palette of one's choosing."""

import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "animation"
NOUNS = ("Wave Painter", "Wave Study", "Swell Studio", "Ripple Print", "Undulation", "Tide Poster")

_KINDS: tuple[dict[str, str], ...] = (
    {
        "wave": "wave", "waves": "waves", "height": "Height", "ripples": "Ripples", "drift": "Drift",
        "still": "Freeze", "move": "Thaw", "flat": "Flatten all", "style": "fill", "medium": "water",
    },
    {
        "wave": "dune", "waves": "dunes", "height": "Rise", "ripples": "Folds", "drift": "Wind",
        "still": "Hold the wind", "move": "Let it blow", "flat": "Level all", "style": "grain", "medium": "sand",
    },
    {
        "wave": "voice", "waves": "voices", "height": "Loudness", "ripples": "Pitch", "drift": "Tempo",
        "still": "Rest", "move": "Play on", "flat": "Silence all", "style": "string", "medium": "sound",
    },
    {
        "wave": "ribbon", "waves": "ribbons", "height": "Sway", "ripples": "Curls", "drift": "Flow",
        "still": "Pin down", "move": "Let go", "flat": "Smooth all", "style": "band", "medium": "silk",
    },
)  # fmt: skip

_PALETTES: tuple[dict[str, Any], ...] = (
    {"name": "Dusk", "top": "#2b1b4d", "low": "#f08a5d", "disc": "#ffd9a0",
     "coats": ["#b83b5e", "#8a2d63", "#6a2c70", "#4a2060", "#2a1140"]},
    {"name": "Lagoon", "top": "#bfe9e2", "low": "#fdf6e3", "disc": "#ffffff",
     "coats": ["#7fd1c7", "#45b0ac", "#2a8c94", "#1c6678", "#124559"]},
    {"name": "Citrus", "top": "#fff3c9", "low": "#ffd98a", "disc": "#ff8552",
     "coats": ["#ffc145", "#f59f3a", "#e07a2f", "#b95c25", "#7f3d1c"]},
    {"name": "Ink", "top": "#f4f1ea", "low": "#e2dccf", "disc": "#c8402f",
     "coats": ["#b5bcc4", "#86919e", "#596675", "#364252", "#1c2430"]},
    {"name": "Moss", "top": "#dfe8cf", "low": "#f3efdc", "disc": "#f4c95d",
     "coats": ["#a9c27e", "#7fa25a", "#5a8146", "#3d6038", "#25402a"]},
    {"name": "Glacier", "top": "#16324f", "low": "#7fb2d6", "disc": "#f5fbff",
     "coats": ["#d4ebf7", "#a9d3ea", "#78b4d6", "#4a8dba", "#2b648f"]},
    {"name": "Rose", "top": "#fde2e4", "low": "#fff1e6", "disc": "#ff9aa2",
     "coats": ["#f7b2bd", "#e98a9e", "#cf6385", "#a3456e", "#6d2e55"]},
    {"name": "Ember", "top": "#160f12", "low": "#4a1d1a", "disc": "#ffb347",
     "coats": ["#f26b38", "#c9472b", "#96302a", "#662328", "#3a161f"]},
)  # fmt: skip


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Layers with their first settings, the palettes on offer, the medium, and how the sheet is hung."""
    kind = rng.choice(_KINDS)
    count = rng.choice((3, 4, 5))
    width, height = {"gallery": (600, 480), "desk": (1000, 320), "split": (480, 640)}[
        layout := rng.choice(("gallery", "desk", "split"))
    ]
    layers = [
        {"name": item, "height": rng.randrange(14, 60, 2), "ripples": rng.randint(1, 6), "drift": rng.randint(10, 80)}
        for item in rng.sample(flavour.items, count)
    ]
    return {
        "k": kind,
        "layers": layers,
        "palettes": rng.sample(_PALETTES, 4),
        "layout": layout,
        "canvas": [width, height],
        "tallest": rng.choice((90, 100, 120)),
        "most": rng.choice((8, 9, 10, 12)),
        "fastest": rng.choice((100, 120, 150)),
        "trial": [rng.randrange(62, 90, 2), rng.choice((7, 8))],
        "overtone": rng.choice((0, 0.15, 0.25, 0.35)),
        "disc": [rng.choice((0.22, 0.36, 0.64, 0.78)), rng.randint(26, 54)],
        "restore": rng.choice(("Restore", "Back to the sketch", "First draft")),
        "surprise": rng.choice(("Surprise me", "Roll the dice", "Anything goes")),
        "palette_label": rng.choice(("Palette", "Colours", "Ink set")),
        "edition": f"No. {rng.randint(2, 98)}",
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The statement and its checks."""
    k, layers, palettes = p["k"], p["layers"], p["palettes"]
    waves, count = k["waves"], len(layers)
    names = ", ".join(f'"{layer["name"]}"' for layer in layers)
    first, second = layers[0], layers[1]
    width = p["canvas"][0]
    new_height, new_ripples = p["trial"]
    other = palettes[2]["name"]
    offered = ", ".join(palette["name"] for palette in palettes)
    long = round(width / new_ripples)
    statement = (
        f"Make a picture that moves: {count} {waves} of {k['medium']}, one behind the other on a canvas, called "
        f"{names}."
        f" The visitor picks one {k['wave']} by its radio button and shapes it with three sliders,"
        f' "{k["height"]}" (0 to {p["tallest"]} px), "{k["ripples"]}" (1 to {p["most"]}) and "{k["drift"]}"'
        f' (0 to {p["fastest"]} px/s); chooses colours in the list "{p["palette_label"]}"; and stops the picture with'
        f' "{k["still"]}". The picture and the numbers follow at once.'
    )
    features = [
        f'The {waves} move from the start; "{first["name"]}" is picked first, with {k["height"].lower()} '
        f"{first['height']}"
        f" and {k['ripples'].lower()} {first['ripples']}",
        f'The status "Crest to crest" gives the canvas width, {width} px, divided by the {k["ripples"].lower()} '
        "of the"
        " picked one, rounded, such as"
        f' "{long} px" at {new_ripples}',
        f'The status "Highest" gives the greatest {k["height"].lower()} of the {waves} shown, such as "0 px" '
        f'after "{k["flat"]}"',
        f'The check box "Show this {k["wave"]}" hides or shows the picked one; the status "On show" reads '
        f'"{count} of {count}" at first;'
        f' "Note" says "Nothing is left on show." when all are hidden',
        f'"{p["palette_label"]}" offers {offered}; the status "Note" names the choice, such as "Painted in {other}."',
        f'"{p["restore"]}" brings back the first settings; "{p["surprise"]}" draws new ones at random',
    ]
    actions = [
        f'Press "{k["still"]}": the picture stands still and the button reads "{k["move"]}"; press that to go on',
        f'Pick "{second["name"]}": the sliders show its own settings ({second["height"]}, {second["ripples"]}, '
        f"{second['drift']})",
        f'Press an arrow key on "{k["ripples"]}" to change it by one',
        f'Press "{k["flat"]}": every {k["height"].lower()} is 0 and nothing moves',
    ]

    def button(name: str) -> dict[str, Any]:
        return {"do": "click", "target": {"role": "button", "name": name}}

    def slide(name: str, value: int) -> dict[str, Any]:
        return {"do": "type", "target": {"role": "slider", "name": name}, "text": str(value)}

    def holds(name: str, value: int) -> dict[str, Any]:
        return {"see": "value", "target": {"role": "slider", "name": name}, "how": "equals", "value": str(value)}

    def shows(name: str, value: str) -> dict[str, Any]:
        return {"see": "text", "target": {"role": "status", "name": name}, "how": "equals", "value": value}

    def pick(layer: dict[str, Any]) -> dict[str, Any]:
        return {"do": "click", "target": {"label": layer["name"]}}

    hide = {"do": "click", "target": {"label": f"Show this {k['wave']}"}}
    ripples = {"role": "slider", "name": k["ripples"]}
    checks = [
        {
            "id": "still-and-on",
            "title": f"The picture can be stopped and set going again with {k['still']} and {k['move']}",
            "severity": "critical",
            "steps": [button(k["still"]), {"do": "wait", "ms": 200}, button(k["move"])],
            "expect": [
                {"see": "canvas", "how": "moving"},
                {"see": "visible", "target": {"role": "button", "name": k["still"]}},
            ],
        },
        {
            "id": "flat",
            "title": f"{k['flat']} takes every {k['wave']} down to 0 px",
            "severity": "critical",
            "steps": [button(k["flat"])],
            "expect": [shows("Highest", "0 px"), holds(k["height"], 0), {"see": "canvas", "how": "changed"}],
        },
        {
            "id": "crest-to-crest",
            "title": f"With {k['ripples'].lower()} at {new_ripples} it is {long} px from crest to crest",
            "severity": "critical",
            "steps": [slide(k["ripples"], new_ripples)],
            "expect": [shows("Crest to crest", f"{long} px")],
        },
        {
            "id": "pick-another",
            "title": f"The sliders show the settings of {second['name']} once it is picked",
            "severity": "major",
            "steps": [slide(k["height"], new_height), pick(second)],
            "expect": [
                holds(k["height"], second["height"]),
                holds(k["ripples"], second["ripples"]),
                holds(k["drift"], second["drift"]),
                shows("Highest", f"{new_height} px"),
            ],
        },
        {
            "id": "each-keeps-its-own",
            "title": f"{first['name']} keeps its {k['height'].lower()} while another is picked",
            "severity": "major",
            "steps": [slide(k["height"], new_height), pick(second), slide(k["height"], 4), pick(first)],
            "expect": [holds(k["height"], new_height), shows("Highest", f"{new_height} px")],
        },
        {
            "id": "colours",
            "title": f"The still picture is painted anew in {other}",
            "severity": "major",
            "steps": [
                button(k["still"]),
                {"do": "choose", "target": {"label": p["palette_label"]}, "option": other},
            ],
            "expect": [shows("Note", f"Painted in {other}."), {"see": "canvas", "how": "changed"}],
        },
        {
            "id": "hide-all",
            "title": f"With every {k['wave']} hidden the page says so",
            "severity": "major",
            "steps": [hide, *(step for layer in layers[1:] for step in (pick(layer), hide))],
            "expect": [
                shows("On show", f"0 of {count}"),
                shows("Note", "Nothing is left on show."),
                {"see": "canvas", "how": "changed"},
            ],
        },
        {
            "id": "arrow-key",
            "title": f"An arrow key on {k['ripples'].lower()} changes it by one",
            "severity": "minor",
            "steps": [slide(k["ripples"], 5), {"do": "press", "key": "ArrowRight", "target": ripples}],
            "expect": [holds(k["ripples"], 6), shows("Crest to crest", f"{round(width / 6)} px")],
        },
        {
            "id": "restore",
            "title": f"{p['restore']} brings back the first settings",
            "severity": "major",
            "steps": [slide(k["height"], new_height), hide, button(k["flat"]), button(p["restore"])],
            "expect": [
                holds(k["height"], first["height"]),
                shows("Highest", f"{max(layer['height'] for layer in layers)} px"),
                shows("On show", f"{count} of {count}"),
                {"see": "canvas", "how": "moving"},
            ],
        },
    ]
    return {"statement": statement, "features": features, "user_actions": actions, "checks": checks}
