"""Every attempt that is wanted, made or taken from the file of those that are done."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from evals.door import Door, plain_door
from evals.faults.fault import Fault
from evals.lines import adding, read_lines
from evals.pace import Pace, Tell
from evals.repairs.attempt import MOST_ROUNDS, Attempt, Bench, attempt, place_of
from tasks.content import canonical_json, content_id
from tasks.diagnose.servers import Servers
from tasks.errors import Stopped
from tasks.gather import gather
from tasks.model.prompt import PromptBook
from tasks.render.pool import RenderPool
from tasks.settings import Settings, Strategy

PROMPTS: dict[Strategy, tuple[str, ...]] = {
    "none": (),
    "direct": ("repair-direct",),
    "cot": ("repair",),
    "rewoo": ("repair-plan", "repair-solve"),
}
"""What each strategy asks with."""

_AT_ONCE = 8
"""Attempts under way at once."""


def key_of(fault: Fault, strategy: Strategy, budget: int, settings: Settings) -> str:
    """Names an attempt by all that decides what comes out."""
    page = settings.render.model_dump(mode="json", exclude={"browser", "pages"})
    subject = (strategy, fault.fault_id, fault.clean_id, canonical_json(page))
    if strategy == "none":
        return content_id(*subject)
    book = PromptBook(Path(settings.prompts) if settings.prompts else None)
    model = settings.model
    chosen = [list(model.models), model.temperature, model.max_tokens, model.attempts, budget, MOST_ROUNDS]
    versions = [book.load(name).version for name in PROMPTS[strategy]]
    return content_id(*subject, canonical_json([chosen, versions]))


def attempts(
    faults: Sequence[Fault],
    strategies: Sequence[Strategy],
    budget: int,
    settings: Settings,
    kept: Path,
    tell: Tell,
    door: Door = plain_door,
) -> list[Attempt]:
    """Every strategy on every fault, fault by fault; those that the file `kept` has are not made again, unless the
    settings say that nothing is to be reused.

    Raises:
        ModelDown, ServerDown, BrowserDown, Missing: they can't be used.
        Stopped: the money is used up, or somebody asks; what is done is kept.
    """
    wanted = {
        key_of(fault, strategy, budget, settings): (strategy, fault) for fault in faults for strategy in strategies
    }
    before = read_lines(kept, Attempt) if settings.model.reuse else []
    known = {row.key: row for row in before if row.key in wanted}
    missing = {key: one for key, one in wanted.items() if key not in known}
    if known:
        tell(f"{len(known)} of {len(wanted)} attempts were made before")
    if missing:
        asyncio.run(_make(missing, budget, settings, kept, tell, door, known))
    return [known[key] for key in wanted]


async def _make(
    missing: dict[str, tuple[Strategy, Fault]],
    budget: int,
    settings: Settings,
    kept: Path,
    tell: Tell,
    door: Door,
    known: dict[str, Attempt],
) -> None:
    pace = Pace("attempts made", len(missing), tell)
    places = asyncio.Semaphore(_AT_ONCE)
    async with AsyncExitStack() as stack:
        add = stack.enter_context(adding(kept))
        gateway = await stack.enter_async_context(door(settings))
        servers = await stack.enter_async_context(Servers(settings.repair))
        pool = await stack.enter_async_context(RenderPool(settings.render, settings.quality, kept.parent))
        bench = Bench(gateway, servers, pool, budget)

        async def one(key: str, strategy: Strategy, fault: Fault) -> None:
            async with places:
                if gateway.purse.stopped:  # those under way get to their own end, which may be a fix
                    raise Stopped(gateway.purse.stopped)
                known[key] = await attempt(bench, key, strategy, fault, place_of(key))
            add(known[key])
            pace.step()

        await gather(one(key, *rest) for key, rest in missing.items())
