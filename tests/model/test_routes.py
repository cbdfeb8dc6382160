"""Calls over HTTP to mock deployments that refuse, dawdle and fail."""

import asyncio
import time
from collections import Counter

import pytest

from evals.bench.endpoints import Endpoints, Kind, endpoints
from tasks.errors import BadInput, Missing, ModelDown, Stopped
from tasks.model.provider import check_routes
from tasks.model.routes import Attempt, Declined, Routes
from tasks.settings import Deployment, ModelSettings
from tests.model.scripted import fails, says, scripted_model

HELLO = {"messages": [{"role": "user", "content": "hello"}]}


def settings(urls: dict[str, str], **more) -> ModelSettings:
    names = {key: more.pop(key) for key in tuple(more) if key in urls}
    return ModelSettings(
        concurrency=more.pop("concurrency", 64),
        deployments=tuple(
            Deployment(name=name, model="openai/m", api_base=url, api_key_env="A_KEY", **names.get(name, {}))
            for name, url in urls.items()
        ),
        **more,
    )


def of(running: Endpoints, *names: str, **more) -> ModelSettings:
    return settings({name: running.url(name) for name in names}, **more)


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("A_KEY", "k")


def request(text: str) -> dict:
    return {"messages": [{"role": "user", "content": text}]}


async def test_nine_tenths_of_what_three_deployments_allow_and_nothing_lost():
    """Rates are low, so that a busy machine does not decide."""
    kinds = {
        "strict": Kind(latency=0.1, rate=8),
        "slow": Kind(latency=1.0, slots=4),
        "shaky": Kind(latency=0.25, slots=2, fails=0.2),
    }
    count = 240
    heard: list[Attempt] = []
    with endpoints(kinds) as running:
        routes = Routes(of(running, *kinds, concurrency=24), None, heard.append)
        await asyncio.gather(*(routes.call("author", request(f"warm {n}")) for n in range(24)))
        before = sum(one.answered for one in running.seen().values())
        began = time.monotonic()
        left = iter(range(count))

        async def worker() -> None:
            for n in left:
                await routes.call("author", request(f"call {n}"))

        workers = [asyncio.create_task(worker()) for _ in range(24)]
        await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)  # afterwards some only wait for the slow
        took = time.monotonic() - began
        answered = sum(one.answered for one in running.seen().values()) - before
        await asyncio.gather(*workers)
        seen = running.seen()
    assert answered / took >= 0.9 * sum(kind.allowed for kind in kinds.values())
    told = Counter(text for one in seen.values() for text in one.asked)
    assert all(told[f"call {n}"] == 1 for n in range(count))
    assert Counter(one.outcome for one in heard if one.deployment == "shaky")["failed"] == seen["shaky"].failed > 0
    assert sum(1 for one in heard if one.outcome == "ok") == count + 24


async def test_weights_share_the_calls_out():
    with endpoints({"one": Kind(latency=0.1), "two": Kind(latency=0.1)}) as running:
        routes = Routes(of(running, "one", "two", one={"weight": 3.0}), None, lambda _: None)
        for _ in range(24):
            await routes.call("author", HELLO)
        seen = running.seen()
    assert (seen["one"].answered, seen["two"].answered) == (18, 6)


async def test_each_role_goes_to_its_own_deployment():
    with endpoints({"one": Kind(), "two": Kind()}) as running:
        roles = {"one": {"roles": ("poser",)}, "two": {"roles": ("author", "repairer")}}
        routes = Routes(of(running, "one", "two", **roles), None, lambda _: None)
        assert (await routes.call("poser", HELLO)).deployment == "one"
        assert {(await routes.call(role, HELLO)).deployment for role in ("author", "repairer") * 3} == {"two"}


async def test_never_more_at_once_than_the_settings_say():
    with endpoints({"one": Kind(latency=0.05), "two": Kind(latency=0.05)}) as running:
        chosen = of(running, "one", "two", one={"concurrency": 2}, concurrency=5)
        await asyncio.gather(*(Routes(chosen, None, lambda _: None).call("author", HELLO) for _ in range(1)))
        routes = Routes(chosen, None, lambda _: None)
        await asyncio.gather(*(routes.call("author", HELLO) for _ in range(60)))
        seen = running.seen()
    assert seen["one"].most_at_once <= 2
    assert seen["two"].most_at_once <= 5
    assert seen["one"].answered + seen["two"].answered == 61


async def test_retry_after_is_waited_for():
    heard: list[Attempt] = []
    with scripted_model({**fails(429, "slow down"), "headers": {"Retry-After": "1.2"}}, says("hi")) as model:
        routes = Routes(settings({"one": model.url}), None, heard.append)
        began = time.monotonic()
        await routes.call("author", HELLO)
    assert time.monotonic() - began >= 1.2
    assert [one.outcome for one in heard] == ["rate_limited", "ok"]


async def test_a_deployment_with_a_wrong_key_is_left_out_and_that_is_said(caplog):
    with scripted_model(fails(401, "bad key")) as bad, scripted_model(says("hi")) as good:
        routes = Routes(settings({"bad": bad.url, "good": good.url}), None, lambda _: None)
        assert {(await routes.call("author", HELLO)).deployment for _ in range(6)} == {"good"}
    assert len(bad.requests) == 1
    assert "the deployment bad is not called any more" in caplog.text


async def test_with_no_deployment_left_the_model_is_down():
    with scripted_model(fails(401, "bad key")) as bad, scripted_model(fails(404, "no such model")) as gone:
        routes = Routes(settings({"bad": bad.url, "gone": gone.url}), None, lambda _: None)
        with pytest.raises(ModelDown, match=r"can't be used: .*(bad key|no such model)"):
            await routes.call("author", HELLO)
        with pytest.raises(ModelDown):
            await routes.call("author", HELLO)
    assert len(bad.requests) == len(gone.requests) == 1


