"""Which endpoint answers a call, and when: weights share the calls out, limits that find themselves hold them back.

An endpoint that says "too much" is left alone for a while and asked again, and so is one that fails call after call;
one that is slow is waited for; a call that fails goes to another endpoint of its role if there is one. So a call is
lost only when nobody of its role answers anybody. LiteLLM speaks to the providers; why its Router does not choose is in
docs/decisions/0013.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, cast

from tasks.content import canonical_json
from tasks.errors import ModelDown, Stopped
from tasks.model.dialect import Dialect, parameter_named
from tasks.model.endpoint import Endpoint, by_turns
from tasks.model.exchange import Broken, Method, exchange
from tasks.model.limit import Begun, Limit
from tasks.model.provider import Outcome, deployments, first_line, outcome_of, retry_after, route, status_of
from tasks.settings import Deployment, ModelSettings, Role

PATIENCE_S = 900.0
"""How long a call is tried while nobody of its role answers anybody."""

OUTAGE_S = 300.0
"""How long endpoints that did answer may fail every call before the run ends: a restart behind a load balancer, or a
provider's incident, is over in minutes, and the run would lose the paid calls that are under way beside."""

MOST_TRIES = 10
"""Failures of one call, refusals aside, after which it is given up while others are answered."""

_LONGEST_BACKOFF_S = 4.0
"""Before a call that all have failed is tried again; an endpoint that fails others, too, rests on top."""

