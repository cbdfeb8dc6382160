"""From a request to a reply in OpenAI's shape."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tasks.content import content_id
from tasks.model.offline.archetype import render, rng_of
from tasks.model.offline.author import lay_out, recognise, write_problem
from tasks.model.offline.edits import propose_edits
from tasks.model.offline.lapses import Draft, FinishReason, lapse
from tasks.model.offline.mend import mend
from tasks.model.offline.mistakes import slip
from tasks.model.offline.page import describe_page
from tasks.model.offline.plan import plan_looks, seen_lines
from tasks.model.offline.request import Request

MODEL = "offline"
CHARS_PER_TOKEN = 4
"""Rule of thumb for English and code; OpenAI's help pages give the same."""
_CHUNK = 400
"""Characters in one event of a stream."""


@dataclass(frozen=True)
class Rates:
    """How often things go wrong."""

    mistakes: float = 0.35
    """Share of programs with at least one mistake, and of proposals of edits with one."""
    lapses: float = 0.03
    """Share of first replies that are broken JSON; the same again cut off, and again with prose round them."""


def answer(request: Request, rates: Rates) -> Draft:
    """What the model says; the same request always gets the same answer.

    Raises:
        BadInput: nobody could answer this.
    """
    content = json.dumps(_compose(request, rates), ensure_ascii=False)
    draft = Draft(content)
    if not request.reasked:
        draft = lapse(content, rng_of("lapse", request.prompt, str(request.seed)), rates.lapses)
    limit = (request.max_tokens or len(draft.content)) * CHARS_PER_TOKEN
    return Draft(draft.content[:limit], "length") if len(draft.content) > limit else draft


def completion(request: Request, draft: Draft) -> dict[str, Any]:
    """A `chat.completion` object."""
    message: dict[str, Any] = {"role": "assistant", "content": draft.content, "refusal": None}
    if request.tool:
        message |= {"content": None, "tool_calls": [_tool_call(request, draft)]}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(request, draft)}
    return _envelope(request, "chat.completion") | {"choices": [choice], "usage": _usage(request, draft)}


def chunks(request: Request, draft: Draft) -> Iterator[dict[str, Any]]:
    """The same as `chat.completion.chunk` objects."""
    envelope = _envelope(request, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return envelope | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}]}

    yield chunk({"role": "assistant", "content": None if request.tool else ""})
    if request.tool:
        yield chunk({"tool_calls": [{"index": 0} | _tool_call(request, draft)]})
    else:
        for start in range(0, len(draft.content), _CHUNK):
            yield chunk({"content": draft.content[start : start + _CHUNK]})
    yield chunk({}, _finish(request, draft))
    if request.stream_usage:
        yield envelope | {"choices": [], "usage": _usage(request, draft)}


def _compose(request: Request, rates: Rates) -> dict[str, Any]:
    if request.kind == "problem":
        return write_problem(request.text("topic"), request.key)
    if request.kind == "plan":
        return plan_looks(request.text("findings"), request.text("tools"), request.calls, request.key)
    given = {block.name: block.text for block in request.blocks if block.kind == "file"}
    if request.kind == "edits":
        return propose_edits(given, request.places, request.key, rates.mistakes)
    if request.kind == "page":
        return describe_page(given, request.key)
    brief = recognise(request.text("problem"))
    if request.kind == "program":
        files = lay_out(brief, slip(render(brief), rng_of("slip", *request.key), rates.mistakes))
        return {"files": [{"filename": name, "content": content} for name, content in files.items()]}
    seen = seen_lines(block.text for block in request.blocks if block.kind == "evidence")
    reply = mend(brief, given, request.text("findings"), request.round, request.key, seen)
    return {"patches": reply["patches"]} if request.bare else reply


def _envelope(request: Request, kind: str) -> dict[str, Any]:
    """`created` is constant: the same request gets the same reply, to the byte."""
    return {"id": f"chatcmpl-{content_id(*request.key)}", "object": kind, "created": 0, "model": MODEL}


def _tool_call(request: Request, draft: Draft) -> dict[str, Any]:
    function = {"name": request.tool, "arguments": draft.content}
    return {"id": f"call_{content_id(*request.key)}", "type": "function", "function": function}


def _finish(request: Request, draft: Draft) -> FinishReason:
    return "tool_calls" if request.tool and draft.finish_reason == "stop" else draft.finish_reason


def _usage(request: Request, draft: Draft) -> dict[str, int]:
    asked, said = (math.ceil(chars / CHARS_PER_TOKEN) for chars in (len(request.prompt), len(draft.content)))
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
