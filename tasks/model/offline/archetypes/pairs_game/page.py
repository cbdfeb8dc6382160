"""The game of pairs: a board of cards with their faces down, two turned at a time, matches stay."""

import random
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "games"
NOUNS = ("Pairs", "Memory Board", "Memory Game", "Matching Cards", "Pairs Table")

GLYPHS = "◆●▲■★✚♥♣♠◐✿☾"
SIZES = {"Small board": 4, "Medium board": 6, "Large board": 8}


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """The things on the cards, the board's size at the start, how long a miss stays open, labels and layout."""
    things = rng.sample(flavour.items, max(SIZES.values()))
    return {
        "cards": [{"name": name, "glyph": glyph} for name, glyph in zip(things, rng.sample(GLYPHS, 8), strict=True)],
        "sizes": [{"name": name, "pairs": pairs} for name, pairs in SIZES.items()],
        "start": rng.choice(("Medium board", "Large board")),
        "miss_ms": rng.choice((700, 800, 900, 1000)),
        "layout": rng.choice(("side", "top", "frame")),
        "back": rng.choice(("stripes", "dots", "plain")),
        "turns_label": rng.choice(("Turns", "Moves", "Tries")),
        "found_label": rng.choice(("Pairs found", "Found", "Matches")),
        "new_label": rng.choice(("New game", "Deal again", "Shuffle and restart")),
        "size_label": rng.choice(("Board size", "Size of the board", "How many cards")),
        "peek_label": rng.choice(("Show all cards", "Peek", "Reveal the board")),
        "host": flavour.people[0],
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The problem; what the cards are is chance, so its checks rest on counts."""
    pairs = {size["name"]: size["pairs"] for size in p["sizes"]}
    count = pairs[p["start"]] * 2
    turns = {"css": "#turns"}
    closed = {"css": ".card[aria-pressed='false']"}
    opened = {"css": ".card[aria-pressed='true']"}
    message = {"role": "status", "name": "Message"}
    first, second = ({"role": "button", "name": f"Card {n}"} for n in (1, 2))
    new, peek = ({"role": "button", "name": p[key]} for key in ("new_label", "peek_label"))
    statement = (
        f"Build a game of pairs about {p['cards'][0]['name'].lower()}, {p['cards'][1]['name'].lower()} and other "
        f"things of the "
        f'same world. {count} cards lie face down; a closed card is a button with the accessible name "Card 1", '
        f'"Card 2" and so '
        f'on to "Card {count}", an open one is named after what it shows. A click turns a card and sets its '
        f"aria-pressed to true. Two open cards "
        f'make one turn, counted under "{p["turns_label"]}": equal ones stay open and count under '
        f'"{p["found_label"]}", '
        f"different ones turn back after {p['miss_ms']} milliseconds, and until then no third card can be turned. A "
        f"drop-down "
        f'"{p["size_label"]}" offers {", ".join(f"{name} ({n * 2} cards)" for name, n in pairs.items())} and deals '
        f"again. "
        f'A live region named "Message" says what has happened.'
    )
    other = next(name for name in pairs if name != p["start"])
    return {
        "statement": statement,
        "features": [
            f"{count} shuffled cards in {pairs[p['start']]} pairs, each pair with its own sign and name",
            f'Counters for "{p["turns_label"]}" and "{p["found_label"]}" that start at 0 and follow the game',
            f"A miss stays open for {p['miss_ms']} milliseconds and then turns back by itself",
            f'A button "{p["peek_label"]}" that turns all cards up, at the price of five turns, until it is clicked '
            f"again",
            "The arrow keys move the focus from card to card, and stop at the edges of the board",
            'The message reads "Turn a card" at the start and "One open, find its twin" after the first card',
        ],
        "user_actions": [
            'Click "Card 1" and then "Card 2" to turn them, or use Enter and Space',
            "Press ArrowRight and ArrowLeft to move between cards",
            f'Click "{p["new_label"]}" to shuffle and start from 0',
            f'Choose a size in "{p["size_label"]}"',
            f'Click "{p["peek_label"]}" to see the whole board',
        ],
        "checks": [
            {
                "id": "first-card",
                "title": "A click turns one card up and the message asks for its twin",
                "severity": "critical",
                "steps": [{"do": "click", "target": first}],
                "expect": [
                    {"see": "count", "target": opened, "how": "equals", "n": 1},
                    {"see": "text", "target": message, "how": "contains", "value": "One open, find its twin"},
                ],
            },
            {
                "id": "a-turn-counts",
                "title": "Two cards make one turn, and a single card none",
                "severity": "critical",
                "steps": [{"do": "click", "target": first}, {"do": "click", "target": second}],
                "expect": [
                    {"see": "text", "target": turns, "how": "equals", "value": "1"},
                    {"see": "count", "target": opened, "how": "equals", "n": 2},
                ],
                "within_ms": 300,
            },
            {
                "id": "no-third-card",
                "title": "While two different cards are open a third one stays closed",
                "severity": "major",
                "steps": [
                    {"do": "click", "target": first},
                    {"do": "click", "target": second},
                    {"do": "click", "target": {"role": "button", "name": f"Card {count}"}},
                ],
                "expect": [
                    {"see": "text", "target": turns, "how": "equals", "value": "1"},
                    {"see": "count", "target": closed, "how": "at_least", "n": count - 3},
                ],
                "within_ms": 200,
            },
            {
                "id": "settles",
                "title": "After a while a turn is over: a miss is closed again, or a pair has been counted",
                "severity": "major",
                "steps": [
                    {"do": "click", "target": first},
                    {"do": "click", "target": second},
                    {"do": "wait", "ms": p["miss_ms"] + 300},
                ],
                "expect": [
                    {"see": "text", "target": message, "how": "matches", "value": "Not a pair|A pair of"},
                    {"see": "text", "target": turns, "how": "equals", "value": "1"},
                    {
                        "see": "attribute",
                        "target": {"css": "#board"},
                        "name": "aria-busy",
                        "how": "equals",
                        "value": "false",
                    },
                ],
            },
            {
                "id": "new-game",
                "title": "A new game closes all cards and puts the turns back to 0",
                "severity": "major",
                "steps": [
                    {"do": "click", "target": first},
                    {"do": "click", "target": second},
                    {"do": "wait", "ms": p["miss_ms"] + 100},
                    {"do": "click", "target": new},
                ],
                "expect": [
                    {"see": "text", "target": turns, "how": "equals", "value": "0"},
                    {"see": "count", "target": closed, "how": "equals", "n": count},
                ],
            },
            {
                "id": "size",
                "title": f"Choosing {other} deals {pairs[other] * 2} cards",
                "severity": "major",
                "steps": [
                    {
                        "do": "choose",
                        "target": {"label": p["size_label"]},
                        "option": f"{other} ({pairs[other] * 2} cards)",
                    }
                ],
                "expect": [{"see": "count", "target": closed, "how": "equals", "n": pairs[other] * 2}],
            },
            {
                "id": "peek",
                "title": "Looking at all cards opens them and costs five turns",
                "severity": "minor",
                "steps": [{"do": "click", "target": peek}],
                "expect": [
                    {"see": "count", "target": opened, "how": "equals", "n": count},
                    {"see": "text", "target": turns, "how": "equals", "value": "5"},
                ],
            },
            {
                "id": "arrow-keys",
                "title": "ArrowRight moves the focus to the next card and ArrowLeft stops at the first",
                "severity": "minor",
                "steps": [
                    {"do": "press", "key": "ArrowRight", "target": first},
                    {"do": "press", "key": "ArrowLeft", "times": 3},
                    {"do": "press", "key": "ArrowRight"},
                ],
                "expect": [{"see": "focus", "target": second}],
            },
        ],
    }
