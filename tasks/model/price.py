"""What calls cost: prices of models, the bill of a call, and the most that one can come to before it is made.

Prices are those that LiteLLM ships, without discounts of the hour. It gives 0 both for what is free and for what it has
no price of (every model of OpenRouter, in 1.106): so 0 is only believed of what the user says, and of Ollama on one's
own machine.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from tasks.errors import BadInput
from tasks.model.prompt import Message
from tasks.record import Record
from tasks.settings import OFFLINE, LimitSettings, ModelSettings, Role

_MILLION = 1_000_000

_OWN_MACHINE = ("ollama", "ollama_chat")
"""Providers whose models run where the user lets them; LiteLLM prices them at 0, and asks their server for it."""

_ASKING = ("huggingface", "lemonade", "github_copilot", "chatgpt")
"""Providers for whose price LiteLLM would ask the network, or log in, to answer 0."""

_BYTES_A_TOKEN = 2.5
"""Of UTF-8. The least measured over 382 filled prompts was 3.1 (Claude's tokenizer, prompts full of script; GPT's 3.3):
the rest is room for tokenizers that can't be tried here. Counting with LiteLLM's takes 2 to 16 ms a prompt."""

_MESSAGE_TOKENS = 16
"""Tokens that a provider may put round a message."""


class Rate(Record):
    """Dollars a token, for calls with more than `above` tokens in."""

    above: int = 0
    usd_in: float
    usd_out: float
    usd_cached: float
    """Of a token in that the provider had seen just before."""
    usd_reasoning: float
    """Of a token out that is not shown; it counts among the tokens out."""


class Price(Record):
    """What a model's calls cost."""

    rates: tuple[Rate, ...]
    """By `above`, which is 0 in the first."""
    usd_call: float = 0.0
    """Of each call, beside its tokens."""
    source: str
    """Where it comes from, in words."""

    def rate(self, prompt_tokens: int) -> Rate:
        """The rate of a call with so many tokens in."""
        return [rate for rate in self.rates if rate.above < prompt_tokens or not rate.above][-1]


def price_of(
    model: str, usd_in: float | None, usd_out: float | None, assume: tuple[float, float] | None
) -> Price | None:
    """The price of a LiteLLM model name; None if nobody knows it.

    Args:
        model: `offline`, which is free, or a LiteLLM name.
        usd_in: what the settings say of its endpoint, dollars a million tokens in; it goes before what LiteLLM ships.
        usd_out: the same of tokens out.
        assume: dollars a million tokens in and out, where LiteLLM ships no price.
    """
    if model == OFFLINE:
        return _plain(0.0, 0.0, "the offline model is free")
    if usd_in is not None and usd_out is not None:
        return _plain(usd_in / _MILLION, usd_out / _MILLION, "the settings")
    shipped = _shipped(model)
    if shipped is None and assume is not None:
        shipped = _plain(assume[0] / _MILLION, assume[1] / _MILLION, "--assume-price")
    if shipped is None:
        return None
    chosen: dict[str, float] = {}
    if usd_in is not None:
        chosen |= {"usd_in": usd_in / _MILLION, "usd_cached": usd_in / _MILLION}
    if usd_out is not None:
        chosen |= {"usd_out": usd_out / _MILLION, "usd_reasoning": usd_out / _MILLION}
    if not chosen:
        return shipped
    rates = tuple(rate.model_copy(update=chosen) for rate in shipped.rates)
    return shipped.model_copy(update={"rates": rates, "source": f"the settings and {shipped.source}"})


def cost(
    price: Price, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0, reasoning_tokens: int = 0
) -> float:
    """Dollars of one call. As providers count them, the cached are among the tokens in, those of reasoning among the
    tokens out."""
    rate = price.rate(prompt_tokens)
    cached = min(max(cached_tokens, 0), prompt_tokens)
    hidden = min(max(reasoning_tokens, 0), completion_tokens)
    return (
        price.usd_call
        + (prompt_tokens - cached) * rate.usd_in
        + cached * rate.usd_cached
        + (completion_tokens - hidden) * rate.usd_out
        + hidden * rate.usd_reasoning
    )


