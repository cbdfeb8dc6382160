"""One call to a model, from the money it may cost to the row that says what became of it.

A reply that is kept already is taken from the store. Else the purse is asked for the most that the call can cost, the
routes find an endpoint. What comes back is in the ledger before anything else is done, and then kept before anything is
made of it: whatever happens next, it is counted, and not paid for again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import BaseModel

from tasks.model.ledger import Entry, Ledger
from tasks.model.message import spoken
from tasks.model.prompt import Message, Prompt
from tasks.model.purse import Bill, Purse
from tasks.model.routes import Attempt, Routes
from tasks.model.salvage import Salvaged, salvage
from tasks.model.store import Kept, Store, key_of
from tasks.model.till import Till
from tasks.model.tokens import Tokens, tokens_billed
from tasks.model.trace import Tracer
from tasks.record import Candidate, Usage
from tasks.settings import LimitSettings, ModelSettings

STAGES = {"poser": "problem", "author": "program", "repairer": "diagnose", "editor": "augment", "judge": "eval"}
"""The stage that a role works for."""

_LONGEST_DETAIL = 400
"""Characters of what the validator says."""


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
    made: int = 0
    """Calls of this session, the reused ones aside."""

    @property
    def stage(self) -> str:
        """As in the ledger."""
        return STAGES.get(self.prompt.role, self.prompt.role)


@dataclass
class _Call:
    """One call that is made: what was asked, and what came of it."""

    asking: Asking
    messages: list[Message]
    bill: Bill = field(default_factory=Bill)
    kept: Kept | None = None
    read: Salvaged | None = None


_call: ContextVar[_Call] = ContextVar("call")


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
        self._till = Till(limits, purse, settings.max_tokens)
        self._store, self._ledger, self._tracer = store, ledger, tracer
        purse.heed(self._routes.stop)
        self._same: dict[str, asyncio.Lock] = {}

    async def reply(
        self, asking: Asking, messages: list[Message], parameters: Mapping[str, Any]
    ) -> tuple[Kept, Salvaged]:
        """The model's reply, from the store or from an endpoint, and how it is to be read.

        Raises:
            ModelDown: no endpoint of the role can be used.
            Declined: the provider took the call and would not answer this one.
            Stopped: the run may not spend any more.
        """
        asking.calls += 1
        role = asking.prompt.role
        key = key_of(self._routes.models(role), messages, parameters, schema_of(asking.kind), self._routes.extras(role))
        async with self._same.setdefault(key, asyncio.Lock()):
            began = time.time()
            kept = await asyncio.to_thread(self._store.get, key) if self._store else None
            if kept is None:
                kept, read = await self._paid(asking, messages, parameters)
                if self._store:
                    await asyncio.to_thread(self._store.put, key, kept)
            else:
                read = _read(kept, asking.kind)
                self._note_reused(asking, kept, read, messages, began)
        self._same.pop(key, None)
        return kept, read

    async def _paid(
        self, asking: Asking, messages: list[Message], parameters: Mapping[str, Any]
    ) -> tuple[Kept, Salvaged]:
        asking.made += 1
        call = _Call(asking, messages)
        _call.set(call)
        await self._routes.call(
            asking.prompt.role,
            {"messages": messages, **parameters},
            lambda: self._room(call),
            schema=schema_of(asking.kind),
        )
        assert call.kept is not None and call.read is not None  # `_hear` has seen to it
        return call.kept, call.read

    @asynccontextmanager
    async def _room(self, call: _Call) -> AsyncIterator[None]:
        async with self._till.room(self._routes.serving(call.asking.prompt.role), call.messages) as call.bill:
            yield

    def _hear(self, tried: Attempt) -> None:
        """A try is over: its bill and its row, before anything can come between."""
        call, endpoint, fault = _call.get(), tried.endpoint, tried.detail
        tokens = tokens_billed(tried, call.messages)
        usd = self._till.settle(call.bill, endpoint, call.messages, tokens)
        if tried.outcome == "ok":
            call.kept = _kept(tried, tokens, usd, call.asking.kind)
            call.read = _read(call.kept, call.asking.kind)
            fault = call.read.fault
        if tokens.prompt:
            paid = _usage(endpoint.model, tokens, usd, calls=int(tried.outcome == "ok"))
            call.asking.paid.append(paid)
            call.asking.spent += paid
        entry = _entry(call.asking, endpoint.name, endpoint.model, tokens).model_copy(
            update={
                "time": tried.started,
                "seconds": tried.seconds,
                "usd": usd,
                "outcome": tried.outcome,
                "fault": fault,
            }
        )
        self._ledger.add(entry)
        said = (call.kept.content if call.kept else None) or ""
        self._tracer.call(call.asking.candidate, entry, call.messages if said else [], said)

    def _note_reused(self, asking: Asking, kept: Kept, read: Salvaged, messages: list[Message], began: float) -> None:
        tokens = Tokens(
            prompt=kept.prompt_tokens,
            completion=kept.completion_tokens,
            cached=kept.cached_tokens,
            reasoning=kept.reasoning_tokens,
        )
        asking.paid.append(_usage(kept.model, tokens, kept.usd))
        entry = _entry(asking, kept.deployment, kept.model, tokens).model_copy(
            update={
                "time": began,
                "seconds": time.time() - began,
                "outcome": "reused",
                "reused": True,
                "fault": read.fault,
            }
        )
        self._ledger.add(entry)
        self._tracer.call(asking.candidate, entry, messages, kept.content or "")


@cache
def schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    """Its JSON schema, made once: that takes some 20 ms of processor for a record of checks."""
    return kind.model_json_schema()


def _read(kept: Kept, kind: type[BaseModel]) -> Salvaged:
    """A reply as it is to be read, with all that is wrong with it: JSON of the wrong shape is a fault, too."""
    read = salvage(kept.content, kept.finish_reason, kept.refusal, kind)
    if read.fault:
        return _explained(read, kept)
    try:
        kind.model_validate_json(read.text)
    except ValueError as error:
        return replace(read, fault="wrong shape", detail=" ".join(str(error).split())[:_LONGEST_DETAIL])
    return read


def _explained(read: Salvaged, kept: Kept) -> Salvaged:
    """A reply without an answer, with what became of its tokens."""
    if read.text or read.fault not in ("empty", "truncated") or not kept.reasoning_tokens:
        return read
    way_out = "; raise model.max_tokens" if kept.finish_reason == "length" else ""
    went = f"the reply is empty; {kept.reasoning_tokens:,} tokens went to reasoning{way_out}"
    return replace(read, detail=went)


def _kept(tried: Attempt, tokens: Tokens, usd: float, kind: type[BaseModel]) -> Kept:
    choice = next(iter(tried.response.choices), None)
    finish = getattr(choice, "finish_reason", None)
    kept = Kept(
        model=tried.endpoint.model,
        deployment=tried.deployment,
        content=None,
        finish_reason=finish,
        prompt_tokens=tokens.prompt,
        completion_tokens=tokens.completion,
        cached_tokens=tokens.cached,
        reasoning_tokens=tokens.reasoning,
        usd=usd,
    )
    said = spoken(
        getattr(choice, "message", None),
        lambda text: not _read(kept.model_copy(update={"content": text}), kind).fault,
    )
    thoughts = {"reasoning_tokens": tokens.reasoning or tokens.completion} if said.thought else {}
    return kept.model_copy(update={"content": said.text, "refusal": said.refusal, **thoughts})


def _usage(model: str, tokens: Tokens, usd: float, calls: int = 1) -> Usage:
    return Usage(
        calls=calls,
        prompt_tokens=tokens.prompt,
        completion_tokens=tokens.completion,
        usd=usd,
        models=(model,),
    )


def _entry(asking: Asking, deployment: str, model: str, tokens: Tokens) -> Entry:
    """What a row says of a call before it says what came of it."""
    return Entry(
        time=0.0,
        stage=asking.stage,
        role=asking.prompt.role,
        deployment=deployment,
        model=model,
        prompt=f"{asking.prompt.name}@{asking.prompt.version}",
        candidate=asking.candidate.index if asking.candidate else None,
        prompt_tokens=tokens.prompt,
        completion_tokens=tokens.completion,
        cached_tokens=tokens.cached,
        reasoning_tokens=tokens.reasoning,
        counted=tokens.counted,
        attempt=asking.calls,
    )
