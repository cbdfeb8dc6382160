"""One call to a model, from the money it may cost to the row that says what became of it.

A reply that is kept already is taken from the store. Else the purse is asked for the most that the call can cost, the
routes find an endpoint, and the reply is kept before anything is made of it: whatever happens next, it is not paid for
again.
"""

import asyncio
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import BaseModel

from tasks.model.ledger import Entry, Ledger
from tasks.model.price import count_tokens, most_cost, price_of
from tasks.model.prompt import Message, Prompt
from tasks.model.purse import Purse
from tasks.model.routes import Attempt, Routes
from tasks.model.store import Kept, Store, key_of
from tasks.model.trace import Tracer
from tasks.record import Candidate, Usage
from tasks.settings import LimitSettings, ModelSettings

STAGES = {"poser": "problem", "author": "program", "repairer": "diagnose", "editor": "augment", "judge": "eval"}
"""The stage that a role works for."""


@dataclass
class Asking:
    """One answer that is wanted, and the calls that it has taken."""

    prompt: Prompt
    kind: type[BaseModel]
    candidate: Candidate | None
    calls: int = 0
    paid: list[Usage] = field(default_factory=list)
    """What each call cost when it was made, the reused ones included."""
    spent: Usage = field(default_factory=Usage)
    """What this session has paid."""

    @property
    def stage(self) -> str:
        """As in the ledger."""
        return STAGES.get(self.prompt.role, self.prompt.role)


_asking: ContextVar[Asking] = ContextVar("asking")


class Caller:
    """Makes the calls of one gateway."""

    def __init__(
        self,
        settings: ModelSettings,
        limits: LimitSettings,
        offline_url: str | None,
        store: Store | None,
        ledger: Ledger,
        purse: Purse,
        tracer: Tracer,
    ) -> None:
        """`store`: None keeps and reuses nothing."""
        self._routes = Routes(settings, offline_url, self._hear)
        self._limits, self._settings = limits, settings
        self._store, self._ledger, self._purse, self._tracer = store, ledger, purse, tracer
        purse.heed(self._routes.stop)
        self._same: dict[str, asyncio.Lock] = {}

    async def reply(self, asking: Asking, messages: list[Message], parameters: Mapping[str, Any]) -> Kept:
        """The model's reply, from the store or from an endpoint.

        Raises:
            ModelDown: no endpoint of the role can be used.
            Declined: the provider took the call and would not answer this one.
            Stopped: the run may not spend any more.
        """
        asking.calls += 1
        _asking.set(asking)
        models = tuple(sorted({one.model for one in self._routes.serving(asking.prompt.role)}))
        key = key_of(models, messages, parameters, schema_of(asking.kind))
        began = time.time()
        async with self._same.setdefault(key, asyncio.Lock()):
            kept = await asyncio.to_thread(self._store.get, key) if self._store else None
            reused = kept is not None
            if kept is None:
                kept = await self._paid(asking, messages, parameters)
                if self._store:
                    await asyncio.to_thread(self._store.put, key, kept)
        self._same.pop(key, None)
        cost = _usage(kept)
        asking.paid.append(cost)
        if not reused:
            asking.spent += cost
        self._note(asking, kept, messages, began, reused=reused)
        return kept

    async def _paid(self, asking: Asking, messages: list[Message], parameters: Mapping[str, Any]) -> Kept:
        assume, asked, most_out = self._limits.assume_price, count_tokens(messages), self._settings.max_tokens
        prices = [
            price_of(one.model, one.usd_in, one.usd_out, assume) for one in self._routes.serving(asking.prompt.role)
        ]
        most = max((most_cost(price, asked, most_out) for price in prices if price), default=0.0)
        async with self._purse.reserve(most) as bill:
            reply = await self._routes.call(asking.prompt.role, {"messages": messages, **parameters})
            kept = _kept(reply.response, reply.deployment, reply.usd(assume))
            bill.usd = kept.usd
        return kept

    def _hear(self, attempt: Attempt) -> None:
        """A try is over: one that failed gets a row of its own; the one that went well gets it with its reply."""
        self._purse.heard(attempt.outcome in ("failed", "timeout", "refused"))
        if attempt.outcome == "ok":
            return
        asking = _asking.get()
        entry = Entry(
            time=attempt.started,
            stage=asking.stage,
            role=attempt.role,
            deployment=attempt.deployment,
            model=attempt.model,
            prompt=f"{asking.prompt.name}@{asking.prompt.version}",
            candidate=asking.candidate.index if asking.candidate else None,
            seconds=attempt.seconds,
            attempt=asking.calls,
            outcome=attempt.outcome,
            fault=attempt.detail,
        )
        self._ledger.add(entry)
        self._tracer.call(asking.candidate, entry, [], "")

    def _note(self, asking: Asking, kept: Kept, messages: list[Message], began: float, *, reused: bool) -> None:
        entry = Entry(
            time=began,
            stage=asking.stage,
            role=asking.prompt.role,
            deployment=kept.deployment,
            model=kept.model,
            prompt=f"{asking.prompt.name}@{asking.prompt.version}",
            candidate=asking.candidate.index if asking.candidate else None,
            prompt_tokens=kept.prompt_tokens,
            completion_tokens=kept.completion_tokens,
            cached_tokens=kept.cached_tokens,
            reasoning_tokens=kept.reasoning_tokens,
            usd=0.0 if reused else kept.usd,
            seconds=time.time() - began,
            attempt=asking.calls,
            outcome="reused" if reused else "ok",
            reused=reused,
        )
        self._ledger.add(entry)
        self._tracer.call(asking.candidate, entry, messages, kept.content or "")


@cache
def schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    """Its JSON schema, made once: that takes some 20 ms of processor for a record of checks."""
    return kind.model_json_schema()


def _kept(response: Any, deployment: str, usd: float) -> Kept:
    choice, usage = next(iter(response.choices), None), getattr(response, "usage", None)
    message = getattr(choice, "message", None)
    aside = getattr(message, "provider_specific_fields", None) or {}  # where LiteLLM puts a refusal
    asked, said = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    return Kept(
        model=str(response.model),
        deployment=deployment,
        content=_encodable(getattr(message, "content", None)),
        finish_reason=getattr(choice, "finish_reason", None),
        refusal=_encodable(aside.get("refusal")),
        prompt_tokens=getattr(usage, "prompt_tokens", 0) or 0,
        completion_tokens=getattr(usage, "completion_tokens", 0) or 0,
        cached_tokens=getattr(asked, "cached_tokens", 0) or 0,
        reasoning_tokens=getattr(said, "reasoning_tokens", 0) or 0,
        usd=usd,
    )


def _encodable(text: object) -> str | None:
    """A reply's text; its JSON may hold half a surrogate pair, which no file takes."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else None


def _usage(kept: Kept) -> Usage:
    return Usage(
        calls=1,
        prompt_tokens=kept.prompt_tokens,
        completion_tokens=kept.completion_tokens,
        usd=kept.usd,
        models=(kept.model,),
    )
