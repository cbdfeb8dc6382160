"""A model server that gives the replies it was told to give: an OpenAI-compatible endpoint on loopback."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import serving


@dataclass
class Script:
    """Replies in the order in which they are given; the last one is given again and again. One may have `headers`, a
    `usage` of its own (None: it does not say), and seconds `after` which it comes."""

    replies: list[dict[str, Any]]
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""


def says(content: str | None, finish: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    message = {"role": "assistant", "content": content} | ({} if refusal is None else {"refusal": refusal})
    return {"status": 200, "choices": [{"index": 0, "message": message, "finish_reason": finish}]}


def says_nothing() -> dict[str, Any]:
    """Not one choice: what some providers do where their filter ended it."""
    return {"status": 200, "choices": []}


def fails(status: int, message: str = "no") -> dict[str, Any]:
    return {"status": status, "error": message}


@contextmanager
def scripted_model(*replies: dict[str, Any]) -> Iterator[Script]:
    script = Script(list(replies))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = script.replies[min(len(script.requests), len(script.replies) - 1)]
            script.requests.append(request)
            time.sleep(reply.get("after", 0))
            if "error" in reply:
                body = {"error": {"message": reply["error"]}}
            else:
                body = {
                    "id": "chat-1",
                    "object": "chat.completion",
                    "created": 1,
                    "model": request["model"],
                    "choices": reply["choices"],
                    "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
                } | {key: reply[key] for key in ("model", "usage") if key in reply}
            data = json.dumps(body).encode()
            self.send_response(reply["status"])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in reply.get("headers", {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    with serving(Handler) as url:
        script.url = f"{url}/v1"
        yield script
