from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.leaks.report import verdict
from evals.stats import CHANCE_FLIP, RESAMPLES, bootstrap, marks, showings

BEST, WORST, TAU, FLIP, BEST_LOW, WORST_HIGH = range(6)
RNG = np.random.default_rng(7)


def shuffled(ladders: int) -> np.ndarray:
    return np.array([RNG.permutation(4) for _ in range(ladders)])


def test_a_perfect_a_turned_and_an_empty_attacker():
    ranks = shuffled(20)
    assert marks(-ranks, ranks).tolist() == [[1, 1, 1, 1, 0, 0]] * 20
    assert marks(ranks, ranks).tolist() == [[0, 0, -1, 1, 1, 1]] * 20
    for one in marks(np.zeros((20, 4)), ranks):
        assert one == pytest.approx([0.25, 0.25, 0, CHANCE_FLIP, 0.25, 0.25])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.permutations(range(4)))
def test_ties_count_what_breaking_them_at_random_gives_in_the_mean(scores, ranks):
    ranks = np.array([ranks])
    scores = np.array([scores], dtype=float)
    rng = np.random.default_rng(0)
    broken = marks(scores + rng.uniform(-0.4, 0.4, (6000, 4)), np.repeat(ranks, 6000, axis=0)).mean(axis=0)
    found = marks(scores, ranks)[0]
    for part in (BEST, WORST, FLIP, BEST_LOW, WORST_HIGH):
        assert found[part] == pytest.approx(broken[part], abs=0.04)


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.permutations(range(4)))
def test_tau_is_kendalls_with_ties(scores, ranks):
    pairs = list(combinations(range(4), 2))
    agree = [np.sign(scores[a] - scores[b]) * np.sign(ranks[b] - ranks[a]) for a, b in pairs]
    apart = sum(scores[a] != scores[b] for a, b in pairs)
    wanted = sum(agree) / np.sqrt(apart * len(pairs)) if apart else 0
    assert marks(np.array([scores], dtype=float), np.array([ranks]))[0][TAU] == pytest.approx(wanted)


def test_scores_that_are_no_numbers_and_ranks_that_are_no_order_are_refused():
    with pytest.raises(ValueError, match="finite"):
        marks(np.array([[0, 1, np.nan, 2]]), np.array([[0, 1, 2, 3]]))
    with pytest.raises(ValueError, match="0, 1, 2 and 3"):
        marks(np.zeros((1, 4)), np.array([[0, 1, 2, 2]]))


def test_a_planted_leak_is_found_and_noise_is_not():
    ranks = shuffled(600)
    noise = RNG.normal(size=(600, 4))
    weak = noise - 0.35 * ranks
    found = showings(
        {name: marks(s, ranks) for name, s in (("noise", noise), ("weak", weak), ("turned", -weak))}, 0.002
    )
    assert found["noise"].blind
    assert not found["weak"].blind
    assert found["weak"].best.low > 0.25
    assert not found["turned"].blind
    assert found["turned"].best.high < 0.25


def test_few_ladders_prove_nothing():
    ranks = shuffled(40)
    found = showings({"noise": marks(RNG.normal(size=(40, 4)), ranks)}, 0.002)["noise"]
    assert found.best.half > 0.07
    assert not found.blind


def test_intervals_miss_as_often_as_they_say():
    truth, missed = 0.25, 0
    samples = (np.random.default_rng(3).uniform(size=(200, 300)) < truth).astype(float)
    means, low, high = bootstrap(samples.T, 0.1)
    assert means.shape == low.shape == (200,)
    missed = ((low > truth) | (high < truth)).mean()
    assert 0.05 < missed < 0.17


def test_every_attacker_sees_the_same_resamples():
    values = RNG.uniform(size=(50, 1))
    _, low, high = bootstrap(np.repeat(values, 3, axis=1), 0.05)
    assert len(set(low.tolist())) == len(set(high.tolist())) == 1
    assert RESAMPLES == 10_000


def test_a_verdict_names_the_leak_or_says_that_there_are_too_few():
    ranks = shuffled(40)
    scores = {"seer": -ranks * 1.0, "turned": ranks * 1.0, "noise": RNG.normal(size=(40, 4)), "tied": np.zeros((40, 4))}
    found = showings({name: marks(one, ranks) for name, one in scores.items()}, 0.002)
    assert verdict(found["seer"]) == "best above chance, worst above chance, tau above 0"
    assert verdict(found["turned"]) == "best below chance, worst below chance, tau below 0"
    assert verdict(found["noise"]).endswith("too few")
    assert verdict(found["tied"]) == "blind"
