"""What became of each candidate, told to Langfuse: a trace, a span for each stage, each call to a model, the scores.

Ids follow from the run's and the candidate's, so that a run which is resumed goes on in the same traces. Everything is
sent by threads of the SDK, which drop what they can't get rid of: a run is never held up, and never ends for it.
"""

import atexit
import hashlib
import json
import logging
import math
import os
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from tasks.model.ledger import Entry
from tasks.model.prompt import Message
from tasks.record import Candidate

KEYS = ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY")
"""Both are in the environment, or nothing is traced."""
LONGEST = 20_000
"""Characters of a call's messages, all together, and of its reply that are sent."""
TOGETHER = 32
"""Spans in a request, unless LANGFUSE_FLUSH_AT says; Langfuse's cloud takes 5 MB (langfuse.com/faq/all/api-limits)."""
CLOSE_S = 5.0
"""Longest wait at the end for what is still to be sent."""

_LOG = logging.getLogger(__name__)

_P = ParamSpec("_P")


def trace_id(run_id: str, index: int) -> str:
    """The trace of a run's candidate: 32 hexadecimal digits."""
    return digits(16, run_id, str(index))


class Tracer:
    """Tells nobody; `open_tracer` gives one that does where Langfuse is configured."""

    traced = False
    """Whether anything is sent."""

    def call(self, candidate: Candidate | None, entry: Entry, messages: list[Message], text: str) -> None:
        """A call to a model that was answered, or a reply that was reused; a call for no candidate is not traced."""

    def stage(self, candidate: Candidate, stage: str, began: float, ended: float, shard: int) -> None:
        """A stage that a candidate has passed; seconds since the epoch."""

    def candidate(self, candidate: Candidate, began: float, ended: float, outcome: str) -> None:
        """The whole way of a candidate. `outcome`: `accepted`, or why it was not."""

    def scores(self, candidate: Candidate, values: Mapping[str, float]) -> None:
        """What a candidate's ladder came to."""

    def close(self) -> None:
        """Send what is left, for `CLOSE_S` seconds at the most."""


SILENT = Tracer()


def open_tracer(run_id: str) -> Tracer:
    """A tracer for a run: silent unless Langfuse's keys are in the environment. What Langfuse can't do is said once."""
    if not configured():
        return SILENT
    try:
        return _Langfuse(run_id)
    except Exception as error:  # noqa: BLE001 - whatever a tracing library trips over, the run goes on
        _LOG.warning("Langfuse is configured but can't be used, nothing is traced: %s", error)
        return SILENT


def configured() -> bool:
    """Whether the environment names a Langfuse, and does not turn it off."""
    return os.environ.get("LANGFUSE_TRACING_ENABLED", "").lower() != "false" and all(map(os.environ.get, KEYS))


def _check_address() -> None:
    name = "LANGFUSE_BASE_URL" if os.environ.get("LANGFUSE_BASE_URL") else "LANGFUSE_HOST"
    address = os.environ.get(name)
    if address and not (urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname):
        raise ValueError(f"{name} is no address that begins with http:// or https://")


