"""The offline model as an author of edits: on the shown files, over HTTP, and now and then wrong."""

import json
import re
from typing import Any

import pytest

from tasks.augment.author import WANTED, PlaceReply, author_edits, prompt_data, sift
from tasks.model.gateway import Gateway
from tasks.model.offline.archetype import draw_brief, render, rng_of, slugs
from tasks.model.offline.author import lay_out
from tasks.model.offline.edits import propose_edits
from tasks.model.offline.reply import Rates, answer
from tasks.model.offline.request import read_request
from tasks.model.offline.server import OfflineServer
from tasks.model.prompt import load_prompt
from tasks.record import FAMILIES, Program
from tasks.settings import ModelSettings
from tests.augment.lamp import proven


def files_of(slug: str, seed: int) -> dict[str, str]:
    brief = draw_brief(rng_of("edits", str(seed)), slug)
    return lay_out(brief, render(brief))


def sifted(files: dict[str, str], reply: dict[str, Any]) -> tuple[int, tuple[str, ...]]:
    kept, refused = sift(Program.of(files.items()), [PlaceReply.model_validate(one) for one in reply["places"]])
    return len(kept), refused


@pytest.mark.parametrize("slug", slugs())
def test_every_archetype_has_places_for_it_in_three_families_or_more(slug: str) -> None:
    for seed in range(3):
        files = files_of(slug, seed)
        reply = propose_edits(files, WANTED, (slug, str(seed)), 0)
        assert sifted(files, reply) == (WANTED, ())
        families = {place["family"] for place in reply["places"]}
        assert families <= set(FAMILIES) and len(families) >= 3
        assert reply == propose_edits(files, WANTED, (slug, str(seed)), 0)
        assert len(json.dumps(reply)) < 0.35 * sum(map(len, files.values()))


def test_it_errs_at_the_rate_and_in_several_ways() -> None:
    clean, reasons = 0, []
    for seed in range(60):
        files = files_of(slugs()[seed % len(slugs())], seed)
        kept, refused = sifted(files, propose_edits(files, WANTED, ("slip", str(seed)), 0.5))
        assert kept >= WANTED - 2
        clean += not refused
        reasons += refused
    assert 15 <= clean <= 45
    for words in ("more than once", "can't be parsed", "does not occur", "is there already"):
        assert any(words in reason for reason in reasons), words


def test_nothing_that_rules_a_loop_is_touched() -> None:
    script = "for (let i = 0; i < 12; i += 3) {\n  while (i <= 7) { i += 2; }\n}\nif (wide >= 640) { shown += 5; }\n"
    places = propose_edits({"script.js": script}, WANTED, ("loops",), 0)["places"]
    assert {place["find"] for place in places} == {"wide >= 640", "shown += 5"}


@pytest.mark.parametrize(
    "files", [{}, {"index.html": "<p>x"}, {"script.js": "((((", "style.css": "}}{"}, {"a.txt": "1"}]
)
def test_where_there_is_no_place_it_says_so(files: dict[str, str]) -> None:
    assert propose_edits(files, WANTED, ("none",), 1) == {"places": []}


async def test_over_http_the_gateway_gets_proposals_for_the_page_that_was_shown() -> None:
    row = proven(Program.of(files_of("split_planner", 2).items()))
    async with OfflineServer(mistakes=0, lapses=0) as server:
        authored = await author_edits(row, Gateway(ModelSettings(), server.base_url))
        again = await author_edits(row, Gateway(ModelSettings(), server.base_url))
    assert authored == again
    assert len(authored.proposals) == WANTED
    assert authored.refused == ()
    assert authored.usage.calls == 1
    assert authored.usage.models == ("offline",)
    assert 0 < authored.usage.completion_tokens < 1200
    for proposal in authored.proposals:
        text = row.program.text(proposal.file)
        assert text is not None and text.count(proposal.find) == 1


async def test_a_page_in_one_file_and_a_broken_reply_are_no_hindrance() -> None:
    slug, seed = next((s, n) for n in range(20) for s in slugs() if len(files_of(s, n)) == 1)
    row = proven(Program.of(files_of(slug, seed).items()))
    async with OfflineServer(mistakes=0, lapses=0.3) as server:
        authored = await author_edits(row, Gateway(ModelSettings(), server.base_url))
    assert {proposal.file for proposal in authored.proposals} == {"index.html"}
    assert len(authored.proposals) == WANTED


def test_the_request_is_told_from_the_other_kinds_by_its_blocks() -> None:
    messages = load_prompt("edits").messages(prompt_data(proven()))
    request = read_request({"model": "offline", "messages": messages, "seed": 1})
    assert (request.kind, request.places) == ("edits", WANTED)
    said = json.loads(answer(request, Rates(mistakes=0, lapses=0)).content)
    assert all(re.fullmatch(r"index\.html|style\.css|script\.js", place["file"]) for place in said["places"])
