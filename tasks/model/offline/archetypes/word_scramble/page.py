"""Words of the theme with their letters mixed up: typed answers, a streak, hints that cost, a list of words found."""

import random
import re
from typing import Any

from tasks.model.offline.flavour import Flavour
from tasks.record import Topic

TOPIC: Topic = "games"
NOUNS = ("Anagrams", "Word Scramble", "Mixed Letters", "Spelling Game", "Letter Jumble", "Typesetter")

_WORDS = (
    {"answer": "Your answer", "check": "Check", "hint": "Hint", "skip": "Skip", "reset": "Start over"},
    {"answer": "The word is", "check": "Submit", "hint": "First letter", "skip": "Pass", "reset": "New game"},
    {"answer": "Unscrambled", "check": "Try it", "hint": "Give me a letter", "skip": "Next word", "reset": "Reset"},
)
_WRONG = ("Not quite.", "That is not it.", "No, look again.", "Not this word.")
_EMPTY = ("Type a word first.", "There is nothing to check yet.", "Please write an answer.")


def draw(rng: random.Random, flavour: Flavour) -> dict[str, Any]:
    """The words in order with their mixed letters, what they score, the words on the controls, layout."""
    plain = sorted({word for item in flavour.items if 4 <= len(word := re.sub("[^A-Z]", "", item.upper())) <= 10})
    chosen = rng.sample(plain, min(len(plain), rng.randint(5, 7)))
    return {
        "layout": rng.choice(("press", "ticket", "chalk")),
        "puzzles": [{"word": word, "mixed": _mixed(rng, word)} for word in chosen],
        "points": rng.choice((5, 8, 10, 12, 20)),
        "bonus": rng.choice((1, 2, 3, 5)),
        "cost": rng.choice((1, 2, 3, 4)),
        "words": rng.choice(_WORDS),
        "wrong": rng.choice(_WRONG),
        "empty": rng.choice(_EMPTY),
        "host": rng.choice(flavour.people),
        "tilts": [rng.randint(-6, 6) for _ in range(5)],
        "lead": rng.randrange(3),
    }


def pose(p: dict[str, Any]) -> dict[str, Any]:
    """The problem: the words in their order, what each deed scores, and the checks that play the first words."""
    words = p["words"]
    return {
        "statement": _statement(p),
        "features": [
            f'The mixed letters stand as tiles under "Letters", as in "{p["puzzles"][0]["mixed"]}" for the first word.',
            f'A text field "{words["answer"]}" and a button "{words["check"]}"; capitals and blanks around '
            f"do not matter.",
            f"A right answer brings {p['points']} points, and {p['bonus']} more for each right answer "
            f"directly before it.",
            f'A wrong answer leaves the word, sets the streak to 0 and says "{p["wrong"]}" in the line '
            f'"Message"; an empty '
            f'one changes nothing and says "{p["empty"]}".',
            f'"{words["hint"]}" shows one more first letter of the word, as in "Starts with '
            f'{p["puzzles"][0]["word"][0]}.", '
            f"and costs {p['cost']} points, though the score never falls below 0.",
            f'"{words["skip"]}" goes to the next word without points and sets the streak to 0.',
            'Readouts "Score", "Streak" and "Word" (as in '
            f'"1 of {len(p["puzzles"])}"), and a list of the words solved so far.',
            f'After the last word the field is disabled; "{words["reset"]}" begins again at the first word.',
        ],
        "user_actions": [
            f'Type into "{words["answer"]}" and press Enter or "{words["check"]}"; the cursor stays in the field.',
            f'Press "{words["hint"]}" for a letter, "{words["skip"]}" to leave a word.',
            f'Press "{words["reset"]}" at any time.',
        ],
        "checks": _checks(p),
    }


def _statement(p: dict[str, Any]) -> str:
    lead = (
        "Build a word game in which the letters of a word are mixed up and the player types the word.",
        "Make a game of anagrams, played with the keyboard, one word after the other.",
        "Write a small spelling game: jumbled tiles, one field, and a score that rewards a streak.",
    )[p["lead"]]
    order = ", ".join(f"{puzzle['mixed']} ({puzzle['word'].title()})" for puzzle in p["puzzles"])
    return f"{lead} The mixed letters come in this order, with the answer in brackets: {order}."


