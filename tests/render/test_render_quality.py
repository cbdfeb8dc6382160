"""q and its parts: in [0, 1], and never better for a worse page."""

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from tasks.check import Check
from tasks.record import Measures, PageError, Quality, Render, Verdict, Violation
from tasks.render.quality import accessibility, function, performance, score, visual
from tasks.render.worth import worthy
from tasks.settings import QualityWeights

share = st.floats(0, 1)
violations = st.lists(
    st.builds(
        Violation,
        rule=st.sampled_from(["a", "b", "c"]),
        impact=st.sampled_from(["minor", "moderate", "serious", "critical"]),
        nodes=st.integers(0, 500),
        help=st.just(""),
    ),
    max_size=6,
).map(tuple)
measures = st.builds(
    Measures,
    overflow=share,
    overlap=share,
    clipped=share,
    low_contrast=share,
    delay_ms=st.floats(0, 1e5),
    blocked_ms=st.floats(0, 1e6),
    dropped=share,
    shrunk=share,
    diverged=st.none() | share,
    flaws=st.just(()),
    violations=violations,
)
GRADED = {
    "overflow": 0.05,
    "overlap": 0.05,
    "clipped": 0.05,
    "low_contrast": 0.05,
    "shrunk": 0.05,
    "delay_ms": 50,
    "blocked_ms": 50,
    "dropped": 0.05,
}


def check(name: str, severity: str = "major") -> Check:
    see = {"see": "count", "target": {"css": "p"}, "how": "at_least", "n": 1}
    return Check.model_validate({"id": name, "title": "it does what it says", "severity": severity, "expect": [see]})


CHECKS = (check("a", "critical"), check("b"), check("c", "minor"))


def verdicts(*values: str) -> tuple[Verdict, ...]:
    return tuple(Verdict(check_id=c.id, value=v, reason="") for c, v in zip(CHECKS, values, strict=True))


ALL = verdicts("pass", "pass", "pass")


@given(measures, st.lists(st.sampled_from(["pass", "fail", "unjudged"]), min_size=3, max_size=3), st.integers(0, 9))
def test_every_part_and_q_stay_within_0_and_1(found, values, errors):
    said = tuple(PageError(kind="uncaught", message=str(n)) for n in range(errors))
    quality = score(found, verdicts(*values), CHECKS, said, QualityWeights())
    assert all(0 <= value <= 1 for _, value in quality)


@given(measures, st.sampled_from(sorted(GRADED)), st.floats(0, 1))
def test_more_of_a_fault_is_never_better(found, name, more):
    top = 1.0 if GRADED[name] < 1 else math.inf
    worse = found.model_copy(update={name: min(top, getattr(found, name) + more * GRADED[name] * 10)})
    for part in (visual, performance, accessibility):
        assert part(worse) <= part(found)


@given(measures, st.sampled_from(["minor", "moderate", "serious", "critical"]), st.integers(1, 50))
def test_one_more_violation_is_never_better(found, impact, nodes):
    more = Violation(rule="z", impact=impact, nodes=nodes, help="")
    assert accessibility(found.model_copy(update={"violations": (*found.violations, more)})) < accessibility(found)


def test_faults_are_graded_and_not_spent_at_the_first_step():
    for name, values in {
        "low_contrast": (0, 0.05, 0.15, 0.33, 0.7),
        "overlap": (0, 0.05, 0.15, 0.33, 0.7),
        "clipped": (0, 0.05, 0.15, 0.33, 0.7),
        "overflow": (0, 0.05, 0.15, 0.33, 0.7),
    }.items():
        scores = [visual(Measures.model_validate({name: v})) for v in values]
        assert all(a - b > 0.02 for a, b in itertools.pairwise(scores)), (name, scores)
        assert 0.3 < 1 - scores[3] < 0.9  # a third of the page at fault is noticed
        assert 1 - scores[1] < 0.3
    delays = [performance(Measures(delay_ms=ms)) for ms in (100, 250, 500, 800, 1400)]
    assert delays[0] == 1
    assert all(a - b > 0.1 for a, b in itertools.pairwise(delays))
    assert 0.3 < 1 - delays[3] < 0.9
    assert performance(Measures(delay_ms=2000)) == performance(Measures(blocked_ms=1000)) == 0


def judged(
    values: tuple[Verdict, ...], said: tuple[PageError, ...] = (), diverged: float | None = None, conduct: float = 0.5
) -> float:
    return function(values, CHECKS if values else (), said, diverged, conduct)


def test_function_goes_by_severity_and_errors():
    assert judged(ALL) == 1
    assert math.isclose(judged(verdicts("fail", "pass", "pass")), (0.59 + 0.14) / (0.98 + 0.59 + 0.14))
    assert judged(verdicts("pass", "pass", "unjudged")) < 1
    thrown = tuple(PageError(kind="uncaught", message=m) for m in ("one", "one", "two"))
    assert math.isclose(judged(ALL, thrown), 0.81)
    assert judged(ALL, tuple(PageError(kind="rejection", message=str(n)) for n in range(40))) == 0.5
    assert judged(ALL, (PageError(kind="console", message="noise"),)) == 1
    assert judged(()) == 0


def test_function_goes_by_conduct_where_the_clean_program_is_known():
    assert judged(ALL, diverged=0.0) == 1
    assert math.isclose(judged(ALL, diverged=0.3, conduct=0.5), 0.85)
    assert math.isclose(judged(ALL, diverged=0.3, conduct=0.2), 0.94)
    none = verdicts("fail", "fail", "fail")
    assert math.isclose(judged(none, diverged=0.25, conduct=0.5), 0.375) and judged(none, diverged=1.0) == 0


def test_worthy_checks_pass_live_and_fail_inert():
    def render(*values: str) -> Render:
        none = Quality(q=0, function=0, visual=0, performance=0, accessibility=0)
        return Render(
            program_id="x",
            outcome="ok",
            verdicts=verdicts(*values),
            errors=(),
            measures=Measures(),
            quality=none,
            dom_hash="",
            pixel_hash="",
        )

    live, inert = render("pass", "pass", "fail"), render("fail", "pass", "fail")
    assert [c.id for c in worthy(CHECKS, live, inert)] == ["a"]
    assert worthy(CHECKS, live, render("unjudged", "unjudged", "unjudged")) == ()
