"""What became of each candidate, told to Langfuse: a trace, a span for each stage, each call to a model, the scores.

Ids follow from the run's and the candidate's, so that a run which is resumed goes on in the same traces. Everything is
sent by threads of the SDK, which drop what they can't get rid of: a run is never held up, and never ends for it.
"""

import atexit
import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tasks.model.ledger import Entry
from tasks.model.prompt import Message
from tasks.record import Candidate

KEYS = ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY")
"""Both are in the environment, or nothing is traced."""

LONGEST = 20_000
"""Characters of a message or a reply that are sent."""

CLOSE_S = 5.0
"""Longest wait at the end for what is still to be sent."""

_LOG = logging.getLogger(__name__)


def trace_id(run_id: str, index: int) -> str:
    """The trace of a run's candidate: 32 hexadecimal digits."""
    return _digits(16, run_id, str(index))


class Tracer:
    """Tells nobody; `open_tracer` gives one that does where Langfuse is configured."""

    traced = False
    """Whether anything is sent."""

    def call(self, candidate: Candidate | None, entry: Entry, messages: list[Message], text: str) -> None:
        """A call to a model that was answered, or a reply that was reused; a call for no candidate is not traced."""

    def stage(self, candidate: Candidate, stage: str, began: float, ended: float, batch: int) -> None:
        """A stage that a candidate has passed with its batch; seconds since the epoch."""

    def candidate(self, candidate: Candidate, began: float, ended: float, outcome: str) -> None:
        """The whole way of a candidate. `outcome`: `accepted`, or why it was not."""

    def scores(self, candidate: Candidate, values: Mapping[str, float]) -> None:
        """What a candidate's ladder came to."""

    def close(self) -> None:
        """Send what is left, for `CLOSE_S` seconds at the most."""


SILENT = Tracer()


def open_tracer(run_id: str) -> Tracer:
    """A tracer for a run: silent unless Langfuse's keys are in the environment. What Langfuse can't do is said once."""
    if not all(os.environ.get(key) for key in KEYS):
        return SILENT
    try:
        return _Langfuse(run_id)
    except Exception as error:  # noqa: BLE001 - whatever a tracing library trips over, the run goes on
        _LOG.warning("Langfuse is configured but can't be used, nothing is traced: %s", error)
        return SILENT


class _Complaints(logging.Handler):
    """Keeps what the SDK would print for each batch that it can't send."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0
        self.first = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.first = self.first or " ".join(record.getMessage().split())[:200]
        self.count += 1


class _Ids(threading.local):
    """What the next span of this thread is to be called; 0 for anything."""

    trace = 0
    span = 0


@cache
def _connect() -> tuple[Any, Any, _Ids]:
    """The SDK's client, a maker of spans, and what names them: one of each in a process, as the SDK has it."""
    from langfuse import Langfuse
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    ids = _Ids()

    class Chosen(RandomIdGenerator):
        def generate_span_id(self) -> int:
            return ids.span or super().generate_span_id()

        def generate_trace_id(self) -> int:
            return ids.trace or super().generate_trace_id()

    provider = TracerProvider(id_generator=Chosen(), shutdown_on_exit=False)  # Prefect's own is left alone
    client = Langfuse(tracer_provider=provider, should_export_span=lambda _: True, timeout=int(CLOSE_S))
    atexit.register(_within, 1.0, client.shutdown)  # comes before the SDK's own, which would wait for minutes
    return client, provider.get_tracer("dojo-synth"), ids


def _within(seconds: float, work: Callable[[], None]) -> bool:
    """Whether something was done in that time; if not, it goes on as long as the process does."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


class _Langfuse(Tracer):
    traced = True

    def __init__(self, run_id: str) -> None:
        self._complaints = _Complaints()
        self._loggers = [
            logging.getLogger(name) for name in ("langfuse", "opentelemetry.exporter", "opentelemetry.sdk")
        ]
        for logger in self._loggers:
            logger.addHandler(self._complaints)
            logger.propagate = False
        self._client, self._spans, self._ids = _connect()
        self._run_id = run_id

    def call(self, candidate: Candidate | None, entry: Entry, messages: list[Message], text: str) -> None:
        if candidate is None:
            return
        name, _, version = entry.prompt.partition("@")
        usage = {
            "input": entry.prompt_tokens - entry.cached_tokens,
            "input_cached_tokens": entry.cached_tokens,
            "output": entry.completion_tokens - entry.reasoning_tokens,
            "output_reasoning_tokens": entry.reasoning_tokens,
        }
        self._send(
            candidate, f"{entry.stage}: {name}", entry.time, entry.time + entry.seconds, entry.stage,
            {
                "langfuse.observation.type": "generation",
                "langfuse.observation.model.name": entry.model,
                "langfuse.observation.input": json.dumps([_short(message) for message in messages]),
                "langfuse.observation.output": text[:LONGEST],
                "langfuse.observation.usage_details": json.dumps(usage),
                "langfuse.observation.cost_details": json.dumps({"total": entry.usd}),
                "langfuse.version": version,
                **_metadata(
                    prompt=name, prompt_version=version, role=entry.role, deployment=entry.deployment,
                    attempt=entry.attempt, reused=entry.reused,
                ),
            },
        )  # fmt: skip

    def stage(self, candidate: Candidate, stage: str, began: float, ended: float, batch: int) -> None:
        attributes = {"langfuse.observation.type": "span", **_metadata(batch=batch)}
        self._send(candidate, stage, began, ended, "", attributes, self._span(candidate, stage))

    def candidate(self, candidate: Candidate, began: float, ended: float, outcome: str) -> None:
        attributes = {
            "langfuse.observation.type": "span",
            "langfuse.observation.output": outcome,
            "langfuse.internal.as_root": True,
            **_metadata(seed=candidate.seed, topic=candidate.topic),
        }
        self._send(candidate, "candidate", began, ended, None, attributes, self._span(candidate, ""))

    def scores(self, candidate: Candidate, values: Mapping[str, float]) -> None:
        whose = trace_id(self._run_id, candidate.index)
        for name, value in values.items():
            self._client.create_score(
                name=name, value=value, trace_id=whose, data_type="NUMERIC", score_id=_digits(16, whose, name)
            )

    def close(self) -> None:
        sent = _within(CLOSE_S, self._client.flush)
        for logger in self._loggers:
            logger.removeHandler(self._complaints)
        if self._complaints.count or not sent:
            why = self._complaints.first or f"it does not answer within {CLOSE_S:g} s"
            _LOG.warning("Langfuse did not take everything: %s", why)

    def _span(self, candidate: Candidate, stage: str) -> int:
        return int(_digits(8, self._run_id, str(candidate.index), "stage", stage), 16)

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
        self._ids.trace, self._ids.span = whose, span
        one = self._spans.start_span(name, above, attributes=whole, start_time=int(began * 1e9))
        one.end(int(ended * 1e9))


def _metadata(**values: str | float) -> dict[str, str]:
    return {f"langfuse.observation.metadata.{key}": str(value) for key, value in values.items()}


def _short(message: Message) -> Message:
    return {"role": message["role"], "content": message["content"][:LONGEST]}


def _digits(size: int, *parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[: 2 * size]
