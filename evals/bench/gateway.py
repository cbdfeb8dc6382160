"""Calls a second and CPU of each beside raw httpx; the share of three deployments' limits beside LiteLLM's Router."""

import asyncio
import json
import os
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from evals.bench.endpoints import Endpoints, Kind, endpoints
from evals.bench.figures import Figure, Figures, machine
from evals.pace import Tell
from tasks.model.gateway import Gateway
from tasks.model.ledger import Ledger
from tasks.model.offline import archetype as pages
from tasks.model.provider import litellm_module
from tasks.model.routes import Routes
from tasks.model.store import Store
from tasks.model.trace import open_tracer
from tasks.problem.author import ProblemReply
from tasks.record import Candidate, Persona
from tasks.settings import Deployment, ModelSettings

AT_ONCE = 16
_WARM = 2 * AT_ONCE
_TEXT = "A ferry pilot who keeps a diary of the tides. " * 120
"""About what a program's prompt holds."""

KINDS = {
    "strict": Kind(latency=0.1, rate=8),
    "slow": Kind(latency=1.0, slots=4),
    "shaky": Kind(latency=0.25, slots=2, fails=0.2),
}
"""One that says 429 above its rate, one that is slow, one that fails a fifth of its calls."""

_WORKERS = 24
_KEY = "DOJO_BENCH_KEY"


def bench_gateway(count: int, seconds: float, tell: Tell) -> Figures:
    """Make `count` calls each way to an endpoint that answers at once; then call three with limits for `seconds`."""
    os.environ.setdefault(_KEY, "k")
    tell("calls to an endpoint that answers at once ...")
    reply = json.dumps(pages.pose(pages.draw_brief(pages.rng_of("bench"), pages.slugs()[0])))
    with endpoints({"quick": Kind(content=reply)}) as running:
        raw, whole = asyncio.run(_calls(running, count))
    tell("calls to three deployments with limits, through our routes ...")
    ours = _share(seconds, _ours)
    tell("the same through LiteLLM's Router ...")
    theirs = _share(seconds, _theirs)
    figures = (
        Figure("cpu_ms", "CPU a call, ms: instructor, store, ledger, traces included", whole[1], 1, "<= 15"),
        Figure("httpx_cpu_ms", "the same of raw httpx", raw[1], 1),
        Figure("cpu_ratio", "ratio to it", whole[1] / raw[1], 1),
        Figure("calls_per_s", f"calls a second, {AT_ONCE} at once", whole[0], 0),
        Figure("httpx_calls_per_s", "the same of raw httpx", raw[0], 0),
        Figure("share", "share of what three deployments allow", ours[0], 2, ">= 0.90"),
        Figure("lost", "calls lost", ours[1], 0, "0"),
        Figure("router_share", "the same of LiteLLM's Router, 5 retries", theirs[0], 2),
        Figure("router_lost", "calls it lost", theirs[1], 0),
    )
    allowed = sum(kind.allowed for kind in KINDS.values())
    note = (
        f"{count} calls each way; {seconds:g} s of {_WORKERS} callers at once to deployments that allow 8 a second "
        f"(429 above), 4 (a second each) and 6.4 (a fifth fails): {allowed:g} together; {machine()}."
    )
    return Figures("Gateway", figures, note)


async def _calls(running: Endpoints, count: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Calls a second, and CPU milliseconds of one: of httpx, of the gateway."""
    import httpx

    settings = ModelSettings(
        concurrency=AT_ONCE,
        deployments=(Deployment(name="quick", model="openai/m", api_base=running.url("quick"), api_key_env=_KEY),),
    )
    messages = [{"role": "user", "content": _TEXT}]
    persona = Persona(persona_id="p", text=_TEXT, source="bench")
    os.environ |= {"LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_BASE_URL": running.base}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ledger, tracer = Ledger(folder), open_tracer("bench")
        stack.callback(ledger.close)
        stack.callback(tracer.close)
        store = stack.enter_context(Store(folder))
        gateway = Gateway(settings, store=store, ledger=ledger, tracer=tracer)
        client = await stack.enter_async_context(httpx.AsyncClient())

        async def asked(n: int) -> None:
            one = Candidate(index=n, seed=n, topic="games", persona=persona)
            data = {"topic": "games", "persona": f"{time.monotonic()} {_TEXT}"}
            answer = await gateway.ask("problem", data, ProblemReply, seed=n, candidate=one)
            if answer.value is None:
                raise RuntimeError(answer.fault)

        async def posted(n: int) -> None:
            body = {"model": "m", "messages": messages, "seed": n}
            reply = await client.post(f"{running.url('quick')}/chat/completions", json=body)
            ProblemReply.model_validate(json.loads(reply.json()["choices"][0]["message"]["content"]))

        return await _timed(posted, count), await _timed(asked, count)


async def _timed(call: Callable[[int], Awaitable[None]], count: int) -> tuple[float, float]:
    await _all(call, _WARM)
    began, cpu = time.perf_counter(), _cpu()
    await _all(call, count)
    return count / (time.perf_counter() - began), 1000 * (_cpu() - cpu) / count


async def _all(call: Callable[[int], Awaitable[None]], count: int) -> None:
    left = iter(range(count))

    async def worker() -> None:
        for n in left:
            await call(n)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


Caller = Callable[[dict[str, Any]], Awaitable[None]]


def _share(seconds: float, caller: Callable[[Endpoints], Caller]) -> tuple[float, int]:
    """The share of what all deployments allow that is answered while there are always callers, and calls lost."""
    with endpoints(KINDS) as running:
        return asyncio.run(_saturate(running, caller(running), seconds))


async def _saturate(running: Endpoints, call: Caller, seconds: float) -> tuple[float, int]:
    lost, over = 0, asyncio.Event()

    async def worker(mine: int) -> None:
        nonlocal lost
        n = 0
        while not over.is_set():
            try:
                await call({"messages": [{"role": "user", "content": f"{mine}: {n}"}]})
            except Exception:  # noqa: BLE001 - whatever a router gives up with, the call is lost
                lost += 1
            n += 1

    workers = [asyncio.create_task(worker(mine)) for mine in range(_WORKERS)]
    await asyncio.sleep(seconds / 4)  # limits are found
    began, before = time.monotonic(), await asyncio.to_thread(running.seen)
    await asyncio.sleep(seconds)
    took, after = time.monotonic() - began, await asyncio.to_thread(running.seen)
    over.set()
    await asyncio.gather(*workers)
    answered = sum(after[name].answered - before[name].answered for name in KINDS)
    return answered / took / sum(kind.allowed for kind in KINDS.values()), lost


def _ours(running: Endpoints) -> Caller:
    settings = ModelSettings(
        concurrency=_WORKERS,
        deployments=tuple(
            Deployment(name=name, model="openai/m", api_base=running.url(name), api_key_env=_KEY) for name in KINDS
        ),
    )
    routes: list[Routes] = []

    async def call(request: dict[str, Any]) -> None:
        if not routes:
            routes.append(Routes(settings, None, lambda _: None))
        await routes[0].call("author", request)

    return call


def _theirs(running: Endpoints) -> Caller:
    router = litellm_module().Router(
        model_list=[
            {
                "model_name": "all",
                "litellm_params": {"model": "openai/m", "api_base": running.url(name), "api_key": "k"},
            }
            for name in KINDS
        ],
        num_retries=5,
    )

    async def call(request: dict[str, Any]) -> None:
        await router.acompletion(model="all", **request)

    return call
