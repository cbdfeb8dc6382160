"""Problems, and the clean programs for them.

A problem's title and setting sentence decide everything else about its page, so the program can be written from
the problem's text alone. A problem from elsewhere gets the archetype whose words are nearest to it.
"""

import math
import re
from collections import Counter
from functools import cache
from random import Random
from typing import Any

from tasks.model.offline.archetype import Brief, archetype, draw_brief, pose, rng_of, slugs
from tasks.model.offline.flavour import find_setting

INLINE_SHARE = 0.15
"""Of programs that are one HTML file with everything inline."""

CHECKS = (8, 9)
"""How many checks a problem brings; an archetype has more to draw from."""


def write_problem(topic: str, key: tuple[str, ...]) -> dict[str, Any]:
    """A problem of the topic, drawn from the request's key; an unknown topic draws from all archetypes."""
    rng = rng_of("problem", *key)
    of_topic = [slug for slug in slugs() if archetype(slug).topic == topic.strip()]
    posed = pose(draw_brief(rng, rng.choice(of_topic or list(slugs()))))
    return posed | {"checks": some_checks(posed["checks"], rng)}


def recognise(problem: str) -> Brief:
    """The brief behind a problem in Markdown, its own or the nearest it has."""
    title = next((line[2:].strip() for line in problem.splitlines() if line.startswith("# ")), "")
    setting = find_setting(problem)
    nouns = {noun: slug for slug in slugs() for noun in archetype(slug).nouns}
    noun = max((noun for noun in nouns if title.endswith(noun)), key=len, default=None)
    if noun and setting:
        return Brief(nouns[noun], title, setting)
    plain = " ".join(re.sub(r"[^\w' -]", " ", title).split())[:60]
    return Brief(_nearest(problem), plain or "Untitled Page", " ".join(problem.split()))


def lay_out(brief: Brief, files: dict[str, str]) -> dict[str, str]:
    """The three files as this brief's author hands them in: a seeded few as one page with style and script inline."""
    if rng_of("inline", brief.title, brief.setting).random() >= INLINE_SHARE:
        return files
    page = files["index.html"].replace(
        '<link rel="stylesheet" href="style.css">', f"<style>\n{files['style.css']}</style>", 1
    )
    return {
        "index.html": page.replace('<script src="script.js"></script>', f"<script>\n{files['script.js']}</script>", 1)
    }


def some_checks(checks: list[dict[str, Any]], rng: Random) -> list[dict[str, Any]]:
    """As many of an archetype's checks as a problem brings: the critical ones and a draw of the others, in order."""
    others = [check for check in checks if check["severity"] != "critical"]
    room = rng.choice(CHECKS) - (len(checks) - len(others))
    drawn = rng.sample(others, min(len(others), max(0, room)))
    return [check for check in checks if check["severity"] == "critical" or check in drawn]


@cache
def _vocabulary() -> dict[str, Counter[str]]:
    """The words of each archetype's own problem, taken from one fixed example, and of its nouns."""
    told = {}
    for slug in slugs():
        posed = pose(draw_brief(rng_of("vocabulary", slug), slug))
        lines = [posed["statement"], *posed["features"], *posed["user_actions"], *archetype(slug).nouns, slug]
        told[slug] = Counter(_words(" ".join(lines)))
    return told


def _nearest(text: str) -> str:
    """The archetype with the most similar words: cosine of log counts weighted by rarity; the first of equals."""
    vocabulary = _vocabulary()
    spread = Counter(word for words in vocabulary.values() for word in words)
    rarity = {word: math.log((1 + len(vocabulary)) / n) for word, n in spread.items()}
    asked = Counter(_words(text))

    def similarity(words: Counter[str]) -> float:
        weights = {word: (1 + math.log(n)) * rarity[word] for word, n in words.items()}
        shared = sum(weights[word] * (1 + math.log(asked[word])) * rarity[word] for word in words if word in asked)
        return shared / math.sqrt(sum(weight**2 for weight in weights.values()) or 1)

    return max(vocabulary, key=lambda slug: similarity(vocabulary[slug]))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]{3,}", text.lower().replace("_", " "))
