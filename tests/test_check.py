"""How the words of checks are told to those who read them: nobody has to guess, and nothing that counts is left out."""

import json
import re

import pytest
from pydantic import ValidationError

from tasks.check import EXPECTATIONS, STEPS, Check, Target, meaning, meanings, spell_checks
from tasks.settings import ROOT


def check(steps=(), expect=(), **more):
    given = {"id": "c", "title": "it does what it says", "severity": "major", "steps": steps, "expect": expect}
    return Check.model_validate(given | more)


def spelled(*expect, steps=()):
    return json.loads(spell_checks([check(steps, expect)]))[0]


STATUS = {"role": "status"}


@pytest.mark.parametrize(
    ("want", "shown"),
    [
        ({"see": "value", "target": STATUS, "how": "equals", "value": ""}, {"value": ""}),
        ({"see": "value", "target": STATUS, "how": "equals"}, {"value": ""}),
        ({"see": "text", "target": STATUS, "how": "contains", "value": ""}, {"value": ""}),
        ({"see": "text", "target": STATUS, "how": "changed", "value": ""}, {}),
        ({"see": "attribute", "target": STATUS, "name": "x", "how": "equals", "value": ""}, {"name": "x", "value": ""}),
        ({"see": "attribute", "target": STATUS, "name": "x", "how": "present", "value": ""}, {"name": "x"}),
        ({"see": "count", "target": STATUS, "how": "equals", "n": 0}, {"n": 0}),
        ({"see": "count", "target": STATUS, "how": "at_most"}, {"n": 0}),
        ({"see": "count", "target": STATUS, "how": "unchanged"}, {}),
        ({"see": "visible", "target": STATUS, "visible": False}, {"visible": False}),
    ],
)
def test_an_empty_value_and_zero_are_shown_where_they_count(want, shown):
    (told,) = spelled(want)["expect"]
    assert {key: value for key, value in told.items() if key not in ("see", "target", "how")} == shown


def test_a_spelled_check_is_read_as_the_check_that_it_was():
    steps = [
        {"do": "type", "target": {"label": "Name"}, "text": ""},
        {"do": "press", "key": " ", "times": 2},
        {"do": "drag", "target": {"css": "#x", "nth": 1}, "dx": 4},
    ]
    one = check(steps, [{"see": "count", "target": STATUS, "how": "equals", "n": 0}], within_ms=0)
    assert Check.model_validate(json.loads(spell_checks([one]))[0]) == one
    assert '"within_ms":0' in spell_checks([one])
    assert '"within_ms":500' in spell_checks([check(expect=[{"see": "focus", "target": STATUS}])])


def test_programmers_get_the_meanings_of_the_words_that_their_checks_use():
    told = meanings(
        [
            check(
                [{"do": "type", "target": {"label": "A"}, "text": "b"}],
                [{"see": "canvas", "how": "still"}],
            )
        ]
    )
    lines = told.splitlines()
    assert [re.match(r"- [a-z ]+(?=:)", line)[0] for line in lines] == [
        "- check",
        "- target",
        "- do type",
        "- see canvas",
    ]
    for word in (Check, Target, STEPS[1], EXPECTATIONS[-1]):
        assert meaning(word) in told


def test_every_word_has_a_meaning_and_stands_in_the_documentation():
    page = (ROOT / "docs" / "checks.md").read_text("utf-8")
    plain = " ".join(page.split())
    for word in (Check, Target, *STEPS, *EXPECTATIONS):
        assert len(meaning(word)) > 20
        assert meaning(word) in plain, f"docs/checks.md says otherwise of {word.__name__}"
        for name, field in word.model_fields.items():
            assert f"`{name}`" in page or name in ("do", "see"), f"docs/checks.md lacks {name} of {word.__name__}"
            assert (field.description or "") in plain
    examples = re.findall(r"```json\n(.*?)```", page, re.S)
    assert examples
    for example in examples:
        Check.model_validate(json.loads(example))


def test_still_can_be_said_of_canvases_only_and_unchanged_of_all_that_may_change():
    for word in EXPECTATIONS:
        if "how" in word.model_fields:
            hows = word.model_fields["how"].annotation.__args__
            assert ("changed" in hows) == ("unchanged" in hows)
    with pytest.raises(ValidationError):
        spelled({"see": "text", "target": STATUS, "how": "still"})
