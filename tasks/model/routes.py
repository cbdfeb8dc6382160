"""Which endpoint answers a call, and when: weights share the calls out, limits that find themselves hold them back.

An endpoint that says "too much" is left alone for a while and asked again; one that is slow is waited for; a call that
fails goes to another endpoint of its role if there is one. So a call is lost only when nobody of its role answers
anybody. LiteLLM speaks to the providers; why its Router does not choose is in docs/decisions/0013.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from tasks.errors import ModelDown, Stopped
from tasks.model.endpoint import Endpoint, by_turns
from tasks.model.limit import Begun, Limit
from tasks.model.price import cost, price_of
from tasks.model.provider import Outcome, deployments, first_line, litellm_module, outcome_of, retry_after, route
from tasks.settings import Deployment, ModelSettings, Role

PATIENCE_S = 900.0
"""How long a call is tried while nobody of its role answers anybody."""

TRIES = 5
"""Failures of one call, refusals aside, after which it is given up if nobody was answered meanwhile."""

MOST_TRIES = 10
"""The same if others were."""

_LONGEST_BACKOFF_S = 20.0

Method = Literal["acompletion", "aembedding"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """One try of a call at one endpoint."""

    role: str
    deployment: str
    model: str
    started: float
    """Seconds since the epoch."""
    seconds: float
    outcome: Outcome
    detail: str = ""
    """What the endpoint said, if it did not answer."""


@dataclass(frozen=True)
class Reply:
    """What an endpoint answered."""

    response: Any
    """As LiteLLM gives it."""
    endpoint: Deployment

    @property
    def deployment(self) -> str:
        """The endpoint's name."""
        return self.endpoint.name

    def usd(self, assume_price: tuple[float, float] | None) -> float:
        """What it cost, in dollars: by the settings' prices, else LiteLLM's; 0 where nobody knows one."""
        price = price_of(self.endpoint.model, self.endpoint.usd_in, self.endpoint.usd_out, assume_price)
        usage = getattr(self.response, "usage", None)
        if price is None or usage is None:
            return 0.0
        asked, said = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
        return cost(
            price,
            usage.prompt_tokens or 0,
            usage.completion_tokens or 0,
            getattr(asked, "cached_tokens", 0) or 0,
            getattr(said, "reasoning_tokens", 0) or 0,
        )


class Declined(Exception):
    """The provider took the call, and would not answer this one."""


