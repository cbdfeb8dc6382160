"""A bench on which stock solutions are poured together and the pH, temperature or concentration of the mix is read."""

import math
import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "science"
NOUNS = ("Mixing Bench", "Beaker Bench", "Mixture Lab", "Solution Bench", "Blending Desk", "Titration Corner")

WATER = 1e-14
"""The ion product of water at 25 °C, mol²/L²."""

_KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "ph", "reading": "pH", "unit": "", "cold": "#d7263d", "middle": "#3fa34d", "hot": "#5f2eea",
     "rule": "the surplus of H⁺ over OH⁻ decides, as for strong acids and bases at 25 °C"},
    {"kind": "heat", "reading": "Temperature", "unit": " °C", "cold": "#2b6cb0", "middle": "#b794d6",
     "hot": "#e53e3e", "rule": "the mean of the temperatures, weighted by volume"},
    {"kind": "dye", "reading": "Concentration", "unit": " g/L",
     "cold": "#fff3c4", "middle": "#f2a03d", "hot": "#8a2c0d",
     "rule": "the dissolved mass over the volume"},
)  # fmt: skip


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Three stocks, the beaker's size, the portions, a recipe whose result is the goal, and the bench's layout."""
    kind = rng.choice(_KINDS)
    vessel = rng.choice(("flask", "bottle", "vial", "jug"))
    if kind["kind"] == "ph":
        low, span = 0, 14
        values = [rng.choice((1.0, 1.5, 2.0)), rng.choice((12.0, 12.5, 13.0)), rng.choice((4.0, 7.0, 10.0))]
    elif kind["kind"] == "heat":
        low, span = 0, 100
        values = [rng.randint(4, 15), rng.randint(70, 95), rng.randint(30, 55)]
    else:
        low, span = 0, 60
        values = [rng.randint(0, 6), rng.randint(42, 60), rng.randint(18, 30)]
    order = rng.sample(range(3), 3)
    names = [f"{item} {vessel}" for item in rng.sample(flavour.items, 3)]
    stocks = [{"name": name, "value": values[place]} for name, place in zip(names, order, strict=True)]
    portion = rng.choice((20, 25, 30, 40))
    return {
        "k": kind,
        "stocks": stocks,
        "scale": [low, span],
        "portion": portion,
        "other": portion + rng.choice((15, 20, 30)),
        "capacity": rng.choice((200, 240, 250)),
        "recipe": rng.choice(([0, 0, 1], [1, 1, 0], [0, 2, 2], [2, 1, 1])),
        "layout": rng.choice(("bench", "notebook", "rack")),
        "empty": rng.choice(("Empty the beaker", "Rinse", "Pour away")),
        "undo": rng.choice(("Undo pour", "Take it back", "Undo")),
        "stocks_title": rng.choice(("Stocks", "On the shelf", "To pour from")),
        "notes": rng.choice(("Notebook", "Lab notes", "Poured so far")),
    }


def mixed(kind: str, pours: list[tuple[float, float]]) -> float:
    """The reading of a mix of (volume in mL, reading) pours: pH, °C or g/L."""
    volume = sum(amount for amount, _ in pours)
    if kind != "ph":
        return sum(amount * value for amount, value in pours) / volume
    surplus = sum(amount * (10**-value - 10 ** (value - 14)) for amount, value in pours) / volume
    root = math.sqrt(surplus * surplus + 4 * WATER)
    acid = (surplus + root) / 2 if surplus >= 0 else 2 * WATER / (root - surplus)
    return -math.log10(acid)


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The statement and its checks."""
    k, stocks, portion, other = p["k"], p["stocks"], p["portion"], p["other"]
    first, second, third = stocks
    most = p["capacity"]

    def reading(*pours: tuple[int, dict[str, Any]]) -> str:
        return f"{mixed(k['kind'], [(volume, stock['value']) for volume, stock in pours]) + 1e-9:.2f}{k['unit']}"

    def pour(stock: dict[str, Any]) -> dict[str, Any]:
        return click(f"Pour {stock['name']}")

    def click(name: str) -> dict[str, Any]:
        return {"do": "click", "target": {"role": "button", "name": name}}

    def shows(name: str, value: str) -> dict[str, Any]:
        return {"see": "text", "target": {"role": "status", "name": name}, "how": "equals", "value": value}

    recipe = [stocks[place] for place in p["recipe"]]
    goal = reading(*((portion, stock) for stock in recipe))
    fill = most // portion
    listed = ", ".join(f'"Pour {stock["name"]}" ({reading((1, stock))})' for stock in stocks)
    slider = {"role": "slider", "name": "Portion"}
    full = f"The beaker holds {most} mL."
    portion_other = {"do": "type", "target": slider, "text": str(other)}
    statement = (
        f"Make a bench for mixing. Three stocks stand ready, each with a button: {listed}. A press pours one portion"
        f' into a beaker drawn as SVG, whose liquid rises and changes its colour; "{k["reading"]}" gives the reading'
        f' of the mix, {k["rule"]}. The slider "Portion" sets how much is poured, from 5 to 100 mL in steps of 5.'
    )
    features = [
        f'The status "{k["reading"]}" shows two decimals, such as "{goal}", and "Nothing yet" while the beaker is '
        "empty",
        f'The status "Volume" starts at "0 mL", the status "Pours" at "0", "Portion size" at "{portion} mL"',
        f'The beaker holds {most} mL; a portion that does not fit is not poured, and "Message" says "{full}"',
        f'The goal is {goal}: once the reading is within 0.05 of it "Message" says "Goal reached."',
        f'The list "{p["notes"]}" has a line for each pour with its volume and stock',
        "The liquid's colour goes with the reading",
    ]
    actions = [
        f'Press "Pour {first["name"]}", then "Pour {second["name"]}" and read the mix',
        'Move "Portion", or press an arrow key on it for 5 mL more or less',
        f'Press "{p["undo"]}" to take the last pour out; with nothing poured "Message" says "There is nothing to '
        'undo."',
        f'Press "{p["empty"]}" to begin anew',
    ]
    checks = [
        {
            "id": "one-pour",
            "title": f"A portion of {first['name']} gives its own reading",
            "severity": "critical",
            "steps": [pour(first)],
            "expect": [shows("Volume", f"{portion} mL"), shows(k["reading"], reading((portion, first)))],
        },
        {
            "id": "two-pours",
            "title": f"Equal portions of {first['name']} and {second['name']} read "
            f"{reading((portion, first), (portion, second))}",
            "severity": "critical",
            "steps": [pour(first), pour(second)],
            "expect": [
                shows("Volume", f"{2 * portion} mL"),
                shows(k["reading"], reading((portion, first), (portion, second))),
            ],
        },
        {
            "id": "unequal",
            "title": f"{portion} mL of {second['name']} and {other} mL of {third['name']} are weighted by volume",
            "severity": "critical",
            "steps": [pour(second), portion_other, pour(third)],
            "expect": [
                shows("Volume", f"{portion + other} mL"),
                shows(k["reading"], reading((portion, second), (other, third))),
            ],
        },
        {
            "id": "colour",
            "title": "The liquid changes its colour and its height when another stock is poured",
            "severity": "major",
            "steps": [pour(first), pour(second)],
            "expect": [
                {"see": "attribute", "target": {"css": "#liquid"}, "name": "fill", "how": "changed"},
                {"see": "attribute", "target": {"css": "#liquid"}, "name": "height", "how": "changed"},
            ],
        },
        {
            "id": "undo",
            "title": f"{p['undo']} takes the last pour out of the beaker",
            "severity": "major",
            "steps": [pour(first), pour(third), click(p["undo"])],
            "expect": [
                shows("Pours", "1"),
                shows("Volume", f"{portion} mL"),
                shows(k["reading"], reading((portion, first))),
            ],
        },
        {
            "id": "full",
            "title": f"The beaker takes no more than {most} mL",
            "severity": "major",
            "steps": [{**pour(second), "times": fill + 1}],
            "expect": [shows("Message", full), shows("Volume", f"{fill * portion} mL"), shows("Pours", str(fill))],
        },
        {
            "id": "goal",
            "title": f"The bench notices that the goal of {goal} is reached",
            "severity": "major",
            "steps": [pour(stock) for stock in recipe],
            "expect": [shows("Message", "Goal reached."), shows(k["reading"], goal)],
        },
        {
            "id": "arrow-key",
            "title": "An arrow key makes the portion 5 mL larger",
            "severity": "minor",
            "steps": [{"do": "press", "key": "ArrowRight", "target": slider}, pour(first)],
            "expect": [shows("Portion size", f"{portion + 5} mL"), shows("Volume", f"{portion + 5} mL")],
        },
        {
            "id": "begin-anew",
            "title": f"{p['empty']} leaves nothing in the beaker and nothing to undo",
            "severity": "major",
            "steps": [pour(first), pour(second), click(p["empty"]), click(p["undo"])],
            "expect": [
                shows("Volume", "0 mL"),
                shows(k["reading"], "Nothing yet"),
                shows("Message", "There is nothing to undo."),
            ],
        },
    ]
    return {"statement": statement, "features": features, "user_actions": actions, "checks": checks}
