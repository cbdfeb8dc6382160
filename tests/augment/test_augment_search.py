"""The search, with renders from a made-up world in which every variant has a hidden effect."""

from collections.abc import Callable
from math import exp
from pathlib import Path
from random import Random

import pytest

from tasks.augment.accept import refusals
from tasks.augment.assign import LACKING, LESS_WORST, SEEN, Mask, draw_mask, unmasked
from tasks.augment.plan import PATIENT
from tasks.augment.sample import Shown
from tasks.augment.search import begin, completion_ids, learn, outcome, propose
from tasks.augment.site import Picks, edited
from tasks.augment.state import Search
from tasks.check import Check
from tasks.errors import BrokenRun
from tasks.record import (
    FAMILIES,
    Candidate,
    Diagnostic,
    Findings,
    Ladder,
    Measures,
    Persona,
    Problem,
    Program,
    Proven,
    Quality,
    Ranked,
    Rejected,
    Render,
    Usage,
    Verdict,
)
from tasks.settings import LadderRules, Settings

PAGES = Path(__file__).parent / "pages"
SETTINGS = Settings()
CHECKS = tuple(
    Check.model_validate(
        {
            "id": f"c{i}",
            "title": "something holds",
            "severity": severity,
            "expect": [{"see": "canvas", "how": "changed"}],
        }
    )
    for i, severity in enumerate(("critical", "critical", "major", "major", "major", "major", "minor"))
)


def page(name: str) -> Program:
    return Program.of((p.name, p.read_text("utf-8")) for p in (PAGES / name).iterdir() if p.suffix != ".json")


def rendered(program: Program, failed: int, losses: dict[str, float]) -> Render:
    share = sum(c.weight for i, c in enumerate(CHECKS) if failed >> i & 1) / sum(c.weight for c in CHECKS)
    part = {family: exp(-losses.get(family, 0.0)) for family in FAMILIES} | {"function": 1 - share}
    q = sum(getattr(SETTINGS.quality, family) * part[family] for family in FAMILIES)
    verdicts = tuple(Verdict(check_id=c.id, value="fail" if failed >> i & 1 else "pass") for i, c in enumerate(CHECKS))
    return Render(
        program_id=program.program_id,
        outcome="ok",
        verdicts=verdicts,
        errors=(),
        measures=Measures(),
        quality=Quality(q=q, **part),
        dom_hash="",
        pixel_hash="",
    )


def proven(name: str = "splitter", seed: int = 5) -> Proven:
    program = page(name)
    problem = Problem(
        problem_id="p", topic="tools", title="t", statement="s", features=(), user_actions=(), checks=CHECKS
    )
    candidate = Candidate(index=3, seed=seed, topic="tools", persona=Persona(persona_id="p", text="t", source="s"))
    return Proven(
        candidate=candidate, problem=problem, program=program, render=rendered(program, 0, {}), usage=Usage(), rounds=0
    )


World = Callable[[Search, Program], Render]


def picks_of(search: Search, program: Program) -> Picks:
    """What a proposed program carries, natural or sealed."""
    if search.sealed is not None:
        return search.sealed.picks[search.sealed.pages.index(program)]
    return next(p for p in search.pending if search.program(p) == program)


def world(seed: int, dead: bool = False) -> World:
    """Effects by site and variant, drawn from the seed: some sites do nothing, some much."""

    def measure(search: Search, program: Program) -> Render:
        failed, losses = 0, dict.fromkeys(FAMILIES, 0.0)
        for pick in picks_of(search, program):
            site, variant = search.sites[pick.site], search.sites[pick.site].variants[pick.variant]
            rng = Random(f"{seed} {pick.site}")
            scale, checks = rng.choice((0.0, 0.6, 1.0, 1.6)), rng.sample(range(7), rng.choice((0, 1, 1, 2, 3)))
            if not dead:
                losses[site.moves[0]] += scale * 0.2 * variant.strength
                if site.moves[0] == "function":
                    failed |= sum(1 << check for check in checks)
        return rendered(program, failed, losses)

    return measure


def searched(search: Search, measure: World, errors_in: str = "") -> Search:
    rounds = 0
    while search.status == "open":
        rounds += 1
        assert rounds <= 40
        trials = propose(search)
        assert len({t.program.program_id for t in trials}) == len(trials) > 0
        renders = [measure(search, trial.program) for trial in trials]
        findings = []
        for program in (trial.diagnose for trial in trials if trial.diagnose is not None):
            text = program.files[-1].content
            line = next((n for n, row in enumerate(text.splitlines(), 1) if errors_in and errors_in in row), 0)
            wrong = Diagnostic(
                file="script.js", line=line, column=1, severity="error", source="script", code="TS2304", message="m"
            )
            findings.append(Findings(program_id=program.program_id, diagnostics=(wrong,) if line else ()))
        search = learn(search, renders[::-1], findings)
    return search


