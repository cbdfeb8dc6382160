"""An eval in Langfuse: a dataset that holds its cases, and a run over them, each case with a trace and its scores.

A run is what Langfuse calls an experiment: it is made of the traces that say that they belong to it, and of the scores
that name it (langfuse.com/integrations/native/opentelemetry/experiments). Only where Langfuse's keys are in the
environment; what Langfuse can't do is one line, and no eval fails or waits long for it.
"""

import json
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any

from evals.faults.fault import Fault
from evals.pace import Tell
from tasks.model.trace import CLOSE_S, configured, connect, digits, encodable, within

LONGEST_S = 60.0
"""All that is waited for, for one eval; a Langfuse that does not answer at all is left after `CLOSE_S`."""

_AT_ONCE = 8
"""Requests for new cases under way at once."""

_PAGE = 50
"""Cases in a reply."""

_ONCE = {"timeout_in_seconds": int(CLOSE_S), "max_retries": 0}


@dataclass(frozen=True)
class Case:
    """What every run of an eval is tried on."""

    key: str
    """Names it in its dataset, in all runs."""
    given: Mapping[str, Any]
    wanted: str = ""
    """What a good run makes of it."""


def fault_case(fault: Fault) -> Case:
    """A fault of the bank."""
    about = {"kind": fault.kind, "form": fault.form, "seen by": fault.visibility, "done": fault.done}
    return Case(
        fault.fault_id, {**about, "page": f"{fault.slug} {fault.seed}"}, "it is found, and the page works again"
    )


@dataclass(frozen=True)
class Tried:
    """What a run made of a case."""

    case: Case
    came: Mapping[str, Any]
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Experiment:
    """One run over cases."""

    dataset: str
    name: str
    """What tells it from other runs of the dataset; the time is added to it."""
    settings: Mapping[str, Any]
    tried: Sequence[Tried]
    scores: Mapping[str, float] = field(default_factory=dict)
    """Of the run as a whole."""


def record(experiments: Sequence[Experiment], tell: Tell) -> None:
    """Send runs to Langfuse, if one is configured; what went wrong is told in one line."""
    if not configured():
        return
    at, faults = datetime.now(UTC), list[str]()
    try:
        client, _, _, complaints = connect()
    except Exception as error:  # noqa: BLE001 - whatever a tracing library trips over, the eval is done
        tell(f"Langfuse is configured but can't be used, this eval is not recorded there: {error}")
        return
    heard = complaints.count

    def send() -> None:
        try:
            for one in experiments:
                _send(one, at)
        except Exception as error:  # noqa: BLE001 - the same
            faults.append(" ".join(f"{type(error).__name__}: {error}".split())[:200])

    if not within(LONGEST_S, send):
        faults.append(f"it took longer than {LONGEST_S:g} s")
    elif not faults and not within(CLOSE_S, client.flush):
        faults.append(f"it does not answer within {CLOSE_S:g} s")
    if not faults and complaints.count > heard:
        faults.append(complaints.last)
    if faults:
        tell(f"Langfuse did not take all of this eval: {faults[0]}")
    else:
        tell(f"recorded in Langfuse: {', '.join(f'{one.dataset}, run {_name(one, at)}' for one in experiments)}")


def _name(one: Experiment, at: datetime) -> str:
    return f"{one.name}, {at:%Y-%m-%d %H:%M:%S}"


def _send(one: Experiment, at: datetime) -> None:
    client, *_ = connect()
    dataset = client.api.datasets.create(name=one.dataset, request_options=_ONCE).id
    _add_cases(client, one.dataset, dataset, [tried.case for tried in one.tried])
    run = digits(8, dataset, _name(one, at))
    for tried in one.tried:
        _trace(one, tried, dataset, run, at)
    for name, value in one.scores.items():
        if math.isfinite(value):
            client.create_score(
                name=name, value=value, dataset_run_id=run, data_type="NUMERIC", score_id=digits(16, run, name)
            )


def _item(dataset: str, case: Case) -> str:
    return digits(16, dataset, case.key)


def _add_cases(client: Any, name: str, dataset: str, cases: Sequence[Case]) -> None:
    """Put those into the dataset that it does not have; most runs find all of them there.

    Raises:
        Exception: the first one that a request ended with.
    """
    known: set[str] = set()
    for page in range(1, 1 + math.ceil(len(cases) / _PAGE) * 10):  # other runs may have had other cases
        listed = client.api.dataset_items.list(dataset_name=name, page=page, limit=_PAGE, request_options=_ONCE)
        known |= {item.id for item in listed.data}
        if page >= listed.meta.total_pages:
            break
    waiting: SimpleQueue[Case] = SimpleQueue()
    for case in cases:
        if _item(dataset, case) not in known:
            waiting.put(case)
    faults: list[Exception] = []

    def add() -> None:
        while not faults:
            try:
                case = waiting.get_nowait()
            except Empty:
                return
            try:
                client.api.dataset_items.create(
                    dataset_name=name,
                    id=_item(dataset, case),
                    input=_sendable(case.given),
                    expected_output=case.wanted or None,
                    request_options={"timeout_in_seconds": int(CLOSE_S)},  # tried again where it is only too busy
                )
            except Exception as error:  # noqa: BLE001 - told by the thread that waits
                faults.append(error)

    threads = [threading.Thread(target=add, daemon=True) for _ in range(min(_AT_ONCE, waiting.qsize()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _trace(one: Experiment, tried: Tried, dataset: str, run: str, at: datetime) -> None:
    """A trace of one span, which says whose run it belongs to."""
    client, spans, ids, _ = connect()
    item = _item(dataset, tried.case)
    trace, span = digits(16, run, item), digits(8, run, item)
    attributes: dict[str, str | bool] = {
        "langfuse.trace.name": one.dataset,
        "session.id": run,
        "langfuse.environment": "sdk-experiment",  # as the SDK marks what is no traffic
        "langfuse.internal.is_app_root": True,
        "langfuse.internal.as_root": True,
        "langfuse.observation.type": "span",
        "langfuse.observation.input": _json(tried.case.given),
        "langfuse.observation.output": _json(tried.came),
        "langfuse.experiment.id": run,
        "langfuse.experiment.name": _name(one, at),
        "langfuse.experiment.metadata": _json(one.settings),
        "langfuse.experiment.dataset.id": dataset,
        "langfuse.experiment.item.id": item,
        "langfuse.experiment.item.root_observation_id": span,
        "langfuse.experiment.item.expected_output": tried.case.wanted,
    }
    from opentelemetry.context import Context

    now = time.time_ns()
    ids.trace, ids.span = int(trace, 16), int(span, 16)
    try:
        begun = spans.start_span(
            one.dataset, Context(), attributes={k: _encoded(v) for k, v in attributes.items()}, start_time=now
        )
    finally:
        ids.trace = ids.span = 0
    begun.end(now)
    for name, value in tried.scores.items():
        if math.isfinite(value):  # no JSON has it, and the SDK would lose all that it sends with it
            client.create_score(
                name=name, value=value, trace_id=trace, data_type="NUMERIC", score_id=digits(16, trace, name)
            )


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _sendable(values: Mapping[str, Any]) -> Any:
    return json.loads(encodable(_json(values)))


def _encoded(value: str | bool) -> str | bool:
    return encodable(value) if isinstance(value, str) else value
