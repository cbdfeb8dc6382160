"""Where in a reply the answer stands: in its content, in the arguments of a tool that it calls, or in its thoughts."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple


class Spoken(NamedTuple):
    """What a message says."""

    text: str | None
    """The answer, or what stands in its place."""
    refusal: str | None
    thought: bool
    """Whether it has thoughts and nothing else."""


def spoken(message: Any, readable: Callable[[str], bool]) -> Spoken:
    """Read a message of LiteLLM's.

    Args:
        message: None is an empty one.
        readable: whether a text holds what was asked for; it is called only if the content alone does not settle it.
    """
    content, thoughts = _text(getattr(message, "content", None)), _text(getattr(message, "reasoning_content", None))
    aside = getattr(message, "provider_specific_fields", None) or {}  # where LiteLLM puts a refusal
    refusal = _text(aside.get("refusal"))
    called = [_arguments(call) for call in getattr(message, "tool_calls", None) or ()]
    empty = not (content or "").strip()
    others = [text for text in (*called, *([thoughts] if empty and thoughts else ())) if text]
    if others and (empty or not readable(content or "")):
        answer = next((text for text in others if readable(text)), None)
        if answer is not None:
            return Spoken(answer, refusal, thought=False)
        if empty and called:
            return Spoken(called[0] or None, refusal, thought=False)
    return Spoken(content, refusal, thought=empty and bool(thoughts))


def _arguments(call: Any) -> str | None:
    function = getattr(call, "function", None)
    told = getattr(function, "arguments", None)
    return _text(json.dumps(told) if isinstance(told, dict) else told)


def _text(text: object) -> str | None:
    """A text that a file takes: its JSON may have held half a surrogate pair."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else None
