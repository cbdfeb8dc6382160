"""Texts as vectors of a model that embeds, through the deployments that serve the role `embedder`.

A text longer than such models read is cut into pieces, and its vector is the mean of theirs. Each piece's vector is
kept as replies are, so that a resume, or an index that is built again, pays for none twice.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.content import content_id
from tasks.errors import BadInput, ModelDown
from tasks.gather import gather
from tasks.model.ledger import Entry, Ledger
from tasks.model.prompt import Message
from tasks.model.purse import Bill, Purse
from tasks.model.routes import Attempt, Declined, Routes
from tasks.model.store import Kept, Store, key_of
from tasks.model.till import Till
from tasks.model.tokens import tokens_billed
from tasks.settings import OFFLINE, LimitSettings, ModelSettings

PIECE = 6_000
"""Characters: some 2,000 tokens of a page, which most embedding models read whole."""

AT_ONCE = 32
"""Pieces in one call: providers take 96 to 2,048, and 300,000 tokens together."""

_PROMPT = f"pieces@{PIECE}"

Vectors = NDArray[np.float32]
"""One row a text."""


@dataclass
class _Call:
    """One call that is made: what was asked, and the reservation of the try that is under way."""

    messages: list[Message]
    bill: Bill = field(default_factory=Bill)


_call: ContextVar[_Call] = ContextVar("call")


class ModelEmbedder:
    """Vectors of a model behind LiteLLM."""

    def __init__(
        self,
        settings: ModelSettings,
        limits: LimitSettings,
        dimension: int,
        store: Store | None,
        ledger: Ledger,
        purse: Purse,
    ) -> None:
        """`dimension`: of the model's vectors, as the settings have it; `store`: None keeps none.

        Raises:
            BadInput: the deployment is the offline model, which has no vectors.
        """
        self._routes = Routes(settings, None, self._hear)
        self._till = Till(limits, purse, longest=0)
        self._store, self._ledger = store, ledger
        self.dimension = dimension
        if OFFLINE in self._models:
            raise BadInput(
                "The offline model embeds nothing: take the role `embedder` from its deployment, and the lexical "
                "embedding is used."
            )
        purse.heed(self._routes.stop)

    @property
    def name(self) -> str:
        """Changes whenever the vectors do."""
        extras = self._routes.extras("embedder")
        added = f"-{content_id(*extras)}" if extras else ""
        return f"{'+'.join(self._models)}-{PIECE}-{self.dimension}{added}"

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, in order, shape (texts, dimension), L2-normalised float32.

        Raises:
            BadInput: the model's vectors have another dimension than the settings say.
            ModelDown: no endpoint of the role can be used.
            Stopped: the run may not spend any more.
        """
        pieces = [[text[at : at + PIECE] for at in range(0, max(len(text), 1), PIECE)] for text in texts]
        known = await self._known(list(dict.fromkeys(piece for some in pieces for piece in some)))
        sums = np.array([np.sum([known[piece] for piece in some], axis=0) for some in pieces], dtype=np.float32)
        return _normal(sums.reshape(len(texts), self.dimension))

    @property
    def _models(self) -> tuple[str, ...]:
        return self._routes.models("embedder")

    async def _known(self, pieces: list[str]) -> dict[str, Vectors]:
        """The vector of each piece, of length 1; the ones that are not kept are asked for."""
        found = {piece: vector for piece in pieces if (vector := await self._kept(piece)) is not None}
        new = [piece for piece in pieces if piece not in found]
        parts = [new[at : at + AT_ONCE] for at in range(0, len(new), AT_ONCE)]
        for part, vectors in zip(parts, await gather(map(self._paid, parts)), strict=True):
            found |= zip(part, vectors, strict=True)
        return found

    async def _kept(self, piece: str) -> Vectors | None:
        if self._store is None:
            return None
        kept = await asyncio.to_thread(self._store.get, self._key(piece))
        if kept is None or kept.content is None:
            return None
        vector = np.frombuffer(base64.b64decode(kept.content), dtype="<f4")
        return vector if len(vector) == self.dimension else None

    def _key(self, piece: str) -> str:
        return key_of(self._models, [piece], {"embedding": True}, None, self._routes.extras("embedder"))

    async def _paid(self, pieces: list[str]) -> Vectors:
        """The vectors of so many pieces by one call; each try has its row before anything is made of it."""
        call = _Call([{"role": "user", "content": piece} for piece in pieces])
        _call.set(call)
        try:
            reply = await self._routes.call(
                "embedder", {"input": pieces}, lambda: self._room(call), method="aembedding"
            )
        except Declined as error:
            raise ModelDown(f"The texts of a batch can't be embedded: {error}") from error
        vectors = self._read(reply, len(pieces))
        if self._store is not None:
            for piece, vector in zip(pieces, vectors, strict=True):
                kept = _as_kept(reply, vector, call.bill.usd / len(pieces))
                await asyncio.to_thread(self._store.put, self._key(piece), kept)
        return vectors

    @asynccontextmanager
    async def _room(self, call: _Call) -> AsyncIterator[None]:
        """Room in the purse for one try, whichever endpoint it will come to."""
        async with self._till.room(self._routes.serving("embedder"), call.messages) as call.bill:
            yield

    def _read(self, reply: Attempt, count: int) -> Vectors:
        rows: list[Any] = sorted(reply.response.data, key=lambda one: one["index"])
        widths = {len(one["embedding"]) for one in rows}
        if len(rows) != count or len(widths) != 1:
            raise ModelDown(f"The model {reply.model} gave {len(rows)} vectors for {count} texts.")
        if widths != {self.dimension}:
            raise BadInput(
                f"The model {reply.model} gives vectors of {widths.pop()} dimensions, and the settings say "
                f"{self.dimension}: set `dedupe.dimension` to that."
            )
        return _normal(np.array([one["embedding"] for one in rows], dtype="<f4"))

    def _hear(self, tried: Attempt) -> None:
        """A try is over: its bill and its row, before anything can come between."""
        call = _call.get()
        tokens = tokens_billed(tried, call.messages)
        self._ledger.add(
            Entry(
                time=tried.started,
                stage="dedupe",
                role=tried.role,
                deployment=tried.deployment,
                model=tried.model,
                prompt=_PROMPT,
                candidate=None,
                prompt_tokens=tokens.prompt,
                counted=tokens.counted,
                usd=self._till.settle(call.bill, tried.endpoint, call.messages, tokens),
                seconds=tried.seconds,
                outcome=tried.outcome,
                fault=tried.detail,
            )
        )


def _normal(rows: Vectors) -> Vectors:
    """Each row at length 1; one of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    normal: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return normal


def _as_kept(reply: Attempt, vector: Vectors, usd: float) -> Kept:
    return Kept(
        model=reply.model,
        deployment=reply.deployment,
        content=base64.b64encode(vector.astype("<f4").tobytes()).decode(),
        finish_reason=None,
        prompt_tokens=0,
        completion_tokens=0,
        usd=usd,
    )
