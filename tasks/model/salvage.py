"""A model's reply, mended where that is safe, before it is read: taken out of a code fence, out of prose, out of a
wrapper, with a comma too many left out. Nothing is ever made up: a reply that ends in the middle stays a fault, and so
does one that could be read in two ways.

A kind of answer that can be told from other forms than JSON says so with a class method `otherwise(text)`, which gives
the answer's fields, or None (`tasks.program.reply.ProgramReply`).
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from tasks.model.embedded import Found, Value, find_json, once
from tasks.model.plain import leave_thoughts, respell
from tasks.model.prompt import fence

Fault = Literal["", "invalid JSON", "wrong shape", "truncated", "empty", "refusal", "wrong language", "too large"]
"""What is wrong with a reply; empty if nothing is."""

LONGEST = 3_000_000
"""Characters of a reply; a page of the most bytes that are allowed has less, as JSON."""

_LAYERS = 5
"""Of wrappers round an answer."""
_WRAPPERS = ("properties", "arguments", "parameters", "input", "function", "tool_calls")
"""Below which a call of a tool, or a reply that took the schema for a form, has the answer."""

_FENCE = re.compile(r"^[ \t]*```[ \t]*([\w+#.-]*)", re.M)
_FOREIGN = re.compile(r"#!|import [\w*{]|from [\w.]+ import |def \w|package \w")
_OBJECT = re.compile(r'\{\s*"')
_REFUSAL = re.compile(
    r"\b(I['’]m sorry|I am sorry|I apologi[sz]e|I can(no|['’])t|I can not|I am (unable|not able)|"
    r"I['’]m (unable|not able)|I won['’]t|I (must|have to) decline|"
    r"as an AI|(violates|against) (my|our|the) (polic|guideline))",
    re.I,
)
_LONGEST_REFUSAL = 1200
_WEB = {"", "html", "css", "js", "javascript", "json", "jsonc", "json5", "text", "txt", "markdown", "md", "xml", "svg"}
_SHELL = {"bash", "sh", "shell", "console"}
_LONGEST_DETAIL = 400
_TOLD: dict[Fault, tuple[str, str]] = {
    "truncated": ("was cut off before its end", " Make it shorter."),
    "empty": ("was empty", ""),
    "too large": ("was too long", " Make it much shorter."),
    "invalid JSON": ("is no valid JSON", ""),
    "wrong language": ("is not in the language that was asked for", ""),
    "wrong shape": ("has not the shape that was asked for", ""),
}
"""Of each fault that is worth another try: what the reply was, and a wish."""


@dataclass(frozen=True)
class Salvaged:
    """A reply as it is to be read."""

    text: str
    """JSON, if there is any in it; else what the model said."""
    fault: Fault = ""
    """What is wrong already; the shape of what is JSON is still to be seen."""
    detail: str = ""
    mended: tuple[str, ...] = ()
    """What was done, in words."""


def salvage(content: str | None, finish_reason: str | None, refusal: str | None, kind: type[BaseModel]) -> Salvaged:
    """Mend a reply that is to become a `kind`.

    Args:
        content: as the model gave it.
        finish_reason: why it ended, as the provider says: `stop`, `length`, `content_filter`.
        refusal: what it says instead of an answer, where the provider tells the two apart.
        kind: the record that is wanted.
    """
    text = (content or "").strip().strip("\ufeff\x00").strip()
    try:
        return _salvage(text, finish_reason, refusal, kind)
    except RecursionError:
        return Salvaged("", "invalid JSON", "it is nested too deeply")


def _salvage(text: str, finish_reason: str | None, refusal: str | None, kind: type[BaseModel]) -> Salvaged:
    if refusal and not text:
        return Salvaged("", "refusal", _short(refusal))
    if finish_reason == "content_filter":
        return Salvaged("", "refusal", "the provider's filter ended it")
    if len(text) > LONGEST:
        return Salvaged("", "too large", f"{len(text):,} characters; {LONGEST:,} are the most")
    mended: list[str] = []
    text = leave_thoughts(respell(text, mended), mended)
    if not text:
        thoughts = "all its tokens were thoughts" if finish_reason == "length" or mended else ""
        return Salvaged("", "truncated" if finish_reason == "length" else "empty", thoughts)
    if finish_reason == "length":
        return Salvaged(text, "truncated", "it was cut off at the most tokens")
    found = find_json(text)
    longest = max(found.values, key=lambda one: one.size, default=Value(None, 0, ()))
    answers = [answer for one in found.values for answer in _answers(one, kind)]
    if answers:
        best = max(answers, key=lambda one: one.size)
        if found.flaw:
            words = f"after one answer another begins: {found.flaw}"
            return Salvaged(text, "truncated" if found.cut else "invalid JSON", words)
        if best.size < longest.size or any(other.value != best.value for other in answers):
            return Salvaged(text, "wrong shape", "it holds more than one answer")
        return _written(best.value, *mended, *best.mended)
    otherwise = getattr(kind, "otherwise", None)
    loose = otherwise(text) if otherwise is not None and not _foreign(text) else None
    if _fits(loose, kind):
        return _written(loose, *mended, "read what was no JSON")
    if not found.flaw and 2 * sum(one.size for one in found.values) >= len(text):
        return _written(longest.value, *mended, *longest.mended)  # whoever validates it says what it lacks
    return Salvaged(text, *_fault(text, refusal, found))


def words_for(fault: Fault, detail: str) -> str | None:
    """What the model is told of a reply that it is to give again; None if it is not asked again: a refusal is not
    argued with. `detail` may quote the reply, and stands in a fence."""
    if fault not in _TOLD:
        return None
    what, wish = _TOLD[fault]
    told = _short(detail).encode("utf-8", "replace").decode()
    why = f"\n\nWhat its reader says, as data:\n\n{fence('reason', told)}\n\n" if told else " "
    return f"Your last reply {what}.{why}Answer again with the JSON object that was asked for, and nothing else.{wish}"


def _answers(one: Value, kind: type[BaseModel], layers: int = _LAYERS) -> list[Value]:
    """A value if it is a `kind`, else all in it that are, through so many layers of wrapper."""
    value = one.value
    if _fits(value, kind):
        return [one]
    inside: list[Any] = []
    if isinstance(value, list):
        inside = value if len(value) == 1 else []
    elif isinstance(value, dict):
        inside = [value[key] for key in _WRAPPERS if key in value] or (list(value.values()) if len(value) == 1 else [])
    found: list[Value] = []
    for inner in inside if layers else ():
        if isinstance(inner, str):
            try:
                inner = json.loads(inner, strict=False, object_pairs_hook=once)
            except ValueError:
                continue
        found += _answers(one._replace(value=inner, mended=(*one.mended, "took it out of a wrapper")), kind, layers - 1)
    needed = [name for name, field in kind.model_fields.items() if field.is_required()]
    records = isinstance(value, list) and value and all(isinstance(each, dict) for each in value)
    if not found and records and len(needed) == 1 and _fits({needed[0]: value}, kind):
        found = [
            one._replace(value={needed[0]: value}, mended=(*one.mended, "took it for the one list that is wanted"))
        ]
    return found


def _fits(value: Any, kind: type[BaseModel]) -> bool:
    if not isinstance(value, dict) or not value.keys() & kind.model_fields.keys():
        return False
    try:
        kind.model_validate(value)
    except ValueError:
        return False
    return True


def _written(value: Any, *mended: str) -> Salvaged:
    """A value as JSON; half a surrogate pair, which nothing that is sent may hold, is a fault and stays escaped."""
    text, how = json.dumps(value, ensure_ascii=False), tuple(dict.fromkeys(mended))
    try:
        text.encode()
    except UnicodeEncodeError:
        return Salvaged(json.dumps(value), "invalid JSON", "it holds half of a surrogate pair", how)
    return Salvaged(text, mended=how)


def _fault(text: str, refusal: str | None, found: Found) -> tuple[Fault, str]:
    """Why there is no answer in a text."""
    if refusal:
        return "refusal", _short(refusal)
    if foreign := _foreign(text):
        return "wrong language", f"it holds {foreign}"
    if found.cut:
        return "truncated", "it ends in the middle"
    if len(text) <= _LONGEST_REFUSAL and "```" not in text and not _OBJECT.search(text) and _REFUSAL.search(text):
        return "refusal", _short(text)
    return "invalid JSON", found.flaw or "it holds no JSON object"


def _foreign(text: str) -> str:
    """A language that no page is written in, if the text holds a block of one; else empty."""
    if _FOREIGN.match(text):
        return "a program, not JSON"
    return min({match[1].lower() for match in _FENCE.finditer(text)} - _WEB - _SHELL, default="")[:40]


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_DETAIL]
