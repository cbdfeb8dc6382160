"""A Langfuse on loopback that decodes what arrives: spans over OTLP, scores as JSON."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass
class Span:
    trace: str
    span: str
    parent: str
    name: str
    seconds: float
    attributes: dict[str, Any]
    resource: dict[str, Any]


@dataclass
class Received:
    url: str = ""
    spans: list[Span] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    largest: int = 0
    """Bytes of the largest request, unpacked."""


@contextmanager
def receiver(stuck: threading.Event | None = None) -> Iterator[Received]:
    """`stuck`: requests are answered only once it is set."""
    got = Received()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if stuck is not None:
                stuck.wait(60)
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            got.keys.add(self.headers["Authorization"])
            got.largest = max(got.largest, len(body))
            reply = b""
            if "otel" in self.path:
                got.spans += _spans(body)
            else:
                told = json.loads(body)
                scores = told["scores"] if isinstance(told, dict) and "scores" in told else told
                got.scores += scores if isinstance(scores, list) else [scores]
                reply = json.dumps({"successes": [], "errors": [], "results": [], "id": "x"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    got.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield got
    finally:
        if stuck is not None:
            stuck.set()
        server.shutdown()
        server.server_close()


def _spans(body: bytes) -> Iterator[Span]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in resource.scope_spans:
            for one in scope.spans:
                yield Span(
                    trace=one.trace_id.hex(),
                    span=one.span_id.hex(),
                    parent=one.parent_span_id.hex(),
                    name=one.name,
                    seconds=(one.end_time_unix_nano - one.start_time_unix_nano) / 1e9,
                    attributes=_values(one.attributes),
                    resource=_values(resource.resource.attributes),
                )


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value") or "string_value") for one in attributes}
