"""What a dollar bought, over HTTP: every call is counted, has its row, and bounds the next, whatever the reply was."""

import asyncio
import json
import sqlite3
import time

import pytest

from evals.bench.endpoints import Kind, endpoints
from tasks.errors import BrokenRun, Stopped
from tasks.model.gateway import Gateway
from tasks.model.ledger import Entry, Ledger, read_entries
from tasks.model.purse import Purse
from tasks.model.store import Store
from tasks.settings import Deployment, ModelSettings
from tests.model.scripted import fails, says, says_nothing, scripted_model
from tests.model.test_door import USD, ask, settings

GOOD = says(json.dumps({"title": "Sea", "lines": 4}))


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("A_KEY", "k")


def rows(folder) -> list[Entry]:
    return list(read_entries(folder))


async def until_asked(model, count=1):
    until = time.monotonic() + 30
    while len(model.requests) < count:
        assert time.monotonic() < until
        await asyncio.to_thread(time.sleep, 0.02)


async def test_a_reply_that_can_not_be_kept_breaks_the_run_and_is_counted_once(tmp_path):
    with scripted_model(GOOD) as model, Store(tmp_path) as store:
        with sqlite3.connect(store.path) as other:
            other.execute("CREATE TRIGGER t BEFORE INSERT ON replies BEGIN SELECT RAISE(ABORT, 'it is full'); END")
        gateway = Gateway(settings(model.url), store=store, ledger=Ledger(tmp_path))
        with pytest.raises(BrokenRun, match="it is full"):
            await ask(gateway)
    assert len(model.requests) == 1
    (row,) = rows(tmp_path)
    assert (row.outcome, row.usd) == ("ok", pytest.approx(USD))
    assert gateway.purse.spent == gateway.spent.usd == pytest.approx(USD)


async def test_a_response_without_a_reply_is_paid_for_and_empty(tmp_path):
    with scripted_model({**says_nothing(), "usage": None}) as model:
        gateway = Gateway(settings(model.url), ledger=Ledger(tmp_path))
        answer = await ask(gateway)
    assert answer.kind == "empty"
    assert len(model.requests) == answer.usage.calls == 3
    told = rows(tmp_path)
    assert [(row.outcome, row.fault, row.completion_tokens) for row in told] == [("ok", "empty", 0)] * 3
    assert all(row.prompt_tokens > 100 and row.counted == "here" for row in told)
    assert gateway.purse.spent == pytest.approx(sum(row.usd for row in told))


async def test_tokens_that_an_endpoint_does_not_count_are_counted_here_and_a_budget_holds(tmp_path):
    with scripted_model({**GOOD, "usage": None}) as model:
        purse = Purse(usd=10.0)
        gateway = Gateway(settings(model.url), ledger=Ledger(tmp_path), purse=purse)
        with pytest.raises(Stopped, match="are spent"):
            for seed in range(100):
                await ask(gateway, seed=seed)
    told = rows(tmp_path)
    assert len(told) == len(model.requests) < 50
    assert {row.counted for row in told} == {"here"}
    assert all(5 < row.completion_tokens < 20 < row.prompt_tokens for row in told)
    assert 0 < purse.spent <= 10.0


async def test_what_an_endpoint_counts_is_believed(tmp_path):
    with scripted_model(GOOD) as model:
        await ask(Gateway(settings(model.url), ledger=Ledger(tmp_path)))
    (row,) = rows(tmp_path)
    assert (row.prompt_tokens, row.completion_tokens, row.counted) == (10, 5, "endpoint")


async def test_a_call_that_is_cancelled_has_a_row_and_its_prompt_is_billed(tmp_path):
    with scripted_model({**GOOD, "after": 1.0}) as model:
        gateway = Gateway(settings(model.url), ledger=Ledger(tmp_path))
        asked = asyncio.create_task(ask(gateway))
        await until_asked(model)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
    (row,) = rows(tmp_path)
    assert (row.outcome, row.completion_tokens, row.counted) == ("cancelled", 0, "here")
    assert row.prompt_tokens > 100
    assert row.usd == gateway.purse.spent == gateway.spent.usd == pytest.approx(row.prompt_tokens / 1000)


async def test_a_call_that_times_out_has_its_prompt_billed_beside_the_one_that_is_answered(tmp_path):
    with scripted_model({**GOOD, "after": 1.5}, GOOD) as model:
        gateway = Gateway(settings(model.url, timeout_s=0.5), ledger=Ledger(tmp_path))
        answer = await ask(gateway)
    late, good = rows(tmp_path)
    assert (late.outcome, good.outcome) == ("timeout", "ok")
    assert late.prompt_tokens > 100
    assert late.usd == pytest.approx(late.prompt_tokens / 1000)
    assert answer.usage.usd == gateway.purse.spent == pytest.approx(late.usd + USD)
    assert answer.usage.calls == 1


async def test_an_endpoint_that_answers_at_greater_length_than_it_may_is_reserved_for():
    """256 tokens out are the most; it gives 20,000."""
    long = {**GOOD, "usage": {"prompt_tokens": 10, "completion_tokens": 20_000, "total_tokens": 20_010}}
    with scripted_model(long, {**long, "after": 0.3}) as model:
        purse = Purse(usd=100.0)
        gateway = Gateway(settings(model.url), purse=purse)
        await ask(gateway)
        done = await asyncio.gather(*(ask(gateway, seed=n) for n in range(2, 40)), return_exceptions=True)
    assert any(isinstance(one, Stopped) for one in done)
    assert purse.spent <= 100.0


async def test_garbage_stops_the_run():
    with endpoints({"one": Kind(content="Lorem ipsum.")}) as running:
        purse = Purse(error_rate=0.5)
        gateway = Gateway(settings(running.url("one"), attempts=2), purse=purse)
        with pytest.raises(Stopped, match="40 of the last 40 calls failed"):
            for seed in range(100):
                await ask(gateway, seed=seed)
        assert running.seen()["one"].answered == 80


async def test_one_broken_endpoint_does_not_stop_a_run_that_another_answers(tmp_path):
    with scripted_model(fails(500, "broken")) as bad, scripted_model(GOOD) as good:
        chosen = ModelSettings(
            concurrency=4,
            deployments=tuple(
                Deployment(name=name, model="openai/m", api_base=url, api_key_env="A_KEY")
                for name, url in (("bad", bad.url), ("good", good.url))
            ),
        )
        purse = Purse(error_rate=0.1)
        gateway = Gateway(chosen, purse=purse, ledger=Ledger(tmp_path))
        answers = await asyncio.gather(*(ask(gateway, seed=n) for n in range(60)))
    assert all(answer.value is not None for answer in answers)
    assert not purse.stopped
    assert len([row for row in rows(tmp_path) if row.outcome == "failed"]) == len(bad.requests) <= 10


async def test_a_row_says_what_its_dollar_bought_and_of_whom(tmp_path):
    slow = {**fails(500), "after": 0.6}
    with scripted_model(slow, says('{"title": 1}'), {**GOOD, "model": "m-2026-01-01"}) as model:
        await ask(Gateway(settings(model.url), ledger=Ledger(tmp_path)))
    failed, wrong, good = rows(tmp_path)
    assert [row.fault for row in (wrong, good)] == ["wrong shape", ""]
    assert {row.model for row in (failed, wrong, good)} == {"openai/m"}
    assert failed.seconds >= 0.6
    assert wrong.seconds < 0.5
    assert failed.time + 0.6 <= wrong.time <= good.time
