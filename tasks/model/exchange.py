"""One exchange with an endpoint through LiteLLM, in one piece or as a stream, and what is left of one that broke.

A reply that LiteLLM can't make anything of was still paid for: its tokens are in the body, and often its text is, too.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from tasks.model.provider import first_line, litellm_module

Method = Literal["acompletion", "aembedding"]

_LONGEST_STREAM = 20.0
"""A stream that drips for ever ends after so many times the silence that is borne."""

_TEXTS = ("text", "output_text")
"""Parts of a message that are its text."""


_STUMBLES = (AttributeError, KeyError, IndexError, TypeError, ValueError)
"""What LiteLLM raises where a reply is otherwise than it thinks."""


class Broken(Exception):
    """A reply came, or a part of it, and can't be used."""

    def __init__(self, error: Exception, response: Any) -> None:
        """`error`: as LiteLLM raised it; `response`: what there is of the reply, as LiteLLM's, for its tokens."""
        super().__init__(f"the reply broke off, or can't be read: {first_line(error)}")
        self.error, self.response = error, response


async def exchange(method: Method, arguments: Mapping[str, Any], timeout_s: float, streams: bool) -> Any:
    """A reply as LiteLLM gives it.

    Args:
        method: LiteLLM's function.
        arguments: of it, time-out and stream aside.
        timeout_s: seconds for the reply; of a stream, the longest silence.
        streams: whether the reply is to come in pieces.

    Raises:
        Broken: a reply came that can't be used.
        openai.APIError: anything else; the base of all that LiteLLM raises.
    """
    import openai

    litellm, bodies = litellm_module(), list[Any]()

    def overhear(details: Mapping[str, Any]) -> None:
        bodies.append(details.get("original_response"))

    ask = getattr(litellm, method)
    how = {"timeout": timeout_s, "max_retries": 0, "drop_params": "true"}  # with True it loses what a 422 says
    if method == "acompletion":
        how |= {"logger_fn": overhear, "_skip_mcp_handler": True}  # that handler needs a package we don't have
    try:
        if streams:
            how |= {"stream": True, "timeout": 2 * timeout_s}  # ours comes first, and knows what came before
            return await _collected(ask, {**arguments, **how}, timeout_s)
        return await ask(**arguments, **how)
    except (openai.APIError, *_STUMBLES) as error:
        body = _body(error, bodies)
        response, whole = _read_anyway(body) if body is not None else (None, False)
        if whole:
            return response
        ours = isinstance(error, openai.APIError)
        if body is not None:
            raise Broken(error if ours else _stumbled(error, arguments), response) from error
        if ours:
            raise
        raise _stumbled(error, arguments) from error


def _stumbled(error: Exception, arguments: Mapping[str, Any]) -> Exception:
    found: Exception = litellm_module().exceptions.APIError(
        status_code=500,
        message=f"LiteLLM can't make anything of the reply ({type(error).__name__}: {error})",
        llm_provider="",
        model=arguments["model"],
    )
    return found


async def _collected(ask: Any, arguments: dict[str, Any], silence_s: float) -> Any:
    """A stream's reply, whole."""
    import openai

    litellm, chunks = litellm_module(), list[Any]()
    until = time.monotonic() + _LONGEST_STREAM * silence_s
    try:
        stream = await asyncio.wait_for(ask(**arguments), silence_s)
        while True:
            if time.monotonic() > until:
                raise TimeoutError
            try:
                chunks.append(await asyncio.wait_for(anext(stream), silence_s))
            except StopAsyncIteration:
                break
    except TimeoutError:
        late = litellm.exceptions.Timeout(
            message=f"silent for {silence_s:g} s" if time.monotonic() <= until else "the stream has no end",
            model=arguments["model"],
            llm_provider="",
        )
        raise Broken(late, _built(chunks, arguments)) from None
    except openai.APIError as error:
        if not chunks:
            raise
        raise Broken(error, _built(chunks, arguments)) from error
    return _built(chunks, arguments)


def _built(chunks: list[Any], arguments: Mapping[str, Any]) -> Any:
    """The reply that chunks make up; one without choices if there are none."""
    litellm = litellm_module()
    built = litellm.stream_chunk_builder(chunks, messages=arguments["messages"]) if chunks else None
    said = [getattr(chunk, "usage", None) for chunk in chunks]
    if built is None:
        return litellm.ModelResponse(choices=[])
    if not any(said):  # LiteLLM has counted; that is for us to do, and to say
        built.usage = litellm.Usage()
    return built


