"""One small call of each kind to each deployment, as a run would make it: does it answer, how, and for how much?"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from tasks.errors import ModelDown
from tasks.model.exchange import Method
from tasks.model.message import spoken
from tasks.model.price import cost, price_of
from tasks.model.prompt import Message
from tasks.model.provider import deployments
from tasks.model.routes import Attempt, Declined, Routes
from tasks.model.salvage import salvage
from tasks.model.tokens import Tokens, tokens_of
from tasks.record import Record
from tasks.settings import Deployment, LimitSettings, ModelSettings, Role

Kind = Literal["plain", "structured", "embedding"]

_PATIENCE_S = 30.0
"""How long an endpoint is waited for that refuses calls."""

_SEED = 7

_MESSAGES: list[Message] = [
    {
        "role": "user",
        "content": "Give a title for a small web page that this person would use. Answer with a JSON object with one "
        'property, "title".\n\n<topic-00000000>\ntools\n</topic-00000000>\n\n<persona-00000000>\nA ferry pilot.\n'
        "</persona-00000000>",
    }
]
"""The tags are what the offline model goes by."""


class _Title(BaseModel):
    title: str


class Probed(Record):
    """What came of one call, its repetitions in another way included."""

    deployment: str
    model: str
    kind: Kind
    seconds: float = 0.0
    """Of the call that was answered."""
    tokens: Tokens = Tokens()
    usd: float | None = None
    """None if nobody knows a price."""
    dimension: int = 0
    """Of the vectors, if it embeds."""
    lessons: tuple[str, ...] = ()
    """How it was asked otherwise than the settings say, in sentences."""
    fault: str = ""
    """What is wrong, in a sentence; empty if nothing is."""


async def probe(settings: ModelSettings, limits: LimitSettings, offline_url: str | None) -> AsyncIterator[Probed]:
    """Ask each deployment in turn; gives each result as it comes.

    `offline_url`: as `Routes` takes it.
    """
    for one in deployments(settings):
        heard = list[Attempt]()
        alone = settings.model_copy(update={"deployments": (one,)})
        routes = Routes(alone, offline_url, heard.append, patience_s=_PATIENCE_S, outage_s=0.0)
        kinds: tuple[Kind, ...] = ("plain", "structured") if set(one.serves) - {"embedder"} else ()
        for kind in (*kinds, *(("embedding",) if "embedder" in one.serves else ())):
            before = len(routes.lessons()[one.name])
            yield _result(one, kind, await _ask(routes, settings, one, kind), limits).model_copy(
                update={"lessons": tuple(routes.lessons()[one.name][before:])}
            )


async def _ask(routes: Routes, settings: ModelSettings, one: Deployment, kind: Kind) -> Attempt | str:
    """The try that was answered, or why none was."""
    role: Role = "embedder" if kind == "embedding" else next(role for role in one.serves if role != "embedder")
    request: Mapping[str, Any] = {"input": ["page"]}
    method: Method = "aembedding"
    if kind != "embedding":
        method = "acompletion"
        request = {
            "messages": _MESSAGES,
            "seed": _SEED,
            "temperature": settings.temperature,
            "max_tokens": settings.max_tokens,
        }
    schema = _Title.model_json_schema() if kind == "structured" else None
    try:
        return await routes.call(role, request, schema=schema, method=method)
    except (ModelDown, Declined) as error:
        return str(error)


def _result(one: Deployment, kind: Kind, answered: Attempt | str, limits: LimitSettings) -> Probed:
    result = Probed(deployment=one.name, model=one.model, kind=kind)
    if isinstance(answered, str):
        return result.model_copy(update={"fault": answered})
    asked: Sequence[Message] = [{"role": "user", "content": "page"}] if kind == "embedding" else _MESSAGES
    tokens = tokens_of(answered.response, one.model, asked)
    price = price_of(one.listed, one.usd_in, one.usd_out, limits.assume_price)
    usd = cost(price, tokens.prompt, tokens.completion, tokens.cached, tokens.reasoning) if price else None
    update: dict[str, Any] = {"seconds": answered.seconds, "tokens": tokens, "usd": usd}
    if kind == "embedding":
        rows = answered.response.data
        update |= {"dimension": len(rows[0]["embedding"])} if rows else {"fault": "it gave no vector"}
    else:
        update["fault"] = _fault(answered.response, kind)
    return result.model_copy(update=update)


def _fault(response: Any, kind: Kind) -> str:
    choice = next(iter(response.choices), None)
    finish = getattr(choice, "finish_reason", None)

    def wrong(text: str | None, refusal: str | None = None) -> str:
        read = salvage(text, finish, refusal, _Title)
        return " - ".join(part for part in (read.fault, read.detail) if part)

    said = spoken(getattr(choice, "message", None), lambda text: not wrong(text))
    if kind == "plain":
        return "" if (said.text or "").strip() else "its reply is empty; raise model.max_tokens"
    why = wrong(said.text, said.refusal)
    return f"its reply is not the JSON that was asked for: {why}" if why else ""
