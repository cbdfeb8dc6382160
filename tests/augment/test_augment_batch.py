"""A batch with a model as author: what it proposes is paid once, and a search without it begins as ever."""

import json
from pathlib import Path

from tasks.augment.author import Authored
from tasks.augment.batch import author_searches, begin_searches, conclude_searches
from tasks.augment.state import Search
from tasks.augment.task import author_batch
from tasks.record import Rejected
from tasks.rows import load_rows, save_rows
from tasks.settings import Settings
from tests.augment.lamp import gateway, proven
from tests.model.scripted import says, scripted_model


async def test_a_batch_is_paid_once_and_its_cost_reaches_the_candidate(tmp_path: Path) -> None:
    rows = save_rows(tmp_path / "proven.jsonl", [proven(index=9), proven(index=3)])
    authored = tmp_path / "authored.jsonl"
    with scripted_model(says(json.dumps({"places": []}))) as model:
        assert await author_searches(rows, authored, gateway(model.url)) == 0
        first = authored.read_bytes()
        assert await author_batch.fn(rows, authored, gateway(model.url)) == authored
        assert len(model.requests) == 2
    assert authored.read_bytes() == first
    assert [row.index for row in load_rows(authored, Authored)] == [9, 3]
    searches, lost = tmp_path / "searches.jsonl", tmp_path / "rejected.jsonl"
    begin_searches(rows, searches, Settings(), authored)
    assert [search.proven.usage.calls for search in load_rows(searches, Search)] == [3, 3]
    failed = [search.model_copy(update={"status": "failed"}) for search in load_rows(searches, Search)]
    save_rows(searches, failed)
    assert conclude_searches(searches, tmp_path / "ranked.jsonl", lost) == (0, 2)
    assert [(row.usage.calls, row.usage.completion_tokens) for row in load_rows(lost, Rejected)] == [(3, 105)] * 2


async def test_without_an_author_a_search_begins_as_ever(tmp_path: Path) -> None:
    rows = save_rows(tmp_path / "proven.jsonl", [proven()])
    begin_searches(rows, tmp_path / "searches.jsonl", Settings())
    (search,) = load_rows(tmp_path / "searches.jsonl", Search)
    assert search.proven == proven()


def test_who_the_authors_are_is_part_of_the_configuration() -> None:
    assert Settings().authors == "rules"
    hashes = {Settings(authors=authors).config_hash() for authors in ("rules", "model", "both")}
    assert len(hashes) == 3
