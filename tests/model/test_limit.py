"""An endpoint that always has calls waiting, in simulated time: what it allowed, and what it got."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable

import pytest

from tasks.model.limit import LONGEST_RETRY_AFTER_S, Begun, Limit

Server = Callable[[float, int], tuple[float, str, float | None]]
"""From now and the calls under way there, this one included: how long the reply takes, what it is, Retry-After."""


def serve(limit: Limit, server: Server, seconds: float) -> dict[str, list[float]]:
    """When calls began, by what became of them."""
    ends: list[tuple[float, int, Begun, str, float | None]] = []
    told: dict[str, list[float]] = {"ok": [], "refused": [], "failed": []}
    count, now, at_server = itertools.count(), 0.0, 0
    while now < seconds:
        free = limit.free_at(now)
        if free is not None and free <= now:
            call = limit.begin(now)
            at_server += 1
            takes, outcome, pause = server(now, at_server)
            told[outcome].append(now)
            heapq.heappush(ends, (now + takes, next(count), call, outcome, pause))
            continue
        now = min(([] if free is None else [free]) + [end[0] for end in ends[:1]])
        while ends and ends[0][0] <= now:
            _, _, call, outcome, pause = heapq.heappop(ends)
            at_server -= 1
            if outcome == "ok":
                limit.answered(call)
            elif outcome == "failed":
                limit.failed()
            else:
                limit.refused(call, now, pause)
    return told


def bucket(rate: float, burst: float, latency: float, *, says_when: bool) -> Server:
    """Refuses above its rate."""
    held, last = burst, 0.0

    def server(now: float, _: int) -> tuple[float, str, float | None]:
        nonlocal held, last
        held, last = min(burst, held + (now - last) * rate), now
        if held < 1:
            return 0.02, "refused", (1 - held) / rate if says_when else None
        held -= 1
        return latency, "ok", None

    return server


def slots(at_once: int, latency: float) -> Server:
    """Refuses what is too much at once."""

    def server(_: float, under_way: int) -> tuple[float, str, float | None]:
        return (latency, "ok", None) if under_way <= at_once else (0.02, "refused", None)

    return server


@pytest.mark.parametrize("says_when", [True, False])
@pytest.mark.parametrize(
    ("rate", "latency"), [(1, 0.05), (1, 1), (1, 8), (5, 0.05), (5, 1), (5, 8), (40, 0.05), (40, 1)]
)
def test_nine_tenths_of_a_rate_are_used_and_few_calls_are_refused(rate, latency, says_when):
    told = serve(Limit(), bucket(rate, max(rate, 1.0), latency, says_when=says_when), 300)
    settled = [begun for begun in told["ok"] if begun > 60]
    assert len(settled) >= 0.9 * rate * 240
    assert len(told["refused"]) <= 0.3 * len(told["ok"])


@pytest.mark.parametrize(("at_once", "latency"), [(1, 2.0), (4, 0.5), (10, 3.0), (50, 20.0)])
def test_nine_tenths_of_the_places_are_used(at_once, latency):
    told = serve(Limit(), slots(at_once, latency), 600)
    settled = [begun for begun in told["ok"] if begun > 200]
    assert len(settled) >= 0.9 * 400 * at_once / latency
    assert len(told["refused"]) <= 0.5 * len(told["ok"])


def test_it_starts_gently_and_doubles_until_the_first_refusal():
    begun = serve(Limit(), slots(1000, 1.0), 4.5)["ok"]
    rounds = [sum(1 for at in begun if second <= at < second + 1) for second in range(4)]
    assert rounds[0] == 2
    assert rounds == sorted(rounds)
    assert rounds[3] == 16


def test_nobody_calls_before_retry_after_is_over():
    asked: deque[float] = deque()

    def server(now: float, _: int) -> tuple[float, str, float | None]:
        asked.append(now)
        return (0.01, "refused", 30.0) if len(asked) == 1 else (0.01, "ok", None)

    serve(Limit(most=1), server, 60)
    assert asked[1] == pytest.approx(30.01)


def test_a_day_of_retry_after_is_not_believed():
    limit = Limit()
    limit.refused(limit.begin(0), 1, 86_400)
    assert limit.free_at(1) == 1 + LONGEST_RETRY_AFTER_S


def test_an_endpoint_that_only_refuses_is_asked_less_and_less():
    told = serve(Limit(), lambda *_: (0.05, "refused", None), 600)
    pauses = [later - sooner for sooner, later in itertools.pairwise(told["refused"])]
    assert len(told["refused"]) < 25
    assert pauses[-1] >= 60


def test_what_the_settings_allow_is_never_exceeded():
    limit = Limit(most=3, rpm=30)
    begun = serve(limit, slots(1000, 0.2), 300)["ok"]
    assert all(sum(1 for at in begun if start <= at < start + 60) <= 30 for start in begun)
    assert len(begun) >= 140
    limit, under = Limit(most=3), []
    serve(limit, lambda _, count: (under.append(count), (0.5, "ok", None))[1], 30)
    assert max(under) == 3


def test_failures_say_nothing_of_what_it_bears():
    coin = itertools.cycle([True, True, True, True, False])
    told = serve(Limit(most=8), lambda *_: (0.5, "ok" if next(coin) else "failed", None), 60)
    assert len(told["ok"]) >= 0.9 * 0.8 * 8 / 0.5 * 60
