"""A puzzle of lights: a press switches one and its neighbours; every puzzle is made backwards from its solution."""

import random
from typing import Any

from tasks.model.offline.flavour import Flavour, Palette
from tasks.record import Topic

TOPIC: Topic = "games"
NOUNS = ("Lights", "Lights Out", "Switch Puzzle", "Lamp Puzzle", "Window Lights", "Night Switch")

LAMPLIGHT = "#f6c95a"
"""For palettes whose second colour is too near the night's."""

_SIZES = ((3, 4), (4, 4), (3, 5), (4, 5), (5, 5), (4, 6))
_REACHES = {
    "plus": ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)),
    "diagonal": ((0, 0), (-1, -1), (-1, 1), (1, -1), (1, 1)),
}
_LAYOUTS = {"facade": "window", "switchboard": "lamp", "mosaic": "tile"}
_WORDS = (
    {"undo": "Undo", "reset": "Start again", "hint": "Hint", "moves": "Moves", "lit": "Lit", "choice": "Puzzle"},
    {
        "undo": "Take back",
        "reset": "Reset board",
        "hint": "Show a hint",
        "moves": "Presses",
        "lit": "Lit",
        "choice": "Level",
    },
    {
        "undo": "Step back",
        "reset": "Restart",
        "hint": "Help me",
        "moves": "Moves made",
        "lit": "Glowing",
        "choice": "Pattern",
    },
)


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Size, reach of a press, goal, three puzzles as the presses that made them, names, words, layout, lamp colours."""
    rows, columns = rng.choice(_SIZES)
    reach = rng.choice(sorted(_REACHES))
    layout = rng.choice(sorted(_LAYOUTS))
    board = {"rows": rows, "columns": columns, "reach": [list(step) for step in _REACHES[reach]]}
    first, *names = rng.sample(flavour.items, 3)
    counts = sorted(rng.sample((3, 4, 5, 6, 7), 3))
    return {
        **board,
        "reach_name": reach,
        "layout": layout,
        "thing": _LAYOUTS[layout],
        "goal": rng.random() < 0.35,
        "naming": rng.choice(("place", "chess", "number")),
        "puzzles": [
            {"name": name, "presses": _solution(rng, board, count)}
            for name, count in zip((first, *names), counts, strict=True)
        ],
        "words": rng.choice(_WORDS),
        "keeper": rng.choice(flavour.people),
        "lead": rng.randrange(3),
        "rounding": rng.choice((4, 8, 14)),
        **_lamp_colours(flavour.palette),
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The problem: the rule of a press, how each puzzle begins, and the checks that play it."""
    words, first = p["words"], p["puzzles"][0]
    return {
        "statement": _statement(p),
        "features": [
            f"A board of {p['rows']} rows and {p['columns']} columns; a lit {p['thing']} is a pressed toggle button to "
            "assistive technology.",
            f'A readout "{words["moves"]}" that counts presses and a readout "{words["lit"]}", as in '
            f'"{_lit_text(p, _begin(p, first))}" at the start of {first["name"]}.',
            f'A drop-down "{words["choice"]}" with {", ".join(puzzle["name"] for puzzle in p["puzzles"])}; '
            "choosing one sets it up from its beginning.",
            f'"{words["undo"]}" takes back the last press, and is disabled when there is none.',
            f'"{words["reset"]}" puts the chosen puzzle back to its beginning.',
            f'"{words["hint"]}" names a {p["thing"]} that belongs to the solution, in reading order, as in '
            f'"Try {_name(p, min(first["presses"]))}."',
            f'When every {p["thing"]} is {_goal(p)} the line "Message" says so, as in "Solved in '
            f'{len(first["presses"])} moves.", and presses count no more until a new start.',
        ],
        "user_actions": [
            f"Press any {p['thing']} with the pointer, Enter or the space bar.",
            "Walk over the board with the arrow keys; the focus stops at the edges.",
            f'Use "{words["undo"]}", "{words["reset"]}" and "{words["hint"]}".',
            f'Choose another puzzle under "{words["choice"]}".',
        ],
        "checks": _checks(p),
    }