def ladder_of(search: Search) -> Ladder:
    assert search.ladder is not None, search.detail
    return search.ladder


@pytest.mark.parametrize("masked", [0.0, 0.6])
@pytest.mark.parametrize("seed", range(6))
def test_a_ladder_that_is_found_keeps_every_rule(seed: int, masked: float):
    settings = Settings(ladder=LadderRules(masked=masked))
    search = searched(begin(proven("splitter" if seed % 2 else "reflex", seed), settings), world(seed))
    assert search.renders <= SETTINGS.ladder.max_renders
    if search.status == "failed":
        assert search.reason == "no even ladder within 32 renders" and "q of" in search.detail
        return
    ladder = ladder_of(search)
    looked = [one.findings for one in search.measured if one.findings is not None]
    assert refusals(ladder, looked, SETTINGS.ladder) == ()
    flaws = {edit.family for edit in ladder.versions[0].edits}
    assert flaws <= ({"visual", "accessibility"} if draw_mask(seed, masked).best_not_least else set())
    if search.renders < PATIENT:
        assert ladder.versions[0].render.quality.q >= search.proven.render.quality.q - LACKING
    assert all(v.edits for v in ladder.versions[1:])
    assert all(v.program == edited(search.proven.program, v.edits) for v in ladder.versions)
    assert [v.completion_id for v in ladder.versions] == list(completion_ids(seed))
    assert ladder.renders == search.renders


