"""A Langfuse on loopback that decodes what arrives: spans over OTLP, scores, data sets and their items as JSON."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.loopback import serving


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
    datasets: list[str] = field(default_factory=list)
    """Their names, as often as they were asked for."""
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of all data sets, by id."""
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
            elif self.path.endswith("/datasets"):
                got.datasets.append(json.loads(body)["name"])
                reply = _told(id=f"id of {got.datasets[-1]}", name=got.datasets[-1], metadata=None, projectId="p")
            elif self.path.endswith("/dataset-items"):
                item = json.loads(body)
                got.items[item["id"]] = item
                reply = _item(item)
            else:
                told = json.loads(body)
                scores = told["scores"] if isinstance(told, dict) and "scores" in told else told
                got.scores += scores if isinstance(scores, list) else [scores]
                reply = json.dumps({"successes": [], "errors": [], "results": [], "id": "x"}).encode()
            self._answer(reply)

        def do_GET(self) -> None:
            asked = {key: value for key, (value,) in parse_qs(urlsplit(self.path).query).items()}
            mine = [item for item in got.items.values() if item["datasetName"] == asked["datasetName"]]
            page, limit = int(asked["page"]), int(asked["limit"])
            shown = [json.loads(_item(item)) for item in mine[(page - 1) * limit :][:limit]]
            pages = -(-len(mine) // limit)
            meta = {"page": page, "limit": limit, "totalItems": len(mine), "totalPages": pages}
            self._answer(json.dumps({"data": shown, "meta": meta}).encode())

        def _answer(self, reply: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

    with serving(Handler) as got.url:
        try:
            yield got
        finally:
            if stuck is not None:
                stuck.set()


def _item(item: dict[str, Any]) -> bytes:
    given = {"input": item["input"], "expectedOutput": item.get("expectedOutput"), "metadata": None}
    name = item["datasetName"]
    return _told(
        id=item["id"], status="ACTIVE", datasetId=f"id of {name}", datasetName=name, mediaReferences=[], **given
    )


def _told(**values: Any) -> bytes:
    now = "2026-01-01T00:00:00Z"
    return json.dumps({**values, "createdAt": now, "updatedAt": now}).encode()


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
