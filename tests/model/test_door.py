"""The whole door over HTTP: nothing paid twice, nothing spent beyond the budget, a row for every try."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel

from evals.bench.endpoints import Kind, endpoints
from tasks.errors import Stopped
from tasks.model.gateway import Gateway
from tasks.model.ledger import Ledger, read_entries, spent_before
from tasks.model.purse import Purse
from tasks.model.store import Store
from tasks.settings import ROOT, Deployment, LimitSettings, ModelSettings
from tests.model.scripted import fails, says, scripted_model

USD = (10 * 1000 + 5 * 1000) / 1e6
"""Of one call to a mock endpoint: 10 tokens in, 5 out, at the prices below."""


class Verse(BaseModel):
    title: str
    lines: int


class Song(BaseModel):
    title: str
    lines: int
    key: str = "C"


def settings(url: str, **more) -> ModelSettings:
    one = Deployment(name="one", model="openai/m", api_base=url, api_key_env="A_KEY", usd_in=1000.0, usd_out=1000.0)
    return ModelSettings(concurrency=100, max_tokens=256, deployments=(one,), **more)


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("A_KEY", "k")


async def ask(gateway, text="A ferry pilot.", seed=1, kind=Verse, prompt="problem"):
    return await gateway.ask(prompt, {"topic": "games", "persona": text}, kind, seed=seed)


async def test_a_hundred_calls_at_once_never_spend_more_than_there_is(tmp_path):
    with endpoints({"one": Kind(latency=0.05)}) as running:
        chosen = settings(running.url("one"))
        probe = Gateway(chosen, ledger=Ledger(tmp_path / "probe"))
        await ask(probe)
        purse = Purse(usd=2.0)
        ledger = Ledger(tmp_path / "run")
        gateway = Gateway(chosen, ledger=ledger, purse=purse)
        done = await asyncio.gather(*(ask(gateway, seed=n) for n in range(200)), return_exceptions=True)
        ledger.close()
        seen = running.seen()["one"].answered - 1
    answered = [one for one in done if not isinstance(one, BaseException)]
    stopped = [one for one in done if isinstance(one, Stopped)]
    assert len(answered) + len(stopped) == 200
    assert stopped
    assert len(answered) == seen
    assert purse.spent == pytest.approx(seen * USD)
    assert purse.spent <= 2.0
    assert spent_before(tmp_path / "run") == pytest.approx(purse.spent)
    assert "$2" in str(stopped[0])


async def test_what_earlier_sessions_spent_counts(tmp_path):
    with endpoints({"one": Kind()}) as running:
        first = Ledger(tmp_path)
        await ask(Gateway(settings(running.url("one")), ledger=first))
        first.close()
        gateway = Gateway(settings(running.url("one")), purse=Purse(usd=USD, spent=spent_before(tmp_path)))
        with pytest.raises(Stopped, match="are spent"):
            await ask(gateway)
        assert running.seen()["one"].answered == 1


async def test_a_reply_is_paid_once_and_costs_the_task_what_it_cost_then(tmp_path):
    with endpoints({"one": Kind()}) as running, Store(tmp_path) as store:
        chosen = settings(running.url("one"))
        first = await ask(Gateway(chosen, store=store))
        ledger = Ledger(tmp_path / "second")
        again = Gateway(chosen, store=store, ledger=ledger)
        second = await ask(again)
        ledger.close()
        assert running.seen()["one"].answered == 1
        assert second.value is not None and first.value is not None
        assert second.value.model_dump() == first.value.model_dump()
        assert second.usage == first.usage
        assert second.usage.usd == pytest.approx(USD)
        assert again.spent.usd == 0
        assert again.purse.spent == 0
        (row,) = read_entries(tmp_path / "second")
        assert (row.outcome, row.reused, row.usd, row.completion_tokens) == ("reused", True, 0.0, 5)
        for other in ({"text": "Another."}, {"seed": 2}, {"kind": Song}):
            await ask(again, **other)
        assert running.seen()["one"].answered == 4
        await ask(Gateway(chosen), seed=1)  # without a store nothing is reused
        assert running.seen()["one"].answered == 5


async def test_the_same_call_twice_at_once_is_made_once(tmp_path):
    with endpoints({"one": Kind(latency=0.2)}) as running, Store(tmp_path) as store:
        gateway = Gateway(settings(running.url("one")), store=store)
        answers = await asyncio.gather(*(ask(gateway) for _ in range(8)))
        assert len({answer.usage.usd for answer in answers}) == 1
        assert running.seen()["one"].answered == 1


async def make_calls(url, folder, count):
    with Store(folder) as store:
        gateway = Gateway(settings(url), store=store)
        for n in range(count):
            await ask(gateway, seed=n)
            print(n, flush=True)


_CALLS = """
import asyncio, sys
from pathlib import Path
from tasks.model.gateway import load_libraries
from tests.model.test_door import make_calls
load_libraries()
asyncio.run(make_calls(sys.argv[1], Path(sys.argv[2]), int(sys.stdin.readline())))
"""


def caller(url, folder):
    """A process that makes as many calls as it is told."""
    return subprocess.Popen(
        [sys.executable, "-c", _CALLS, url, str(folder)],
        cwd=ROOT, env=os.environ | {"A_KEY": "k"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def tell(process, count):
    process.stdin.write(f"{count}\n")
    process.stdin.flush()


def test_kept_replies_outlive_a_kill_and_two_processes_share_them(tmp_path):
    with endpoints({"one": Kind(latency=0.02)}) as running:
        url = running.url("one")
        killed, other = (caller(url, tmp_path) for _ in range(2))
        tell(killed, 1000)
        for line in killed.stdout:
            if int(line) >= 10:
                break
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        paid = running.seen()["one"].answered
        more = 10
        tell(other, paid + more)
        asyncio.run(make_calls(url, tmp_path, paid + more))
        assert other.wait(60) == 0
        made = running.seen()["one"].answered - paid
    assert more <= made <= 2 * more + 1  # the reply that the kill may have lost, and those that both asked for at once


async def test_every_try_has_a_row_and_the_table_has_the_tasks(tmp_path):
    good = says(json.dumps({"title": "Sea", "lines": 4}))
    with scripted_model(fails(429), fails(500), says('{"title": 1}'), good) as model:
        ledger = Ledger(tmp_path)
        answer = await ask(Gateway(settings(model.url), ledger=ledger))
        ledger.close()
    assert answer.value is not None
    rows = list(read_entries(tmp_path))
    assert [(row.outcome, row.attempt) for row in rows] == [("rate_limited", 1), ("failed", 1), ("ok", 1), ("ok", 2)]
    assert sum(row.usd for row in rows) == pytest.approx(2 * USD)
    assert all(row.seconds > 0 and row.time > time.time() - 600 for row in rows)
    table = pq.read_table(tmp_path / "usage.parquet")
    assert table.num_rows == 4
    assert Counter(table["role"].to_pylist()) == {"poser": 4}


async def test_too_many_failures_stop_the_run():
    good = says(json.dumps({"title": "Sea", "lines": 4}))
    with scripted_model(good, fails(400, "too odd")) as model:
        purse = Purse(error_rate=0.5)
        gateway = Gateway(settings(model.url), purse=purse)
        await ask(gateway)
        done = await asyncio.gather(*(ask(gateway, seed=n) for n in range(60)), return_exceptions=True)
    assert any(isinstance(one, Stopped) for one in done)
    assert "39 of the last 40 calls failed" in purse.stopped


async def test_a_stop_lets_calls_under_way_end_and_begins_no_other():
    with endpoints({"one": Kind(latency=0.6, slots=2)}) as running:
        gateway = Gateway(settings(running.url("one")), limits=LimitSettings())
        asked = [asyncio.create_task(ask(gateway, seed=n)) for n in range(10)]
        until = time.monotonic() + 30
        while not (await asyncio.to_thread(running.seen))["one"].most_at_once:
            assert time.monotonic() < until
        gateway.purse.stop("Stopped: enough.")
        done = await asyncio.gather(*asked, return_exceptions=True)
        answered = [one for one in done if not isinstance(one, BaseException)]
        assert 1 <= len(answered) <= 2
        assert len(answered) == running.seen()["one"].answered
        assert all(isinstance(one, Stopped) for one in done if isinstance(one, BaseException))
