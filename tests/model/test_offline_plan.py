"""The stand-in's part in each strategy: a plan that looks where the findings point, and patches that mend the page."""

import json
from collections.abc import AsyncIterator, Sequence

import pytest

from tasks.check import Check
from tasks.diagnose.repair import repair
from tasks.diagnose.strategy.reading import lines, search
from tasks.diagnose.strategy.rewoo import MOST_CALLS, PlanReply
from tasks.diagnose.strategy.tools import listed, offered
from tasks.model.gateway import Gateway
from tasks.model.offline.archetype import draw_brief, render, rng_of, slugs
from tasks.model.offline.author import lay_out, recognise, write_problem
from tasks.model.offline.mend import differences, mend
from tasks.model.offline.mistakes import slip
from tasks.model.offline.plan import plan_looks, seen_lines
from tasks.model.offline.reply import Rates, answer
from tasks.model.offline.request import read_request
from tasks.model.offline.server import OfflineServer
from tasks.model.prompt import fence
from tasks.problem.author import ProblemReply
from tasks.record import Candidate, Findings, Measures, Persona, Problem, Program, Quality, Usage, Verdict, Written
from tasks.record import Render as Seen
from tasks.settings import ModelSettings, Strategy

TOOLS = listed(offered(None)) + "\nrun_page(): load the page\nrun_checks(ids): run checks"
UNDEFINED = {"file": "script.js", "line": 40, "code": "TS2304", "message": "Cannot find name 'renderAll'."}


def looks(said: dict[str, list[dict[str, object]]], most: int = 8, seed: int = 1) -> list[dict[str, object]]:
    reply = plan_looks(json.dumps(said), TOOLS, most, ("k", str(seed)))
    assert len(PlanReply.model_validate(reply).calls) == len(reply["calls"]) <= most
    return [{call["tool"]: call["arguments"]} for call in reply["calls"]]


def test_a_plan_looks_where_the_findings_point() -> None:
    said = looks({"diagnostics": [UNDEFINED]})
    assert said == [{"lines": {"file": "script.js", "from": 36, "to": 44}}, {"search": {"text": "renderAll"}}]

    bracket = {"file": "style.css", "line": 3, "message": "'}' expected."}
    assert {"syntax": {"file": "style.css", "line": 3}} in looks({"diagnostics": [bracket]})

    failed = [{"id": "counts", "title": "It counts", "reason": "no change"}]
    assert looks({"failed_checks": failed}) == [{"run_checks": {"ids": ["counts"]}}, {"run_page": {}}]

    thrown = {"kind": "uncaught", "message": "TypeError", "file": "script.js", "line": 2}
    assert looks({"errors": [thrown], "failed_checks": failed})[0] == {
        "lines": {"file": "script.js", "from": 1, "to": 6}
    }
    assert len(looks({"errors": [thrown] * 9, "diagnostics": [UNDEFINED], "failed_checks": failed}, most=2)) == 2


def test_only_listed_tools_are_called_but_for_a_slip_now_and_then() -> None:
    findings = json.dumps({"errors": [{"kind": "uncaught", "message": "x", "file": "script.js", "line": 2}]})
    slips = 0
    for seed in range(300):
        names = {call["tool"] for call in plan_looks(findings, "lines(file, from, to): x", 8, (str(seed),))["calls"]}
        slips += names == {"open_file"}
        assert names in ({"lines"}, {"open_file"})
    assert 8 <= slips <= 45


