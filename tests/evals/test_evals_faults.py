"""The bank of faults: what it holds, that it fits its archetypes, and that its faults are faults, one of each kind."""

import asyncio
from collections import Counter

import pytest

from evals.faults.bank import page_of, program_of, read_bank
from evals.faults.fault import KINDS, Cut, Evidence, Fault
from evals.faults.make import FORMS
from evals.faults.page import clean_page, differing, slipped
from evals.faults.prove import Seen, evidence, fatal, kind_of, shortcoming
from tasks.diagnose.servers import Servers
from tasks.errors import BadInput
from tasks.record import Diagnostic, Findings, Measures, PageError, Quality, Render, RenderOrder, Verdict
from tasks.render.examine import pose_of
from tasks.render.pool import RenderPool
from tasks.settings import QualityWeights, RenderSettings, RepairSettings


def test_the_bank_has_faults_of_all_kinds_and_its_first_ones_too():
    bank = read_bank()
    assert len(bank) >= 60
    assert len(KINDS) == 12
    assert Counter(fault.kind for fault in bank).keys() == KINDS.keys()
    assert min(Counter(fault.kind for fault in bank).values()) >= 5
    assert {fault.kind for fault in bank[:12]} == set(KINDS)
    assert len({fault.fault_id for fault in bank}) == len(bank)
    assert len({fault.slug for fault in bank}) == 13
    assert Counter(fault.visibility for fault in bank).keys() == {"server", "browser", "check"}


def test_every_fault_fits_the_clean_program_that_its_archetype_gives_today():
    for fault in read_bank():
        page, program = page_of(fault), program_of(fault)
        assert program.program_id != page.program.program_id
        assert fault.file in {file.filename for file in program.files}
        changed = [file for file in page.program.files if program.text(file.filename) != file.content]
        assert {file.filename for file in changed} == {cut.file for cut in fault.cuts}
        assert fault.evidence.said or fault.evidence.failed or fault.evidence.looks


def test_a_bank_older_than_its_archetypes_says_so():
    fault = read_bank()[0].model_copy(update={"clean_id": "0" * 16})
    with pytest.raises(BadInput, match=r"has changed since.*evals\.faults\.make"):
        page_of(fault)


def test_no_bank_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match=r"python -m evals\.faults\.make"):
        read_bank(tmp_path / "none.jsonl")


def test_a_cut_that_does_not_fit_is_refused():
    page = clean_page("lights_grid", 0)
    with pytest.raises(ValueError, match="something else"):
        page.edited([Cut(file="script.js", start=0, before="nowhere", after="")])


@pytest.mark.parametrize("form", ["bracket", "unclosed", "handler", "label", "reset", "recursion", "function"])
def test_planting_is_deterministic_and_makes_what_it_says(form):
    planter = next(forms[form] for forms in FORMS.values() if form in forms)
    page = clean_page("habit_timer", 1)
    plants = list(planter(page))
    assert plants and plants == list(planter(page))
    for cuts in plants:
        assert page.edited(cuts).program_id != page.program.program_id


@pytest.mark.parametrize(("before", "after"), [("año", "añao"), ("a€b", "a¢b"), ("aa", "a"), ("x", "xyx"), ("éé", "é")])
def test_the_difference_of_two_texts_makes_one_of_the_other(before, after):
    (cut,) = differing("f", before, after)
    data = before.encode()
    made = data[: cut.start] + cut.after.encode() + data[cut.start + len(cut.before.encode()) :]
    assert made.decode() == after
    assert data[cut.start :].startswith(cut.before.encode())


def test_a_slip_is_never_a_name_that_there_is():
    assert slipped("state") == "sttae"
    assert slipped("state", {"sttae"}) not in ("state", "sttae")
    assert slipped("aa") != "aa"


def render(said=(), failed=(), pixels="p", outcome="ok"):
    return Render(
        program_id="p",
        outcome=outcome,
        verdicts=tuple(Verdict(check_id=name, value="fail" if name in failed else "pass") for name in ("a", "b")),
        errors=tuple(PageError(kind=kind, message=message) for kind, message in said),
        measures=Measures(),
        quality=Quality(q=1, function=1, visual=1, performance=1, accessibility=1),
        dom_hash="",
        pixel_hash=pixels,
    )


