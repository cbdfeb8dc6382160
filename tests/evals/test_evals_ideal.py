"""The ideal that `dojo bench generate --latency` measures against, on courses whose time is plain."""

import pytest

from evals.bench.ideal import Calls, Course, Renders, ideal_seconds
from tasks.errors import BadInput


def test_a_candidate_alone_takes_its_own_time():
    course = Course((Calls(3), Renders(1, 2), Calls(5)), accepted=True)
    assert ideal_seconds([course], 1, 16, 2) == 10


def test_renders_of_one_quartet_share_the_processors():
    assert ideal_seconds([Course((Renders(4, 1.5),), accepted=True)], 1, 16, 2) == 3


def test_places_bound_the_calls_and_nobody_waits_for_a_slow_one():
    slow = Course((Calls(100),), accepted=True)
    quick = Course((Calls(10), Renders(1, 1)), accepted=True)
    assert ideal_seconds([slow, *[quick] * 10], 10, 2, 2) == 100
    assert ideal_seconds([slow, *[quick] * 10], 11, 2, 2) == 101
    assert ideal_seconds([quick] * 4, 4, 2, 2) == 21


def test_a_loss_is_replaced_when_it_happens():
    lost, made = Course((Calls(4),), accepted=False), Course((Calls(6),), accepted=True)
    assert ideal_seconds([lost, made], 1, 16, 2) == 10


def test_too_few_accepted_is_said():
    with pytest.raises(BadInput, match="Only 0 of 1"):
        ideal_seconds([Course((Calls(1),), accepted=False)], 1, 16, 2)
