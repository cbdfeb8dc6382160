"""What measured versions say about the effect of every variant at every site.

Function: a check that failed is put down to one of the variants of that version that no version passing the check
carries.
The other three parts: log-damage -ln(part) adds up over a version's variants; the posterior of a linear Gaussian model,
in which
variants at one site share a scale, so that measuring one strength tells about the others.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import NamedTuple

import numpy as np

from tasks.augment.site import Pick, Site
from tasks.record import Family, Render
from tasks.settings import QualityWeights

SMOOTH: tuple[Family, ...] = ("visual", "performance", "accessibility")
"""The parts whose damage is a measure, not a set of failed checks."""

Row = tuple[tuple[int, int], ...]
"""A version: (site, variant) for each used site, in order."""

EXPECTED_DAMAGE = (0.0, 0.20, 0.32, 0.60)
"""Prior log-damage to the chief part by declared strength."""
SIDE_DAMAGE = (0.0, 0.02, 0.03, 0.05)
"""Prior log-damage to a part it moves besides."""
MILDER = (0.0, 0.3, 0.55, 1.0)
"""By declared strength: of the checks that a site's strongest harm fails, those that this one fails."""
SCALE_SD = 1.0
"""How much the sites' scales differ from what is expected, relative."""
OWN_SD = (0.008, 0.05, 0.07, 0.10)
"""How much a variant differs from its site's scale, in log-damage, by strength."""
NOISE_SD = 0.01
"""Of one measured part."""
FLOOR = 0.02
"""A part below this is taken as this before its logarithm."""


@dataclass(frozen=True)
class Sample:
    """A measured version: what it carried, which checks failed (a bit each), and its parts."""

    picks: tuple[Pick, ...]
    failed: int
    function: float
    parts: tuple[float, float, float]
    """Visual, performance, accessibility."""
    q: float

    def shown(self, weights: QualityWeights) -> float:
        """What the page takes from q before anyone touches it."""
        return weights.visual * (1 - self.parts[0]) + weights.accessibility * (1 - self.parts[2])


@dataclass(frozen=True)
class Effect:
    """What a variant is believed to do."""

    failed: int
    """Checks it fails, a bit each."""
    guess: float
    """Further share of the checks' weight it may fail; 0 once it was measured."""
    damage: tuple[float, float, float]
    """Log-damage to the three smooth parts."""
    variance: float
    """Of its share in q."""


class Forecast(NamedTuple):
    """A version, before or after it was measured."""

    q: float
    sd: float
    """Of q; 0 if it was measured."""
    failed: int
    """Checks it fails, a bit each."""
    losses: tuple[float, float, float, float]
    """What the parts take from q, in `FAMILIES`' order."""


