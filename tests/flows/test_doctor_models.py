"""`dojo doctor --model` and `--settings`: each deployment is asked once in each way, and one that fails is one line."""

import json

import pytest

from tests.model import strict
from tests.model.embeddings import embeddings
from tests.model.strict import strict_model


@pytest.fixture
def doctor(dojo, tmp_path, monkeypatch):
    monkeypatch.setenv("A_KEY", "k")
    monkeypatch.setenv("COLUMNS", "400")

    def run(*deployments, **more):
        path = tmp_path / "mine.json"
        path.write_text(json.dumps({"model": {"deployments": deployments}} | more), "utf-8")
        return dojo("doctor", "--settings", path)

    return run


def served(url, name="east", **more):
    return {"name": name, "model": "openai/team-a", "api_base": url, "api_key_env": "A_KEY"} | more


def test_it_says_what_was_adapted_and_what_it_took(doctor):
    told = {"role": "assistant", "content": '{"title": "Tides"}'}
    with strict_model(strict.completion_tokens, strict.default_temperature, strict.lm_studio, message=told) as model:
        code, out, err = doctor(served(model.url, usd_in=1.0, usd_out=2.0))
    assert (code, err) == (0, "")
    plain, structured = out.splitlines()
    assert "east, plain" in plain and "10 tokens in, 5 out, $0.000020" in plain
    assert "`max_tokens` is sent as `max_completion_tokens`; `temperature` is not sent" in plain
    assert "JSON is asked for by json_schema, not json_object" in structured
    assert len(model.requests) == 5


def test_one_that_fails_is_one_line_and_the_others_are_asked(doctor):
    said = (402, {"error": {"message": "Insufficient Balance"}})
    told = {"role": "assistant", "content": '{"title": "Tides"}'}
    with strict_model(lambda _: said) as poor, strict_model(message=told) as good:
        code, out, err = doctor(served(poor.url, "poor"), served(good.url, "good"))
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == ["missing", "missing", "ok", "ok"]
    assert all("Insufficient Balance" in line for line in lines[:2])
    assert len(poor.requests) == 1


def test_a_model_that_answers_no_json_is_said(doctor):
    with strict_model(message={"role": "assistant", "content": "I like ferries."}) as model:
        code, out, _ = doctor(served(model.url))
    assert code == 1
    assert "its reply is not the JSON that was asked for: invalid JSON" in out.splitlines()[1]


def test_a_model_that_embeds_is_asked_for_a_vector(doctor):
    told = {"role": "assistant", "content": '{"title": "Tides"}'}
    with strict_model(message=told) as good, embeddings() as model:
        code, out, _ = doctor(
            served(good.url), served(model.url, "vectors", roles=["embedder"]), dedupe={"dimension": 99}
        )
    assert code == 1
    assert "vectors, embedding" in out.splitlines()[2] and "set `dedupe.dimension` to that" in out.splitlines()[2]


def test_the_offline_model_answers(dojo):
    code, out, err = dojo("doctor", "--model", "offline")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == ["ok", "ok"]


def test_a_model_that_can_not_be_called_is_refused(dojo):
    code, out, err = dojo("doctor", "--model", "nonsense")
    assert (code, out) == (2, "")
    assert "names no provider" in err
