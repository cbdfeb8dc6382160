"""What failed checks are put down to: known causes, hidden ones, and twins that are none."""

from collections.abc import Sequence

import pytest

from tasks.augment.blame import Blame, expected_share, put_down
from tasks.augment.sample import Sample
from tasks.augment.site import Menu, Pick, Site, Variant
from tasks.record import Family

STRENGTHS = (0, 0, 0, 1, 2, 3, 3)
"""Of each test site's variants."""


def site(family: Family = "function", fails: float = 0.6, spoken: str = "") -> Site:
    variants = tuple(Variant(text=f"t{v}", strength=s, note="") for v, s in enumerate(STRENGTHS))
    menu = Menu(form="script", name="M", at=0, keys=tuple(range(len(variants))))
    moves: tuple[Family, ...] = (family, "function") if family == "performance" else (family,)
    where = {"file": "script.js", "start": 0, "end": 1, "line": 1, "before": "x", "head": "", "tail": "", "acts": 0}
    return Site.model_validate(
        {**where, "mutator": "m", "family": family, "moves": moves, "fails": fails, "spoken": spoken}
        | {"variants": variants, "menu": menu}
    )


def sample(failed: int, *variants: int) -> Sample:
    picks = tuple(Pick(site=i, variant=v) for i, v in enumerate(variants))
    return Sample(picks=picks, failed=failed, function=1.0, parts=(1.0, 1.0, 1.0), q=1.0)


def blame(sites: Sequence[Site], reach: Sequence[int], *samples: Sample) -> Blame:
    return put_down(sites, range(len(sites)), samples, reach, 4)


def test_a_failure_with_one_possible_cause_is_its() -> None:
    found = blame([site(), site()], [0b0011, 0b1100], sample(0b0001, 5, 5), sample(0b0000, 0, 1))
    assert found.odds[0, 5][0] > 0.97
    assert found.odds[0, 5][1] == 0.0
    assert max(found.odds[1, 5]) == 0.0


def test_what_is_looked_for_by_name_is_a_known_cause_and_clears_others() -> None:
    named, other = site("accessibility", spoken="Speed"), site(fails=0.5)
    together = sample(0b0011, 4, 5)
    found = blame([named, other], [0b0001, 0b0111], together)
    alone = blame([site(), other], [0b0001, 0b0111], together)
    assert found.odds[0, 4][0] > 0.98
    assert found.odds[1, 5][1] > 0.97
    assert found.odds[1, 5][2] == 0.0
    assert found.odds[1, 5][0] < alone.odds[1, 5][0] or found.odds[1, 5][0] < 0.7


def test_a_check_behind_a_known_cause_is_judged_by_the_others_of_its_site() -> None:
    named, other = site("accessibility", spoken="Speed"), site(fails=0.5)
    most = blame([named, other], [0b0001, 0b1111], sample(0b1111, 4, 5))
    none = blame([named, other], [0b0001, 0b1111], sample(0b0001, 4, 5))
    assert most.odds[1, 5][0] > 0.7
    assert none.odds[1, 5][0] < 0.15


def test_a_milder_harm_fails_no_more_than_a_stronger_one() -> None:
    found = blame([site()], [0b1111], sample(0b0110, 5), sample(0b0100, 3))
    assert found.odds[0, 3][1] == 0.0
    assert all(mild <= strong + 1e-9 for mild, strong in zip(found.odds[0, 3], found.odds[0, 5], strict=True))
    assert found.odds[0, 6][2] > 0.9


def test_a_harm_that_passed_is_cleared_whatever_its_kin_did() -> None:
    found = blame([site()], [0b0001], sample(0b0001, 5), sample(0b0000, 6))
    assert found.odds[0, 6][0] == 0.0
    assert found.odds[0, 5][0] == 1.0


def test_a_site_whose_twins_fail_a_check_is_found_by_what_all_versions_share() -> None:
    sites, reach = [site("visual", fails=0.0), site(fails=0.7), site(fails=0.3)], [0b1111, 0b1111, 0b0001]
    versions = [sample(0b0010, 0, 0, 0), sample(0b0010, 1, 1, 1), sample(0b0010, 4, 2, 2)]
    found = blame(sites, reach, *versions)
    assert {(1, 0), (1, 1)} <= found.guilty
    assert not any(i == 2 for i, _ in found.guilty)
    assert not blame(sites, reach, sample(0, 0, 0, 0), sample(0b0010, 1, 5, 1)).guilty


def test_nothing_measured_leaves_what_is_expected() -> None:
    sites, reach = [site(fails=0.6), site("performance", fails=0.0), site("visual", fails=0.0)], [0b0001, 0b1111, 0b11]
    found = blame(sites, reach)
    for i in range(3):
        share = expected_share(sites[i], reach[i], 4)
        assert list(found.odds[i, 0]) == [0.0] * 4
        assert list(found.odds[i, 5]) == pytest.approx([share if reach[i] >> bit & 1 else 0.0 for bit in range(4)])
    assert not found.guilty


def test_code_that_few_checks_run_is_expected_to_fail_more_of_them() -> None:
    assert expected_share(site(fails=0.6), 0b0001, 8) > expected_share(site(fails=0.6), 0b11111111, 8)
