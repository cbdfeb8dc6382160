"""A server whose model embeds: an OpenAI-compatible endpoint on loopback, each text's vector made of its hash."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import serving

WIDTH = 32


@dataclass
class Embeddings:
    """What the server was asked, and how often it fails first."""

    url: str = ""
    asked: list[list[str]] = field(default_factory=list)
    failing: int = 0
    late: int = 0
    """So many calls are answered after `after` seconds."""
    after: float = 0.0
    missing: int = 0


def vector_of(text: str) -> list[float]:
    return [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()]


@contextmanager
def embeddings(**how: Any) -> Iterator[Embeddings]:
    state = Embeddings(**how)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            texts = request["input"]
            state.failing -= 1
            state.late -= 1
            if state.late >= 0:
                time.sleep(state.after)
            status, body = 500, {"error": {"message": "not now"}}
            if state.failing < 0:
                state.asked.append(texts)
                rows = [{"object": "embedding", "index": n, "embedding": vector_of(t)} for n, t in enumerate(texts)]
                usage = {"prompt_tokens": 7 * len(texts), "total_tokens": 7 * len(texts)}
                rows = rows[: len(rows) - state.missing][::-1]
                status, body = 200, {"object": "list", "model": request["model"], "data": rows, "usage": usage}
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with serving(Handler) as url:
        state.url = f"{url}/v1"
        yield state
