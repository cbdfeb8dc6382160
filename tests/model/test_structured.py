"""Schemas as providers hold models to them, and which settings of a deployment decide what comes out."""

import json
from importlib import import_module
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from flows.prompts import list_prompts
from tasks.model.call import schema_of
from tasks.model.structured import asked_as, strict_schema
from tasks.settings import Deployment, ModelSettings, Settings


class Step(BaseModel):
    kind: Literal["press"] = "press"
    times: int = Field(1, ge=1, le=9)


class Plan(BaseModel):
    title: str = Field(min_length=3, pattern="[A-Z].*")
    steps: list[Step] = Field(default_factory=list, max_length=5)
    note: str | None = None


class Free(BaseModel):
    arguments: dict[str, Any]


class Pair(BaseModel):
    both: tuple[int, str]


def kinds():
    for prompt in list_prompts(None):
        module, _, name = prompt.schema_name.rpartition(".")
        yield getattr(import_module(module), name)


def nodes(schema):
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from nodes(inner)


@pytest.mark.parametrize("kind", [Plan, *kinds()], ids=lambda kind: kind.__name__)
def test_a_strict_schema_is_closed_and_whole_and_says_nothing_that_a_provider_refuses(kind):
    schema = strict_schema(schema_of(kind))
    if schema is None:
        assert kind.__name__ == "PlanReply"  # its tools' arguments have free names
        return
    for node in nodes(schema):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        if "$ref" in node:
            assert len(node) == 1
    said = json.dumps(schema)
    for word in ("default", "minLength", "pattern", "minimum", "maxItems", "oneOf", "const", "discriminator"):
        assert f'"{word}":' not in said


@pytest.mark.parametrize("kind", [Free, Pair])
def test_what_a_strict_schema_can_not_say_is_sent_as_it_is(kind):
    told = asked_as("json_schema", schema_of(kind))["response_format"]["json_schema"]
    assert told["strict"] is False
    assert told["schema"] == schema_of(kind)


def test_what_fits_the_strict_schema_is_a_record():
    assert Plan.model_validate({"title": "Abc", "steps": [{"kind": "press", "times": 2}], "note": None})


def hash_of(**more):
    return Settings(
        model=ModelSettings(deployments=(Deployment(name="a", model="openai/m", **more),), concurrency=None)
    ).config_hash()


def test_only_what_is_asked_on_top_makes_another_run():
    plain = hash_of()
    for how in (
        {"drop": ("temperature",)}, {"rename": {"max_tokens": "n"}}, {"stream": True}, {"structured": "text"},
        {"base_model": "openai/gpt-5"}, {"concurrency": 24},
    ):  # fmt: skip
        assert hash_of(**how) == plain
    assert hash_of(extra={"reasoning_effort": "low"}) != plain
    assert hash_of(extra={"reasoning_effort": "low"}) != hash_of(extra={"reasoning_effort": "high"})
