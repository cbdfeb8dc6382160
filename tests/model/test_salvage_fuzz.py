"""Two thousand spoilt replies of the kinds that models are asked for: right, or a fault with a name."""

import json
import random
import time
from collections import Counter

import pytest
from pydantic import BaseModel

from tasks.augment.author import WANTED, EditsReply
from tasks.diagnose.strategy.rewoo import PlanReply
from tasks.diagnose.strategy.single import RepairReply
from tasks.model.offline.archetype import slugs
from tasks.model.offline.edits import propose_edits
from tasks.model.offline.reply import Rates, answer
from tasks.model.offline.request import read_request
from tasks.model.prompt import fence
from tasks.model.salvage import LONGEST, salvage
from tasks.problem.author import ProblemReply
from tasks.program.reply import ProgramReply
from tasks.record import Problem
from tests.model import spoilers
from tests.model.spoilers import HOPELESS, Spoilt, spoilt

REPLIES = 2000
SECONDS = 60
"""A bound against work that grows with the square; it takes some two seconds."""

Whole = tuple[type[BaseModel], str]


def said(*blocks: str, seed: int) -> str:
    user = "Here it is:\n\n" + "\n\n".join(blocks)
    body = {"model": "offline", "messages": [{"role": "user", "content": user}], "seed": seed}
    return str(answer(read_request(body), Rates(mistakes=0, lapses=0)).content)


@pytest.fixture(scope="module")
def whole() -> list[Whole]:
    """Valid replies, as the offline model gives them, of every kind that a run asks for."""
    replies: list[Whole] = []
    for seed in range(4):
        posed = said(fence("persona", "A ferryman — «Fähre», naïve"), fence("topic", "games"), seed=seed)
        problem = Problem.model_validate({"problem_id": "p", "topic": "games", **json.loads(posed)})
        checks = fence("checks", json.dumps(json.loads(posed)["checks"]))
        program = said(fence("problem", problem.prompt), checks, seed=seed)
        files = {file["filename"]: file["content"] for file in json.loads(program)["files"]}
        edits = propose_edits(files, WANTED, (slugs()[0], str(seed)), 0)
        name, content = max(files.items(), key=lambda one: len(one[1]))
        lines = [line for line in content.splitlines() if len(line) > 20][:3]
        patches = [{"filename": name, "search": line, "replace": line.upper()} for line in lines]
        plan = [{"why": "“so” — déjà vu", "tool": "lines", "arguments": {"file": name, "at": [1, 2]}}]
        replies += [
            (ProblemReply, posed),
            (ProgramReply, program),
            (EditsReply, json.dumps(edits, ensure_ascii=False)),
            (RepairReply, json.dumps({"reasoning": "It is {odd} [there].", "patches": patches})),
            (PlanReply, json.dumps({"reasoning": "r", "calls": plan})),
        ]
    return replies


def read(one: Spoilt, kind: type[BaseModel]) -> tuple[BaseModel | None, str]:
    return spoilers.read(one.content, one.finish, one.refusal, kind)


def test_each_spoilt_reply_is_what_was_meant_or_has_a_fault(whole: list[Whole]) -> None:
    rng, began = random.Random(23), time.process_time()
    faults: Counter[str] = Counter()
    for _ in range(REPLIES):
        kind, text = rng.choice(whole)
        one, harmless = spoilt(rng, text)
        got, fault = read(one, kind)
        faults[fault] += 1
        if harmless or not fault:
            assert got == kind.model_validate_json(text), (one.name, kind.__name__, fault)
        if one.name in HOPELESS:
            assert fault, (one.name, kind.__name__)
    assert time.process_time() - began < SECONDS
    assert {"", "truncated", "empty", "refusal", "invalid JSON", "wrong shape", "wrong language", "too large"} == {
        *faults
    }
    assert faults[""] > REPLIES / 3


def test_no_cut_reply_passes(whole: list[Whole]) -> None:
    rng = random.Random(29)
    for kind, text in whole[:10]:
        for at in {2, *(rng.randrange(2, len(text) - 1) for _ in range(60))} | set(range(len(text) - 12, len(text))):
            for around in ("{}", "```json\n{}", "Here:\n\n{}", "```json\n{}\n```"):
                one = Spoilt("cut", around.replace("{}", text[:at]))
                assert read(one, kind)[1] == "truncated", (kind.__name__, around, text[max(0, at - 40) : at])


UNITS = (
    '{"a":', "[{", "{", "[", "\\", ",", '"', ',"', "`", "```\n", "```html\n", "<", "<think>", "</think>\n",
    "<think></think>", "<html\n", "</html>", "<!DOCTYPE html>", '{"files":[', "Ã©", "&quot;", "\x00", " \n", "1",
    "I can't",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_five_megabytes_and_what_is_just_allowed_take_no_time_to_speak_of(unit: str) -> None:
    began = time.process_time()
    for start, length in (("", LONGEST), ('{"files": [', LONGEST // 6), ("", 5_000_000)):
        text = start + unit * ((length - len(start)) // len(unit))
        assert salvage(text, "stop", None, ProgramReply).fault
    assert time.process_time() - began < SECONDS / 4
