import json

import pytest
from pydantic import ValidationError

from tasks.model.gateway import Gateway
from tasks.problem.author import ProblemReply, pose
from tasks.record import Candidate, Persona, Posed, Rejected
from tasks.settings import ModelSettings
from tests.model.scripted import says, scripted_model

PERSONA = Persona(
    persona_id="p", text="A ferry pilot who paints the harbour lights on cold winter evenings.", source="test"
)
CANDIDATE = Candidate(index=0, seed=11, topic="tools", persona=PERSONA)


def problem(**changes):
    checks = [
        {
            "id": f"check-{n}",
            "title": "Adding counts up by one.",
            "severity": "critical",
            "steps": [{"do": "click", "target": {"role": "button", "name": "Add"}}],
            "expect": [{"see": "text", "target": {"role": "status"}, "how": "changed"}],
        }
        for n in range(5)
    ]
    return {
        "title": "Lamp Counter",
        "statement": "A counter of lamps along a quay. " * 4 + 'The button "Add" counts one more.',
        "features": ["Counts lamps from zero upwards", "Never goes below zero", "Shows the count large"],
        "user_actions": ['Press "Add" to count one lamp more', "Read the count in the status"],
        "checks": checks,
    } | changes


async def posed_from(reply):
    with scripted_model(says(json.dumps(reply))) as model:
        return await pose(Gateway(ModelSettings(attempts=1), model.url), CANDIDATE)


async def test_a_good_reply_poses_a_problem_whose_prompt_hides_the_checks():
    posed = await posed_from(problem())
    assert isinstance(posed, Posed)
    assert posed.problem.topic == "tools"
    assert posed.usage.calls == 1
    assert "## Features\n- Counts lamps" in posed.problem.prompt
    assert "check-0" not in posed.problem.prompt


async def test_a_statement_that_quotes_its_persona_is_rejected_with_the_words():
    words = problem(statement="Made for a ferry pilot who paints the harbour lights. " + problem()["statement"])
    rejected = await posed_from(words)
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "problem quotes its persona"
    assert "ferry pilot who paints" in rejected.detail
    assert rejected.problem is not None


async def test_no_valid_problem_is_a_rejection_that_carries_its_cost():
    rejected = await posed_from({"title": "x"})
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "no valid problem: wrong shape"
    assert rejected.usage.completion_tokens == 5


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"checks": problem()["checks"][:4]}, "at least 5"),
        ({"checks": [problem()["checks"][0]] * 5}, "id of its own"),
        (
            {"statement": "A counter of lamps along a quay. " * 5, "user_actions": ["Count one more lamp"] * 2},
            "relies on 'Add'",
        ),
        ({"title": ""}, "at least 3"),
    ],
)
def test_a_reply_that_breaks_a_rule_says_which(change, why):
    with pytest.raises(ValidationError, match=why):
        ProblemReply.model_validate(problem(**change))


def test_a_malformed_check_never_gets_in():
    checks = problem()["checks"]
    checks[0]["steps"] = [{"do": "click", "target": {"role": "button", "name": "Add", "css": "#add"}}]
    with pytest.raises(ValidationError, match="exactly one of role, label, text, css"):
        ProblemReply.model_validate(problem(checks=checks))
