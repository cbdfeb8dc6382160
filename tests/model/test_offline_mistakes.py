"""The mistakes are real, and repair finds them again."""

import json
import re

import pytest

from tasks.model.offline.archetype import Brief, draw_brief, render, rng_of, slugs
from tasks.model.offline.author import lay_out
from tasks.model.offline.lapses import lapse
from tasks.model.offline.mend import differences, mend
from tasks.model.offline.mistakes import MISTAKES, slip

ROUNDS = 3


def some_brief(seed: int) -> Brief:
    return draw_brief(rng_of("mistakes", str(seed)), slugs()[seed % len(slugs())])


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("slug", slugs())
def test_every_kind_of_mistake_changes_a_line_or_two_of_every_archetype(name: str, slug: str) -> None:
    clean = render(draw_brief(rng_of("kind"), slug))
    for seed in range(4):
        wrong = MISTAKES[name](clean, rng_of(name, str(seed)))
        assert wrong is not None
        hunks = [hunk for file in clean for hunk in differences(file, wrong[file], clean[file])]
        assert hunks
        assert sum(max(len(hunk.given), len(hunk.clean)) for hunk in hunks) <= 20


def test_the_share_of_programs_with_mistakes_is_the_rate() -> None:
    clean = render(some_brief(0))
    wrong = sum(slip(clean, rng_of("share", str(seed)), 0.35) != clean for seed in range(400))
    assert 0.28 <= wrong / 400 <= 0.42
    assert slip(clean, rng_of("never"), 0) == clean


def test_an_undefined_name_is_nowhere_defined() -> None:
    clean = render(some_brief(1))
    wrong = MISTAKES["undefined_name"](clean, rng_of("x"))
    assert wrong is not None
    new = set(re.findall(r"\w+", wrong["script.js"])) - set(re.findall(r"\w+", clean["script.js"]))
    assert len(new) == 1


def apply(files: dict[str, str], patches: list[dict[str, str]]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """As a repairer would: each search must occur exactly once."""
    refused = []
    for patch in patches:
        text = files[patch["filename"]]
        if text.count(patch["search"]) == 1:
            files = files | {patch["filename"]: text.replace(patch["search"], patch["replace"])}
        else:
            refused.append({"filename": patch["filename"], "reason": "not found exactly once"})
    return files, refused


def converse(brief: Brief, files: dict[str, str], seed: str) -> tuple[int, int]:
    """Rounds until the files are clean (ROUNDS + 1 if they never are) and patches refused on the way."""
    clean, refused, count = lay_out(brief, render(brief)), [], 0
    for round_ in range(1, ROUNDS + 1):
        failed = [{"id": "a-check", "title": "It works", "reason": "nothing happened"}]
        findings = json.dumps({"diagnostics": [], "errors": [], "failed_checks": failed, "refused": refused})
        reply = mend(brief, files, findings, round_, (brief.title, seed))
        assert "a-check" in reply["reasoning"]
        files, refused = apply(files, reply["patches"])
        count += len(refused)
        if files == clean:
            return round_, count
    return ROUNDS + 1, count


def test_most_repairs_succeed_some_at_the_second_try_and_a_few_never() -> None:
    rounds, refusals, conversations = [], 0, 0
    for seed in range(240):
        brief = some_brief(seed)
        clean = render(brief)
        wrong = slip(clean, rng_of("slip", str(seed)), 1)
        if wrong == clean:
            continue
        conversations += 1
        took, refused = converse(brief, lay_out(brief, wrong), str(seed))
        rounds.append(took)
        refusals += refused
    assert 0.55 <= rounds.count(1) / conversations <= 0.80
    assert sum(took <= ROUNDS for took in rounds) / conversations >= 0.92
    assert rounds.count(ROUNDS + 1) >= 1
    assert 0 < refusals < conversations


def test_repair_mends_only_what_the_findings_point_at() -> None:
    brief = next(b for b in map(some_brief, range(50)) if len(lay_out(b, render(b))) == 3)
    clean = render(brief)
    wrong = clean | {
        "style.css": clean["style.css"].replace("margin: 0;", "margin: 0", 1),
        "script.js": clean["script.js"].replace('"use strict";', '"use strict"\nundefinedThing();', 1),
    }
    said = {"file": "script.js", "line": 2, "column": 1, "source": "script", "code": "TS2304"}
    findings = {"diagnostics": [said | {"message": "Cannot find name 'undefinedThing'."}]}
    reply = mend(brief, wrong, json.dumps(findings), 2, ("k", "1"))
    mended, _ = apply(wrong, reply["patches"])
    assert mended["style.css"] == wrong["style.css"]
    assert mended["script.js"] == clean["script.js"]
    assert "undefinedThing" in reply["reasoning"]


def test_a_file_that_is_not_its_own_is_left_alone() -> None:
    brief = some_brief(3)
    findings = json.dumps({"diagnostics": [], "errors": [{"kind": "uncaught", "message": "x", "file": "", "line": 0}]})
    reply = mend(brief, {"script.js": "let a = 1;\nboom();\n"}, findings, 1, ("k", "1"))
    assert reply["patches"] == []
    assert "can't find a cause" in reply["reasoning"]


def test_lapses_are_what_they_say() -> None:
    content = json.dumps({"files": [{"filename": "index.html", "content": '<p class="a">é</p>' * 50}]})
    kinds = {"broken": 0, "cut": 0, "prose": 0, "good": 0}
    for seed in range(600):
        draft = lapse(content, rng_of("lapse", str(seed)), 0.1)
        if draft.finish_reason == "length":
            kinds["cut"] += 1
            assert content.startswith(draft.content)
        elif draft.content == content:
            kinds["good"] += 1
        elif "```json" in draft.content:
            kinds["prose"] += 1
            assert content in draft.content
        else:
            kinds["broken"] += 1
            with pytest.raises(ValueError, match=r".+"):
                json.loads(draft.content)
    assert all(30 <= kinds[kind] <= 95 for kind in ("broken", "cut", "prose"))
