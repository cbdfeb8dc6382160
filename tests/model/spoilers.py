"""Ways in which a model's reply is not what was asked for."""

import html
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from tasks.model.salvage import salvage


@dataclass(frozen=True)
class Spoilt:
    """A reply as it comes."""

    name: str
    content: str | None
    finish: str = "stop"
    refusal: str | None = None


def _fenced(rng: random.Random, text: str) -> str:
    return f"```{rng.choice(['json', 'JSON', ''])}\n{text}\n```"


def _prose(rng: random.Random, text: str) -> str:
    before = rng.choice(["Here you are:", "Sure! I took {care} of [everything]:", "**Result**\n"])
    return f"{before}\n\n{text}\n\n{rng.choice(['I hope that helps.', 'Note: {x} is a [set].', ''])}"


def _thoughts(rng: random.Random, text: str) -> str:
    return '<think>\nThe user wants {"files": []}. Let me see ...\n</think>\n\n' + text


def _raw_breaks(rng: random.Random, text: str) -> str:
    raw = {"n": "\n", "t": "\t"}
    return re.sub(r"\\(.)", lambda found: raw.get(found[1], found[0]), text)


def _commas(rng: random.Random, text: str) -> str:
    return json.dumps(json.loads(text), indent=1, ensure_ascii=False).replace("\n}", ",\n}")


def _wrapped(rng: random.Random, text: str) -> str:
    key = rng.choice(["reply", "response", "properties", "result"])
    return json.dumps({key: json.loads(text)})


def _called(rng: random.Random, text: str) -> str:
    return json.dumps({"name": "answer", "arguments": text})


def _called_in_full(rng: random.Random, text: str) -> str:
    call = {"id": "c", "type": "function", "function": {"name": "answer", "arguments": text}}
    return json.dumps({"role": "assistant", "content": None, "tool_calls": [call]})


def _thoughts_of_a_template(rng: random.Random, text: str) -> str:
    """The template had opened them; they hold a draft."""
    return f"Let me see ... maybe\n{_draft(text)}\nNo, better.\n</think>\n\n{text}"


def _draft(text: str) -> str:
    """Another reply of the same kind: the longest text in it says a word more."""
    value = json.loads(text)
    longest = max(_texts(value), key=len)
    return json.dumps(value).replace(json.dumps(longest), json.dumps(longest + " draft"), 1)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inside for text in _texts(one)]


def _listed(rng: random.Random, text: str) -> str:
    return f"[{text}]"


def _marked(rng: random.Random, text: str) -> str:
    return "\ufeff" + text + "\x00"


def _misread(rng: random.Random, text: str) -> str:
    meant = json.dumps(json.loads(text), ensure_ascii=False)
    return meant.encode("utf-8").decode("latin-1")


def _misread_by_browsers(rng: random.Random, text: str) -> str:
    """Windows-1252 as the web has it: its five unassigned bytes are control characters."""
    meant = json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8")
    return "".join(chr(byte) if byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode("cp1252") for byte in meant)


def _wide(rng: random.Random, text: str) -> str:
    """UTF-16 that was read byte by byte."""
    return json.dumps(json.loads(text)).encode("utf-16-le").decode("latin-1")


def _entities(rng: random.Random, text: str) -> str:
    return html.escape(text)


HARMLESS: dict[str, Callable[[random.Random, str], str]] = {
    "fenced": _fenced,
    "prose": _prose,
    "thoughts": _thoughts,
    "raw breaks": _raw_breaks,
    "commas": _commas,
    "wrapped": _wrapped,
    "called": _called,
    "called in full": _called_in_full,
    "thoughts of a template": _thoughts_of_a_template,
    "listed": _listed,
    "marked": _marked,
    "misread": _misread,
    "misread by browsers": _misread_by_browsers,
    "wide": _wide,
    "entities": _entities,
}
"""What can be undone."""

_FOREIGN = "```python\nimport tkinter as tk\nroot = tk.Tk()\nroot.mainloop()\n```\nRun it with `python app.py`."
_SORRY = [
    "I'm sorry, but I can't help with that.",
    "I cannot assist with this request as it goes against my guidelines.",
    "As an AI, I am unable to do so.",
]


def _cut(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(1, max(2, len(text.rstrip()) - 1))]


