"""Providers as they are: what one refuses is asked in another way, once, and remembered."""

import asyncio
import json
import time

import pytest
from pydantic import BaseModel

from tasks.errors import ModelDown
from tasks.model.gateway import Gateway
from tasks.model.ledger import Ledger
from tasks.model.store import Store
from tasks.settings import Deployment, ModelSettings
from tests.model import strict
from tests.model.strict import VERSE, strict_model

BIG = 2**62 + 3
"""A candidate's seed has 63 bits."""


CALL = {"id": "1", "type": "function", "function": {"name": "answer", "arguments": VERSE}}


class Verse(BaseModel):
    title: str
    lines: int = 0


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("A_KEY", "k")


def deployed(model, name="east", kind="openai/team-a", **more):
    return Deployment(name=name, model=kind, api_base=model.url, api_key_env="A_KEY", **more)


def settings(*deployments, **more):
    return ModelSettings(deployments=deployments, timeout_s=more.pop("timeout_s", 20), **more)


async def ask(gateway, seed=BIG, persona="A ferry pilot."):
    return await gateway.ask("problem", {"topic": "games", "persona": persona}, Verse, seed=seed)


def rows(folder):
    return [json.loads(line) for line in (folder / "usage.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("kind", ["openai/team-a", "hosted_vllm/team-a"])
@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (strict.default_temperature, lambda one: "temperature" not in one),
        (strict.no_temperature, lambda one: "temperature" not in one),
        (strict.completion_tokens, lambda one: one["max_completion_tokens"] == 16_000 and "max_tokens" not in one),
        (strict.few_tokens, lambda one: one["max_tokens"] == 4096),
        (strict.no_seed, lambda one: "seed" not in one),
        (strict.lm_studio, lambda one: one["response_format"]["type"] == "json_schema"),
        (strict.no_format, lambda one: "response_format" not in one),
        (strict.stream_only, lambda one: one["stream"] is True),
    ],
)
async def test_what_an_endpoint_refuses_is_asked_once_in_its_way_and_that_is_remembered(
    tmp_path, caplog, kind, rule, seen
):
    with strict_model(rule) as model:
        gateway = Gateway(settings(deployed(model, kind=kind)), ledger=Ledger(tmp_path))
        answers = [await ask(gateway, seed) for seed in (1, 2, 3)]
    assert [answer.value.title for answer in answers] == ["Sea"] * 3
    assert len(model.requests) == 4 and len(model.answered) == 3
    assert all(seen(one) for one in model.answered)
    assert len([line for line in caplog.messages if "the deployment east: " in line]) == 1
    assert [row["outcome"] for row in rows(tmp_path)] == ["adapted", "ok", "ok", "ok"]
    assert all(answer.usage.completion_tokens == 5 for answer in answers)


async def test_a_provider_that_refuses_several_things_is_asked_until_nothing_is_left(tmp_path):
    rules = (strict.completion_tokens, strict.default_temperature, strict.no_seed, strict.no_format, strict.stream_only)
    with strict_model(*rules) as model:
        gateway = Gateway(settings(deployed(model)), ledger=Ledger(tmp_path))
        assert (await ask(gateway)).value.title == "Sea"
    assert len(model.requests) == 6
    assert {row["outcome"] for row in rows(tmp_path)} == {"adapted", "ok"}


async def test_seeds_have_31_bits():
    with strict_model(strict.int32_seed) as model:
        assert (await ask(Gateway(settings(deployed(model))), BIG)).value is not None
    assert [one["seed"] for one in model.requests] == [BIG % 2**31]


async def test_calls_under_way_at_once_share_what_is_learned(caplog):
    with strict_model(strict.default_temperature, strict.completion_tokens, after=0.2) as model:
        gateway = Gateway(settings(deployed(model, concurrency=8)))
        answers = await asyncio.gather(*(ask(gateway, seed) for seed in range(8)))
        await ask(gateway, 9)
    assert all(answer.value is not None for answer in answers)
    assert len(model.answered) == 9
    assert len(model.requests) <= 9 + 2 * 8
    assert len([line for line in caplog.messages if "the deployment east: " in line]) == 2


async def test_a_complaint_that_can_not_be_mended_ends_at_once():
    def never(request):
        return 400, strict.openai_error("Unsupported parameter: 'temperature' is not supported.", "temperature")

    with strict_model(never) as model, pytest.raises(ModelDown, match="temperature"):
        await ask(Gateway(settings(deployed(model))))
    assert len(model.requests) == 2