@dataclass(eq=False)
class _Waiting:
    """A call in the line."""

    role: str
    spurned: set[str]
    """Endpoints that failed it; asked again only if all others have, too."""
    place: asyncio.Future[tuple[Endpoint, Begun]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    """The endpoint to call, and the call as its limit knows it."""


class Routes:
    """The endpoints of one gateway. All calls are made in one event loop."""

    def __init__(
        self,
        settings: ModelSettings,
        offline_url: str | None,
        hear: Callable[[Attempt], None],
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`offline_url`: the stand-in server's base URL, for endpoints of the model `offline`. `hear`: is told of each
        try, in the context of its call."""
        self._settings, self._hear, self._patience_s = settings, hear, patience_s
        self._endpoints = [
            Endpoint(
                one,
                route(one, offline_url),
                Limit(min(one.concurrency or settings.concurrency, settings.concurrency), one.rpm),
            )
            for one in deployments(settings)
        ]
        self._line: deque[_Waiting] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = ""

    def serving(self, role: str) -> tuple[Deployment, ...]:
        """The deployments that a role may call."""
        return tuple(one.settings for one in self._endpoints if role in one.settings.serves)

    def stop(self, why: str) -> None:
        """Begin no call any more; those that wait for a place get `Stopped`, those under way end."""
        self._stopped = self._stopped or why
        while self._line:
            place = self._line.popleft().place
            if not place.done():
                place.set_exception(Stopped(self._stopped))

    async def call(self, role: str, request: Mapping[str, Any], *, method: Method = "acompletion") -> Reply:
        """Have a call answered.

        Args:
            role: whose deployments may answer.
            request: as LiteLLM's `method` takes it, without model, endpoint and time-out.
            method: LiteLLM's function.

        Raises:
            ModelDown: no endpoint of the role can be used.
            Declined: the provider took the call and would not answer this one.
            Stopped: the run is to stop.
        """
        began, failures, spurned = time.monotonic(), 0, set[str]()
        while True:
            endpoint, call = await self._place(role, spurned)
            tried, reply = await self._try(endpoint, call, role, request, method)
            if tried.outcome == "ok":
                return Reply(reply, endpoint.settings)
            if tried.outcome == "declined":
                raise Declined(f"the provider declined: {tried.detail}")
            alive = any(one.answered > began for one in self._usable(role))
            if tried.outcome == "rate_limited":
                if not alive and time.monotonic() - began > self._patience_s:
                    raise ModelDown(_down(endpoint, f"it refused calls for {self._patience_s:g} s: {tried.detail}"))
            elif tried.outcome in ("failed", "timeout"):
                failures += 1
                spurned.add(endpoint.settings.name)
                if failures >= TRIES and not alive:
                    raise ModelDown(_down(endpoint, tried.detail))
                if failures >= MOST_TRIES:
                    raise Declined(f"{failures} tries failed while other calls were answered: {tried.detail}")
                if len(spurned) >= len(self._usable(role)):
                    await asyncio.sleep(random.uniform(0, min(_LONGEST_BACKOFF_S, 0.5 * 2.0**failures)))
                    spurned.clear()

    async def _try(
        self, endpoint: Endpoint, call: Begun, role: str, request: Mapping[str, Any], method: Method
    ) -> tuple[Attempt, Any]:
        """One call of one endpoint, whose place is taken already; it is given back here."""
        litellm = litellm_module()
        import openai

        started = time.time()
        outcome: Outcome = "failed"
        detail, reply, pause = "", None, None
        try:
            reply = await getattr(litellm, method)(
                **request, **endpoint.arguments, timeout=self._timeout(endpoint, role), max_retries=0
            )
            outcome = "ok"
            endpoint.took(time.monotonic() - call.at)
        except openai.APIError as error:  # the base of all that LiteLLM raises
            outcome = outcome_of(error, answers=endpoint.answered > float("-inf"))
            detail, pause = first_line(error), retry_after(error)
        finally:
            now = time.monotonic()
            if outcome == "ok":
                endpoint.limit.answered(call)
            elif outcome == "rate_limited":
                endpoint.limit.refused(call, now, pause)
            else:
                endpoint.limit.failed()
            if outcome == "refused":
                self._leave_out(endpoint, detail)
            self._seat()
        settings = endpoint.settings
        attempt = Attempt(role, settings.name, settings.model, started, now - call.at, outcome, detail)
        self._hear(attempt)
        return attempt, reply

    def _leave_out(self, endpoint: Endpoint, why: str) -> None:
        if not endpoint.unusable and len(self._endpoints) > 1:
            _LOG.warning("the deployment %s is not called any more: %s", endpoint.settings.name, why)
        endpoint.unusable = why

    def _timeout(self, endpoint: Endpoint, role: str) -> float:
        return endpoint.settings.timeout_s or self._settings.timeouts.get(cast(Role, role)) or self._settings.timeout_s

    def _usable(self, role: str) -> list[Endpoint]:
        """The endpoints of a role that can be used.

        Raises:
            ModelDown: there are none (any more).
        """
        ours = [one for one in self._endpoints if role in one.settings.serves]
        usable = [one for one in ours if not one.unusable]
        if not usable:
            raise ModelDown(_down(ours[-1], ours[-1].unusable) if ours else f"No deployment serves the role {role!r}.")
        return usable

    async def _place(self, role: str, spurned: set[str]) -> tuple[Endpoint, Begun]:
        """Wait in line for an endpoint that may be called now; the call counts as begun."""
        if self._stopped:
            raise Stopped(self._stopped)
        self._usable(role)
        waiting = _Waiting(role, spurned)
        self._line.append(waiting)
        self._seat()
        try:
            return await waiting.place
        except asyncio.CancelledError:
            if waiting.place.done() and not waiting.place.cancelled() and not waiting.place.exception():
                waiting.place.result()[0].limit.failed()
                self._seat()
            raise

    def _seat(self) -> None:
        """Give places to those who wait, in their order, while there are any; look again when one is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now, soonest, still = time.monotonic(), float("inf"), deque[_Waiting]()
        while self._line:
            waiting = self._line.popleft()
            if waiting.place.done():
                continue
            full = sum(one.limit.under_way for one in self._endpoints) >= self._settings.concurrency
            try:
                serving = self._usable(waiting.role)
            except ModelDown as error:
                waiting.place.set_exception(error)
                continue
            fresh = [one for one in serving if one.settings.name not in waiting.spurned] or serving
            times = [(one, one.limit.free_at(now)) for one in fresh]
            free = [one for one, at in times if at is not None and at <= now]
            if free and not full:
                endpoint = by_turns(free)
                waiting.place.set_result((endpoint, endpoint.limit.begin(now)))
                continue
            still.append(waiting)
            soonest = min([soonest, *(at for _, at in times if at is not None and at > now)])
        self._line = still
        if still and soonest < float("inf"):
            self._timer = asyncio.get_running_loop().call_later(soonest - now, self._seat)


def _down(endpoint: Endpoint, why: str) -> str:
    return f"The model {endpoint.settings.model} can't be used: {why}"
