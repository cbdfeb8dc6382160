"""The way to the models, opened for as long as an eval asks them."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from tasks.model.gateway import Gateway
from tasks.model.offline.server import OfflineServer
from tasks.settings import OFFLINE, Settings

Door = Callable[[Settings], AbstractAsyncContextManager[Gateway]]
"""Opens it, in the event loop that asks; `flows.tools.door` has the run's ledger, budget and kept replies behind it."""


@contextlib.asynccontextmanager
async def plain_door(settings: Settings) -> AsyncIterator[Gateway]:
    """A gateway that keeps no replies and no ledger; the offline model is started if it is the one."""
    async with AsyncExitStack() as stack:
        url = None
        if OFFLINE in settings.model.models:
            url = (await stack.enter_async_context(OfflineServer())).base_url
        yield Gateway(settings.model, url)