class _Complaints(logging.Handler):
    """Keeps what the SDK would print for each batch that it can't send."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.hear(record.getMessage())

    def hear(self, what: str) -> None:
        self.last = " ".join(what.split())[:200]
        self.count += 1


class _Ids(threading.local):
    """What the next span of this thread is to be called; 0 for anything."""

    trace = 0
    span = 0


@cache
def connect() -> tuple[Any, Any, _Ids, _Complaints]:
    """The SDK's client, a maker of spans, what names them, and what they complain of: one of each in a process, as the
    SDK has it. The SDK still sends when a run is over, and so its complaints stay off the terminal from here on. A
    `ValueError` says that the address of the environment is none."""
    _check_address()
    from langfuse import Langfuse
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON, TraceIdRatioBased

    ids, complaints = _Ids(), _Complaints()

    class Chosen(RandomIdGenerator):
        def generate_span_id(self) -> int:
            return ids.span or super().generate_span_id()

        def generate_trace_id(self) -> int:
            return ids.trace or super().generate_trace_id()

    names = {"langfuse.environment": "LANGFUSE_TRACING_ENVIRONMENT", "langfuse.release": "LANGFUSE_RELEASE"}
    share = float(os.environ.get("LANGFUSE_SAMPLE_RATE") or 1)
    provider = TracerProvider(  # Prefect's own is left alone; the SDK gives one that it was handed no settings
        sampler=TraceIdRatioBased(share) if share < 1 else ALWAYS_ON,
        resource=Resource.create({key: os.environ[name] for key, name in names.items() if os.environ.get(name)}),
        id_generator=Chosen(),
        shutdown_on_exit=False,
    )
    client = Langfuse(
        tracer_provider=provider,
        should_export_span=lambda _: True,
        timeout=int(CLOSE_S),
        flush_at=None if os.environ.get("LANGFUSE_FLUSH_AT") else TOGETHER,
        otel_compression=None if os.environ.get("LANGFUSE_OTEL_COMPRESSION") else "none",  # most of a call's CPU time
    )
    for logger in (logging.getLogger(name) for name in ("langfuse", "opentelemetry.exporter", "opentelemetry.sdk")):
        logger.addHandler(complaints)
        logger.propagate = False
    atexit.register(within, 1.0, client.shutdown)  # comes before the SDK's own, which would wait for minutes
    return client, provider.get_tracer("dojo-synth"), ids, complaints


def within(seconds: float, work: Callable[[], None]) -> bool:
    """Whether something was done in that time; if not, it goes on as long as the process does."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def _unharmed(
    tell: Callable[Concatenate["_Langfuse", _P], None],
) -> Callable[Concatenate["_Langfuse", _P], None]:
    """Whatever goes wrong in telling goes on among the complaints."""

    def told(self: "_Langfuse", /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            tell(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - no trace is worth a run
            self._complaints.hear(f"{type(error).__name__}: {error}")

    return told


class _Langfuse(Tracer):
    traced = True

    def __init__(self, run_id: str) -> None:
        self._client, self._spans, self._ids, self._complaints = connect()
        self._run_id, self._heard = run_id, self._complaints.count

    @_unharmed
    def call(self, candidate: Candidate | None, entry: Entry, messages: list[Message], text: str) -> None:
        if candidate is None:
            return
        name, _, version = entry.prompt.partition("@")
        usage = {
            "input": max(entry.prompt_tokens - entry.cached_tokens, 0),
            "input_cached_tokens": entry.cached_tokens,
            "output": max(entry.completion_tokens - entry.reasoning_tokens, 0),
            "output_reasoning_tokens": entry.reasoning_tokens,
        }
        self._send(
            candidate, f"{entry.stage}: {name}", entry.time, entry.time + entry.seconds, entry.stage,
            {
                "langfuse.observation.type": "generation",
                "langfuse.observation.model.name": entry.model,
                "langfuse.observation.input": json.dumps(_short(messages), ensure_ascii=False),
                "langfuse.observation.output": text[:LONGEST],
                "langfuse.observation.usage_details": json.dumps(usage),
                "langfuse.observation.cost_details": json.dumps({"total": entry.usd}),
                "langfuse.observation.level": "DEFAULT" if entry.outcome in ("ok", "reused", "adapted") else "ERROR",
                "langfuse.version": version,
                **({"langfuse.observation.status_message": entry.fault[:LONGEST]} if entry.fault else {}),
                **_metadata(
                    prompt=name, prompt_version=version, role=entry.role, deployment=entry.deployment,
                    attempt=entry.attempt, outcome=entry.outcome, reused=entry.reused,
                ),
            },
        )  # fmt: skip

    @_unharmed
    def stage(self, candidate: Candidate, stage: str, began: float, ended: float, shard: int) -> None:
        attributes = {"langfuse.observation.type": "span", **_metadata(shard=shard)}
        self._send(candidate, stage, began, ended, "", attributes, self._span(candidate, stage))

    @_unharmed
    def candidate(self, candidate: Candidate, began: float, ended: float, outcome: str) -> None:
        attributes = {
            "langfuse.observation.type": "span",
            "langfuse.observation.output": outcome,
            "langfuse.internal.as_root": True,
            **_metadata(seed=candidate.seed, topic=candidate.topic),
        }
        self._send(candidate, "candidate", began, ended, None, attributes, self._span(candidate, ""))

    @_unharmed
    def scores(self, candidate: Candidate, values: Mapping[str, float]) -> None:
        whose = trace_id(self._run_id, candidate.index)
        for name, value in values.items():
            if not math.isfinite(value):  # no JSON has it, and the SDK would lose all that it sends with it
                continue
            self._client.create_score(
                name=name, value=value, trace_id=whose, data_type="NUMERIC", score_id=digits(16, whose, name)
            )

    def close(self) -> None:
        sent = within(CLOSE_S, self._client.flush)
        complained = self._complaints.count > self._heard
        if complained or not sent:
            why = self._complaints.last if complained else f"it does not answer within {CLOSE_S:g} s"
            _LOG.warning("Langfuse did not take everything: %s", why)

    def _span(self, candidate: Candidate, stage: str) -> int:
        return int(digits(8, self._run_id, str(candidate.index), "stage", stage), 16)

    def _send(
        self, candidate: Candidate, name: str, began: float, ended: float, below: str | None,
        attributes: Mapping[str, Any], span: int = 0,
    ) -> None:  # fmt: skip
        """A span, whole. `below`: the stage it belongs to, empty for the candidate itself, None for none."""
        from opentelemetry import context, trace

        whose, above = int(trace_id(self._run_id, candidate.index), 16), context.Context()
        if below is not None:
            parent = trace.SpanContext(
                whose, self._span(candidate, below), is_remote=True, trace_flags=trace.TraceFlags(1)
            )
            above = trace.set_span_in_context(trace.NonRecordingSpan(parent), above)
        whole = {"langfuse.trace.name": "candidate", "session.id": self._run_id[:200], **attributes}
        whole = {key: encodable(value) if isinstance(value, str) else value for key, value in whole.items()}
        self._ids.trace, self._ids.span = whose, span
        try:
            one = self._spans.start_span(encodable(name), above, attributes=whole, start_time=int(began * 1e9))
        finally:
            self._ids.trace = self._ids.span = 0  # an eval may use the same client
        one.set_attribute("langfuse.internal.is_app_root", below is None)  # the SDK takes all for roots: none is open
        one.end(int(ended * 1e9))


def _metadata(**values: str | float) -> dict[str, str]:
    """As the SDK's fifth version writes it: a server reads these as JSON, and 0123 would become a number."""
    return {
        f"langfuse.observation.metadata.{key}": json.dumps(value, ensure_ascii=False) for key, value in values.items()
    }


def encodable(text: str) -> str:
    """Half a surrogate pair would cost the whole batch."""
    return text.encode("utf-8", "replace").decode()


def _short(messages: list[Message]) -> list[Message]:
    """The messages, the longest cut so that all together have no more than `LONGEST` characters."""
    room, kept = LONGEST, [""] * len(messages)
    shortest_first = sorted(range(len(messages)), key=lambda at: len(messages[at]["content"]))
    for done, at in enumerate(shortest_first):
        kept[at] = messages[at]["content"][: room // (len(messages) - done)]
        room -= len(kept[at])
    return [{"role": message["role"], "content": content} for message, content in zip(messages, kept, strict=True)]


def digits(size: int, *parts: str) -> str:
    """A computed name of so many bytes, in hexadecimal digits."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[: 2 * size]
