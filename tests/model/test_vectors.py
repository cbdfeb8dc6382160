"""Vectors of a model that embeds, from a server on loopback."""

from pathlib import Path

import numpy as np
import pytest

from tasks.errors import BadInput, ModelDown, Stopped
from tasks.model.ledger import Ledger, read_entries
from tasks.model.purse import Purse
from tasks.model.store import Store
from tasks.model.vectors import AT_ONCE, PIECE, ModelEmbedder
from tasks.settings import OFFLINE, Deployment, LimitSettings, ModelSettings
from tests.model.embeddings import WIDTH, embeddings, vector_of


def embedder(
    url: str,
    *,
    dimension: int = WIDTH,
    store: Store | None = None,
    folder: Path | None = None,
    purse: Purse | None = None,
    timeout_s: float | None = None,
) -> ModelEmbedder:
    one = Deployment(
        name="e",
        model="openai/e",
        roles=("embedder",),
        api_base=url,
        api_key_env="A_KEY",
        usd_in=1e6,
        usd_out=0,
        timeout_s=timeout_s,
    )
    settings = ModelSettings(deployments=(one,))
    return ModelEmbedder(settings, LimitSettings(), dimension, store, Ledger(folder), purse or Purse())


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
        await embedder(server.url, purse=Purse(0.5)).embed(["a"])
    assert server.asked == []


async def test_a_call_that_times_out_has_a_row_and_is_billed_beside_the_one_that_is_answered(tmp_path):
    purse = Purse(usd=1000.0)
    with embeddings(late=1, after=1.5) as server:
        await embedder(server.url, folder=tmp_path, purse=purse, timeout_s=0.5).embed(["some words"])
    late, good = read_entries(tmp_path)
    assert (late.outcome, late.counted, good.outcome, good.counted) == ("timeout", "here", "ok", "endpoint")
    assert late.usd == late.prompt_tokens > 0
    assert purse.spent == late.usd + 7.0


async def test_another_dimension_than_the_settings_say_is_refused():
    with (
        embeddings() as server,
        pytest.raises(BadInput, match=r"vectors of 32 dimensions.*say 384: set `dedupe.dimension`"),
    ):
        await embedder(server.url, dimension=384).embed(["a"])


async def test_vectors_that_are_missing_are_no_vectors():
    with embeddings(missing=1) as server, pytest.raises(ModelDown, match="gave 1 vectors for 2 texts"):
        await embedder(server.url).embed(["a", "b"])


def test_the_offline_model_embeds_nothing():
    settings = ModelSettings(deployments=(Deployment(name="o", model=OFFLINE, roles=("embedder",)),))
    with pytest.raises(BadInput, match="offline model embeds nothing"):
        ModelEmbedder(settings, LimitSettings(), WIDTH, None, Ledger(None), Purse())
