"""The HTTP side: OpenAI's chat completions, as far as a stand-in needs them."""

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tasks.errors import BadInput
from tasks.model.offline.latency import AT_ONCE, Latency
from tasks.model.offline.reply import MODEL, Rates, answer, chunks, completion
from tasks.model.offline.request import read_request


def make_app(rates: Rates, latency: Latency = AT_ONCE) -> Starlette:
    """The server's routes, at these rates of mistakes and with replies that take so long."""

    async def complete(http: HttpRequest) -> Response:
        try:
            body = json.loads(await http.body())
        except ValueError:
            raise BadInput("The body is not JSON.") from None
        request = read_request(body)
        draft = await asyncio.to_thread(answer, request, rates)
        await asyncio.sleep(latency.seconds(request.prompt, str(request.seed)))
        if not request.stream:
            return JSONResponse(completion(request, draft))

        async def events() -> AsyncIterator[str]:
            for chunk in chunks(request, draft):
                yield f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
            yield "data: [DONE]\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def models(http: HttpRequest) -> Response:
        return JSONResponse({"object": "list", "data": [_MODEL]})

    async def model(http: HttpRequest) -> Response:
        name = http.path_params["name"]
        return (
            JSONResponse(_MODEL) if name == MODEL else _error(404, f"There is no model {name!r}; there is {MODEL!r}.")
        )

    return Starlette(
        routes=[
            Route("/v1/chat/completions", complete, methods=["POST"]),
            Route("/v1/models", models),
            Route("/v1/models/{name:path}", model),
        ],
        exception_handlers={BadInput: _refuse, HTTPException: _refuse},
    )


_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": "dojo-synth"}


async def _refuse(http: HttpRequest, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return _error(error.status_code, f"{http.method} {http.url.path}: {error.detail}.")
    return _error(400, str(error))


def _error(status: int, message: str) -> Response:
    kind = "not_found_error" if status == 404 else "invalid_request_error"
    return JSONResponse({"error": {"message": message, "type": kind, "param": None, "code": None}}, status)