def seen(*codes, severity="error", loads=None, **shown):
    said = tuple(
        Diagnostic(file="f", line=1, column=1, severity=severity, source="script", code=code, message="m")
        for code in codes
    )
    return Seen(Findings(program_id="p", diagnostics=said), render(**shown), loads)


CLEAN = seen()
THROWN = (("uncaught", "TypeError: x"),)


@pytest.mark.parametrize(
    ("kind", "found", "why"),
    [
        ("syntax", seen("TS1005"), "nothing is seen to break"),
        ("syntax", seen(said=THROWN), ""),
        ("across", seen(failed=("a",)), ""),
        ("tag", seen(pixels="other"), ""),
        ("undefined-name", seen(pixels="other"), "nothing is seen to break"),
        ("throws-on-use", seen(said=THROWN), ""),
        ("throws-on-use", seen(said=(("console", "hm"),)), "it does not throw"),
        ("throws-on-use", seen("TS1005", said=THROWN), "a server sees it: TS1005"),
        ("endless", seen(said=THROWN), "it ends"),
        ("endless", seen(said=(("uncaught", "RangeError: Maximum call stack size exceeded"),)), ""),
        ("endless", seen(said=(("hang", "the page did not answer"),), outcome="hang"), ""),
        ("left-out", seen(failed=("b",)), ""),
        ("left-out", seen(), "no check fails"),
        ("left-out", seen("idle-class", severity="warning", failed=("b",)), "a server says idle-class"),
        ("left-out", seen(said=THROWN, failed=("b",)), "the browser says ('uncaught: TypeError: x',)"),
    ],
)
def test_what_counts_as_a_fault_of_its_kind(kind, found, why):
    assert shortcoming(kind, CLEAN, found) == why


def test_a_fault_that_throws_is_of_the_kind_that_the_untouched_page_says():
    assert kind_of("throws-on-load", seen(said=THROWN, loads=render())) == "throws-on-use"
    assert kind_of("throws-on-use", seen(said=THROWN, loads=render(said=THROWN))) == "throws-on-load"
    assert kind_of("tag", seen()) == "tag"


def sample() -> list[Fault]:
    """One fault of each kind, such as can be shown again with one check."""
    bank = sorted(read_bank(), key=lambda fault: (not fault.evidence.failed, fault.form == "loop"))
    return [next(fault for fault in bank if fault.kind == kind) for kind in KINDS]


async def test_one_of_each_kind_is_what_the_bank_says_it_is(tmp_path):
    """In the real browser, and asked of the real servers; beside the clean program."""
    settings = RenderSettings(pages=2, time_box_s=30)
    async with (
        Servers(RepairSettings()) as servers,
        RenderPool(settings, QualityWeights(), tmp_path) as pool,
    ):

        async def both(fault: Fault) -> tuple[Seen, Seen]:
            page = page_of(fault)
            failed = fault.evidence.failed[:1]
            checks = tuple(check for check in page.problem.checks if check.id in failed)
            chosen = checks or tuple(filter(None, [pose_of(page.problem.checks)]))
            picture = None if failed else f"{fault.fault_id}.png"
            found = []
            for program in (page.program, program_of(fault)):
                order = RenderOrder(program=program, checks=chosen, screenshot=picture)
                found.append(Seen(await servers.diagnose(program), await pool.render(order)))
            return found[0], found[1]

        pairs = await asyncio.gather(*(both(fault) for fault in sample()))
    for fault, (clean, faulty) in zip(sample(), pairs, strict=True):
        told = (fault.kind, fault.done)
        assert not clean.findings.errors and not fatal(clean.render), told
        assert all(verdict.value == "pass" for verdict in clean.render.verdicts), told
        shown = evidence(clean, faulty)
        if fault.visibility == "server":
            assert shown.said or shown.failed or shown.looks, told
        elif fault.visibility == "browser":
            assert shown.said and not faulty.findings.errors, told
        else:
            assert shown.failed and not shown.said and not faulty.findings.errors, told


def test_the_evidence_is_what_the_clean_program_does_not_show():
    shown = evidence(CLEAN, seen(said=THROWN, failed=("a",), pixels="other"))
    assert shown == Evidence(said=("uncaught: TypeError: x",), failed=("a",), looks=True)
    assert evidence(CLEAN, CLEAN) == Evidence()
