"""The stand-in's wrong checks: it states one now and then, disputes it when it repairs, and rules on it as asked."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tasks.check import Check
from tasks.content import canonical_json
from tasks.diagnose.repair import repair
from tasks.model.gateway import Gateway
from tasks.model.offline.archetype import draw_brief, pose, render, rng_of, slugs
from tasks.model.offline.author import lay_out, recognise
from tasks.model.offline.disputes import DROP, NEVER, STRAY, dispute, misstate, rule
from tasks.model.offline.server import OfflineServer
from tasks.problem.author import ProblemReply
from tasks.problem.author import pose as pose_problem
from tasks.problem.review import ReviewReply, review
from tasks.record import (
    Candidate,
    Findings,
    Measures,
    Persona,
    Posed,
    Problem,
    Program,
    Quality,
    Render,
    Usage,
    Verdict,
    Written,
)
from tasks.settings import ModelSettings, Strategy


def checks_of(posed: dict[str, Any]) -> list[Check]:
    return [Check.model_validate(check) for check in posed["checks"]]


def spelled(*checks: Check) -> str:
    return canonical_json([check.model_dump(mode="json", exclude_defaults=True) for check in checks])


def failing(*names: str) -> str:
    return json.dumps({"failed_checks": [{"id": name, "reason": "it shows something else"} for name in names]})


@pytest.mark.parametrize("slug", slugs())
def test_a_misstated_problem_is_valid_and_wrong_in_one_expectation(slug: str) -> None:
    for seed in range(6):
        brief = draw_brief(rng_of("misstate", str(seed)), slug)
        posed = pose(brief)
        right, wrong = checks_of(posed), checks_of(misstate(posed, rng_of(str(seed)), 1))
        ProblemReply.model_validate(posed | {"checks": wrong})
        (differing,) = [pair for pair in zip(right, wrong, strict=True) if pair[0] != pair[1]]
        assert differing[0].steps == differing[1].steps
        assert sum(a != b for a, b in zip(differing[0].expect, differing[1].expect, strict=True)) == 1


def test_the_share_of_misstated_problems_is_the_rate() -> None:
    posed = pose(draw_brief(rng_of("share"), slugs()[0]))
    assert misstate(posed, rng_of("never"), 0) == posed
    wrong = sum(misstate(posed, rng_of("share", str(seed)), 0.1) != posed for seed in range(500))
    assert 30 <= wrong <= 70


def test_wrong_checks_that_failed_are_disputed_and_right_ones_hardly_ever() -> None:
    seen = stray = corrected = 0
    for seed in range(200):
        brief = draw_brief(rng_of("doubt", str(seed)), slugs()[seed % len(slugs())])
        posed = pose(brief)
        right, wrong = checks_of(posed), checks_of(misstate(posed, rng_of(str(seed)), 1))
        ((name, text, true),) = [(b.id, spelled(b), a) for a, b in zip(right, wrong, strict=True) if a != b]
        other = next(check.id for check in right if check.id != name)
        given = spelled(*wrong)
        said = {one["check"] for one in dispute(brief, given, failing(name, other, "unknown"), (str(seed),), 1)}
        assert said <= {name, other}
        assert not dispute(brief, given, failing(), (str(seed),), 1)
        seen, stray = seen + (name in said), stray + (other in said)

        reply = ReviewReply.model_validate(
            rule(brief, {name: text, other: spelled(wrong[[c.id for c in wrong].index(other)])})
        )
        first, second = reply.rulings
        assert second.verdict == "keep"
        assert first.verdict == "drop" or first.corrected == true
        corrected += first.verdict == "correct"
    assert seen >= 200 * (1 - 3 * NEVER)
    assert 1 <= stray <= 200 * 3 * STRAY
    assert abs(corrected / 200 - (1 - DROP)) < 0.1


def test_a_foreign_problem_s_checks_are_neither_disputed_nor_changed() -> None:
    foreign = {"id": "start", "title": "It starts at once", "severity": "major"}
    foreign |= {"expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "3"}]}
    brief = recognise("# Anvil Ledger\n\nIt keeps count of anvils.")
    for text in (json.dumps([foreign]), "not JSON", '[{"id": 3}]', "{}", "[]", ""):
        assert dispute(brief, text, failing("start"), ("k",), 1) == []
        assert [one["verdict"] for one in rule(brief, {"start": text})["rulings"]] == ["keep"]


@pytest.fixture
async def server() -> AsyncIterator[OfflineServer]:
    async with OfflineServer(mistakes=0, lapses=0, wrong_checks=1) as running:
        yield running


def seen_by(problem: Problem, *failed: str) -> Render:
    return Render(
        program_id="p",
        outcome="ok",
        verdicts=tuple(Verdict(check_id=c.id, value="fail" if c.id in failed else "pass") for c in problem.checks),
        errors=(),
        measures=Measures(),
        quality=Quality(q=1, function=1, visual=1, performance=1, accessibility=1),
        dom_hash="",
        pixel_hash="",
    )


@pytest.mark.parametrize("strategy", ["direct", "cot", "rewoo"])
async def test_over_http_a_wrong_check_is_posed_disputed_and_ruled_on(
    server: OfflineServer, strategy: Strategy
) -> None:
    gateway = Gateway(ModelSettings(), server.base_url)
    verdicts = []
    for seed in range(8):
        persona = Persona(persona_id="x", text="A keeper", source="starter")
        candidate = Candidate(index=0, seed=seed, topic="tools", persona=persona)
        posed = await pose_problem(gateway, candidate)
        assert isinstance(posed, Posed)
        brief = recognise(posed.problem.prompt)
        right = {check.id: check for check in checks_of(pose(brief))}
        (wrong,) = [check for check in posed.problem.checks if check != right[check.id]]
        row = Written(
            candidate=candidate,
            problem=posed.problem,
            program=Program.of(lay_out(brief, render(brief)).items()),
            usage=Usage(),
        )
        look = seen_by(row.problem, wrong.id)
        row = await repair(gateway, row, Findings(program_id="p", diagnostics=()), look, 1, 3, strategy=strategy)
        if not row.disputes:
            continue
        assert [one.check_id for one in row.disputes] == [wrong.id]
        row = await review(gateway, row, [look, look], 4)
        (amendment,) = row.problem.amendments
        assert amendment.after == (right[wrong.id] if amendment.verdict == "corrected" else None)
        verdicts.append(amendment.verdict)
    assert len(verdicts) >= 6
    assert set(verdicts) <= {"corrected", "dropped"} and "corrected" in verdicts