async def test_an_endpoint_that_wants_back_what_it_refused_ends_at_once():
    def undecided(request):
        if "max_tokens" in request:
            return strict.completion_tokens(request)
        if "max_completion_tokens" in request:
            return 400, strict.openai_error(
                "Unsupported parameter: 'max_completion_tokens' is not supported. Use 'max_tokens' instead.",
                "max_completion_tokens",
            )
        return 400, strict.openai_error("max_tokens is required", "max_tokens")

    with strict_model(undecided) as model, pytest.raises(ModelDown):
        await ask(Gateway(settings(deployed(model))))
    assert len(model.requests) <= 4


async def test_an_error_that_quotes_the_prompt_is_no_complaint():
    def odd(request):
        return 400, strict.openai_error("Could not parse: the seed of a plant, its temperature and its tools")

    with strict_model(odd) as model, pytest.raises(ModelDown):
        await ask(Gateway(settings(deployed(model))))
    assert len(model.requests) == 1


async def test_the_settings_say_what_is_sent():
    with strict_model() as model:
        one = deployed(
            model,
            drop=("temperature",),
            rename={"max_tokens": "max_completion_tokens"},
            extra={"reasoning_effort": "low", "top_k": 20},
            structured="text",
            stream=True,
        )
        assert (await ask(Gateway(settings(one)))).value is not None
    (asked,) = model.requests
    assert asked["max_completion_tokens"] == 16_000
    assert (asked["reasoning_effort"], asked["top_k"], asked["stream"]) == ("low", 20, True)
    assert not {"temperature", "max_tokens", "response_format", "tools"} & asked.keys()


@pytest.mark.parametrize("way", ["auto", "json_schema", "json_object", "tools", "text"])
async def test_each_way_to_ask_for_json_is_sent_and_read(way):
    tool = {
        "role": "assistant",
        "content": None,
        "tool_calls": [CALL],
    }
    with strict_model(strict.strict_schemas, message=tool if way == "tools" else None) as model:
        answer = await ask(Gateway(settings(deployed(model, structured=way))))
    assert answer.value is not None and answer.value.lines == 4
    (asked,) = model.requests
    kind = asked.get("response_format", {}).get("type")
    assert kind == {"auto": "json_object", "json_schema": "json_schema", "json_object": "json_object"}.get(way)
    assert ("tools" in asked) is (way == "tools")
    if way == "tools":
        assert asked["tool_choice"]["function"]["name"] == asked["tools"][0]["function"]["name"]
        assert asked["tools"][0]["function"]["parameters"]["required"] == ["title", "lines"]
    if way == "json_schema":
        told = asked["response_format"]["json_schema"]
        assert told["strict"] is True
        assert told["schema"]["required"] == ["title", "lines"]
        assert "default" not in json.dumps(told)


async def test_auto_takes_a_schema_where_litellm_lists_it():
    with strict_model(strict.strict_schemas) as model:
        one = deployed(model, kind="openai/gpt-4o")
        assert (await ask(Gateway(settings(one)))).value is not None
    assert model.requests[0]["response_format"]["type"] == "json_schema"


async def test_what_a_list_has_wrong_is_put_right_by_the_endpoint():
    """LiteLLM lists DeepSeek's model as one that takes schemas; the endpoint does not."""
    with strict_model(strict.no_schemas) as model:
        one = deployed(model, base_model="deepseek/deepseek-chat")
        assert (await ask(Gateway(settings(one)))).value is not None
    assert [one["response_format"]["type"] for one in model.requests] == ["json_schema", "json_object"]


async def test_tools_that_a_model_does_not_take_are_left_out():
    with strict_model(strict.no_tools) as model:
        assert (await ask(Gateway(settings(deployed(model, structured="tools"))))).value is not None
    assert "tools" not in model.requests[-1]
    assert model.requests[-1]["response_format"] == {"type": "json_object"}


