"""Which checks each edit fails, as far as measured versions tell.

For a site and a check that its harm can fail there is a least strength that fails it, or none does. A check fails in a
version if one of the version's harms fails it. So a failure may have several possible causes, and where one cause is
known another may hide behind it; the odds are worked out exactly, check by check, over all combinations of the least
strengths of the sites in question. That a site fails nearly all of the checks it can or hardly any is learnt from the
checks that do tell, and told to those that don't.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tasks.augment.sample import Sample
from tasks.augment.site import Site

Floats = NDArray[np.float64]

STRENGTHS = (1, 2, 3)
NEVER = 4
"""As a least strength: no harm of the site fails the check."""
MILDER = (0.0, 0.4, 0.8, 1.0)
"""By strength: of the checks that a site's strongest harm fails, those that this one fails."""
NAMED = 0.995
"""Odds that a check fails if what it looks for by name is called otherwise."""
ASIDE = 0.08
"""Share of the checks that run it which an edit fails that is meant to move function besides."""
STRAY = 0.005
"""The same of an edit that is not."""
LEAK = 0.002
"""Odds that a check fails for a cause that is not in this model: two harms together."""
CERTAINTY = 1.5
"""How many checks' worth of evidence the expected share of a site is."""
UNLIKE = 0.03
"""How often a variant does not do what the others of its strength at its site do."""
MOST_SUSPECTS = 7
"""Sites weighed against each other for one check; there are 4 to the power of this many combinations."""
ROUNDS = 6
"""In which the sites' shares settle."""


def put_down(
    sites: Sequence[Site], known: Sequence[int], samples: Sequence[Sample], reach: Sequence[int], checks: int
) -> dict[tuple[int, int], Floats]:
    """What the failed checks of the samples are put down to: by (site, variant), of each check, how likely it fails it.

    `known`: the sites asked for, which must include all sites of the samples; `reach`: by site, the checks that its
    harm can fail, a bit each; `checks`: how many there are.
    """
    expected = {i: expected_share(sites[i], reach[i], checks) for i in known}
    cases = [_Case(bit, sites, samples, reach, expected) for bit in range(checks)]
    carried = {(p.site, p.variant) for s in samples for p in s.picks}
    harmed = {i for i, _ in carried if not sites[i].spoken}
    share = _settled(expected, harmed, cases, reach)
    found, left = [case.solve(share) for case in cases], [case.left(share) for case in cases]

    def odds(i: int, v: int, bit: int) -> float:
        if (i, v) in left[bit]:
            return 1.0
        if not reach[i] >> bit & 1 or (i, v) in cases[bit].cleared:
            return 0.0
        like_its_kin = float(found[bit][i][sites[i].variants[v].strength - 1])
        if i in harmed and (i, v) not in carried:
            return UNLIKE * expected[i] + (1 - UNLIKE) * like_its_kin
        return like_its_kin

    keys = [(i, v) for i in known for v in range(len(sites[i].variants))]
    return {(i, v): np.array([odds(i, v, bit) for bit in range(checks)]) for i, v in keys}


def _settled(
    expected: Mapping[int, float], harmed: Collection[int], cases: Sequence["_Case"], reach: Sequence[int]
) -> dict[int, float]:
    """By site, the share of the checks it can fail that it does fail: what the checks that tell say of those that
    don't. Found by turns: the odds from the shares, the shares from the odds."""
    share = dict(expected)
    for _ in range(ROUNDS if harmed else 0):
        found = [case.solve(share) for case in cases]
        for i in harmed:
            bits = [bit for bit in range(len(cases)) if reach[i] >> bit & 1]
            failing = sum(float(found[bit][i][STRENGTHS[-1] - 1]) for bit in bits)
            share[i] = (CERTAINTY * expected[i] + failing) / (CERTAINTY + len(bits))
    return share


def expected_share(site: Site, reach: int, checks: int) -> float:
    """Of the checks that a site's harm can fail, those that its strongest is expected to.

    Code that few checks run is what those checks are about; of a function that all of them run most checks see
    nothing.
    """
    if site.spoken:
        return NAMED
    if site.moves[0] == "function":
        return float(site.fails ** min(1.6, 2.25 * reach.bit_count() / max(checks, 1)))
    return ASIDE if "function" in site.moves else STRAY