def test_most_worlds_have_a_ladder_and_few_renders_find_it():
    found = [searched(begin(proven("splitter", seed), SETTINGS), world(seed)) for seed in range(6, 12)]
    renders = sorted(one.renders for one in found if one.status == "found")
    assert len(renders) >= 5
    assert renders[len(renders) // 2] <= 12


def test_a_stored_search_goes_on_as_if_it_had_never_stopped():
    through = searched(begin(proven(), SETTINGS), world(2))
    search = begin(proven(), SETTINGS)
    while search.status == "open":
        search = Search.model_validate_json(search.model_dump_json())
        trials = propose(search)
        assert trials == propose(search)
        findings = [Findings(program_id=t.diagnose.program_id, diagnostics=()) for t in trials if t.diagnose]
        search = learn(search, [world(2)(search, t.program) for t in trials], findings)
    assert search == through


def test_the_final_four_ask_for_screenshots_named_by_their_completions():
    search, wanted = begin(proven(), SETTINGS), []
    while search.status == "open":
        trials = propose(search)
        wanted = [t.screenshot for t in trials]
        assert all((name is not None) == (search.sealed is not None) for name in wanted)
        findings = [Findings(program_id=t.diagnose.program_id, diagnostics=()) for t in trials if t.diagnose]
        search = learn(search, [world(2)(search, t.program) for t in trials], findings)
    assert wanted == [f"{v.completion_id}.png" for v in ladder_of(search).versions]


def test_an_edit_that_a_language_server_calls_an_error_is_not_used():
    search = searched(begin(proven(), SETTINGS), world(8))
    edit = next(e for v in ladder_of(search).versions for e in v.edits if e.file == "script.js" and "\n" not in e.after)
    again = searched(begin(proven(), SETTINGS), world(8), errors_in=edit.after.strip())
    assert again.status == "found"
    assert all(edit != other for version in ladder_of(again).versions for other in version.edits)


def test_a_version_that_hangs_is_left_out():
    guilty = begin(proven(), SETTINGS).pending[0][0]

    def hanging(search: Search, program: Program) -> Render:
        render = world(8)(search, program)
        return render.model_copy(update={"outcome": "hang"}) if guilty in picks_of(search, program) else render

    search = searched(begin(proven(), SETTINGS), hanging)
    assert search.status == "found" and guilty in search.banned
    harm = search.sites[guilty.site].edit(guilty.variant)
    assert all(harm not in version.edits for version in ladder_of(search).versions)


def test_a_page_that_behaves_otherwise_when_it_is_sealed_is_no_version():
    worse = begin(proven(), SETTINGS).pending[-1]

    def shy(search: Search, program: Program) -> Render:
        render = world(8)(search, program)
        if search.sealed is None or picks_of(search, program) != worse:
            return render
        lower = render.quality.model_copy(update={"q": render.quality.q - 0.02})
        return render.model_copy(update={"quality": lower})

    search = searched(begin(proven(), SETTINGS), shy)
    program = search.program(worse)
    assert all(version.program != program for version in ladder_of(search).versions)
    assert sum(worse in quartet for quartet in search.refused) <= 1


def test_renders_that_do_not_repeat_are_refused():
    noise = Random(1)

    def noisy(search: Search, program: Program) -> Render:
        render = world(8)(search, program)
        shaken = render.quality.model_copy(update={"q": render.quality.q - noise.uniform(0, 0.2)})
        return render.model_copy(update={"quality": shaken})

    search = searched(begin(proven(), SETTINGS), noisy)
    if search.status == "found":
        assert ladder_of(search).spread * SETTINGS.ladder.gap_over_spread <= min(ladder_of(search).gaps)
    else:
        assert search.renders <= SETTINGS.ladder.max_renders


def test_a_program_without_places_to_edit_says_so_at_once():
    bare = proven().model_copy(update={"program": Program.of([("index.html", "<canvas></canvas>")])})
    search = begin(bare, SETTINGS)
    assert (search.status, search.reason) == ("failed", "too few sites")
    assert propose(search) == () and learn(search, []) == search
    with pytest.raises(ValueError, match="not over"):
        outcome(begin(proven(), SETTINGS))


def test_a_program_that_no_edit_can_harm_ends_in_a_reason():
    search = searched(begin(proven(), SETTINGS), world(1, dead=True))
    assert search.status == "failed" and search.renders <= 32


def test_a_trial_that_was_never_rendered_is_a_broken_run():
    search = begin(proven(), SETTINGS)
    with pytest.raises(BrokenRun, match="never rendered"):
        learn(search, [])


def test_what_a_search_comes_to_is_a_task_or_a_reason():
    found = searched(begin(proven(seed=2), SETTINGS), world(8))
    task = outcome(found)
    assert isinstance(task, Ranked) and task.ladder == found.ladder and round(task.clean.q, 9) == 1
    bare = proven(seed=9).model_copy(update={"program": Program.of([("index.html", "<p>x</p>")])})
    lost = outcome(begin(bare, SETTINGS))
    assert isinstance(lost, Rejected)
    assert (lost.stage, lost.reason, lost.program) == ("augment", "too few sites", bare.program)


@pytest.mark.parametrize("seed", [2, 7])
def test_the_same_seed_assembles_the_same_ladder_and_another_seed_another(seed: int):
    one, again = (searched(begin(proven(seed=seed), SETTINGS), world(2)) for _ in range(2))
    other = searched(begin(proven(seed=seed + 1), SETTINGS), world(2))
    assert one == again and one.status == other.status == "found"
    assert {v.program.program_id for v in ladder_of(one).versions[1:]}.isdisjoint(
        v.program.program_id for v in ladder_of(other).versions[1:]
    )


@pytest.mark.parametrize("masked", [0.0, 0.4, 0.6, 1.0])
def test_masks_are_drawn_in_the_share_that_was_asked_for(masked: float):
    masks = [draw_mask(seed, masked) for seed in range(4000)]
    assert sum(mask.best_not_least for mask in masks) / 4000 == pytest.approx(masked, abs=0.03)
    assert sum(mask.worst_not_most for mask in masks) / 4000 == pytest.approx(LESS_WORST * masked, abs=0.03)
    both = sum(mask.best_not_least and mask.worst_not_most for mask in masks) / 4000
    assert both == pytest.approx(max(0.0, (1 + LESS_WORST) * masked - 1), abs=0.03)


def test_a_mask_counts_what_axe_finds_by_itself_where_it_is_to():
    best_hidden = [Shown(0.2, 0.0), Shown(0.0, 0.05), Shown(0.0, 0.1), Shown(0.1, 0.0)]
    axe_tells = [Shown(0.2, 0.0), Shown(0.0, 0.05), Shown(0.0, 0.1), Shown(0.1, 0.02)]
    together, axe_too = Mask(True, False, False), Mask(True, False, True)
    assert unmasked(best_hidden, together) == unmasked(best_hidden, axe_too) == 0
    assert unmasked(axe_tells, together) == 0
    assert unmasked(axe_tells, axe_too) == pytest.approx(0.02)
    assert unmasked(best_hidden, Mask(False, True, True), 0.01) == 0
    assert unmasked(axe_tells[::-1], Mask(False, True, False)) == pytest.approx(0.08)


def test_a_ladder_found_in_good_time_keeps_to_its_mask():
    masked = Settings(ladder=LadderRules(masked=0.6))
    kept = 0
    for seed in range(12, 18):
        search = searched(begin(proven("splitter", seed), masked), world(seed))
        if search.status == "found" and search.renders < PATIENT:
            weights = SETTINGS.quality
            parts = [version.render.quality for version in ladder_of(search).versions]
            shown = [
                Shown(weights.visual * (1 - q.visual), weights.accessibility * (1 - q.accessibility)) for q in parts
            ]
            assert unmasked(shown, draw_mask(seed, 0.6)) == 0
            assert all(edit.family in SEEN for edit in ladder_of(search).versions[0].edits)
            kept += 1
    assert kept >= 3