async def test_a_reasoning_model_under_a_name_of_ones_own_is_asked_as_litellm_asks_it():
    with strict_model(strict.completion_tokens, strict.default_temperature) as model:
        one = Deployment(
            name="mine",
            model="azure/team-a",
            base_model="azure/gpt-5",
            api_base=model.url.removesuffix("/v1"),
            api_key_env="A_KEY",
            api_version="2024-10-21",
        )
        gateway = Gateway(settings(one))
        answer = await ask(gateway)
    assert answer.value is not None
    assert len(model.requests) == 1
    assert answer.usage.usd > 0  # by the price of azure/gpt-5


async def test_a_stream_is_read_whole_with_its_tokens(tmp_path):
    with strict_model(gap=2.0) as model:
        gateway = Gateway(settings(deployed(model, stream=True), timeout_s=5), ledger=Ledger(tmp_path))
        answer = await ask(gateway)
    assert answer.value is not None  # in 6 s, and never silent for 5
    (row,) = rows(tmp_path)
    assert (row["prompt_tokens"], row["completion_tokens"], row["counted"]) == (10, 5, "endpoint")


async def test_a_stream_without_usage_is_counted_here(tmp_path):
    with strict_model(strict.no_stream_options, usage=None) as model:
        await ask(Gateway(settings(deployed(model, stream=True)), ledger=Ledger(tmp_path)))
    row = rows(tmp_path)[-1]
    assert row["prompt_tokens"] > 100 and row["completion_tokens"] > 3 and row["counted"] == "here"


async def test_a_stream_that_falls_silent_times_out_and_what_came_is_billed(tmp_path):
    with strict_model(cut=True) as model, strict_model() as good:
        one = deployed(model, stream=True, timeout_s=0.5, weight=9.0)
        gateway = Gateway(settings(one, deployed(good, "west")), ledger=Ledger(tmp_path))
        began = time.monotonic()
        assert (await ask(gateway)).value is not None
    assert time.monotonic() - began < 5
    late, row = rows(tmp_path)
    assert (late["outcome"], row["outcome"]) == ("timeout", "ok")
    assert late["completion_tokens"] > 0 and late["counted"] == "here"


@pytest.mark.parametrize("kind", ["openai/m", "hosted_vllm/m", "openrouter/m"])
@pytest.mark.parametrize(
    "message",
    [
        {"content": [{"type": "text", "text": VERSE[:9]}, {"type": "text", "text": VERSE[9:]}]},
        {"content": [{"type": "thinking", "thinking": [{"text": "Hm."}]}, {"type": "text", "text": VERSE}]},
        {"content": None, "reasoning_content": f"The answer is {VERSE}"},
        {"content": "", "reasoning": VERSE},
        {"content": None, "tool_calls": [CALL]},
    ],
)  # fmt: skip
async def test_an_answer_is_read_wherever_it_stands(kind, message):
    with strict_model(message={"role": "assistant", **message}) as model:
        answer = await ask(Gateway(settings(deployed(model, kind=kind))))
    assert answer.value is not None and answer.value.lines == 4
    assert answer.usage.completion_tokens == 5
    assert len(model.requests) == 1


@pytest.mark.parametrize(("finish", "way_out"), [("length", "; raise model.max_tokens"), ("stop", "")])
async def test_a_reply_that_is_all_reasoning_says_where_its_tokens_went(finish, way_out):
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": 4000,
        "total_tokens": 4010,
        "completion_tokens_details": {"reasoning_tokens": 4000},
    }
    message = {"role": "assistant", "content": "", "reasoning_content": "Let me think about ferries."}
    with strict_model(message=message, finish=finish, usage=usage) as model:
        answer = await ask(Gateway(settings(deployed(model), attempts=1)))
    assert answer.value is None
    assert answer.fault.endswith(f"the reply is empty; 4,000 tokens went to reasoning{way_out}")


@pytest.mark.parametrize("kind", ["openai/m", "hosted_vllm/m"])
@pytest.mark.parametrize(
    ("body", "tokens", "counted"),
    [
        (json.dumps({"id": "1", "usage": strict.USAGE}), (10, 5), "endpoint"),
        (json.dumps({"id": "1", "choices": [{"index": 0}], "usage": strict.USAGE}), (10, 5), "endpoint"),
        ('{"usage": {"prompt_tokens": 10, "completion_tokens": 5}, "choices": [{"mess', (10, 5), "endpoint"),
        ("The sea is wide and has four lines.", None, "here"),
    ],
)  # fmt: skip
async def test_a_reply_that_nobody_can_read_was_paid_for_all_the_same(tmp_path, kind, body, tokens, counted):
    with strict_model(body=body, broken=1) as model:
        answer = await ask(Gateway(settings(deployed(model, kind=kind)), ledger=Ledger(tmp_path)))
    assert answer.value is not None
    failed, good = rows(tmp_path)
    assert (failed["outcome"], good["outcome"]) == ("failed", "ok")
    assert failed["counted"] == counted
    if tokens:
        assert (failed["prompt_tokens"], failed["completion_tokens"]) == tokens
    else:
        assert failed["prompt_tokens"] > 100 and failed["completion_tokens"] > 3
    assert answer.usage.prompt_tokens == failed["prompt_tokens"] + good["prompt_tokens"]