def test_what_the_evidence_shows_leads_to_the_fault() -> None:
    """A finding in one file, its cause in another: found once somebody looked there."""
    brief = next(b for b in (draw_brief(rng_of("plan"), slug) for slug in slugs()) if len(lay_out(b, render(b))) == 3)
    clean = render(brief)
    wrong = clean | {"style.css": clean["style.css"].replace("margin: 0;", "margin: 0", 1)}
    program = Program.of(wrong.items())
    (hunk,) = differences("style.css", wrong["style.css"], clean["style.css"])
    findings = json.dumps({"diagnostics": [UNDEFINED | {"message": "It is not there."}]})

    def mended(*evidence: str) -> bool:
        reply = mend(brief, wrong, findings, 2, ("k", "1"), seen_lines(evidence))
        return any(patch["filename"] == "style.css" for patch in reply["patches"])

    number = hunk.start + 1
    assert not mended()
    assert not mended('lines {"file":"script.js"}\n\n' + lines(program, "script.js", 1, 60))
    assert not mended('lines {"file":"style.css"}\n\n' + lines(program, "style.css", number + 1, number + 9))
    assert mended('lines {"file":"style.css"}\nwhy\n\n' + lines(program, "style.css", number - 2, number + 2))
    assert mended('search {"text":"margin: 0"}\n\n' + search(program, "margin: 0"))
    assert seen_lines(["lines {…}\n\n1 | a", "open_file {}\n\nThere is no tool.", ""]) == frozenset()


def test_patches_alone_are_given_where_patches_alone_are_wanted() -> None:
    fences = [fence("problem", "# A"), fence("checks", "[]"), fence("file", "x", "a.js"), fence("findings", "{}")]

    def fields(*blocks: str) -> set[str]:
        user = "\n\n".join(blocks)
        request = read_request({"model": "offline", "messages": [{"role": "user", "content": user}]})
        return set(json.loads(answer(request, Rates(lapses=0)).content))

    assert fields(*fences, "Round 1 of 3.") == {"reasoning", "patches"}
    assert fields(*fences, "Round 1 of 3. Give patches only.") == {"patches"}
    assert fields(*fences, fence("evidence", "x", "1"), "Give patches only.") == {"patches"}
    assert fields(*fences[:2], fences[3], fence("tools", TOOLS)) == {"reasoning", "calls"}


@pytest.fixture
async def server() -> AsyncIterator[OfflineServer]:
    async with OfflineServer(mistakes=0, lapses=0) as running:
        yield running


def broken(seed: int) -> tuple[Written, Program]:
    """A page of the stand-in's own with a mistake or more, and the same page without."""
    fields = ProblemReply.model_validate(write_problem("tools", ("broken", str(seed)))).model_dump()
    problem = Problem.model_validate({"problem_id": "p", "topic": "tools", **fields})
    brief = recognise(problem.prompt)
    files = render(brief)
    candidate = Candidate(
        index=0, seed=seed, topic="tools", persona=Persona(persona_id="x", text="A keeper", source="starter")
    )
    wrong = Program.of(lay_out(brief, slip(files, rng_of("slip", str(seed)), 1)).items())
    row = Written(candidate=candidate, problem=problem, program=wrong, usage=Usage())
    return row, Program.of(lay_out(brief, files).items())


def seen(checks: Sequence[Check]) -> Seen:
    """A page on which these checks fail, whatever it is."""
    return Seen(
        program_id="p",
        outcome="ok",
        verdicts=tuple(Verdict(check_id=check.id, value="fail", reason="nothing happened") for check in checks),
        errors=(),
        measures=Measures(),
        quality=Quality(q=0, function=0, visual=0, performance=0, accessibility=0),
        dom_hash="",
        pixel_hash="",
    )


@pytest.mark.parametrize("strategy", ["direct", "cot", "rewoo"])
async def test_each_strategy_mends_most_pages_in_three_rounds(server: OfflineServer, strategy: Strategy) -> None:
    gateway = Gateway(ModelSettings(), server.base_url)
    mended = 0
    for seed in range(8):
        row, clean = broken(seed)
        failing = seen(row.problem.checks[:1])
        asked: list[tuple[str, ...]] = []

        async def look(program: Program, checks: Sequence[Check], asked: list[tuple[str, ...]] = asked) -> Seen:
            asked.append(tuple(check.id for check in checks))
            return seen(checks)

        calls = 0
        for round_ in (1, 2, 3):
            findings = Findings(program_id="p", diagnostics=())
            row = await repair(gateway, row, findings, failing, round_, 3, strategy=strategy, look=look)
            calls += 2 if strategy == "rewoo" else 1
            assert row.usage.calls == calls
            assert row.usage.prompt_tokens > 0
            assert len(asked) <= MOST_CALLS * round_
            if row.program == clean:
                mended += 1
                break
        assert bool(asked) == (strategy == "rewoo")
    assert mended >= 6