class Belief:
    """Predicts q for any picks; exact for what was measured."""

    def __init__(
        self,
        sites: Sequence[Site],
        used: Sequence[int],
        samples: Sequence[Sample],
        check_weights: Sequence[float],
        weights: QualityWeights,
        clean: tuple[float, float, float],
        reach: Sequence[int],
    ) -> None:
        """`used`: the sites to know about; `check_weights`: of the function score; `clean`: the original's smooth
        parts; `reach`: by site, the checks that its harm can fail, a bit each (see `find.reach_of`)."""
        self.weights = weights
        self._reach = reach
        self._clean = (-log(max(clean[0], FLOOR)), -log(max(clean[1], FLOOR)), -log(max(clean[2], FLOOR)))
        total = sum(check_weights) or 1.0
        self._share = [weight / total for weight in check_weights]
        self._shares: dict[int, float] = {0: 0.0}
        self.measured: dict[Row, Sample] = {tuple((p.site, p.variant) for p in s.picks): s for s in samples}
        known = sorted({*used, *(pick.site for sample in samples for pick in sample.picks)})
        self.blame = put_down(sites, samples, reach)
        self._exact = {s.failed: s.function for s in samples}
        self._steepness = self._fit_steepness(samples)
        self.effects = self._infer(sites, known, samples)

    def failed_share(self, failed: int) -> float:
        """The weight of a set of checks, as a share of all."""
        if failed not in self._shares:
            self._shares[failed] = sum(share for i, share in enumerate(self._share) if failed >> i & 1)
        return self._shares[failed]

    def predict(self, picks: Row) -> Forecast:
        """What a version is believed to be; for a measured one what it was."""
        failed, keeps, variance = 0, 1.0, 0.0
        visual, performance, accessibility = self._clean
        for key in picks:
            effect = self.effects[key]
            failed |= effect.failed
            keeps *= 1 - effect.guess
            more = effect.damage
            visual += more[0]
            performance += more[1]
            accessibility += more[2]
            variance += effect.variance
        known = self._exact.get(failed)
        function = known if known is not None else max(0.0, 1 - self._steepness * self.failed_share(failed))
        w = self.weights
        losses = (
            w.function * (1 - function * keeps),
            w.visual * (1 - exp(-visual) if visual > 0 else 0.0),
            w.performance * (1 - exp(-performance) if performance > 0 else 0.0),
            w.accessibility * (1 - exp(-accessibility) if accessibility > 0 else 0.0),
        )
        sample = self.measured.get(picks)
        if sample is not None:
            return Forecast(sample.q, 0.0, sample.failed, losses)
        return Forecast(1 - sum(losses), variance**0.5, failed, losses)

    def pull(self, site: int, variants: Sequence[int]) -> float:
        """The most q that any of these variants at a site is believed to take."""
        nothing = sum(self.predict(()).losses)
        return max((sum(self.predict(((site, v),)).losses) for v in variants), default=0.0) - nothing

    def _fit_steepness(self, samples: Sequence[Sample]) -> float:
        """Function lost per share of weight failed: 1 if nothing else counts."""
        pairs = [(self.failed_share(s.failed), 1 - s.function) for s in samples if s.failed]
        shares = sum(share for share, _ in pairs)
        return min(2.0, max(0.5, sum(lost for _, lost in pairs) / shares)) if shares > 0 else 1.0

    def _infer(
        self, sites: Sequence[Site], known: Sequence[int], samples: Sequence[Sample]
    ) -> dict[tuple[int, int], Effect]:
        keys = [(i, v) for i in known for v in range(len(sites[i].variants))]
        column = {key: n for n, key in enumerate(keys)}
        carried = np.zeros((len(samples), len(keys)))
        for row, sample in enumerate(samples):
            for pick in sample.picks:
                carried[row, column[pick.site, pick.variant]] = 1
        means, variances = [], []
        for part, family in enumerate(SMOOTH):
            prior, covariance = _prior(sites, keys, family)
            seen = np.array([-log(max(s.parts[part], FLOOR)) for s in samples]) - self._clean[part]
            mean, left = _posterior(prior, covariance, carried, seen)
            means.append(mean)
            variances.append(left)
        tried = {(pick.site, pick.variant) for sample in samples for pick in sample.picks}
        effects: dict[tuple[int, int], Effect] = {}
        weight = (self.weights.visual, self.weights.performance, self.weights.accessibility)
        for n, key in enumerate(keys):
            site, variant = sites[key[0]], sites[key[0]].variants[key[1]]
            failed, guess, doubt = self._function_effect(key, site, variant.strength, tried)
            spread = sum((w * w) * float(v[n]) for w, v in zip(weight, variances, strict=True))
            effects[key] = Effect(
                failed=failed,
                guess=guess,
                damage=(float(means[0][n]), float(means[1][n]), float(means[2][n])),
                variance=spread + (self.weights.function * doubt) ** 2,
            )
        return effects

    def _function_effect(
        self, key: tuple[int, int], site: Site, strength: int, tried: set[tuple[int, int]]
    ) -> tuple[int, float, float]:
        """Checks a variant is believed to fail, a guess of what more, and the doubt about it, as shares of the
        weight."""
        own = self.blame.get(key, 0) | self.blame.get(_alike(site, key), 0)
        if key in tried or strength == 0:
            return own, 0.0, 0.0 if key in tried else 0.005
        kin = sorted({site.variants[v].strength for v in site.harms if (key[0], v) in tried})
        if kin:
            nearest = min(kin, key=lambda other: (abs(other - strength), other))
            failed = own | self.blame.get((key[0], -nearest), 0)
            doubt = 0.02 if nearest == strength else 0.08
            return failed, 0.0, doubt if site.moves[0] == "function" or failed else 0.02
        if site.spoken:
            return self._reach[key[0]], 0.0, 0.01
        if site.moves[0] == "function":
            at_stake, rate = self.failed_share(self._reach[key[0]]), site.fails * MILDER[strength]
            return 0, at_stake * rate, at_stake * (rate * (1 - rate)) ** 0.5
        return 0, 0.0, 0.05 if "function" in site.moves else 0.02


