"""A run whose near-duplicates are told by a model that embeds."""

import pytest

from flows.order import place_order
from flows.tools import open_tools
from tasks.errors import BadInput, Missing
from tasks.model.ledger import read_entries
from tasks.settings import DedupeSettings, Deployment, ModelSettings, Settings
from tests.model.embeddings import WIDTH, embeddings


def order_of(tmp_path, url, dimension):
    vectors = Deployment(name="v", model="openai/v", roles=("embedder",), api_base=url, api_key_env="A_KEY")
    writer = Deployment(name="w", model="offline")
    model = ModelSettings(deployments=(vectors, writer), replies=str(tmp_path / "replies"))
    settings = Settings(model=model, dedupe=DedupeSettings(dimension=dimension))
    return place_order(1, "starter", None, 0, str(tmp_path / "dataset"), settings)


async def test_the_index_holds_the_models_vectors_and_each_call_has_its_row(tmp_path, monkeypatch):
    monkeypatch.setenv("A_KEY", "k")
    with embeddings() as server:
        order = order_of(tmp_path, server.url, WIDTH)
        async with open_tools(order) as tools:
            await tools.index.embedder.embed(["a page", "a page", "another"])
            assert tools.index.embedder.name == f"openai/v-6000-{WIDTH}"
    assert server.asked == [["page"], ["a page", "another"]]
    assert [(row.stage, row.role, row.deployment) for row in read_entries(order.folder)] == [
        ("dedupe", "embedder", "v")
    ] * 2


async def test_another_dimension_is_refused_before_anybody_else_is_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("A_KEY", "k")
    with embeddings() as server, pytest.raises(BadInput, match=r"set `dedupe.dimension` to that"):
        async with open_tools(order_of(tmp_path, server.url, 384)):
            pass


async def test_an_embedder_without_its_key_is_refused_before_the_run(tmp_path, monkeypatch):
    monkeypatch.delenv("A_KEY", raising=False)
    with pytest.raises(Missing, match="A_KEY"):
        order_of(tmp_path, "http://127.0.0.1:9/v1", WIDTH)
