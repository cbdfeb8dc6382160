"""The tokens of a call: as the endpoint counts them, or counted here where it does not say.

A reply without usage would else be free, and a budget void. LiteLLM's counter knows one tokenizer without the network,
so what is counted here is near to what a provider bills, not equal to it.
"""

from collections.abc import Sequence
from typing import Any, Literal

from tasks.model.prompt import Message
from tasks.model.provider import litellm_module
from tasks.model.routes import Attempt
from tasks.record import Record

Counter = Literal["endpoint", "here"]


class Tokens(Record):
    """How many, and who says so."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    """Of the prompt's."""
    reasoning: int = 0
    """Of the completion's."""
    counted: Counter = "endpoint"
    """`here` if any of it was not said by the endpoint."""


def tokens_billed(tried: Attempt, messages: Sequence[Message]) -> Tokens:
    """The tokens of a try that a provider bills: none of one that it refused, or that failed before a reply began."""
    if tried.response is not None:
        return tokens_of(tried.response, tried.model, messages)
    if tried.outcome in ("timeout", "cancelled"):
        return tokens_asked(tried.model, messages)
    return Tokens()


def tokens_of(response: Any, model: str, messages: Sequence[Message]) -> Tokens:
    """The tokens of a call that was answered. `response`: as LiteLLM gives it, with 0 for what was not said."""
    usage = getattr(response, "usage", None)
    asked, said = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    told = Tokens(
        prompt=_said(usage, "prompt_tokens"),
        completion=_said(usage, "completion_tokens"),
        cached=_said(asked, "cached_tokens"),
        reasoning=_said(said, "reasoning_tokens"),
    )
    missing: dict[str, int] = {}
    if not told.prompt:
        missing["prompt"] = tokens_asked(model, messages).prompt
    if not told.completion and (text := _text(response)):
        missing["completion"] = litellm_module().token_counter(model, text=text)
    return told.model_copy(update={**missing, "counted": "here"}) if missing else told


def tokens_asked(model: str, messages: Sequence[Message]) -> Tokens:
    """The tokens of a call of which no more is known than what was asked: they are billed though nobody hears the
    reply."""
    return Tokens(prompt=litellm_module().token_counter(model, messages=list(messages)), counted="here")


def _said(usage: Any, name: str) -> int:
    return max(getattr(usage, name, None) or 0, 0)


def _text(response: Any) -> str:
    """All that a reply holds, its thoughts too."""
    message = getattr(next(iter(getattr(response, "choices", ())), None), "message", None)
    parts = [getattr(message, name, None) for name in ("reasoning_content", "content")]
    calls = getattr(message, "tool_calls", None) or ()
    parts += [getattr(getattr(call, "function", None), "arguments", None) for call in calls]
    return "".join(part for part in parts if isinstance(part, str))