def put_down(sites: Sequence[Site], samples: Sequence[Sample], reach: Sequence[int]) -> dict[tuple[int, int], int]:
    """What the failed checks are put down to: a bit mask of checks by (site, variant).

    Harms of one strength at one site are taken to be alike and stand under (site, -strength), unless versions that
    passed contradict that. Only a site that a check runs can be to blame. Who explains most failures is guilty first.
    """
    blame: dict[tuple[int, int], int] = {}
    for bit in range(max((s.failed.bit_length() for s in samples), default=0)):
        passed = [s for s in samples if not s.failed >> bit & 1]
        variants = {(p.site, p.variant) for s in passed for p in s.picks}
        groups = {_alike(sites[i], (i, v)) for i, v in variants}
        cases = []
        for sample in samples:
            if sample.failed >> bit & 1:
                keys = [(p.site, p.variant) for p in sample.picks if reach[p.site] >> bit & 1]
                suspects = [key for key in (_alike(sites[i], (i, v)) for i, v in keys) if key not in groups]
                cases.append(suspects or [key for key in keys if key not in variants])
        while any(cases):
            counts = Counter(key for suspects in cases for key in suspects)
            guilty = max(counts, key=lambda key: _suspicion(sites[key[0]], key, counts[key]))
            blame[guilty] = blame.get(guilty, 0) | 1 << bit
            cases = [suspects for suspects in cases if guilty not in suspects]
    return blame


def _alike(site: Site, key: tuple[int, int]) -> tuple[int, int]:
    """The group that a variant is taken to act like: harms of its strength at its site; a twin stands for itself."""
    strength = site.variants[key[1]].strength if key[1] >= 0 else -key[1]
    return (key[0], -strength) if strength else key


def sample_of(picks: tuple[Pick, ...], renders: Sequence[Render]) -> Sample:
    """A measured version; parts are means over its renders, a check failed if it did not pass in all of them."""
    failed = 0
    for render in renders:
        for bit, verdict in enumerate(render.verdicts):
            failed |= (verdict.value != "pass") << bit
    n = len(renders)

    def mean(name: str) -> float:
        return float(sum(getattr(render.quality, name) for render in renders)) / n

    return Sample(
        picks, failed, mean("function"), (mean("visual"), mean("performance"), mean("accessibility")), mean("q")
    )


def _suspicion(site: Site, key: tuple[int, int], explains: int) -> tuple[bool, int, int, int, int, int]:
    """How readily a failed check is put down to it: harm before twin, then who explains most, then the likely kinds."""
    strength = -key[1] if key[1] < 0 else site.variants[key[1]].strength
    likely = 2 if site.moves[0] == "function" else 1 if "function" in site.moves else 0
    return strength > 0, explains, likely, strength, -key[0], key[1]


def _prior(sites: Sequence[Site], keys: Sequence[tuple[int, int]], part: Family) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the log-damage to one part, before anything is measured."""
    mean = np.zeros(len(keys))
    own = np.zeros(len(keys))
    for n, (i, v) in enumerate(keys):
        strength = sites[i].variants[v].strength
        chief, moved = sites[i].moves[0] == part, part in sites[i].moves
        mean[n] = EXPECTED_DAMAGE[strength] if chief else SIDE_DAMAGE[strength] if moved else 0.0
        own[n] = OWN_SD[strength] if chief else OWN_SD[strength] * (0.6 if moved else 0.15)
    place = np.array([i for i, _ in keys])
    shared = (place[:, None] == place[None, :]) * np.outer(mean, mean) * SCALE_SD**2
    return mean, shared + np.diag(own**2)


def _posterior(
    mean: np.ndarray, covariance: np.ndarray, carried: np.ndarray, seen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance after the samples, by the usual formulas of a linear Gaussian model."""
    if not len(seen):
        return mean, np.diag(covariance)
    gain = covariance @ carried.T
    inner = carried @ gain + NOISE_SD**2 * np.eye(len(seen))
    solved = np.linalg.solve(inner, gain.T)
    return mean + solved.T @ (seen - carried @ mean), np.maximum(
        np.diag(covariance) - np.sum(gain * solved.T, axis=1), 0
    )
