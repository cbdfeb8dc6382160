"""What a run holds open while it goes on: the model, the browser, the language servers, the gate."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from flows.order import RunOrder
from flows.progress import Progress
from tasks.dedupe.gate import Gate
from tasks.dedupe.index import Index
from tasks.diagnose.servers import Servers
from tasks.model.gateway import Gateway
from tasks.model.offline.server import OfflineServer
from tasks.render.pool import RenderPool
from tasks.settings import OFFLINE


@dataclass(frozen=True)
class Tools:
    """Everything that stages share."""

    order: RunOrder
    gateway: Gateway
    servers: Servers
    pool: RenderPool
    index: Index
    gate: Gate
    progress: Progress


@asynccontextmanager
async def open_tools(order: RunOrder) -> AsyncIterator[Tools]:
    """Start what the order needs, and end it all again, whatever happens."""
    settings = order.settings
    async with AsyncExitStack() as stack:
        url = None
        if settings.model.name == OFFLINE:
            url = (await stack.enter_async_context(OfflineServer())).base_url
        gateway = Gateway(settings.model, url)
        index = await stack.enter_async_context(Index(order.dataset, settings.dedupe))
        yield Tools(
            order=order,
            gateway=gateway,
            servers=await stack.enter_async_context(Servers(settings.repair)),
            pool=await stack.enter_async_context(RenderPool(settings.render, settings.quality, order.folder)),
            index=index,
            gate=Gate(index, settings.dedupe, order.run_id),
            progress=Progress(order.run_id, order.tasks, order.folder / "progress.json", lambda: gateway.spent),
        )
