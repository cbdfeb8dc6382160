"""A model's reply, mended where that is safe, before it is read: taken out of a code fence, out of prose, out of a
wrapper, with a comma too many left out. Nothing is ever made up: a reply that ends in the middle stays a fault.

A kind of answer that can be told from other forms than JSON says so with a class method `otherwise(text)`, which gives
the answer's fields, or None (`tasks.program.reply.ProgramReply`).
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

Fault = Literal["", "invalid JSON", "wrong shape", "truncated", "empty", "refusal", "wrong language", "too large"]
"""What is wrong with a reply; empty if nothing is."""

LONGEST = 3_000_000
"""Characters of a reply; a page of the most bytes that are allowed has less, as JSON."""

_STARTS = 24
"""Braces and brackets in a reply at which it is tried to read JSON."""

_THOUGHTS = re.compile(r"\A\s*<(think|thinking|reasoning)>.*?</\1>", re.S)
_FENCE = re.compile(r"^[ \t]*```[ \t]*([\w+#.-]*)", re.M)
_REFUSAL = re.compile(
    r"\b(I['’]m sorry|I am sorry|I apologi[sz]e|I can(no|['’])t|I can not|I am unable|I['’]m unable|I won['’]t|"
    r"as an AI|(violates|against) (my|our|the) (polic|guideline))",
    re.I,
)
_LONGEST_REFUSAL = 1200
_WEB = {"", "html", "css", "js", "javascript", "json", "jsonc", "json5", "text", "txt", "markdown", "md", "xml", "svg"}
_LONGEST_DETAIL = 400
_ESCAPE = 7
"""Characters of the longest escape in JSON, which a cut may leave half of, and one more."""


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
    if refusal and not text:
        return Salvaged("", "refusal", _short(refusal))
    if finish_reason == "content_filter":
        return Salvaged("", "refusal", "the provider's filter ended it")
    if not text:
        spent = finish_reason == "length"
        return Salvaged("", "truncated" if spent else "empty", "all its tokens were thoughts" if spent else "")
    if len(text) > LONGEST:
        return Salvaged("", "too large", f"{len(text):,} characters; {LONGEST:,} are the most")
    mended: list[str] = []
    text = _plain(text, mended)
    found = _find(text, kind, mended)
    if found is not None:
        return Salvaged(json.dumps(found, ensure_ascii=False), mended=tuple(mended))
    return _fault(text, finish_reason)


def words_for(fault: Fault, detail: str) -> str | None:
    """What the model is told of a reply that it is to give again; None if it is not asked again: a refusal is not
    argued with."""
    only = "Answer again with the JSON object that was asked for, and nothing else."
    match fault:
        case "truncated":
            return f"Your last reply was cut off before its end. {only} Make it shorter."
        case "empty":
            return f"Your last reply was empty. {only}"
        case "too large":
            return f"Your last reply was too long: {detail}. {only} Make it much shorter."
        case "invalid JSON":
            return f"Your last reply is no valid JSON: {detail}. {only}"
        case "wrong language":
            return f"Your last reply is not in the language that was asked for: {detail}. {only}"
        case "wrong shape":
            return f"Your last reply has not the shape that was asked for: {detail}. {only}"
        case _:
            return None


def _plain(text: str, mended: list[str]) -> str:
    """Without thoughts before it, zero bytes, entities for quotes, and letters that were read in the wrong encoding."""
    thought = _THOUGHTS.match(text)
    if thought is not None and text[thought.end() :].strip():
        text = text[thought.end() :].strip()
        mended.append("left its thoughts out")
    if "\x00" in text:
        text = text.replace("\x00", "")
        mended.append("left zero bytes out")
    if re.match(r"[\[{]\s*&(quot|#34);", text):
        text = html.unescape(text)
        mended.append("read its entities")
    if (right := _right_encoding(text)) is not None:
        text = right
        mended.append("read it as UTF-8")
    return text


def _right_encoding(text: str) -> str | None:
    """The text that was meant, if it is UTF-8 that was read as Windows-1252 or Latin-1: all of it must be."""
    if text.isascii():
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None


def _find(text: str, kind: type[BaseModel], mended: list[str]) -> Any:
    """The JSON that fits `kind` best: what validates as it, else the longest object; None if there is none."""
    longest: tuple[int, Any] | None = None
    for value, size, how in _values(text):
        for inner, wrapped in _unwrapped(value, kind):
            if _fits(inner, kind):
                mended += [*how, *wrapped]
                return inner
        if longest is None or size > longest[0]:
            longest = (size, value)
    other = getattr(kind, "otherwise", None)
    if other is not None and (fields := other(text)) is not None and _fits(fields, kind):
        mended.append("read what was no JSON")
        return fields
    if longest is not None and 2 * longest[0] >= len(text):  # not a fragment that stands in something else
        return longest[1]
    return None


def _values(text: str) -> Iterator[tuple[Any, int, list[str]]]:
    """The JSON values that stand in a text, none inside of what is JSON up to a fault: value, characters, what was
    mended."""
    decoder = json.JSONDecoder(strict=False)  # line breaks within strings mean what they look like
    at = 0
    for _ in range(_STARTS):
        start = _start(text, at)
        if start < 0:
            return
        whole, how = text, list[str]()
        try:
            value, end = decoder.raw_decode(whole, start)
            at = end
        except RecursionError:
            return
        except json.JSONDecodeError as error:
            at = start + 1
            if not text[at : error.pos].strip():  # a bracket of prose
                continue
            fewer = _without_commas(text, start)
            if fewer is None:
                return
            whole, how, at = fewer, ["left commas out"], len(text)
            try:
                value, end = decoder.raw_decode(whole, start)
            except (ValueError, RecursionError):
                return
        if start or whole[end:].strip():
            how.append("took it out of what stood round it")
        if isinstance(value, dict | list):
            yield value, end - start, how


def _start(text: str, at: int) -> int:
    found = [text.find(char, at) for char in "{["]
    return min((one for one in found if one >= 0), default=-1)


def _without_commas(text: str, start: int) -> str | None:
    """The text without the commas before closing brackets, outside of strings; None if it has none."""
    kept, last, inside = [text[:start]], start, False
    changed = False
    for match in re.compile(r'\\.|"|,(?=\s*[}\]])', re.S).finditer(text, start):
        if match[0] == '"':
            inside = not inside
        elif match[0] == "," and not inside:
            kept.append(text[last : match.start()])
            last, changed = match.end(), True
    return "".join([*kept, text[last:]]) if changed else None


def _unwrapped(value: Any, kind: type[BaseModel]) -> Iterator[tuple[Any, list[str]]]:
    """A value, and what it may be a wrapper of."""
    yield value, []
    words = ["took it out of a wrapper"]
    needed = [name for name, field in kind.model_fields.items() if field.is_required()]
    if isinstance(value, list):
        if len(value) == 1:
            yield value[0], words
        if len(needed) == 1 and value and all(isinstance(one, dict) for one in value):
            yield {needed[0]: value}, words
        return
    for key in ("properties", "arguments", "parameters", "input", *(value if len(value) == 1 else ())):
        inner = value.get(key)
        if isinstance(inner, str):
            try:
                inner = json.loads(inner, strict=False)
            except (ValueError, RecursionError):
                continue
        if isinstance(inner, dict):
            yield inner, words
        elif isinstance(inner, list) and len(inner) == 1:
            yield inner[0], words


def _fits(value: Any, kind: type[BaseModel]) -> bool:
    if not isinstance(value, dict) or not value.keys() & kind.model_fields.keys():
        return False
    try:
        kind.model_validate(value)
    except (ValidationError, RecursionError):
        return False
    return True


def _fault(text: str, finish_reason: str | None) -> Salvaged:
    """Why there is no JSON in a text."""
    if finish_reason == "length":
        return Salvaged(text, "truncated", "it was cut off at the most tokens")
    start = _start(text, 0)
    if start < 0:
        if len(text) <= _LONGEST_REFUSAL and _REFUSAL.search(text):
            return Salvaged(text, "refusal", _short(text))
        return Salvaged(text, *_no_json(text))
    try:
        json.JSONDecoder(strict=False).raw_decode(text, start)
    except RecursionError:
        return Salvaged(text, "invalid JSON", "it is nested too deeply")
    except json.JSONDecodeError as error:
        if text[start] == "{" and (error.msg.startswith("Unterminated string") or error.pos >= len(text) - _ESCAPE):
            return Salvaged(text, "truncated", "it ends in the middle")
        if len(text) <= _LONGEST_REFUSAL and _REFUSAL.search(text):
            return Salvaged(text, "refusal", _short(text))
        fault, detail = _no_json(text)
        words = f"{error.msg} at line {error.lineno}, column {error.colno}"
        return Salvaged(text, fault, detail if fault == "wrong language" else words)
    return Salvaged(text, *_no_json(text))


def _no_json(text: str) -> tuple[Fault, str]:
    foreign = sorted({match[1].lower() for match in _FENCE.finditer(text)} - _WEB)
    if foreign:
        return "wrong language", f"it holds {foreign[0][:40]}"
    return "invalid JSON", "it holds no JSON object"


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_DETAIL]