async def test_a_call_that_fails_at_one_deployment_is_answered_by_another():
    with scripted_model(fails(500, "broken")) as bad, scripted_model(says("hi")) as good:
        routes = Routes(settings({"bad": bad.url, "good": good.url}), None, lambda _: None)
        replies = [await routes.call("author", HELLO) for _ in range(4)]
    assert {one.deployment for one in replies} == {"good"}
    assert 1 <= len(bad.requests) <= 4


async def test_used_up_quota_is_no_passing_refusal():
    with scripted_model(fails(429, "You exceeded your current quota (insufficient_quota)")) as model:
        routes = Routes(settings({"one": model.url}), None, lambda _: None)
        with pytest.raises(ModelDown, match="quota"):
            await routes.call("author", HELLO)
    assert len(model.requests) == 1


async def test_an_endpoint_that_refuses_everything_is_given_up_after_a_while():
    with scripted_model(fails(429, "slow down")) as model:
        routes = Routes(settings({"one": model.url}), None, lambda _: None, patience_s=1.0)
        with pytest.raises(ModelDown, match="refused calls for 1 s"):
            await routes.call("author", HELLO)
    assert len(model.requests) > 1


async def test_a_request_that_only_this_call_is_refused_for_is_declined():
    with scripted_model(says("hi"), fails(400, "too odd")) as model:
        routes = Routes(settings({"one": model.url}), None, lambda _: None)
        await routes.call("author", HELLO)
        with pytest.raises(Declined, match="too odd"):
            await routes.call("author", HELLO)


async def test_a_reply_that_does_not_come_in_the_roles_time_is_asked_for_elsewhere():
    heard: list[Attempt] = []
    with endpoints({"stuck": Kind(latency=30), "quick": Kind()}) as running:
        chosen = of(running, "stuck", "quick", stuck={"weight": 9.0}, timeouts={"author": 0.5})
        assert (await Routes(chosen, None, heard.append).call("author", HELLO)).deployment == "quick"
    assert [(one.deployment, one.outcome) for one in heard] == [("stuck", "timeout"), ("quick", "ok")]


async def test_stop_fails_those_who_wait_and_lets_those_under_way_end():
    with endpoints({"one": Kind(latency=0.5)}) as running:
        routes = Routes(of(running, "one", concurrency=1), None, lambda _: None)
        first = asyncio.create_task(routes.call("author", HELLO))
        second = asyncio.create_task(routes.call("author", HELLO))
        await asyncio.sleep(0)
        routes.stop("enough")
        with pytest.raises(Stopped, match="enough"):
            await second
        assert (await first).deployment == "one"
        with pytest.raises(Stopped):
            await routes.call("author", HELLO)


async def test_a_call_that_is_cancelled_gives_its_place_back():
    with endpoints({"one": Kind(latency=0.3)}) as running:
        routes = Routes(of(running, "one", concurrency=1), None, lambda _: None)
        calls = [asyncio.create_task(routes.call("author", HELLO)) for _ in range(3)]
        await asyncio.sleep(0.05)
        calls[0].cancel()
        calls[1].cancel()
        assert (await asyncio.wait_for(calls[2], 20)).deployment == "one"


async def test_a_broken_endpoint_beside_a_good_one_gets_few_tries():
    heard: list[Attempt] = []
    with scripted_model(fails(500, "broken")) as bad, scripted_model(says("hi")) as good:
        routes = Routes(settings({"bad": bad.url, "good": good.url}, concurrency=4), None, heard.append)
        for _ in range(20):
            replies = await asyncio.gather(*(routes.call("author", HELLO) for _ in range(6)))
            assert {one.deployment for one in replies} == {"good"}
    assert len(bad.requests) <= 12


async def test_an_outage_of_an_endpoint_that_answered_is_waited_out():
    with scripted_model(says("hi"), *[fails(503, "down")] * 5, says("back")) as model:
        routes = Routes(settings({"one": model.url}), None, lambda _: None)
        await routes.call("author", HELLO)
        reply = await routes.call("author", HELLO)
    assert reply.response.choices[0].message.content == "back"


async def test_an_outage_that_lasts_ends_the_run():
    with scripted_model(says("hi"), fails(503, "down for good")) as model:
        routes = Routes(settings({"one": model.url}), None, lambda _: None, outage_s=1.0)
        await routes.call("author", HELLO)
        with pytest.raises(ModelDown, match=r"failed every call for 1 s: .*down for good"):
            await routes.call("author", HELLO)


def test_what_can_not_be_called_is_refused_before_anything_is_spent(monkeypatch):
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    with pytest.raises(BadInput, match="names no provider"):
        check_routes(ModelSettings(name="nonsense"), ["author"])
    with pytest.raises(Missing, match="OPENROUTER_API_KEY"):
        check_routes(ModelSettings(name="openrouter/some/model"), ["author"])
    check_routes(ModelSettings(name="offline"), ["author"])
    only = ModelSettings(deployments=(Deployment(name="a", model="offline", roles=("poser",)),))
    check_routes(only, ["poser"])
    with pytest.raises(BadInput, match="No deployment serves the role 'author'"):
        check_routes(only, ["poser", "author"])
    keyed = ModelSettings(deployments=(Deployment(name="a", model="openai/m", api_key_env="NO_KEY"),))
    with pytest.raises(Missing, match="'a' needs NO_KEY"):
        check_routes(keyed, ["author"])
    served = Deployment(name="b", model="hosted_vllm/m", api_base="http://127.0.0.1:1/v1")
    check_routes(ModelSettings(deployments=(served,)), ["author"])
