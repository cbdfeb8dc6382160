"""The rules of a ladder, each broken alone."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tasks.augment.accept import refusals
from tasks.record import (
    Diagnostic,
    Edit,
    Findings,
    Ladder,
    Measures,
    Program,
    Quality,
    Render,
    Seal,
    Verdict,
    Version,
)
from tasks.settings import LadderRules

RULES = LadderRules()


def version(rank: int, q: float, failed: int, **changed: object) -> Version:
    program = Program.of([("index.html", f"<p>{'abcd'[rank]}</p>")])
    verdicts = tuple(Verdict(check_id=f"c{i}", value="fail" if i < failed else "pass") for i in range(5))
    render = Render(
        program_id=program.program_id,
        outcome="ok",
        verdicts=verdicts,
        errors=(),
        measures=Measures(),
        quality=Quality(q=q, function=q, visual=q, performance=q, accessibility=q),
        dom_hash="",
        pixel_hash="",
    )
    edit = Edit(
        mutator="m",
        family="visual",
        file="index.html",
        line=1,
        start=0,
        before="<p>x",
        after=f"<p>{'abcd'[rank]}",
        strength=1,
        note="n",
    )
    whole = Version(
        completion_id=f"{rank}" * 32, rank=rank, program=program, edits=(edit,), natural=render, render=render
    )
    return whole.model_copy(update=changed)


def off(render: Render, by: float) -> Render:
    return render.model_copy(update={"quality": render.quality.model_copy(update={"q": render.quality.q - by})})


def ladder(qs: tuple[float, ...] = (0.95, 0.83, 0.71, 0.59), spread: float = 0.0, failed: int = 0) -> Ladder:
    a, b, c, d = (version(rank, q, failed if rank == 0 else rank) for rank, q in enumerate(qs))
    d = d.model_copy(update={"natural": off(d.render, spread)})
    return Ladder(versions=(a, b, c, d), seal=Seal(format=1, page="", choices=()), renders=8)


def clean(one: Ladder) -> list[Findings]:
    return [Findings(program_id=v.program.program_id, diagnostics=()) for v in one.versions]


def swapped(one: Ladder, place: int, **changed: object) -> Ladder:
    versions = list(one.versions)
    versions[place] = versions[place].model_copy(update=changed)
    return one.model_copy(update={"versions": tuple(versions)})


def test_a_step_must_be_met_in_what_a_page_does_or_in_its_looks():
    one = ladder()
    better, worse = one.versions[1].render, one.versions[2].render
    same = {"function": better.quality.function, "visual": better.quality.visual}
    alike = worse.model_copy(update={"quality": worse.quality.model_copy(update=same)})
    unmet = swapped(one, 2, render=alike, natural=alike)
    assert refusals(unmet, clean(unmet), RULES) == ("rank 1 and rank 2 do and look the same",)
    assert refusals(unmet, clean(unmet), RULES.model_copy(update={"noticeable": False})) == ()


def test_an_even_ladder_is_accepted():
    assert refusals(ladder(), clean(ladder()), RULES) == ()


def test_each_broken_rule_is_named_with_its_numbers():
    def said(one: Ladder, findings: list[Findings] | None = None) -> str:
        return "; ".join(refusals(one, clean(one) if findings is None else findings, RULES))

    assert "rank 0 passes 4 of 5 checks; not: c0" in said(ladder(failed=1))
    assert "span is 0.240, under 0.3" in said(ladder((0.9, 0.82, 0.74, 0.66)))
    assert "order is not strict: rank 2 is 0.030" in said(ladder((0.95, 0.8, 0.83, 0.5)))
    assert "of the span off the line" in said(ladder((0.95, 0.9, 0.71, 0.59)))
    assert "under 3 x the spread 0.050" in said(ladder(spread=0.05))
    assert "rank 3 is another page when it is sealed: q differs by 0.050" in said(ladder(spread=0.05))
    assert "sealed" not in said(ladder(spread=0.009))
    assert "rank 3 was never diagnosed" in said(ladder(), clean(ladder())[:3])
    assert said(swapped(ladder(), 0, edits=()), clean(ladder())[1:]) == ""
    loose = ladder().versions[2].render.model_copy(update={"verdicts": ladder().versions[1].render.verdicts})
    assert "rank 2 is another page when it is sealed: other verdicts of c1" in said(swapped(ladder(), 2, natural=loose))
    dead = loose.model_copy(update={"outcome": "hang"})
    assert "it ends with ok in place of hang" in said(swapped(ladder(), 2, natural=dead))
    assert "same completion id" in said(swapped(ladder(), 2, completion_id="0" * 32))
    assert "same program" in said(swapped(ladder(), 2, program=ladder().versions[1].program))
    assert "the ranks are [0, 1, 1, 3]" in said(swapped(ladder(), 2, rank=1))
    hung = ladder().versions[3].render.model_copy(update={"outcome": "hang"})
    assert "rank 3 could not be judged: hang" in said(swapped(ladder(), 3, render=hung))
    wrong = Diagnostic(
        file="script.js", line=1, column=1, severity="error", source="script", code="TS1005", message="m"
    )
    findings = clean(ladder())
    findings[1] = findings[1].model_copy(update={"diagnostics": (wrong,)})
    assert "rank 1 has 1 error diagnostics, the first TS1005 in script.js" in said(ladder(), findings)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.floats(0, 0.02))
def test_accepted_is_exactly_strict_wide_even_and_repeatable(qs: list[float], spread: float):
    one = ladder((qs[0], qs[1], qs[2], qs[3]), spread)
    gaps = [a - b for a, b in pairwise(qs)]
    span = qs[0] - qs[3]
    good = min(gaps) > 0 and span >= RULES.min_span and min(gaps) >= 3 * one.spread and one.spread <= 0.01
    good = good and all(abs(qs[r] - (qs[0] - span * r / 3)) / span <= RULES.max_off_line for r in (1, 2))
    assert (refusals(one, clean(one), RULES) == ()) == good
