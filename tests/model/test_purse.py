import asyncio
from random import Random

import pytest

from tasks.errors import Stopped
from tasks.model.purse import WATCHED, Purse


async def test_a_hundred_calls_at_once_never_spend_more_than_there_is():
    purse, rng = Purse(usd=1.0), Random(3)
    most_at_once = done = 0

    async def call() -> None:
        nonlocal most_at_once, done
        async with purse.reserve(0.05) as bill:
            most_at_once = max(most_at_once, purse.spent + 0.05)
            await asyncio.sleep(0)
            bill.usd = rng.uniform(0.01, 0.05)
        done += 1

    outcomes = await asyncio.gather(*(call() for _ in range(100)), return_exceptions=True)
    assert 0.95 < purse.spent <= 1.0
    assert done == sum(outcome is None for outcome in outcomes) >= 20
    assert all(isinstance(outcome, Stopped) for outcome in outcomes if outcome is not None)
    assert "of $1 are spent" in purse.stopped


async def test_what_is_not_spent_goes_back():
    purse = Purse(usd=0.1)
    for _ in range(50):
        async with purse.reserve(0.1):
            pass
    assert purse.spent == 0
    with pytest.raises(RuntimeError):
        async with purse.reserve(0.1) as bill:
            bill.usd = 0.04
            raise RuntimeError
    assert purse.spent == pytest.approx(0.04)


async def test_what_earlier_sessions_spent_counts():
    purse = Purse(usd=1.0, spent=0.99)
    with pytest.raises(Stopped, match=r"\$0.9900 of \$1"):
        async with purse.reserve(0.02):
            pass


async def test_a_stop_reaches_those_who_wait_for_room():
    purse = Purse(usd=1.0)
    async with purse.reserve(0.9):
        waiting = asyncio.create_task(take(purse, 0.5))
        await asyncio.sleep(0)
        purse.stop("Stopped: enough.")
    with pytest.raises(Stopped, match="enough"):
        await asyncio.wait_for(waiting, 5)


async def take(purse: Purse, most: float) -> None:
    async with purse.reserve(most):
        pass


async def test_too_many_failed_calls_end_the_run_and_the_first_reason_stays():
    purse = Purse(error_rate=0.5)
    for n in range(WATCHED):
        purse.heard(failed=n % 2 == 0)
    assert not purse.stopped
    for _ in range(2):
        purse.heard(failed=True)
    assert "failed" in purse.stopped
    purse.stop("later")
    with pytest.raises(Stopped, match="calls failed"):
        await take(purse, 0.0)