def _checks(p: dict[str, Any]) -> list[dict[str, Any]]:
    words, puzzles, total = p["words"], p["puzzles"], len(p["puzzles"])
    first, second = puzzles[0]["word"], puzzles[1]["word"]
    field = {"label": words["answer"]}
    enter = {"do": "press", "key": "Enter", "target": field}
    two = 2 * p["points"] + p["bonus"]
    return [
        {
            "id": "right-answer-scores",
            "title": f"The right answer {first} brings {p['points']} points and the next letters",
            "severity": "critical",
            "steps": [_type(field, first), _click(words["check"])],
            "expect": [_reads("Score", str(p["points"])), _reads("Word", f"2 of {total}"), _reads("Streak", "1")],
        },
        {
            "id": "streak-earns-bonus",
            "title": f"Two right answers in a row, by Enter, make {two} points",
            "severity": "critical",
            "steps": [_type(field, first), enter, _type(field, second.lower()), enter],
            "expect": [_reads("Score", str(two)), _reads("Streak", "2")],
        },
        {
            "id": "wrong-breaks-streak",
            "title": "A wrong answer sets the streak to 0 and keeps the word",
            "severity": "major",
            "steps": [_type(field, first), enter, _type(field, f"{second}x"), enter],
            "expect": [
                _reads("Streak", "0"),
                _reads("Word", f"2 of {total}"),
                _reads("Score", str(p["points"])),
                _reads("Message", p["wrong"]),
            ],
        },
        {
            "id": "blanks-and-case-ignored",
            "title": "Small letters and blanks around the word do not matter",
            "severity": "major",
            "steps": [_type(field, f"  {first.lower()} "), _click(words["check"])],
            "expect": [_reads("Word", f"2 of {total}"), _reads("Score", str(p["points"]))],
        },
        {
            "id": "empty-answer-told",
            "title": "An empty answer is told so and changes nothing",
            "severity": "minor",
            "steps": [_click(words["check"])],
            "expect": [_reads("Message", p["empty"]), _reads("Word", f"1 of {total}")],
        },
        {
            "id": "hint-costs",
            "title": f"A hint after one right answer costs {p['cost']} points and shows the first letter",
            "severity": "major",
            "steps": [_type(field, first), enter, _click(words["hint"])],
            "expect": [_reads("Score", str(p["points"] - p["cost"])), _reads("Message", f"Starts with {second[0]}.")],
        },
        {
            "id": "score-not-below-zero",
            "title": "Two hints at the beginning show two letters, and the score stays 0",
            "severity": "minor",
            "steps": [_click(words["hint"], 2)],
            "expect": [_reads("Score", "0"), _reads("Message", f"Starts with {first[:2]}.")],
        },
        {
            "id": "skip-goes-on-with-focus",
            "title": f'"{words["skip"]}" goes on and puts the cursor back into the field',
            "severity": "major",
            "steps": [_click(words["skip"])],
            "expect": [_reads("Word", f"2 of {total}"), _reads("Streak", "0"), {"see": "focus", "target": field}],
        },
        {
            "id": "start-over",
            "title": f'After all words are passed, "{words["reset"]}" begins again at the first',
            "severity": "major",
            "steps": [_type(field, first), enter, _click(words["skip"], total - 1), _click(words["reset"])],
            "expect": [
                _reads("Score", "0"),
                _reads("Word", f"1 of {total}"),
                {"see": "attribute", "target": field, "name": "disabled", "how": "absent"},
            ],
        },
    ]


def _mixed(rng: random.Random, word: str) -> str:
    """The word's letters in another order."""
    letters = list(word)
    for _ in range(20):
        rng.shuffle(letters)
        if "".join(letters) != word:
            break
    return "".join(letters)


def _type(target: dict[str, Any], text: str) -> dict[str, Any]:
    return {"do": "type", "target": target, "text": text}


def _click(name: str, times: int = 1) -> dict[str, Any]:
    return {"do": "click", "target": {"role": "button", "name": name}, "times": times}


def _reads(name: str, value: str) -> dict[str, Any]:
    return {"see": "text", "target": {"role": "status", "name": name}, "how": "equals", "value": value}
