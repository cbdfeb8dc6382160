"""Problems of older versions of the language of checks are read, and what was translated is said."""

import json

import pytest

from tasks.check import LANGUAGE, Check
from tasks.errors import BadInput
from tasks.program.given.problem import problem_of
from tasks.record import Posed, Problem

TARGET = {"role": "textbox", "name": "Year", "label": None, "text": None, "css": None, "nth": 0}


def stored(**changes):
    """As version 1 wrote a problem."""
    steps = [{"do": "type", "target": TARGET, "text": "1200"}]
    expect = [{"see": "canvas", "target": None, "how": "still"}]
    first = {"id": "first", "title": "A year is drawn", "severity": "major", "steps": steps, "expect": expect}
    moves = first | {"id": "moves", "steps": [], "expect": [expect[0] | {"how": "moving"}]}
    told = {"title": "Years", "statement": "s", "features": ["f"], "user_actions": ["u"]}
    return {"problem_id": "p", "topic": "tools", **told, "checks": [first | {"within_ms": 500}, moves]} | changes


def test_a_problem_of_the_first_version_is_read_in_todays_words_and_says_so():
    problem, told = problem_of(stored(), "p")
    assert problem.language == LANGUAGE
    assert [check.expect[0].how for check in problem.checks] == ["unchanged", "moving"]
    assert [sentence.split()[0] for sentence in told] == ["`type`", "`still`"]
    assert all(sentence.endswith(": first.") for sentence in told)


def test_what_is_written_today_is_read_as_it_is():
    problem, _ = problem_of(stored(), "p")
    again, told = problem_of(json.loads(problem.model_dump_json()), "p")
    assert again == problem
    assert told == ()
    still = stored(language=LANGUAGE)
    assert problem_of(still, "p")[0].checks[0].expect[0].how == "still"


def test_a_record_that_holds_an_old_problem_reads_it_so_too():
    persona = {"persona_id": "p", "text": "t", "source": "s"}
    candidate = {"index": 0, "seed": 1, "topic": "tools", "persona": persona}
    posed = Posed.model_validate_json(json.dumps({"candidate": candidate, "problem": stored(), "usage": {}}))
    assert posed.problem.checks[0].expect[0].how == "unchanged"


def test_checks_made_in_memory_are_in_todays_language():
    one = Check.model_validate(stored()["checks"][0])
    fields = {key: value for key, value in stored().items() if key != "checks"}
    assert Problem(**fields, checks=(one,)).checks == (one,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"language": LANGUAGE + 1}, "languages 1 to"),
        ({"language": "2"}, "languages 1 to"),
        ({"language": True}, "languages 1 to"),
        ({"checks": "none"}, "checks"),
        ({"checks": [{"id": "x", "expect": 3}]}, "check 'x'"),
        ({"colour": "red"}, "colour"),
        ({"topic": "cooking"}, "topic"),
    ],
)
def test_what_is_no_problem_is_refused_in_a_sentence(change, words):
    with pytest.raises(BadInput, match=words):
        problem_of(stored(**change), "p")
