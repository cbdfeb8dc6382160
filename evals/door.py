"""The way to the models, opened for as long as an eval asks them."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

from tasks.content import content_id
from tasks.model.gateway import Gateway
from tasks.model.offline.server import OfflineServer
from tasks.settings import OFFLINE, Settings

Door = Callable[[Settings], AbstractAsyncContextManager[Gateway]]
"""Opens it, in the event loop that asks; `flows.tools.door` has the run's ledger, budget and kept replies behind it."""


def traced_as(folder: Path) -> str:
    """The session in Langfuse of an eval's calls: the same for the same folder, so that one that goes on is one."""
    return f"eval-{content_id(str(folder.resolve()))[:8]}"


@contextlib.asynccontextmanager
async def plain_door(settings: Settings) -> AsyncIterator[Gateway]:
    """A gateway that keeps no replies and no ledger; the offline model is started if it is the one."""
    async with AsyncExitStack() as stack:
        url = None
        if OFFLINE in settings.model.models:
            url = (await stack.enter_async_context(OfflineServer())).base_url
        yield Gateway(settings.model, url)