def _statement(p: dict[str, Any]) -> str:
    thing, size = p["thing"], f"{p['rows']} by {p['columns']}"
    lead = (
        f"Build a puzzle on a board of {size} {thing}s that are lit or dark.",
        f"Make a quiet logic game: {size} {thing}s, some lit and some dark, and a rule that ties them together.",
        f"Write a puzzle in which a board of {size} {thing}s has to be made all {_goal(p)}.",
    )[p["lead"]]
    near = (
        "the ones above, below, left and right of it" if p["reach_name"] == "plus" else "its four diagonal neighbours"
    )
    corner = len(_flipped(p, 0))
    made = "; ".join(f"{puzzle['name']} takes {len(puzzle['presses'])} presses" for puzzle in p["puzzles"])
    return (
        f"{lead} Pressing a {thing} switches it and {near}, as far as they exist, so a press in a corner switches "
        f"{corner}. The goal is to have every {thing} {_goal(p)}. There are three puzzles, each made "
        f"backwards from its solution so that it can be solved: {made}. The page opens with "
        f"{p['puzzles'][0]['name']}. {_naming(p)}."
    )


def _checks(p: dict[str, Any]) -> list[dict[str, Any]]:
    words, first, second = p["words"], p["puzzles"][0], p["puzzles"][1]
    begin = _begin(p, first)
    inner = p["columns"] + 1
    reached, apart = _flipped(p, inner), [i for i in range(len(begin)) if i not in _flipped(p, inner)]
    after_inner, after_corner = _press(p, begin, inner), _press(p, begin, 0)
    last = len(begin) - 1
    return [
        {
            "id": "press-switches-neighbours",
            "title": f"Pressing {_name(p, inner)} switches it and its neighbours, and nothing else",
            "severity": "critical",
            "steps": [_push(p, inner)],
            "expect": [_shows(p, after_inner, spot) for spot in (inner, reached[0], reached[-1], apart[-1])]
            + [_reads(words["lit"], _lit_text(p, after_inner))],
        },
        {
            "id": "corner-press",
            "title": f"A press in the first corner switches {len(_flipped(p, 0))} and counts as one move",
            "severity": "major",
            "steps": [_push(p, 0)],
            "expect": [_reads(words["lit"], _lit_text(p, after_corner)), _reads(words["moves"], "1")],
        },
        {
            "id": "solution-solves",
            "title": f"The {len(first['presses'])} presses of the solution solve {first['name']}",
            "severity": "critical",
            "steps": [_push(p, spot) for spot in first["presses"]],
            "expect": [
                _reads("Message", f"Solved in {len(first['presses'])} moves."),
                _reads(words["lit"], _lit_text(p, [p["goal"]] * len(begin))),
            ],
        },
        {
            "id": "undo-takes-back",
            "title": f'"{words["undo"]}" takes back only the last of two presses',
            "severity": "major",
            "steps": [_push(p, inner), _push(p, last), _click(words["undo"])],
            "expect": [_reads(words["lit"], _lit_text(p, after_inner)), _reads(words["moves"], "1")],
        },
        {
            "id": "undo-to-beginning",
            "title": "Back at the beginning there is nothing left to take back",
            "severity": "minor",
            "steps": [_push(p, last), _click(words["undo"])],
            "expect": [
                _reads(words["lit"], _lit_text(p, begin)),
                _reads(words["moves"], "0"),
                {"see": "attribute", "target": _button(words["undo"]), "name": "disabled", "how": "present"},
            ],
        },
        {
            "id": "reset-restores",
            "title": f'"{words["reset"]}" restores the beginning of the puzzle',
            "severity": "major",
            "steps": [_push(p, 0), _push(p, inner), _click(words["reset"])],
            "expect": [
                _reads(words["moves"], "0"),
                _reads(words["lit"], _lit_text(p, begin)),
                _shows(p, begin, 0),
                _shows(p, begin, inner),
            ],
        },
        {
            "id": "keys-walk-and-press",
            "title": f"The right arrow key walks on to {_name(p, 1)}, and Enter presses it",
            "severity": "major",
            "steps": [
                {"do": "press", "key": "ArrowRight", "target": _button(_name(p, 0))},
                {"do": "press", "key": "Enter"},
            ],
            "expect": [
                {"see": "focus", "target": _button(_name(p, 1))},
                _reads(words["lit"], _lit_text(p, _press(p, begin, 1))),
            ],
        },
        {
            "id": "hint-names-solution",
            "title": f'"{words["hint"]}" names the first {p["thing"]} of the solution',
            "severity": "minor",
            "steps": [_click(words["hint"])],
            "expect": [_reads("Message", f"Try {_name(p, min(first['presses']))}.")],
        },
        {
            "id": "choose-puzzle",
            "title": f"Choosing {second['name']} sets it up from its beginning",
            "severity": "critical",
            "steps": [
                _push(p, 0),
                {"do": "choose", "target": {"label": words["choice"]}, "option": second["name"]},
            ],
            "expect": [
                _reads(words["lit"], _lit_text(p, _begin(p, second))),
                _reads(words["moves"], "0"),
                _shows(p, _begin(p, second), inner),
            ],
        },
    ]