_UNSUITED = (400, 404, 415, 422, 500, 501)
"""Statuses of refusals that may be about how a call is made. OpenRouter has 404, llama.cpp 500."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """One try of a call at one endpoint."""

    role: str
    endpoint: Deployment
    started: float
    """Seconds since the epoch."""
    seconds: float
    outcome: Outcome
    detail: str = ""
    """What the endpoint said, if it did not answer."""
    response: Any = None
    """As LiteLLM gives it, if it did; what there is of it, if it broke off or can't be read."""

    @property
    def deployment(self) -> str:
        """The endpoint's name."""
        return self.endpoint.name

    @property
    def model(self) -> str:
        """LiteLLM's name of it."""
        return self.endpoint.model


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
        outage_s: float = OUTAGE_S,
    ) -> None:
        """`offline_url`: the stand-in server's base URL, for endpoints of the model `offline`. `hear`: is told of each
        try at once, in the context of its call."""
        self._settings, self._hear = settings, hear
        self._patience_s, self._outage_s = patience_s, outage_s
        self._endpoints = [
            Endpoint(
                one,
                route(one, offline_url),
                Limit(min(one.concurrency or settings.at_once, settings.at_once), one.rpm, at_first=one.concurrency),
                Dialect(one),
            )
            for one in deployments(settings)
        ]
        self._line: deque[_Waiting] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = ""

    def serving(self, role: str) -> tuple[Deployment, ...]:
        """The deployments that a role may call."""
        return tuple(one.settings for one in self._endpoints if role in one.settings.serves)

    def models(self, role: str) -> tuple[str, ...]:
        """LiteLLM's names of the models that a role may call, sorted."""
        return tuple(sorted({one.model for one in self.serving(role)}))

    def extras(self, role: str) -> tuple[str, ...]:
        """What deployments of a role add to a call, each with its model, sorted; empty if none adds anything."""
        return tuple(sorted({canonical_json([one.model, one.extra]) for one in self.serving(role) if one.extra}))

    def lessons(self) -> dict[str, list[str]]:
        """By deployment, what was learned of how it wants to be spoken to, in sentences."""
        return {one.settings.name: list(one.dialect.lessons) for one in self._endpoints}

    def stop(self, why: str) -> None:
        """Begin no call any more; those that wait for a place get `Stopped`, those under way end."""
        self._stopped = self._stopped or why
        while self._line:
            place = self._line.popleft().place
            if not place.done():
                place.set_exception(Stopped(self._stopped))

    async def call(
        self,
        role: str,
        request: Mapping[str, Any],
        room: Callable[[], AbstractAsyncContextManager[Any]] = nullcontext,
        *,
        schema: Mapping[str, Any] | None = None,
        method: Method = "acompletion",
    ) -> Attempt:
        """Have a call answered; what is given back is the try that was.

        Args:
            role: whose deployments may answer.
            request: as LiteLLM's `method` takes it, without model, endpoint and time-out.
            room: what each try waits for before, and holds.
            schema: of the JSON that is to be answered; each endpoint is asked for it in its own way.
            method: LiteLLM's function.

        Raises:
            ModelDown: no endpoint of the role can be used.
            Declined: the provider took the call and would not answer this one.
            Stopped: the run is to stop.
        """
        began, failures, spurned = time.monotonic(), 0, set[str]()
        while True:
            async with room():
                endpoint, call = await self._place(role, spurned)
                tried = await self._try(endpoint, call, role, request, schema, method)
            if tried.outcome == "ok":
                return tried
            if tried.outcome == "declined":
                raise Declined(f"the provider declined: {tried.detail}")
            usable = self._usable(role)
            alive = any(one.answered > began for one in usable)
            if tried.outcome == "rate_limited":
                if not alive and time.monotonic() - began > self._patience_s:
                    raise ModelDown(_down(endpoint, f"it refused calls for {self._patience_s:g} s: {tried.detail}"))
            elif tried.outcome in ("failed", "timeout"):
                failures += 1
                spurned.add(endpoint.settings.name)
                if all(one.down(self._outage_s) for one in usable):
                    lasted = f"it failed every call for {self._outage_s:g} s: " if endpoint.answers else ""
                    raise ModelDown(_down(endpoint, lasted + tried.detail))
                if failures >= MOST_TRIES and alive:
                    raise Declined(f"{failures} tries failed while other calls were answered: {tried.detail}")
                if len(spurned) >= len(usable):
                    await asyncio.sleep(random.uniform(0, min(_LONGEST_BACKOFF_S, 0.5 * 2.0**failures)))
                    spurned.clear()

    async def _try(
        self,
        endpoint: Endpoint,
        call: Begun,
        role: str,
        request: Mapping[str, Any],
        schema: Mapping[str, Any] | None,
        method: Method,
    ) -> Attempt:
        """One call of one endpoint, whose place is taken already; it is given back here."""
        import openai

        started = time.time()
        outcome: Outcome = "failed"
        detail, reply, pause = "", None, None
        spoken = endpoint.dialect.speak(request, schema)
        arguments = {**spoken.arguments, **endpoint.arguments}
        try:
            reply = await exchange(method, arguments, self._timeout(endpoint, role), spoken.streams)
            outcome = "ok"
        except Broken as error:
            outcome, detail, reply = outcome_of(error.error, answers=True), first_line(error), error.response
        except openai.APIError as error:  # the base of all that LiteLLM raises
            detail, pause = first_line(error), retry_after(error)
            suits = status_of(error) not in _UNSUITED
            known = len(endpoint.dialect.lessons)
            lesson = "" if suits else endpoint.dialect.hear(spoken, str(error), parameter_named(error))
            if lesson:
                if len(endpoint.dialect.lessons) > known:
                    _LOG.warning("the deployment %s: %s, as it says: %s", endpoint.settings.name, lesson, detail)
                outcome, detail = "adapted", f"{lesson}: {detail}"[:400]
            else:
                outcome = outcome_of(error, answers=endpoint.answers)
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            now = time.monotonic()
            self._note(endpoint, call, now, outcome, detail, pause)
            tried = Attempt(role, endpoint.settings, started, now - call.at, outcome, detail, reply)
            self._hear(tried)
        return tried

    def _note(
        self, endpoint: Endpoint, call: Begun, now: float, outcome: Outcome, detail: str, pause: float | None
    ) -> None:
        """What a try says of its endpoint."""
        if outcome == "ok":
            endpoint.took(now - call.at)
            endpoint.limit.answered(call)
        elif outcome == "rate_limited":
            endpoint.limit.refused(call, now, pause)
        else:
            endpoint.limit.failed()
        if outcome == "declined":
            endpoint.works()
        elif outcome in ("failed", "timeout"):
            endpoint.failed(call)
        elif outcome == "refused":
            self._leave_out(endpoint, detail)
        self._seat()

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
            full = sum(one.limit.under_way for one in self._endpoints) >= self._settings.at_once
            try:
                serving = self._usable(waiting.role)
            except ModelDown as error:
                waiting.place.set_exception(error)
                continue
            fresh = [one for one in serving if one.settings.name not in waiting.spurned] or serving
            times = [(one, one.free_at(now)) for one in fresh]
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
