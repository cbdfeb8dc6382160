"""What calls cost: LiteLLM's prices as LiteLLM bills by them, and what is told where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import BadInput
from tasks.model.price import Price, Rate, cost, count_tokens, most_cost, need_price, price_of
from tasks.model.prompt import load_prompt
from tasks.settings import Deployment, LimitSettings, ModelSettings

ROLES = ("poser", "author", "repairer")


@pytest.fixture(scope="module")
def litellm():
    price_of("openai/gpt-5", None, None, None)  # whoever imports it first sets what keeps it off the network
    import litellm

    return litellm


@pytest.mark.parametrize("tokens", [1_000, 150_000, 210_000, 300_000])
@pytest.mark.parametrize(
    "model",
    [
        "openai/gpt-5",
        "azure/eu/gpt-5",
        "anthropic/claude-sonnet-4-5",
        "gemini/gemini-2.5-pro",
        "dashscope/qwen-flash",
    ],
)
def test_a_call_costs_what_litellm_bills_for_it_in_every_tier(litellm, model, tokens):
    price = price_of(model, None, None, None)
    theirs = sum(litellm.cost_per_token(model=model, prompt_tokens=tokens, completion_tokens=700))
    assert theirs > 0
    assert cost(price, tokens, 700) == pytest.approx(theirs)


def test_cached_and_hidden_tokens_have_prices_of_their_own():
    rate = Rate(usd_in=4e-6, usd_out=2e-6, usd_cached=1e-6, usd_reasoning=8e-6)
    price = Price(rates=(rate,), source="here")
    assert cost(price, 1000, 100, cached_tokens=600, reasoning_tokens=40) == pytest.approx(
        400 * 4e-6 + 600 * 1e-6 + 60 * 2e-6 + 40 * 8e-6
    )


def test_cached_input_is_cheaper_where_litellm_says_so():
    price = price_of("openai/gpt-5", None, None, None)
    assert cost(price, 10_000, 0, cached_tokens=10_000) == pytest.approx(cost(price, 10_000, 0) / 10)


@pytest.mark.parametrize(
    "model",
    [
        "openrouter/anthropic/claude-sonnet-4.5",  # LiteLLM answers 0 for all of OpenRouter
        "hosted_vllm/qwen3-coder",
        "azure/a-deployment-of-ours",
        "github_copilot/gpt-4o",
        "ollama/gpt-oss:120b-cloud",
        "nobody/knows-it",
        "",
    ],
)
def test_a_price_of_nothing_is_no_price(model):
    assert price_of(model, None, None, None) is None
    assumed = price_of(model, None, None, (3.0, 15.0))
    assert cost(assumed, 1_000_000, 1_000_000) == pytest.approx(18)
    assert "--assume-price" in assumed.source


@pytest.mark.parametrize("model", ["offline", "ollama/qwen3-coder", "ollama_chat/llama3"])
def test_what_runs_on_ones_own_machine_is_free(model):
    price = price_of(model, None, None, (3.0, 15.0))
    assert most_cost(price, 100_000, 100_000) == 0


def test_what_the_settings_say_goes_before_what_litellm_ships_and_that_before_what_is_assumed():
    shipped = price_of("openai/gpt-5", None, None, (100.0, 100.0))
    assert cost(shipped, 1_000_000, 0) == pytest.approx(1.25)
    said = price_of("openai/gpt-5", 1.0, 8.0, None)
    assert (cost(said, 1_000_000, 0), cost(said, 0, 1_000_000)) == pytest.approx((1, 8))
    half = price_of("openai/gpt-5", 1.0, None, None)
    assert (cost(half, 1_000_000, 0), cost(half, 0, 1_000_000)) == pytest.approx((1, 10))
    free = price_of("hosted_vllm/qwen3", 0.0, 0.0, None)
    assert cost(free, 1_000_000, 1_000_000) == 0


@given(
    model=st.sampled_from(["openai/gpt-5", "gemini/gemini-2.5-pro", "dashscope/qwen-flash", "perplexity/sonar-pro"]),
    asked=st.integers(0, 400_000),
    said=st.integers(0, 16_000),
    parts=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    above=st.integers(0, 200_000),
)
def test_no_call_costs_more_than_was_reserved_for_it(model, asked, said, parts, above):
    price = price_of(model, None, None, None)
    spent = cost(price, asked, said, int(asked * parts[0]), int(said * parts[1]))
    assert spent <= most_cost(price, asked + above, 16_000) * (1 + 1e-9)


@pytest.mark.parametrize(
    "persona",
    [
        "A glazier who counts panes.",
        "灯台守は毎晩、船の数を数えて記録する。" * 40,
        "for(let i=0;i<n;i++){a[i]=(b[i]^c[n-i-1])&0xff;if(!a[i])continue;}" * 60,
        "🦊🎈" * 200,
    ],
)
def test_tokens_are_rather_counted_too_many(litellm, persona):
    messages = load_prompt("problem").messages({"topic": "games", "persona": persona})
    real = litellm.token_counter(model="gpt-4o", messages=messages)
    assert real <= count_tokens(messages) <= 3 * real


def test_a_budget_needs_a_price_for_every_model_that_is_asked():
    with pytest.raises(BadInput, match=r"'hosted_vllm/qwen3'.*--assume-price IN OUT.*usd_in"):
        need_price(ModelSettings(name="hosted_vllm/qwen3"), LimitSettings(usd=5), ROLES)
    need_price(ModelSettings(name="hosted_vllm/qwen3"), LimitSettings(usd=5, assume_price=(0, 0)), ROLES)
    need_price(ModelSettings(), LimitSettings(usd=5), ROLES)


def test_a_model_that_is_not_asked_needs_no_price():
    known = Deployment(name="paid", model="openai/gpt-5", roles=("poser", "author"))
    own = Deployment(name="own", model="hosted_vllm/qwen3", roles=("repairer",))
    settings = ModelSettings(deployments=(known, own))
    need_price(settings, LimitSettings(usd=5), ("poser", "author"))
    with pytest.raises(BadInput, match="hosted_vllm/qwen3"):
        need_price(settings, LimitSettings(usd=5), ROLES)
    priced = own.model_copy(update={"usd_in": 0.1, "usd_out": 0.2})
    need_price(ModelSettings(deployments=(known, priced)), LimitSettings(usd=5), ROLES)
