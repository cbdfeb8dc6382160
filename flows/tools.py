"""What a run holds open while it goes on: the models, the browser, the language servers, the gate."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.door import traced_as
from flows.halt import gently, halt, say
from flows.order import RunOrder, replies_folder
from flows.places import Places
from flows.progress import Progress
from flows.session import begin_session
from tasks.address import home_expanded
from tasks.dedupe.gate import Gate
from tasks.dedupe.index import Index
from tasks.diagnose.servers import Servers
from tasks.loopback import spare_loopback
from tasks.model.gateway import Gateway
from tasks.model.ledger import Ledger, spent_before
from tasks.model.offline.server import OfflineServer
from tasks.model.prompt import PromptBook
from tasks.model.purse import Purse
from tasks.model.store import Store
from tasks.model.trace import Tracer, open_tracer
from tasks.model.vectors import ModelEmbedder
from tasks.render.pool import RenderPool
from tasks.settings import OFFLINE, Settings


@dataclass(frozen=True)
class Tools:
    """Everything that stages share."""

    order: RunOrder
    gateway: Gateway
    purse: Purse
    ledger: Ledger
    tracer: Tracer
    servers: Servers
    pool: RenderPool
    index: Index
    gate: Gate
    searches: Places
    """For candidates whose ladders are searched: enough to keep every page of the browser busy."""
    progress: Progress


@asynccontextmanager
async def open_tools(order: RunOrder) -> AsyncIterator[Tools]:
    """Start what the order needs, and end it all again, whatever happens. A run that is refused leaves nothing."""
    spare_loopback()  # a worker of Prefect's has not come by the command
    settings = order.settings
    async with AsyncExitStack() as stack:
        session = stack.enter_context(begin_session(order))
        spent = spent_before(order.folder)
        purse = Purse(settings.limits.usd, spent, settings.limits.error_rate)
        tracer = open_tracer(order.run_id)
        stack.push_async_callback(asyncio.to_thread, tracer.close)
        ledger = Ledger(order.folder)
        stack.callback(ledger.close)
        if settings.model.reuse:
            store = Store(replies_folder(settings))
        else:  # it keeps its own, so that a stop loses none
            store = Store(order.folder, way_out="name another folder with --out")
        stack.enter_context(store)
        gateway = await _gateway(stack, settings, store, ledger, purse, tracer, order.prompts)
        _watch(order, purse, stack)
        embedder = await _embedder(settings, store, ledger, purse) if settings.model.embeds else None
        index = await stack.enter_async_context(Index(order.dataset, settings.dedupe, embedder))
        tools = Tools(
            order=order,
            gateway=gateway,
            purse=purse,
            ledger=ledger,
            tracer=tracer,
            servers=await stack.enter_async_context(Servers(settings.repair)),
            pool=await stack.enter_async_context(RenderPool(settings.render, settings.quality, order.folder)),
            index=index,
            gate=Gate(index, settings.dedupe, order.run_id),
            searches=Places(settings.render.pages),
            progress=Progress(order.run_id, order.tasks, order.folder / "progress.json", lambda: gateway.spent),
        )
        session.open = True
        yield tools


def door(folder: Path) -> Callable[[Settings], AbstractAsyncContextManager[Gateway]]:
    """What opens the way to the models for an eval, with its ledger in `folder`; Ctrl-C lets the calls under
    way end."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Gateway]:
        async with AsyncExitStack() as stack:
            purse = Purse(settings.limits.usd, spent_before(folder), settings.limits.error_rate)
            stack.enter_context(gently(say)).heed(purse.stop)
            ledger = Ledger(folder)
            stack.callback(ledger.close)
            prompts = PromptBook(home_expanded(settings.prompts) if settings.prompts else None)
            store = stack.enter_context(Store(replies_folder(settings))) if settings.model.reuse else None
            tracer = open_tracer(traced_as(folder))  # what is left of it is sent when the eval is recorded
            yield await _gateway(stack, settings, store, ledger, purse, tracer, prompts)

    return opened


async def _gateway(
    stack: AsyncExitStack,
    settings: Settings,
    store: Store | None,
    ledger: Ledger,
    purse: Purse,
    tracer: Tracer,
    prompts: PromptBook,
) -> Gateway:
    """A gateway, and the stand-in's server if that is a model."""
    url = None
    if OFFLINE in settings.model.models:
        url = (await stack.enter_async_context(OfflineServer())).base_url
    return Gateway(
        settings.model,
        url,
        limits=settings.limits,
        store=store,
        ledger=ledger,
        purse=purse,
        tracer=tracer,
        prompts=prompts,
    )


async def _embedder(settings: Settings, store: Store, ledger: Ledger, purse: Purse) -> ModelEmbedder:
    """The model that embeds, tried with a word: that its vectors have another dimension is found out before a run."""
    embedder = ModelEmbedder(settings.model, settings.limits, settings.dedupe.dimension, store, ledger, purse)
    await embedder.embed(["page"])
    return embedder


def _watch(order: RunOrder, purse: Purse, stack: AsyncExitStack) -> None:
    """Stop the run when its minutes are over, or when somebody asks."""
    if (asked := halt.get()) is not None:
        asked.hold_signals()
        asked.heed(purse.stop)
    minutes = order.settings.limits.minutes
    if minutes is not None:
        over = f"Stopped: {minutes:g} minutes are over. What is done is kept; the same command goes on from here."
        timer = asyncio.get_running_loop().call_later(minutes * 60, purse.stop, over)
        stack.callback(timer.cancel)
