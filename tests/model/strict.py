"""Model servers as strict as the providers: an OpenAI-compatible endpoint on loopback that refuses what one of them
refuses, in its words, and answers the rest in its own way.

The words are those of error messages in users' reports.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import serving

Request = dict[str, Any]
Refusal = tuple[int, Any]
"""A status and the body that goes with it."""
Rule = Callable[[Request], Refusal | None]

VERSE = json.dumps({"title": "Sea", "lines": 4})
_PATIENCE_S = 10
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def openai_error(message: str, param: str | None = None, code: str | None = None) -> Any:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


def int32_seed(request: Request) -> Refusal | None:
    """Gemini's OpenAI endpoint."""
    if request.get("seed", 0) <= 2**31 - 1:
        return None
    message = f"Invalid value at 'generation_config.seed' (TYPE_INT32), {request['seed']}"
    return 400, {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}


def default_temperature(request: Request) -> Refusal | None:
    """OpenAI's and Azure's reasoning models."""
    if request.get("temperature", 1) == 1:
        return None
    message = (
        f"Unsupported value: 'temperature' does not support {request['temperature']} with this model. "
        "Only the default (1) value is supported."
    )
    return 400, openai_error(message, "temperature", "unsupported_value")


def no_temperature(request: Request) -> Refusal | None:
    """Claude Opus from 4.7 on, behind an OpenAI-compatible proxy."""
    told = {"type": "error", "error": {"type": "invalid_request_error"}}
    if "temperature" not in request:
        return None
    told["error"]["message"] = "`temperature` is deprecated for this model."  # type: ignore[index]
    return 400, told


def completion_tokens(request: Request) -> Refusal | None:
    """OpenAI's and Azure's reasoning models."""
    if "max_tokens" not in request:
        return None
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
    return 400, openai_error(message, "max_tokens", "unsupported_parameter")


def few_tokens(request: Request) -> Refusal | None:
    """GPT-4o."""
    asked = request.get("max_tokens", 0)
    if asked <= 4096:
        return None
    message = (
        f"max_tokens is too large: {asked}. This model supports at most 4096 completion tokens, "
        f"whereas you provided {asked}."
    )
    return 400, openai_error(message, "max_tokens", "invalid_value")


def no_seed(request: Request) -> Refusal | None:
    """Mistral's models on Azure, and whatever validates with pydantic."""
    if "seed" not in request:
        return None
    detail = {
        "type": "extra_forbidden",
        "loc": ["body", "seed"],
        "msg": "Extra inputs are not permitted",
        "input": request["seed"],
    }
    return 422, {"detail": [detail]}


def lm_studio(request: Request) -> Refusal | None:
    if request.get("response_format", {}).get("type") in (None, "json_schema", "text"):
        return None
    return 400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}


def no_schemas(request: Request) -> Refusal | None:
    """DeepSeek."""
    if request.get("response_format", {}).get("type") != "json_schema":
        return None
    return 400, openai_error("This response_format type is unavailable now", None, "invalid_request_error")


def strict_schemas(request: Request) -> Refusal | None:
    """OpenAI."""
    asked = request.get("response_format", {}).get("json_schema")
    if not asked or not asked.get("strict"):
        return None
    schema = asked["schema"]
    if schema.get("additionalProperties") is not False or schema.get("required") != list(schema["properties"]):
        message = (
            f"Invalid schema for response_format '{asked['name']}': In context=(), 'additionalProperties' is required "
            "to be supplied and to be false."
        )
        return 400, openai_error(message, "response_format")
    return None


def no_format(request: Request) -> Refusal | None:
    """A model without JSON mode."""
    if "response_format" not in request:
        return None
    return 400, openai_error("This model does not support response_format.", "response_format")


def no_tools(request: Request) -> Refusal | None:
    """Ollama."""
    if "tools" not in request:
        return None
    return 400, openai_error("registry.ollama.ai/library/gemma3:4b does not support tools")


def stream_only(request: Request) -> Refusal | None:
    """DashScope."""
    if request.get("stream"):
        return None
    message = "This model only support stream mode, please enable the stream parameter to access the model. "
    return 400, {"error": {"code": "invalid_parameter_error", "message": message, "param": None}}


def no_stream_options(request: Request) -> Refusal | None:
    if "stream_options" not in request:
        return None
    return 400, openai_error("Unrecognized request argument supplied: stream_options")


@dataclass
class Strict:
    """What such a server was asked, and what it said."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answered: list[Request] = field(default_factory=list)
    """The requests that were answered, and not refused."""


@contextmanager
def strict_model(
    *rules: Rule,
    message: dict[str, Any] | None = None,
    finish: str = "stop",
    usage: dict[str, Any] | None = USAGE,
    body: str | None = None,
    then: Refusal | None = None,
    broken: int = 10**9,
    after: float = 0.0,
    together: int = 1,
    gap: float = 0.0,
    cut: bool = False,
) -> Iterator[Strict]:
    """Run one.

    Args:
        rules: what it refuses; the first that complains does.
        message: what it answers; a verse if none is given.
        finish: why the answer ended.
        usage: the tokens it says; None says none.
        body: what it sends in place of a completion, `broken` times.
        then: what it says once it has answered one call.
        broken: how many calls get `body`.
        after: seconds before an answer.
        together: how many calls have to be under way before any is answered.
        gap: seconds before each piece of a stream.
        cut: whether a stream stops, and stays open, after its first piece.
    """
    strict = Strict()
    all_here = threading.Event()
    told = message or {"role": "assistant", "content": VERSE}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            strict.requests.append(request)
            for rule in rules:
                if (refusal := rule(request)) is not None:
                    time.sleep(after)
                    self._send(refusal[0], json.dumps(refusal[1]))
                    return
            if then is not None and strict.answered:
                self._send(then[0], json.dumps(then[1]))
                return
            strict.answered.append(request)
            if len(strict.answered) >= together:
                all_here.set()
            all_here.wait(_PATIENCE_S)
            time.sleep(after)
            if request.get("stream"):
                self._stream(request)
            elif body is not None and len(strict.answered) <= broken:
                self._send(200, body)
            else:
                choice = {"index": 0, "message": told, "finish_reason": finish}
                whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
                self._send(200, json.dumps(whole | ({} if usage is None else {"usage": usage})))

        def _send(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def _stream(self, request: Request) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            text = told.get("content") or ""
            pieces = [
                {"role": "assistant", "content": text[:5]},
                *({"content": part} for part in (text[5:9], text[9:])),
            ]
            for piece in pieces:
                time.sleep(gap)
                self._chunk([{"index": 0, "delta": piece, "finish_reason": None}])
                if cut:
                    time.sleep(5)
                    return
            self._chunk([{"index": 0, "delta": {}, "finish_reason": finish}])
            if usage is not None and request.get("stream_options", {}).get("include_usage"):
                self._chunk([], usage=usage)
            self.wfile.write(b"data: [DONE]\n\n")

        def _chunk(self, choices: list[Any], **more: Any) -> None:
            whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
            self.wfile.write(f"data: {json.dumps(whole | more)}\n\n".encode())
            self.wfile.flush()

    with serving(Handler) as url:
        strict.url = f"{url}/v1"
        yield strict