def _body(error: BaseException, bodies: list[Any]) -> dict[str, Any] | str | None:
    """The body of a reply that LiteLLM could not read: its JSON, or its text; None if the endpoint said no."""
    import httpx

    causes = list(_causes(error))
    if any(isinstance(one, httpx.HTTPStatusError) for one in causes):
        return None
    if undecodable := [one.doc for one in causes if isinstance(one, json.JSONDecodeError)]:
        return undecodable[0]
    for body in bodies:
        if isinstance(body, str):
            try:
                body = json.loads(body)
            except (ValueError, RecursionError):
                continue
        if isinstance(body, dict) and (body.get("usage") or body.get("choices")):
            return body
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def _read_anyway(body: dict[str, Any] | str) -> tuple[Any, bool]:
    """A body as LiteLLM gives replies, and whether it is a whole one: the text of a message may come in parts."""
    litellm = litellm_module()
    if isinstance(body, str):
        return litellm.ModelResponse(choices=[_choice(body)], usage=_usage(_usage_in(body))), False
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    usage = _usage(body.get("usage"))
    if not isinstance(first, dict) or not isinstance(message, dict):
        return litellm.ModelResponse(choices=[], usage=usage), False
    text, thoughts = _texts(message.get("content"))
    thoughts = thoughts or _texts(message.get("reasoning_content") or message.get("reasoning"))[0]
    finish = first.get("finish_reason")
    choice = _choice(text, thoughts, finish if isinstance(finish, str) else None, message.get("tool_calls"))
    return litellm.ModelResponse(choices=[choice], usage=usage), bool(text or thoughts or message.get("tool_calls"))


def _choice(text: str, thoughts: str = "", finish: str | None = None, calls: Any = None) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if thoughts:
        message["reasoning_content"] = thoughts
    if arguments := [said for said in map(_arguments, calls if isinstance(calls, list) else []) if said]:
        message["tool_calls"] = [
            {"id": str(at), "type": "function", "function": {"name": "answer", "arguments": one}}
            for at, one in enumerate(arguments)
        ]
    return {"index": 0, "finish_reason": finish or "stop", "message": message}


def _arguments(call: Any) -> str:
    """Those of a tool's call, as JSON."""
    function = call.get("function") if isinstance(call, dict) else None
    told = function.get("arguments") if isinstance(function, dict) else None
    return told if isinstance(told, str) else json.dumps(told) if isinstance(told, dict) else ""


def _texts(content: Any) -> tuple[str, str]:
    """The text of a message's content and its thoughts, each in one piece; content is a text, or a list of parts."""
    if isinstance(content, str):
        return content, ""
    said, thought = list[str](), list[str]()
    for part in content if isinstance(content, list) else ():
        if isinstance(part, str):
            said.append(part)
        elif isinstance(part, dict) and isinstance(part.get("text"), str) and part.get("type", "text") in _TEXTS:
            said.append(part["text"])
        elif isinstance(part, dict) and part.get("type") in ("thinking", "reasoning"):
            thought.append(_texts(part.get("thinking") or part.get("text"))[0])
    return "".join(said), "".join(thought)


def _usage(told: Any) -> Any:
    """LiteLLM's record of tokens, with 0 for what is not said."""
    litellm = litellm_module()
    counts = told if isinstance(told, dict) else {}

    def count(of: Any, *names: str) -> int:
        values = (of.get(name) for name in names) if isinstance(of, dict) else ()
        return next((value for value in values if isinstance(value, int) and value > 0), 0)

    prompt = count(counts, "prompt_tokens", "input_tokens")
    completion = count(counts, "completion_tokens", "output_tokens")
    return litellm.Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
        prompt_tokens_details={"cached_tokens": count(counts.get("prompt_tokens_details"), "cached_tokens")},
        completion_tokens_details={
            "reasoning_tokens": count(counts.get("completion_tokens_details"), "reasoning_tokens")
        },
    )


def _usage_in(text: str) -> Any:
    """The usage that stands in a body that is no JSON as a whole; None if none can be read."""
    for match in re.finditer(r'"usage"\s*:\s*(?=\{)', text):
        try:
            return json.JSONDecoder().raw_decode(text, match.end())[0]
        except (ValueError, RecursionError):
            continue
    return None
