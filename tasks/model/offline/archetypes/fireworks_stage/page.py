"""A show of bursts on a canvas: fireworks, confetti or petals that rise, burst, fall and fade."""

import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "animation"
NOUNS = ("Fireworks", "Grand Finale", "Spectacle", "Night Show", "Stage Show", "Spark Theatre")

_KINDS: tuple[dict[str, Any], ...] = (
    {
        "name": "night", "shell": "shell", "shells": "shells", "spark": "spark", "sparks": "sparks", "fire": "Launch",
        "sweep": "Clear the sky", "rack": "Shells", "ground": "#05060f", "top": "#060a24", "low": "#2b1e52",
        "caption": "#f3f0ff", "paints": ["#ffd166", "#ef476f", "#7bdff2", "#b2f7a1", "#f7a8ff", "#ff9f5a"],
    },
    {
        "name": "party", "shell": "popper", "shells": "poppers", "spark": "flake", "sparks": "flakes", "fire": "Pop",
        "sweep": "Sweep up", "rack": "Poppers", "ground": "#7a4a2b", "top": "#fdf0d5", "low": "#f7d9c4",
        "caption": "#fff6e9", "paints": ["#d1495b", "#00798c", "#8f5db7", "#2e8b57", "#e07a1f", "#30638e"],
    },
    {
        "name": "spring", "shell": "branch", "shells": "branches", "spark": "petal", "sparks": "petals",
        "fire": "Shake", "sweep": "Rake the lawn", "rack": "Branches", "ground": "#2f5d3a",
        "top": "#bfe3f2", "low": "#eef8e6",
        "caption": "#f4fff1", "paints": ["#e85d8a", "#c9386e", "#f08ab0", "#a64ac9", "#f25c54", "#d9488b"],
    },
)  # fmt: skip

