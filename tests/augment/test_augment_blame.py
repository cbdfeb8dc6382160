"""What failed checks are put down to: known causes and hidden ones."""

from collections.abc import Mapping, Sequence

import pytest

from tasks.augment.blame import Floats, expected_share, put_down
from tasks.augment.sample import Sample
from tasks.augment.site import Pick, Site, Variant
from tasks.record import Family

STRENGTHS = (1, 2, 3, 3)
"""Of each test site's variants."""


def site(family: Family = "function", fails: float = 0.6, spoken: str = "") -> Site:
    variants = tuple(Variant(text=f"t{v}", strength=s, note="") for v, s in enumerate(STRENGTHS))
    moves: tuple[Family, ...] = (family, "function") if family == "performance" else (family,)
    where = {"file": "script.js", "start": 0, "end": 1, "line": 1, "before": "x", "tongue": "script", "acts": 0}
    return Site.model_validate(
        {**where, "mutator": "m", "family": family, "moves": moves, "fails": fails, "spoken": spoken}
        | {"variants": variants}
    )


def sample(failed: int, *variants: int | None) -> Sample:
    picks = tuple(Pick(site=i, variant=v) for i, v in enumerate(variants) if v is not None)
    return Sample(picks=picks, failed=failed, function=1.0, parts=(1.0, 1.0, 1.0), conduct=1.0, q=1.0)


def blame(sites: Sequence[Site], reach: Sequence[int], *samples: Sample) -> Mapping[tuple[int, int], Floats]:
    return put_down(sites, range(len(sites)), samples, reach, 4)


def test_a_failure_with_one_possible_cause_is_its() -> None:
    found = blame([site(), site()], [0b0011, 0b1100], sample(0b0001, 2, 2), sample(0b0000, None, None))
    assert found[0, 2][0] > 0.97
    assert found[0, 2][1] == 0.0
    assert max(found[1, 2]) == 0.0


def test_what_is_looked_for_by_name_is_a_known_cause_and_clears_others() -> None:
    named, other = site("accessibility", spoken="Speed"), site(fails=0.5)
    together = sample(0b0011, 1, 2)
    found = blame([named, other], [0b0001, 0b0111], together)
    alone = blame([site(), other], [0b0001, 0b0111], together)
    assert found[0, 1][0] > 0.98
    assert found[1, 2][1] > 0.97
    assert found[1, 2][2] == 0.0
    assert found[1, 2][0] < alone[1, 2][0] or found[1, 2][0] < 0.7


def test_a_check_behind_a_known_cause_is_judged_by_the_others_of_its_site() -> None:
    named, other = site("accessibility", spoken="Speed"), site(fails=0.5)
    most = blame([named, other], [0b0001, 0b1111], sample(0b1111, 1, 2))
    none = blame([named, other], [0b0001, 0b1111], sample(0b0001, 1, 2))
    assert most[1, 2][0] > 0.7
    assert none[1, 2][0] < 0.15


def test_a_milder_harm_fails_no_more_than_a_stronger_one() -> None:
    found = blame([site()], [0b1111], sample(0b0110, 2), sample(0b0100, 0))
    assert found[0, 0][1] == 0.0
    assert all(mild <= strong + 1e-9 for mild, strong in zip(found[0, 0], found[0, 2], strict=True))
    assert found[0, 3][2] > 0.9


def test_a_harm_that_passed_is_cleared_whatever_its_kin_did() -> None:
    found = blame([site()], [0b0001], sample(0b0001, 2), sample(0b0000, 3))
    assert found[0, 3][0] == 0.0
    assert found[0, 2][0] == 1.0


def test_nothing_measured_leaves_what_is_expected() -> None:
    sites, reach = [site(fails=0.6), site("performance", fails=0.0), site("visual", fails=0.0)], [0b0001, 0b1111, 0b11]
    found = blame(sites, reach)
    for i in range(3):
        share = expected_share(sites[i], reach[i], 4)
        assert list(found[i, 2]) == pytest.approx([share if reach[i] >> bit & 1 else 0.0 for bit in range(4)])


def test_code_that_few_checks_run_is_expected_to_fail_more_of_them() -> None:
    assert expected_share(site(fails=0.6), 0b0001, 8) > expected_share(site(fails=0.6), 0b11111111, 8)