def _broken(rng: random.Random, text: str) -> str:
    return text.replace('": ', '" ', 1)


HOPELESS: dict[str, Callable[[random.Random, str], Spoilt]] = {
    "truncated": lambda rng, text: Spoilt("truncated", _cut(rng, text), "length"),
    "ends early": lambda rng, text: Spoilt("ends early", _cut(rng, text)),
    "cut in a fence": lambda rng, text: Spoilt("cut in a fence", "```json\n" + _cut(rng, text), "length"),
    "empty": lambda rng, text: Spoilt("empty", rng.choice([None, "", " \n\t", "\ufeff", "\x00\x00"])),
    "all thoughts": lambda rng, text: Spoilt("all thoughts", "", "length"),
    "refusal": lambda rng, text: Spoilt("refusal", rng.choice(_SORRY)),
    "refused aside": lambda rng, text: Spoilt("refused aside", None, refusal="I can't do that."),
    "filtered": lambda rng, text: Spoilt("filtered", _cut(rng, text), "content_filter"),
    "broken": lambda rng, text: Spoilt("broken", _broken(rng, text)),
    "foreign": lambda rng, text: Spoilt("foreign", _FOREIGN),
    "five megabytes": lambda rng, text: Spoilt("five megabytes", rng.choice('{"[`a,<') * 5_000_000),
    "deep": lambda rng, text: Spoilt("deep", rng.choice(['[{"a":', '{"a":']) * 20_000),
    "other shape": lambda rng, text: Spoilt("other shape", json.dumps({"answer": 42, "why": [1, 2, {"a": None}]})),
    "prose only": lambda rng, text: Spoilt("prose only", "I would make a page with a button and a list. " * 20),
    "surrogate": lambda rng, text: Spoilt("surrogate", '{"title": "\\ud800'),
    "half a pair": lambda rng, text: Spoilt("half a pair", '{"x": "\\ud800", ' + text[1:]),
    "endless number": lambda rng, text: Spoilt("endless number", '{"x": ' + "1" * 5000 + ", " + text[1:]),
    "a draft in thoughts": lambda rng, text: Spoilt("a draft in thoughts", f"<think>Maybe {text}\nHm"),
    "nothing but thoughts": lambda rng, text: Spoilt("nothing but thoughts", f"<think>Maybe {text}</think>"),
    "two answers": lambda rng, text: Spoilt("two answers", f"{_draft(text)}\n\nBetter:\n\n{text}"),
    "a draft, then cut": lambda rng, text: Spoilt("a draft, then cut", f"{_draft(text)}\nBetter:\n{_cut(rng, text)}"),
    "Python's way": lambda rng, text: Spoilt("Python's way", repr(json.loads(text))),
    "a sorry answer": lambda rng, text: Spoilt("a sorry answer", f"I apologize for that. {_broken(rng, text)}"),
    "half escaped": lambda rng, text: Spoilt("half escaped", text.replace('"', "&quot;") + '"<>'),
    "noise": lambda rng, text: Spoilt("noise", "".join(chr(rng.randrange(1, 0x3000)) for _ in range(400))),
}
"""What can't."""


def spoilt(rng: random.Random, text: str) -> tuple[Spoilt, bool]:
    """A valid reply's text, spoilt in one to three ways; and whether it can be undone."""
    if rng.random() < 0.5:
        name = rng.choice(sorted(HOPELESS))
        return HOPELESS[name](rng, text), False
    outer = rng.sample(["fenced", "prose", "thoughts", "marked"], rng.randrange(0, 3))
    inner = rng.choice(sorted(HARMLESS))
    names = [inner, *(name for name in outer if name != inner)]
    if inner in ("misread", "misread by browsers", "wide", "entities", "thoughts of a template"):
        names = [inner]
    for name in names:
        text = HARMLESS[name](rng, text)
    return Spoilt(" + ".join(names), text), True


def read(
    content: str | None, finish: str | None, refusal: str | None, kind: type[BaseModel]
) -> tuple[BaseModel | None, str]:
    """The record that comes of a reply, and its fault."""
    found = salvage(content, finish, refusal, kind)
    found.text.encode()
    if found.fault:
        return None, found.fault
    try:
        return kind.model_validate_json(found.text), ""
    except ValidationError:
        return None, "wrong shape"