def most_cost(price: Price, prompt_tokens: int, max_tokens: int) -> float:
    """Dollars that one call can cost at the most: nothing of it cached, and as long a reply as it may give, at the
    dearest rate that so many tokens in can fall under."""
    near = [rate for rate in price.rates if rate.above < prompt_tokens or not rate.above]
    dearest_in = max(max(rate.usd_in, rate.usd_cached) for rate in near)
    dearest_out = max(max(rate.usd_out, rate.usd_reasoning) for rate in near)
    return price.usd_call + prompt_tokens * dearest_in + max_tokens * dearest_out


def count_tokens(messages: Sequence[Message]) -> int:
    """About how many tokens messages are, rather too many than too few, and at once."""
    size = sum(len(message["content"].encode("utf-8", "surrogatepass")) for message in messages)
    return int(size / _BYTES_A_TOKEN) + _MESSAGE_TOKENS * (len(messages) + 1)


def need_price(settings: ModelSettings, limits: LimitSettings, roles: Iterable[Role]) -> None:
    """See to it that every call of the roles has a price, as a budget needs.

    Raises:
        BadInput: a model's price is known neither to LiteLLM nor from the settings.
    """
    for model, usd_in, usd_out in _called(settings, frozenset(roles)):
        if price_of(model, usd_in, usd_out, limits.assume_price) is None:
            raise BadInput(
                f"LiteLLM ships no price for the model {model!r}, so that a budget can't be kept: say what it costs "
                "with --assume-price IN OUT (dollars a million tokens), or with usd_in and usd_out of its deployment "
                "in the settings."
            )


def _called(settings: ModelSettings, roles: frozenset[Role]) -> list[tuple[str, float | None, float | None]]:
    """Model, and what the settings say of its price, of each endpoint that the roles may call."""
    if not settings.deployments:
        return [(settings.name, None, None)]
    return [(one.listed, one.usd_in, one.usd_out) for one in settings.deployments if roles & set(one.serves)]


def _plain(usd_in: float, usd_out: float, source: str) -> Price:
    return Price(rates=(Rate(usd_in=usd_in, usd_out=usd_out, usd_cached=usd_in, usd_reasoning=usd_out),), source=source)


@cache
def _shipped(model: str) -> Price | None:
    """What LiteLLM ships of a model; None if that is nothing, or not by the token."""
    provider = model.partition("/")[0]
    if provider in _OWN_MACHINE:
        return None if model.endswith(("-cloud", ":cloud")) else _plain(0.0, 0.0, "Ollama on one's own machine is free")
    if provider in _ASKING:
        return None
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    try:
        found: Mapping[str, Any] = litellm.get_model_info(model)
    except Exception:  # noqa: BLE001 - it raises a plain one for names that it can't make out
        return None
    info = litellm.model_cost.get(found["key"]) or found
    rates = _rates(info)
    if not any(rate.usd_in or rate.usd_out for rate in rates):
        return None
    return Price(
        rates=rates,
        usd_call=float(info.get("input_cost_per_request") or 0),
        source=f"LiteLLM's price of {found['key']}",
    )


def _rates(info: Mapping[str, Any]) -> tuple[Rate, ...]:
    """The rates of an entry of LiteLLM's list, for calls of the ordinary tier of service."""
    if tiers := info.get("tiered_pricing"):
        return tuple(sorted((_rate(int(tier["range"][0]), tier, "") for tier in tiers), key=lambda rate: rate.above))
    rates = [_rate(0, info, "")]
    prefix, suffix = "input_cost_per_token_above_", "k_tokens"
    for key in info:
        thousands = key.removeprefix(prefix).removesuffix(suffix)
        if key.startswith(prefix) and key.endswith(suffix) and thousands.isdigit():
            rates.append(_rate(int(thousands) * 1000, info, f"_above_{thousands}k_tokens"))
    return tuple(sorted(rates, key=lambda rate: rate.above))


def _rate(above: int, entry: Mapping[str, Any], suffix: str) -> Rate:
    def dollars(name: str, otherwise: float) -> float:
        value = entry.get(name + suffix)
        value = entry.get(name) if value is None else value
        return otherwise if value is None else float(value)

    usd_in, usd_out = dollars("input_cost_per_token", 0.0), dollars("output_cost_per_token", 0.0)
    return Rate(
        above=above,
        usd_in=usd_in,
        usd_out=usd_out,
        usd_cached=dollars("cache_read_input_token_cost", usd_in),
        usd_reasoning=dollars("output_cost_per_reasoning_token", usd_out),
    )