NO_MORE = [
    (402, {"error": {"message": "Insufficient Balance", "type": "unknown_error", "code": "invalid_request_error"}}),
    (402, {"error": {"message": "This request requires more credits, or fewer max_tokens. You requested up to 16000 "
                     "tokens, but can only afford 3919.", "code": 402}}),
    (400, {"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to "
                                      "access the Anthropic API."}}),
    (400, strict.openai_error("Billing hard limit has been reached", None, "billing_hard_limit_reached")),
    (429, strict.openai_error("You exceeded your current quota, please check your plan", None, "insufficient_quota")),
    (401, strict.openai_error("Your account has been deactivated.", None, "account_deactivated")),
    (403, {"error": {"message": "Key limit exceeded (total limit)", "code": 403}}),
    (404, strict.openai_error("The model `m` does not exist or you have no access to it.", None, "model_not_found")),
    (400, strict.openai_error("The model `m` has been decommissioned", None, "model_decommissioned")),
    (405, {"error": "Method Not Allowed"}),
    (410, {"error": {"message": "This model is gone"}}),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["openai/m", "openrouter/m"])
@pytest.mark.parametrize("no", NO_MORE, ids=lambda no: f"{no[0]}-{json.dumps(no[1])[-24:-4]}")
async def test_what_no_waiting_mends_ends_in_the_middle_of_a_run_and_others_go_on(no, kind, caplog):
    with strict_model(then=no) as model, strict_model() as good:
        gateway = Gateway(settings(deployed(model, kind=kind)))
        assert (await ask(gateway, 1)).value is not None
        with pytest.raises(ModelDown) as ended:
            await ask(gateway, 2)
        asked = len(model.requests)
        both = Gateway(settings(deployed(model, weight=9.0, kind=kind), deployed(good, "west")))
        answers = [await ask(both, seed) for seed in range(3, 9)]
    assert asked == 2 and len(model.requests) == 3
    assert all(answer.value is not None for answer in answers)
    assert "the deployment east is not called any more" in caplog.text
    assert str(ended.value).startswith(f"The model {kind} can't be used: ")
    assert len(str(ended.value).splitlines()) == 1


async def test_a_passing_limit_is_still_waited_for():
    """Gemini says of a limit by the minute that the quota is exceeded."""
    busy = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "You exceeded your current quota, please "
            "check your plan and billing details. Quota exceeded for metric: requests_per_minute"}}  # fmt: skip
    said = [0]

    def once(request):
        said[0] += 1
        return (429, busy) if said[0] == 1 else None

    with strict_model(once) as model:
        assert (await ask(Gateway(settings(deployed(model))))).value is not None


async def test_a_deployments_concurrency_is_where_it_begins():
    """More than the usual limit of all deployments together, too."""
    with strict_model(together=24) as model:
        gateway = Gateway(settings(deployed(model, concurrency=24)))
        asking = [asyncio.create_task(ask(gateway, seed)) for seed in range(30)]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        at_once = len(model.requests)
        await asyncio.gather(*asking)
    assert at_once >= 24


@pytest.mark.parametrize("more", [{"drop": ("temperature",)}, {"rename": {"max_tokens": "n"}}, {"structured": "text"}])
async def test_how_it_is_asked_does_not_change_what_was_asked(tmp_path, more):
    with strict_model() as model, Store(tmp_path) as store:
        await ask(Gateway(settings(deployed(model)), store=store))
        await ask(Gateway(settings(deployed(model, **more)), store=store))
        assert len(model.requests) == 1
        await ask(Gateway(settings(deployed(model, extra={"reasoning_effort": "low"})), store=store))
        assert len(model.requests) == 2
