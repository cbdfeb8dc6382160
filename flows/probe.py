"""What `dojo doctor --model` says of models: each deployment asked once in each way that a run asks it."""

import asyncio
import logging
from contextlib import AsyncExitStack

from flows.doctor import Sign
from flows.order import roles_of
from tasks.model.offline.server import OfflineServer
from tasks.model.probe import Probed, probe
from tasks.model.provider import check_routes
from tasks.settings import OFFLINE, Role, Settings


def try_models(settings: Settings) -> list[Sign]:
    """Ask each deployment; that costs a few hundred tokens each.

    Raises:
        BadInput: a role has no deployment, or a model no provider.
        Missing: a key is not in the environment.
    """
    embedder: tuple[Role, ...] = ("embedder",) if settings.model.embeds else ()
    check_routes(settings.model, (*roles_of(settings), *embedder))
    return asyncio.run(_try(settings))


async def _try(settings: Settings) -> list[Sign]:
    routes = logging.getLogger("tasks.model.routes")
    before = routes.level
    routes.setLevel(logging.ERROR)  # what was adapted is said below
    try:
        async with AsyncExitStack() as stack:
            url = None
            if OFFLINE in settings.model.models:
                url = (await stack.enter_async_context(OfflineServer(lapses=0.0))).base_url
            found = [one async for one in probe(settings.model, settings.limits, url)]
    finally:
        routes.setLevel(before)
    return [_sign(one, settings.dedupe.dimension) for one in found]


def _sign(one: Probed, dimension: int) -> Sign:
    what = f"{one.deployment}, {one.kind}"
    if one.fault:
        return Sign(what, "missing", _adapted(one.fault, one))
    if one.kind == "embedding" and one.dimension != dimension:
        wrong = f"{one.model} gives vectors of {one.dimension} dimensions: set `dedupe.dimension` to that"
        return Sign(what, "missing", _adapted(wrong, one))
    usd = "no price is known" if one.usd is None else f"${one.usd:.6f}"
    tokens = f"{one.tokens.prompt:,} tokens in, {one.tokens.completion:,} out"
    counted = " (counted here)" if one.tokens.counted == "here" else ""
    return Sign(what, "ok", _adapted(f"{one.model}: {one.seconds:.1f} s, {tokens}{counted}, {usd}", one))


def _adapted(said: str, one: Probed) -> str:
    return f"{said}; adapted: {'; '.join(one.lessons)}" if one.lessons else said