def _lamp_colours(palette: Palette) -> dict[str, str]:
    """`night` and `day` whatever the scheme, and a lit lamp on which both its text and its neighbours can be told."""
    night, day = (palette.ink, palette.bg) if palette.scheme == "light" else (palette.bg, palette.ink)
    lit = palette.accent2 if _contrast(night, palette.accent2) >= 4.5 else LAMPLIGHT
    return {"night": night, "day": day, "lit": lit}


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two `#rrggbb` colours."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _solution(rng: random.Random, board: dict[str, Any], count: int) -> list[int]:
    """Presses that lead back to an even board only when all are made."""
    cells = board["rows"] * board["columns"]
    for _ in range(50):
        presses = rng.sample(range(cells), count)
        lights, even = [False] * cells, 0
        for spot in presses:
            lights = _press(board, lights, spot)
            even += not any(lights)
        ahead, early = list(lights), 0
        for spot in presses[:-1]:
            ahead = _press(board, ahead, spot)
            early += not any(ahead)
        if not even and not early and not all(lights):
            return presses
    return [0]


def _flipped(board: dict[str, Any], spot: int) -> list[int]:
    """What a press switches, in reading order."""
    row, column = divmod(spot, board["columns"])
    places = [(row + down, column + right) for down, right in board["reach"]]
    return sorted(r * board["columns"] + c for r, c in places if 0 <= r < board["rows"] and 0 <= c < board["columns"])


def _press(board: dict[str, Any], lights: list[bool], spot: int) -> list[bool]:
    flipped = _flipped(board, spot)
    return [not lit if index in flipped else lit for index, lit in enumerate(lights)]


def _begin(p: dict[str, Any], puzzle: dict[str, Any]) -> list[bool]:
    lights = [bool(p["goal"])] * (p["rows"] * p["columns"])
    for spot in puzzle["presses"]:
        lights = _press(p, lights, spot)
    return lights


def _name(p: dict[str, Any], spot: int) -> str:
    row, column = divmod(spot, p["columns"])
    if p["naming"] == "chess":
        return f"{'ABCDEFGH'[column]}{row + 1}"
    if p["naming"] == "number":
        return f"{p['thing'].title()} {spot + 1}"
    return f"Row {row + 1}, column {column + 1}"


def _naming(p: dict[str, Any]) -> str:
    lines = [
        ", ".join(f'"{_name(p, row * p["columns"] + column)}"' for column in range(p["columns"]))
        for row in range(p["rows"])
    ]
    return f"The {p['thing']}s are buttons named, row by row, {'; '.join(lines)}"


def _goal(p: dict[str, Any]) -> str:
    return "lit" if p["goal"] else "dark"


def _lit_text(p: dict[str, Any], lights: list[bool]) -> str:
    return f"{sum(lights)} of {len(lights)}"


def _button(name: str) -> dict[str, Any]:
    return {"role": "button", "name": name}


def _click(name: str) -> dict[str, Any]:
    return {"do": "click", "target": _button(name)}


def _push(p: dict[str, Any], spot: int) -> dict[str, Any]:
    return _click(_name(p, spot))


def _shows(p: dict[str, Any], lights: list[bool], spot: int) -> dict[str, Any]:
    value = "true" if lights[spot] else "false"
    target = _button(_name(p, spot))
    return {"see": "attribute", "target": target, "name": "aria-pressed", "how": "equals", "value": value}


def _reads(name: str, value: str) -> dict[str, Any]:
    return {"see": "text", "target": {"role": "status", "name": name}, "how": "equals", "value": value}
