"""Edits of a clean page, as a model proposes them: places of the shown files, and what could stand there instead.

It knows a dozen ways to say a thing wrongly and looks for places to use them; and it errs as models do: a text that
occurs twice, a quotation from memory, the text itself as a wording, a wording that breaks the file.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tasks.model.offline.archetype import rng_of
from tasks.model.offline.rewordings import Harm, Idea, script_ideas

_LOOKED_AT = 3
"""Ideas of a family, of which the shortest is taken: a reply is to be short."""
_TURNS = ("function", "visual", "performance", "function", "accessibility", "function")

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.S)
_DECLARATION = re.compile(r"^\s*(-{0,2}[a-z][a-z-]*):\s*([^;{}]+);", re.M)
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(px|rem|em)\b")
_SIZES = ("font-size", "padding", "gap", "margin", "margin-bottom", "max-width", "width", "height", "border-radius")


def propose_edits(files: Mapping[str, str], most: int, key: tuple[str, ...], rate: float) -> dict[str, Any]:
    """The reply to a request for edits: `places`, at most so many; at the rate with one or two that break the rules."""
    rng = rng_of("edits", *key)
    ideas = [idea for name in sorted(files) for idea in _ideas(name, files[name])]
    rng.shuffle(ideas)
    chosen: list[Idea] = []
    for family in _TURNS * most:
        free = [idea for idea in ideas if idea.family == family and not any(_overlap(idea, one) for one in chosen)]
        if free and len(chosen) < most:
            chosen.append(min(free[:_LOOKED_AT], key=lambda idea: len(idea.find)))
    places = [_place(idea) for idea in chosen]
    if places and rng.random() < rate:
        for at in rng.sample(range(len(places)), min(len(places), rng.choice((1, 1, 2)))):
            places[at] = rng.choice(_SLIPS)(places[at], files[chosen[at].file])
    return {"places": places}


def _ideas(name: str, text: str) -> Iterator[Idea]:
    """All places of one file that it has an idea for and can name by a text that occurs once."""
    if name.endswith(".js"):
        parts = [("script", 0, text)]
    elif name.endswith(".css"):
        parts = [("style", 0, text)]
    else:
        parts = [(match[1], match.start(2), match[2]) for match in _INLINE.finditer(text)]
    for kind, offset, part in parts:
        found = script_ideas(name, part, text) if kind == "script" else _style_ideas(name, part)
        for idea in found:
            if text.count(idea.find) == 1:
                yield Idea(idea.family, name, offset + idea.start, idea.find, idea.harms)


def _overlap(one: Idea, other: Idea) -> bool:
    apart = one.start >= other.start + len(other.find) or other.start >= one.start + len(one.find)
    return one.file == other.file and not apart


def _place(idea: Idea) -> dict[str, Any]:
    wordings = [{"text": text, "strength": strength, "note": note} for text, strength, note in idea.harms]
    return {"family": idea.family, "file": idea.file, "find": idea.find, "wordings": wordings}


def _style_ideas(name: str, sheet: str) -> Iterator[Idea]:
    for match in _DECLARATION.finditer(sheet):
        declared, value = match[1], match[2].strip()
        if re.fullmatch(r"#[0-9a-f]{6}", value):
            yield Idea("visual", name, match.start(2), value, _colours(value))
        elif declared in _SIZES and _LENGTH.search(value) and "var(" not in value:
            yield Idea("visual", name, match.start(2), value, _sizes(value, declared))


def _colours(value: str) -> tuple[Harm, ...]:
    channels = [int(value[at : at + 2], 16) for at in (1, 3, 5)]

    def greyed(share: float) -> str:
        return "#" + "".join(f"{round(c + (128 - c) * share):02x}" for c in channels)

    return (greyed(0.45), 1, "Contrast is poor."), (greyed(0.8), 3, "Hardly anything can be told apart.")


def _sizes(value: str, declared: str) -> tuple[Harm, ...]:
    def by(factor: float) -> str:
        return _LENGTH.sub(lambda match: f"{float(match[1]) * factor:.4g}{match[2]}", value)

    what = declared.replace("-", " ")
    return (by(0.45), 1, f"The {what} is too small."), (by(3.5), 2, f"The {what} is far too big.")


def _twice(place: dict[str, Any], text: str) -> dict[str, Any]:
    """A text that occurs more than once."""
    words = [word for word in re.findall(r"[\w.]+", place["find"]) if text.count(word) > 1]
    return place | {"find": max(words, key=len, default=text[:1])}


def _from_memory(place: dict[str, Any], text: str) -> dict[str, Any]:
    """A text that is not quite the file's."""
    return place | {"find": place["find"][:-1] + "…"}


def _same(place: dict[str, Any], text: str) -> dict[str, Any]:
    """Nothing but the text itself as a wording."""
    return place | {"wordings": [place["wordings"][0] | {"text": place["find"]}]}


def _broken(place: dict[str, Any], text: str) -> dict[str, Any]:
    """One wording, with a bracket too many."""
    first = place["wordings"][0]
    return place | {"wordings": [first | {"text": first["text"] + (")" if place["file"].endswith(".js") else "} }")}]}


_SLIPS = (_twice, _from_memory, _same, _broken)
