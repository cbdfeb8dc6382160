"""Mock deployments of a model, in a process of their own: `python -m evals.bench.endpoints KINDS`.

`KINDS` is JSON, name to `Kind`. The first line on standard output is the base URL; endpoint `name` is below
`<base>/name/v1`, what all have seen at `<base>/stats`. The process ends when its standard input does.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from tasks.settings import ROOT

_READY_S = 30.0


@dataclass(frozen=True)
class Kind:
    """How an endpoint behaves."""

    latency: float = 0.0
    """Seconds until a reply."""
    slots: int | None = None
    """Replies made at once; others wait their turn."""
    rate: float | None = None
    """Calls a second above which it says 429; it lets a second's calls through at once, as most do."""
    says_when: bool = False
    """Whether a 429 has a `Retry-After`."""
    fails: float = 0.0
    """Share of calls that end with 500."""
    content: str = '{"title": "Sea", "lines": 4}'
    """What it replies."""

    @property
    def allowed(self) -> float:
        """Calls a second that it can answer."""
        bounds = [float("inf") if self.rate is None else self.rate]
        if self.slots is not None and self.latency:
            bounds.append(self.slots / self.latency)
        return min(bounds) * (1 - self.fails)


@dataclass
class Seen:
    """What came to an endpoint."""

    answered: int = 0
    refused: int = 0
    failed: int = 0
    most_at_once: int = 0
    asked: list[str] = field(default_factory=list)
    """The last message of each call that was answered."""


@dataclass(frozen=True)
class Endpoints:
    """Mock deployments that run."""

    base: str

    def url(self, name: str) -> str:
        """The base URL of an endpoint, for LiteLLM."""
        return f"{self.base}/{name}/v1"

    def seen(self) -> dict[str, Seen]:
        """What came to each."""
        told: dict[str, dict[str, Any]] = httpx.get(f"{self.base}/stats").json()
        return {name: Seen(**one) for name, one in told.items()}


@contextmanager
def endpoints(kinds: dict[str, Kind]) -> Iterator[Endpoints]:
    """Run mock deployments while the context is open."""
    command = [
        sys.executable,
        "-m",
        "evals.bench.endpoints",
        json.dumps({name: asdict(k) for name, k in kinds.items()}),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Endpoints(process.stdout.readline().strip())
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(_READY_S)


class _Endpoint:
    def __init__(self, kind: Kind) -> None:
        self.kind, self.seen = kind, Seen()
        self._places = asyncio.Semaphore(kind.slots or 1_000_000)
        self._held, self._last = kind.rate or 0.0, time.monotonic()
        self._coin = random.Random(0)
        self._at_once = 0

    async def answer(self, request: dict[str, Any]) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, headers and body."""
        kind = self.kind
        if kind.rate is not None:
            now = time.monotonic()
            self._held = min(max(kind.rate, 1.0), self._held + (now - self._last) * kind.rate)
            self._last = now
            if self._held < 1:
                self.seen.refused += 1
                when = {"Retry-After": f"{(1 - self._held) / kind.rate:.3f}"} if kind.says_when else {}
                return 429, when, {"error": {"message": "slow down"}}
            self._held -= 1
        async with self._places:
            self._at_once += 1
            self.seen.most_at_once = max(self.seen.most_at_once, self._at_once)
            await asyncio.sleep(kind.latency)
            self._at_once -= 1
        if self._coin.random() < kind.fails:
            self.seen.failed += 1
            return 500, {}, {"error": {"message": "broken"}}
        self.seen.answered += 1
        self.seen.asked.append(str(request["messages"][-1]["content"])[-200:])
        message = {"role": "assistant", "content": kind.content}
        return 200, {}, {
            "id": "chat-1", "object": "chat.completion", "created": 1, "model": request["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }  # fmt: skip


async def _serve(kinds: dict[str, Kind]) -> None:
    served = {name: _Endpoint(kind) for name, kind in kinds.items()}

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                lengths = [line for line in head if line.lower().startswith("content-length:")]
                body = await reader.readexactly(int(lengths[0].split(":")[1])) if lengths else b""
                path = head[0].split()[1].split("/")
                if path[1] == "stats":
                    told: Any = {name: asdict(one.seen) for name, one in served.items()}
                    status, headers = 200, dict[str, str]()
                elif path[1] not in served:  # a tracer's
                    status, headers, told = 200, dict[str, str](), {}
                else:
                    status, headers, told = await served[path[1]].answer(json.loads(body))
                data = json.dumps(told).encode()
                headers |= {"Content-Type": "application/json", "Content-Length": str(len(data))}
                lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + data)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)  # calls may still be under way, and nobody waits for them


if __name__ == "__main__":
    asyncio.run(_serve({name: Kind(**kind) for name, kind in json.loads(sys.argv[1]).items()}))