_PATTERNS = (("ring", "a ring"), ("ball", "a full ball"), ("willow", "a slow willow"), ("fan", "a fan"))


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """Three kinds of shell, how many sparks and how heavy they are, the finale, the skyline, and the house's plan."""
    kind = rng.choice(_KINDS)
    patterns = rng.sample(_PATTERNS, 3)
    colours = rng.sample(kind["paints"], 3)
    kinds = [
        {"name": name, "pattern": pattern, "words": words, "paint": colour}
        for name, (pattern, words), colour in zip(rng.sample(flavour.items, 3), patterns, colours, strict=True)
    ]
    layout = rng.choice(("theatre", "console", "programme"))
    return {
        "k": kind,
        "kinds": kinds,
        "layout": layout,
        "canvas": [960, 355] if layout == "theatre" else [660, 360],
        "amount": rng.randrange(30, 70, 5),
        "most": rng.choice((120, 140, 160)),
        "trial": rng.choice((75, 80, 85, 95)),
        "gravity": rng.choice((4, 5, 6, 8)),
        "wind": rng.choice((True, False)),
        "finale": rng.choice((4, 5, 6)),
        "gap": rng.choice((250, 300, 350)),
        "skyline": [rng.randint(12, 78) for _ in range(rng.randint(16, 26))],
        "stars": rng.randint(40, 90),
        "finale_label": rng.choice(("Finale", "Grand finale", "All at once")),
        "programme": rng.choice(("Programme", "Tonight so far", "What went up")),
        "reset": rng.choice(("New show", "Curtain", "From the top")),
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The statement and its checks."""
    k, kinds = p["k"], p["kinds"]
    shells, sparks, fire = k["shells"], k["sparks"], k["fire"]
    amount_label, fired, most = f"{sparks.capitalize()} per {k['shell']}", f"{shells.capitalize()} gone", "Most at once"
    air, landed = "In the air", "Landed"
    names = ", ".join(f'"{kind["name"]}" ({kind["words"]})' for kind in kinds)
    second = kinds[1]["name"]
    wind = ' and "Wind" (from -10 to 10)' if p["wind"] else ""
    statement = (
        f'Stage a show on a canvas. "{fire}" sends up a {k["shell"]} that climbs for 0.5 s and bursts into '
        f"{sparks}, which"
        f" fly apart, fall and fade until the stage is empty again. The visitor chooses among three {shells} by radio"
        f' button, {names}, and sets "{amount_label}" (10 to {p["most"]}), "Gravity" (0 to 20){wind} and "Aim" (0 '
        "to 100)"
        f' with sliders. "{p["finale_label"]}" sends up {p["finale"]} {shells} one after another, {p["gap"]} ms '
        "apart;"
        f' "{k["sweep"]}" takes everything off the stage at once.'
    )
    features = [
        f'The status "{fired}" counts what was sent up, "{air}" the {sparks} flying now, "{most}" the greatest '
        "number that"
        f' ever flew together, "{landed}" those that came down to the ground; all start at 0',
        f'One {k["shell"]} gives exactly as many {sparks} as "{amount_label}" says: {p["amount"]} at first',
        f"With gravity 0 nothing ever lands; the more gravity, the more {sparks} reach the ground",
        f'The list "{p["programme"]}" names each {k["shell"]} sent up with its number of {sparks}, newest first,'
        f' such as "{second}, {p["trial"]} {sparks}"; before the first it reads "Nothing yet."',
        f"When all {sparks} have faded, after less than 3 s, the canvas is still",
        f'"{p["reset"]}" sets every number and slider back to where it began',
    ]
    actions = [
        f'Press "{fire}", or press Enter while "{fire}" has the focus',
        "Click on the canvas to aim there and fire",
        f'Choose "{second}" and move "{amount_label}" to {p["trial"]}, then press "{fire}"',
        f'Press "{p["finale_label"]}" and watch; press "{k["sweep"]}" to end it early, the rest of it too',
        'Move "Aim": the percentage shown as "Aiming at" follows',
    ]

    def button(name: str) -> dict[str, str]:
        return {"role": "button", "name": name}

    def click(name: str) -> dict[str, Any]:
        return {"do": "click", "target": button(name)}

    def slide(name: str, value: int) -> dict[str, Any]:
        return {"do": "type", "target": {"role": "slider", "name": name}, "text": str(value)}

    def shows(name: str, value: str, how: str = "equals") -> dict[str, Any]:
        return {"see": "text", "target": {"role": "status", "name": name}, "how": how, "value": value}

    checks = [
        {
            "id": "launch",
            "title": f"{fire} sends up one {k['shell']} of {p['amount']} {sparks}",
            "severity": "critical",
            "steps": [click(fire), {"do": "wait", "ms": 700}],
            "expect": [shows(fired, "1"), shows(most, str(p["amount"])), {"see": "canvas", "how": "moving"}],
            "within_ms": 600,
        },
        {
            "id": "as-many-as-said",
            "title": f"{second} with {p['trial']} {sparks} has that many, and is named in the list",
            "severity": "critical",
            "steps": [
                {"do": "click", "target": {"label": second}},
                slide(amount_label, p["trial"]),
                click(fire),
                {"do": "wait", "ms": 500},
            ],
            "expect": [
                shows(most, str(p["trial"])),
                {"see": "visible", "target": {"text": f"{second}, {p['trial']} {sparks}"}},
            ],
            "within_ms": 1200,
        },
        {
            "id": "fades",
            "title": f"After 3 s the {sparks} are gone and the stage is still",
            "severity": "major",
            "steps": [click(fire), {"do": "wait", "ms": 2100}],
            "expect": [shows(fired, "1"), shows(air, "0"), {"see": "canvas", "how": "unchanged"}],
        },
        {
            "id": "clear",
            "title": f"{k['sweep']} empties the stage in the middle of a finale",
            "severity": "major",
            "steps": [click(p["finale_label"]), {"do": "wait", "ms": 800}, click(k["sweep"])],
            "expect": [
                shows(most, r"^[1-9]\d*$", "matches"),
                shows(air, "0"),
                {"see": "canvas", "how": "unchanged"},
            ],
        },
        {
            "id": "finale",
            "title": f"{p['finale_label']} sends up {p['finale']} {shells}",
            "severity": "major",
            "steps": [click(p["finale_label"])],
            "expect": [shows(fired, str(p["finale"])), shows(most, r"^\d{2,}$", "matches")],
            "within_ms": p["finale"] * p["gap"] + 1200,
        },
        {
            "id": "heavy",
            "title": f"With gravity 20 {sparks} come down to the ground",
            "severity": "major",
            "steps": [slide("Gravity", 20), click(fire), {"do": "wait", "ms": 1500}],
            "expect": [shows(landed, r"^[1-9]\d*$", "matches")],
        },
        {
            "id": "by-keyboard",
            "title": f"Enter on {fire} works as a click does, and keeps the focus there",
            "severity": "major",
            "steps": [{"do": "press", "key": "Enter", "target": button(fire), "times": 2}],
            "expect": [shows(fired, "2"), {"see": "focus", "target": button(fire)}],
        },
        {
            "id": "from-the-top",
            "title": f"{p['reset']} sets the numbers and the sliders back",
            "severity": "major",
            "steps": [
                slide(amount_label, p["trial"]),
                slide("Aim", 90),
                click(fire),
                {"do": "wait", "ms": 600},
                click(p["reset"]),
            ],
            "expect": [
                shows(fired, "0"),
                shows(most, "0"),
                shows("Aiming at", "50 %"),
                {"see": "visible", "target": {"text": "Nothing yet."}},
            ],
        },
    ]
    return {"statement": statement, "features": features, "user_actions": actions, "checks": checks}