class _Case:
    """One check, and the sites whose harm may have failed it."""

    def __init__(
        self,
        bit: int,
        sites: Sequence[Site],
        samples: Sequence[Sample],
        reach: Sequence[int],
        expected: Mapping[int, float],
    ) -> None:
        self._sites, self._expected = sites, expected
        self._mine = [i for i in expected if reach[i] >> bit & 1]
        strength = {(p.site, p.variant): sites[p.site].variants[p.variant].strength for s in samples for p in s.picks}
        runs = [[p for p in s.picks if reach[p.site] >> bit & 1] for s in samples]
        passed = [picks for s, picks in zip(samples, runs, strict=True) if not s.failed >> bit & 1]
        self._failed = [
            [(p.site, p.variant) for p in picks] for s, picks in zip(samples, runs, strict=True) if s.failed >> bit & 1
        ]
        self.cleared = {(p.site, p.variant) for picks in passed for p in picks}
        self._survived = dict.fromkeys(self._mine, 0)
        for key in self.cleared:
            self._survived[key[0]] = max(self._survived[key[0]], strength[key])
        self._harms = [
            {i: strength[i, v] for i, v in keys if strength[i, v] > self._survived[i]} for keys in self._failed
        ]
        suspects = sorted({i for harms in self._harms for i in harms}, key=lambda i: -expected[i])
        self._suspects = suspects[:MOST_SUSPECTS]
        levels = [range(self._survived[i] + 1, NEVER + 1) for i in self._suspects]
        states = list(product(*levels))
        self._grid = np.array(states, dtype=np.int64).reshape(len(states), len(levels))
        self._explained = [np.array([[harms.get(i, 0) for i in self._suspects]]) >= self._grid for harms in self._harms]
        self._likely = np.ones(len(self._grid))
        for one in self._explained:
            self._likely *= np.where(one.any(axis=1), 1.0, LEAK)

    def solve(self, share: Mapping[int, float]) -> dict[int, Floats]:
        """By site, how likely its harm fails the check, for strengths 1 to 3."""
        weights = self._weights(share)
        result = {}
        for i in self._mine:
            if i in self._suspects:
                least = self._grid[:, self._suspects.index(i)]
                mass = np.bincount(least, weights, minlength=NEVER + 1).astype(np.float64)
            else:
                mass = _prior(share[i], self._survived[i], bool(self._sites[i].spoken))
            result[i] = np.cumsum(mass[1:NEVER]) / mass.sum()
        return result

    def left(self, share: Mapping[int, float]) -> set[tuple[int, int]]:
        """What is to blame for failures that no site's harm explains as such: the site that explains most of them."""
        weights = self._weights(share)
        total = weights.sum()
        cases = [
            [key for key in keys if key not in self.cleared]
            for keys, one in zip(self._failed, self._explained, strict=True)
            if weights[~one.any(axis=1)].sum() > total / 2
        ]
        guilty: set[tuple[int, int]] = set()
        while any(cases):
            counts = Counter(i for suspects in cases for i in {i for i, _ in suspects})
            worst = max(counts, key=lambda i: (counts[i], self._expected[i], -i))
            guilty.update(key for suspects in cases for key in suspects if key[0] == worst)
            cases = [suspects for suspects in cases if all(i != worst for i, _ in suspects)]
        return guilty

    def _weights(self, share: Mapping[int, float]) -> Floats:
        weights = self._likely.copy()
        for column, i in enumerate(self._suspects):
            weights *= _prior(share[i], self._survived[i], bool(self._sites[i].spoken))[self._grid[:, column]]
        return weights


def _prior(share: float, survived: int, spoken: bool) -> Floats:
    """How likely each least strength is (index 1 to 4), given the greatest strength that the check survived."""
    rising = np.array([0.0, *(share * (1.0 if spoken else MILDER[s]) for s in STRENGTHS), 1.0])
    mass = np.diff(rising, prepend=0.0)
    mass[: survived + 1] = 0.0
    return mass if mass.sum() > 0 else np.array([0.0, 0.0, 0.0, 0.0, 1.0])
