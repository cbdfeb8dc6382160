"""The shape of answers as models read it: whole, short, and the only one that is sent."""

import importlib
import json
import re

import pytest
from pydantic import BaseModel, Field

from tasks.check import EXPECTATIONS, STEPS, Check, Target, meaning
from tasks.model.gateway import Gateway
from tasks.model.prompt import OURS, PromptBook, load_prompt
from tasks.model.provider import litellm_module
from tasks.model.shape import shape_of, with_shape
from tasks.model.specimen import SPECIMENS
from tasks.problem.author import ProblemReply
from tasks.problem.lint import SMALLEST_WIDTH, lint
from tasks.settings import ModelSettings
from tests.model.scripted import says, scripted_model

MOST_TOKENS = 2500
"""Of the prompt of a problem, by LiteLLM's counter for gpt-4o."""

PERSONA = (
    "A retired physics teacher who volunteers as a referee at high school football games on Friday nights and loves "
    "explaining the science of a kick to anybody who asks."
)


def kind_of(name: str) -> type[BaseModel]:
    module, _, kind = load_prompt(name).schema.rpartition(".")
    return getattr(importlib.import_module(module), kind)


def problem_prompt() -> list:
    filled = load_prompt("problem").messages({"topic": "science", "persona": PERSONA})
    return with_shape(filled, ProblemReply)


def test_the_prompt_of_a_problem_is_short():
    assert litellm_module().token_counter(model="gpt-4o", messages=problem_prompt()) < MOST_TOKENS


def test_the_prompt_of_a_problem_has_every_word_with_its_meaning():
    said = " ".join(message["content"] for message in problem_prompt())
    plain = " ".join(said.split())
    for word in (Check, Target, *STEPS, *EXPECTATIONS):
        assert plain.count(meaning(word)) == 1, word.__name__
        for name, field in word.model_fields.items():
            assert re.search(rf"[{{,] {name}\??: ", plain), f"{name} of {word.__name__}"
            assert (field.description or "") in plain
        for choice in re.findall(r"'(\w+)'", str(word.model_fields.get("how", ""))):
            assert f'"{choice}"' in plain


def test_the_rule_on_names_stands_where_the_model_reads_it_last_with_an_example():
    *_, last = problem_prompt()[-1]["content"].split("\n\n")
    assert "in double quotes" in last
    assert '{"role":"button","name":"Light a lamp"}' in last


def test_the_example_keeps_the_rules():
    system = (OURS / "_checks.md").read_text("utf-8")
    statement = re.search(r"has the words\n(.*)\nand two", system)[1]
    checks = [Check.model_validate(one) for one in json.loads(re.search(r"of its checks:\n(\[.*\])", system, re.S)[1])]
    assert len(checks) == 2
    assert lint(checks, ("Lamps", statement)) == ()


def test_the_smallest_width_is_the_same_wherever_it_is_said():
    for name in ("problem.md", "program.md"):
        assert f"{SMALLEST_WIDTH} px" in (OURS / name).read_text("utf-8")


@pytest.mark.parametrize("name", PromptBook().names)
def test_every_kind_of_answer_has_a_shape_with_all_its_fields(name):
    kind = kind_of(name)
    told = shape_of(kind)
    schema = kind.model_json_schema()
    for record in (schema, *schema.get("$defs", {}).values()):
        for field, shape in record.get("properties", {}).items():
            assert re.search(rf"[{{,]\s+{field}\??: ", told), f"{field} of {name}"
            for limit in ("maxLength", "maxItems", "maximum"):
                if limit in shape:
                    assert f"..{shape[limit]}" in told
    assert len(told) < len(json.dumps(schema)), name
    prompt = load_prompt(name)
    values = {key: SPECIMENS[key] for key in prompt.values}
    assert told in with_shape(prompt.messages(values), kind)[0]["content"]


class Leg(BaseModel):
    """How one stands."""

    length: float = Field(2.5, gt=0)
    shoes: list[str] | None = Field(None, description="from the left")


class Bird(BaseModel):
    """Not shown: the root needs no name."""

    legs: tuple[Leg, ...] = Field(max_length=2)
    tame: bool
    age: int = Field(ge=1, le=9)


def test_a_shape_reads_as_a_programmer_would_write_it():
    assert shape_of(Bird).splitlines()[2:] == [
        "{ legs: [Leg] ..2,",
        "  tame: true | false,",
        "  age: whole number 1..9 }",
        "Leg: { length?: number = 2.5, shoes?: [text] (from the left) } How one stands.",
    ]


async def test_only_our_shape_is_sent_and_the_answer_is_held_to_the_record():
    bad, good = json.dumps({"legs": [], "tame": True, "age": 12}), json.dumps({"legs": [{}], "tame": True, "age": 2})
    filled = {"topic": "tools", "persona": PERSONA}
    with scripted_model(says(bad), says(good)) as model:
        answer = await Gateway(ModelSettings(attempts=2), model.url).ask("problem", filled, Bird, seed=1)
        sent = model.requests[0]["messages"]
        again = model.requests[1]["messages"]
    assert answer.value == Bird(legs=(Leg(),), tame=True, age=2)
    assert sent == with_shape(load_prompt("problem").messages(filled), Bird)
    assert again[:2] == sent
    assert "age" in again[-1]["content"]
