"""Vectors of a model that embeds, from a server on loopback."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.errors import BadInput, ModelDown, Stopped
from tasks.model.ledger import Ledger, read_entries
from tasks.model.purse import Purse
from tasks.model.store import Store
from tasks.model.vectors import AT_ONCE, PIECE, ModelEmbedder
from tasks.settings import OFFLINE, Deployment, LimitSettings, ModelSettings
from tests.loopback import serving

WIDTH = 8


@dataclass
class Embeddings:
    """What the server was asked, and how often it fails first."""

    url: str = ""
    asked: list[list[str]] = field(default_factory=list)
    failing: int = 0
    missing: int = 0


def vector_of(text: str) -> list[float]:
    return [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()[:WIDTH]]


@contextmanager
def embeddings(**how: Any) -> Iterator[Embeddings]:
    state = Embeddings(**how)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            texts = request["input"]
            state.failing -= 1
            status, body = 500, {"error": {"message": "not now"}}
            if state.failing < 0:
                state.asked.append(texts)
                rows = [{"object": "embedding", "index": n, "embedding": vector_of(t)} for n, t in enumerate(texts)]
                usage = {"prompt_tokens": 7 * len(texts), "total_tokens": 7 * len(texts)}
                rows = rows[: len(rows) - state.missing][::-1]
                status, body = 200, {"object": "list", "model": request["model"], "data": rows, "usage": usage}
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with serving(Handler) as url:
        state.url = f"{url}/v1"
        yield state


def embedder(
    url: str,
    *,
    dimension: int = WIDTH,
    store: Store | None = None,
    folder: Path | None = None,
    usd: float | None = None,
) -> ModelEmbedder:
    one = Deployment(
        name="e", model="openai/e", roles=("embedder",), api_base=url, api_key_env="A_KEY", usd_in=1e6, usd_out=0
    )
    settings = ModelSettings(deployments=(one,))
    return ModelEmbedder(settings, LimitSettings(), dimension, store, Ledger(folder), Purse(usd))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "k")


async def test_a_row_is_the_texts_vector_at_length_one():
    texts = [f"text {n}" for n in range(AT_ONCE + 3)] + ["text 1", ""]
    with embeddings() as server:
        vectors = await embedder(server.url).embed(texts)
    wanted = np.array([vector_of(text) for text in texts])
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    assert vectors.shape == (len(texts), WIDTH)
    assert np.allclose(vectors, wanted, atol=1e-6)
    assert sorted(map(len, server.asked)) == [4, AT_ONCE]  # each text once


async def test_a_long_text_is_the_mean_of_its_pieces():
    first, second = "a" * PIECE, "b" * 10
    with embeddings() as server:
        vectors = await embedder(server.url).embed([first + second, first, second])
    mean = vectors[1] + vectors[2]
    assert np.allclose(vectors[0], mean / np.linalg.norm(mean), atol=1e-6)
    assert await embedder(server.url).embed([]) is not None


async def test_no_vector_is_paid_twice_and_each_call_has_its_row(tmp_path):
    with embeddings(failing=1) as server, Store(tmp_path / "replies") as store:
        one = embedder(server.url, store=store, folder=tmp_path)
        before = await one.embed(["a", "b"])
        again = await embedder(server.url, store=store, folder=tmp_path).embed(["b", "a", "c"])
    assert server.asked == [["a", "b"], ["c"]]
    assert np.array_equal(again[[1, 0]], before)
    rows = list(read_entries(tmp_path))
    assert [(row.stage, row.role, row.outcome) for row in rows] == [
        ("dedupe", "embedder", "failed"), ("dedupe", "embedder", "ok"), ("dedupe", "embedder", "ok"),
    ]  # fmt: skip
    assert [(row.prompt_tokens, row.usd) for row in rows[1:]] == [(14, 14.0), (7, 7.0)]


async def test_what_does_not_fit_the_budget_is_not_asked():
    with embeddings() as server, pytest.raises(Stopped):
        await embedder(server.url, usd=0.5).embed(["a"])
    assert server.asked == []


async def test_another_dimension_than_the_settings_say_is_refused():
    with (
        embeddings() as server,
        pytest.raises(BadInput, match=r"vectors of 8 dimensions.*say 384: set `dedupe.dimension`"),
    ):
        await embedder(server.url, dimension=384).embed(["a"])


async def test_vectors_that_are_missing_are_no_vectors():
    with embeddings(missing=1) as server, pytest.raises(ModelDown, match="gave 1 vectors for 2 texts"):
        await embedder(server.url).embed(["a", "b"])


def test_the_offline_model_embeds_nothing():
    settings = ModelSettings(deployments=(Deployment(name="o", model=OFFLINE, roles=("embedder",)),))
    with pytest.raises(BadInput, match="offline model embeds nothing"):
        ModelEmbedder(settings, LimitSettings(), WIDTH, None, Ledger(None), Purse())
