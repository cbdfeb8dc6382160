"""A converter between measures of one kind: two units, a swap, a rounding choice, a table of the other units and a "
"ledger."""

import random
from itertools import permutations
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "tools"
NOUNS = ("Measure Converter", "Unit Converter", "Conversion Desk", "Measures Table", "Conversion Card")

KINDS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "weight": (
        ("Grams", "g", 1),
        ("Kilograms", "kg", 1000),
        ("Ounces", "oz", 28.349523125),
        ("Pounds", "lb", 453.59237),
        ("Stone", "st", 6350.29318),
    ),
    "volume": (
        ("Millilitres", "ml", 1),
        ("Litres", "l", 1000),
        ("Teaspoons", "tsp", 5),
        ("Tablespoons", "tbsp", 15),
        ("Cups", "cup", 250),
    ),
    "length": (
        ("Centimetres", "cm", 1),
        ("Metres", "m", 100),
        ("Inches", "in", 2.54),
        ("Feet", "ft", 30.48),
        ("Yards", "yd", 91.44),
    ),
    "time": (
        ("Seconds", "s", 1),
        ("Minutes", "min", 60),
        ("Hours", "h", 3600),
        ("Days", "d", 86400),
        ("Weeks", "wk", 604800),
    ),
}


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """One kind of measure, the units' order, the starting pair, labels and layout."""
    kind = rng.choice(sorted(KINDS))
    units = [{"name": name, "short": short, "size": size} for name, short, size in KINDS[kind]]
    rng.shuffle(units)
    start, end, other = rng.choice(
        [trio for trio in permutations(units, 3) if _near(trio[0], trio[1]) and _near(trio[0], trio[2])]
    )
    presets = [
        {"thing": thing, "amount": amount}
        for thing, amount in zip(
            rng.sample(flavour.items, 4), rng.sample((2, 3, 5, 8, 12, 15, 20, 24, 36, 40), 4), strict=True
        )
    ]
    return {
        "kind": kind,
        "units": units,
        "start": start["name"],
        "end": end["name"],
        "other": other["name"],
        "amount": rng.choice((2, 4, 5, 10, 16)),
        "places": rng.choice((1, 2, 3)),
        "presets": presets,
        "layout": rng.choice(("bench", "column", "split")),
        "amount_label": rng.choice(("Amount", "Quantity", "How much")),
        "from_label": rng.choice(("From", "Convert from", "Starting unit")),
        "to_label": rng.choice(("To", "Convert to", "Target unit")),
        "swap_label": rng.choice(("Swap units", "Swap", "Turn around")),
        "keep_label": rng.choice(("Keep this result", "Write it down", "Add to ledger")),
        "clear_label": rng.choice(("Clear ledger", "Start a new ledger", "Empty the ledger")),
        "ledger": rng.choice(("Ledger", "Notebook", "Kept results")),
        "host": flavour.people[0],
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The problem, with every number that the checks look for."""
    size = {unit["name"]: unit["size"] for unit in p["units"]}
    short = {unit["name"]: unit["short"] for unit in p["units"]}

    def shown(amount: float, start: str, end: str) -> str:
        return f"{_fixed(amount * size[start] / size[end], p['places'])} {short[end]}"

    start, end, other = p["start"], p["end"], p["other"]
    preset = p["presets"][1]
    amount = {"label": p["amount_label"]}
    result = {"role": "status", "name": "Result"}
    entries = {"css": "#ledger li"}
    swap, keep, clear = ({"role": "button", "name": p[key]} for key in ("swap_label", "keep_label", "clear_label"))
    statement = (
        f"Build a converter for {p['kind']} that a person can use with one hand while the other is busy. A number "
        f"field labelled "
        f'"{p["amount_label"]}" and two drop-downs labelled "{p["from_label"]}" and "{p["to_label"]}" offer the units '
        f"{', '.join(unit['name'] for unit in p['units'])}; the page opens with {p['amount']} {start} in {end}. The "
        f"answer stands in a "
        f'large live region with the accessible name "Result" as the number and the unit\'s short form, always with '
        f"{p['places']} decimal place{'s' if p['places'] > 1 else ''}, for example "
        f'"{shown(p["amount"], start, end)}", and it '
        f'changes as the person types. A button "{p["swap_label"]}" exchanges the two units, a button '
        f'"{p["keep_label"]}" writes the '
        f'conversion into the list "{p["ledger"]}", and "{p["clear_label"]}" empties it.'
    )
    return {
        "statement": statement,
        "features": [
            f"Converts between {len(p['units'])} units of {p['kind']} as the amount or a unit changes, to "
            f"{p['places']} decimal places",
            'A table "All units" shows the same amount in every unit at once',
            f'Four ready amounts, among them a button "{preset["thing"]}" that enters {preset["amount"]}',
            f'A negative or empty amount shows "Enter an amount of zero or more" instead of a result, and disables '
            f'"{p["keep_label"]}"',
            f'The list "{p["ledger"]}" keeps the newest conversion first and says "Nothing kept yet" while it is empty',
            "Enter in the number field writes the conversion down, so that no mouse is needed",
        ],
        "user_actions": [
            f'Type a number into "{p["amount_label"]}" and read the result',
            f'Choose units in "{p["from_label"]}" and "{p["to_label"]}"',
            f'Click "{p["swap_label"]}" to convert the other way round',
            f'Click a ready amount such as "{preset["thing"]}"',
            f'Click "{p["keep_label"]}" or press Enter to keep a result, "{p["clear_label"]}" to empty the list',
        ],
        "checks": [
            {
                "id": "converts-typed",
                "title": f"Typing an amount converts it from {start} to {end}",
                "severity": "critical",
                "steps": [{"do": "type", "target": amount, "text": "7"}],
                "expect": [{"see": "text", "target": result, "how": "contains", "value": shown(7, start, end)}],
            },
            {
                "id": "other-unit",
                "title": f"Choosing {other} as the target unit changes the result",
                "severity": "critical",
                "steps": [
                    {"do": "type", "target": amount, "text": "12"},
                    {"do": "choose", "target": {"label": p["to_label"]}, "option": other},
                ],
                "expect": [{"see": "text", "target": result, "how": "contains", "value": shown(12, start, other)}],
            },
            {
                "id": "swap",
                "title": "Swapping exchanges the units and converts the other way round",
                "severity": "major",
                "steps": [{"do": "type", "target": amount, "text": "9"}, {"do": "click", "target": swap}],
                "expect": [
                    {"see": "text", "target": result, "how": "contains", "value": shown(9, end, start)},
                    {"see": "value", "target": {"label": p["from_label"]}, "how": "changed"},
                ],
            },
            {
                "id": "preset",
                "title": f"The ready amount {preset['thing']} enters {preset['amount']}",
                "severity": "major",
                "steps": [{"do": "click", "target": {"role": "button", "name": preset["thing"]}}],
                "expect": [
                    {"see": "value", "target": amount, "how": "equals", "value": str(preset["amount"])},
                    {"see": "text", "target": result, "how": "contains", "value": shown(preset["amount"], start, end)},
                ],
            },
            {
                "id": "keep-twice",
                "title": "Kept conversions are listed, the newest first",
                "severity": "major",
                "steps": [
                    {"do": "type", "target": amount, "text": "3"},
                    {"do": "click", "target": keep},
                    {"do": "type", "target": amount, "text": "6"},
                    {"do": "click", "target": keep},
                ],
                "expect": [
                    {"see": "count", "target": entries, "how": "equals", "n": 2},
                    {"see": "text", "target": entries, "how": "contains", "value": shown(6, start, end)},
                ],
            },
            {
                "id": "enter-keeps",
                "title": "Pressing Enter in the number field keeps the result",
                "severity": "minor",
                "steps": [
                    {"do": "type", "target": amount, "text": "11"},
                    {"do": "press", "key": "Enter", "target": amount},
                ],
                "expect": [
                    {"see": "count", "target": entries, "how": "equals", "n": 1},
                    {"see": "text", "target": entries, "how": "contains", "value": shown(11, start, end)},
                ],
            },
            {
                "id": "negative",
                "title": "A negative amount is refused with a message and can not be kept",
                "severity": "major",
                "steps": [{"do": "type", "target": amount, "text": "-4"}],
                "expect": [
                    {"see": "text", "target": result, "how": "contains", "value": "Enter an amount of zero or more"},
                    {"see": "attribute", "target": keep, "name": "disabled", "how": "present"},
                ],
            },
            {
                "id": "clear",
                "title": "Clearing empties the list and says so",
                "severity": "minor",
                "steps": [
                    {"do": "click", "target": keep, "times": 3},
                    {"do": "click", "target": clear},
                    {"do": "click", "target": keep},
                ],
                "expect": [{"see": "count", "target": entries, "how": "equals", "n": 1}],
            },
        ],
    }


def _near(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether neither unit is so small in the other that a few of them round to nothing."""
    return bool(1 / 61 < a["size"] / b["size"] < 61)


def _fixed(value: float, places: int) -> str:
    """As the page rounds: half up, after a nudge that undoes binary fractions."""
    scale: int = 10**places
    whole = int(value * scale + 0.5 + 1e-9)
    return f"{whole // scale}.{whole % scale:0{places}d}"
