"""Problems and clean programs, archetype by archetype, without a browser."""

import re
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_javascript

from tasks.check import Check
from tasks.model.offline.archetype import FILES, Brief, archetype, draw_brief, main, pose, render, rng_of, slugs, untold
from tasks.model.offline.author import lay_out, recognise, write_problem
from tasks.problem.author import ProblemReply
from tasks.record import Problem, Program

TOPICS = ("games", "science", "animation", "tools")
SCRIPT = tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))
FORBIDDEN = re.compile(
    r"https?://(?!www\.w3\.org)|localStorage|sessionStorage|indexedDB|document\.cookie|\beval\(|\balert\(|\bconfirm\(|\bprompt\("
    r"|\bfetch\(|XMLHttpRequest|@import|\son[a-z]+=\""
)


def prompt_of(posed: dict) -> str:
    reply = ProblemReply.model_validate(posed)
    fields = reply.model_dump(include={"title", "statement", "features", "user_actions", "checks"})
    return Problem.model_validate({"problem_id": "p", "topic": "tools", **fields}).prompt


def some_brief(slug: str, seed: int) -> Brief:
    return draw_brief(rng_of("test", str(seed)), slug)


def test_there_are_ten_archetypes_or_more_and_every_topic_has_two() -> None:
    topics = [archetype(slug).topic for slug in slugs()]
    assert len(topics) >= 10
    assert all(topics.count(topic) >= 2 for topic in TOPICS)


def test_no_two_archetypes_share_a_noun() -> None:
    nouns = [noun for slug in slugs() for noun in archetype(slug).nouns]
    assert len(set(nouns)) == len(nouns)
    assert all(len(archetype(slug).nouns) >= 4 for slug in slugs())


@pytest.mark.parametrize("slug", slugs())
def test_a_problem_keeps_the_rules_of_problems(slug: str) -> None:
    for seed in range(12):
        posed = pose(some_brief(slug, seed))
        reply = ProblemReply.model_validate(posed)
        assert 6 <= len(reply.checks) <= 10
        assert sum(check.severity == "critical" for check in reply.checks) >= 2


@pytest.mark.parametrize("slug", slugs())
def test_a_program_is_whole_and_self_contained(slug: str) -> None:
    for seed in range(6):
        files = render(some_brief(slug, seed))
        assert tuple(files) == FILES
        page = files["index.html"]
        assert page.lower().startswith("<!doctype html>")
        assert '<link rel="stylesheet" href="style.css">' in page
        assert '<script src="script.js"></script>' in page
        assert not SCRIPT.parse(files["script.js"].encode()).root_node.has_error
        for name, text in files.items():
            assert not FORBIDDEN.search(text), (name, FORBIDDEN.search(text))
            assert "[[" not in text
            assert "[%" not in text


@pytest.mark.parametrize("slug", slugs())
def test_the_program_is_found_again_from_the_problems_text_alone(slug: str) -> None:
    for seed in range(12):
        brief = some_brief(slug, seed)
        assert recognise(prompt_of(pose(brief))) == brief


def test_a_thousand_personas_give_a_thousand_problems_and_programs() -> None:
    problems, programs = {}, {}
    for number in range(1000):
        key = ("persona", "", f"Person number {number} from nowhere", str(number))
        posed = write_problem(TOPICS[number % 4], key)
        brief = recognise(prompt_of(posed) if number % 50 == 0 else f"# {posed['title']}\n\n{posed['statement']}")
        problems[posed["title"] + posed["statement"]] = number
        programs[Program.of(lay_out(brief, render(brief)).items()).program_id] = number
    assert len(problems) == 1000
    assert len(programs) == 1000


def test_checks_are_not_the_same_from_page_to_page() -> None:
    for slug in slugs():
        seen = {str([Check.model_validate(c) for c in pose(some_brief(slug, seed))["checks"]]) for seed in range(10)}
        assert len(seen) >= 5, slug


def test_a_problem_from_elsewhere_gets_the_nearest_page() -> None:
    brief = recognise("# My Converter</script>\n\nConvert weights between grams, pounds and ounces; swap the units.\n")
    assert brief.slug == "measure_converter"
    page = render(brief)["index.html"]
    assert "My Converter" in page
    assert page.count("</script>") == 1


def test_a_page_can_be_tried_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["measure_converter", "--seed", "3", "--out", str(tmp_path)])
    assert capsys.readouterr().out == ""
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "checks.json", "problem.md"}
    assert recognise((tmp_path / "problem.md").read_text("utf-8")).slug == "measure_converter"


def test_a_name_that_the_problem_does_not_tell_is_reported(tmp_path: Path) -> None:
    posed = pose(some_brief("measure_converter", 1))
    posed["checks"][0]["steps"] = [{"do": "click", "target": {"role": "button", "name": "Hidden lever"}}]
    assert untold(posed) == [
        f"check {posed['checks'][0]['id']!r} relies on 'Hidden lever', which the problem does not name"
    ]


def test_what_it_can_not_read_still_gets_a_page() -> None:
    for text in ("", "# ", "# [[ 1/0 ]] {{ x }}\n", "\x00\ud800", "# " + "x" * 5000):
        assert set(render(recognise(text))) == set(FILES)
