"""What measured versions say about the effect of every variant at every site.

Checks: each is failed by any variant that fails it (`blame`), each with its odds.
What else has another effect (conduct), and the other three parts: log-damage -ln(part) adds up over a version's
variants; the posterior of a linear Gaussian model, in which variants at one site share a scale, so that measuring one
strength tells about the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import NamedTuple

import numpy as np

from tasks.augment.blame import Floats, put_down
from tasks.augment.sample import Sample
from tasks.augment.site import Site
from tasks.record import Family
from tasks.settings import QualityWeights

SMOOTH: tuple[Family, ...] = ("visual", "performance", "accessibility")
"""The parts whose damage is a measure, not a set of failed checks; conduct is the fourth such measure."""

Row = tuple[tuple[int, int], ...]
"""A version: (site, variant) for each used site, in order."""

EXPECTED_DAMAGE = (0.0, 0.20, 0.32, 0.60)
"""Prior log-damage to the chief part by declared strength."""
SIDE_DAMAGE = (0.0, 0.02, 0.03, 0.05)
"""Prior log-damage to a part it moves besides."""
CONDUCT_DAMAGE = (0.0, 0.10, 0.16, 0.24)
"""Prior log-damage to conduct, of an edit that is meant to move function."""
SCALE_SD = 1.0
"""How much the sites' scales differ from what is expected, relative."""
OWN_SD = (0.008, 0.05, 0.07, 0.10)
"""How much a variant differs from its site's scale, in log-damage, by strength."""
NOISE_SD = 0.01
"""Of one measured part."""
FLOOR = 0.02
"""A part below this is taken as this before its logarithm."""


@dataclass(frozen=True)
class Effect:
    """What a variant is believed to do."""

    spares: Floats | None
    """Of each check, how likely it passes in spite of it; none if it can't fail any."""
    damage: tuple[float, float, float, float]
    """Log-damage to the three smooth parts and to conduct."""
    variance: float
    """Of what they take from q."""


class Forecast(NamedTuple):
    """A version, before or after it was measured."""

    q: float
    sd: float
    """Of q; 0 if it was measured."""
    failed: int
    """Checks it is likely to fail, a bit each."""
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
        self.clean_q = 1 - sum(
            w * (1 - part)
            for w, part in zip((weights.visual, weights.performance, weights.accessibility), clean, strict=True)
        )
        self._clean = (-log(max(clean[0], FLOOR)), -log(max(clean[1], FLOOR)), -log(max(clean[2], FLOOR)))
        total = sum(check_weights) or 1.0
        self._share = np.array([weight / total for weight in check_weights])
        self._bits = 1 << np.arange(len(check_weights))
        self.measured: dict[Row, Sample] = {tuple((p.site, p.variant) for p in s.picks): s for s in samples}
        known = sorted({*used, *(pick.site for sample in samples for pick in sample.picks)})
        self._odds = put_down(sites, known, samples, reach, len(check_weights))
        parted = [self._parted(sample) for sample in samples]
        self._exact = {s.failed: checks for s, (checks, _) in zip(samples, parted, strict=True)}
        self._steepness = self._fit_steepness(
            [(s.failed, checks) for s, (checks, _) in zip(samples, parted, strict=True)]
        )
        self._conduct = [conduct for _, conduct in parted]
        self.effects = self._infer(sites, known, samples)

    def failed_share(self, failed: int) -> float:
        """The weight of a set of checks, as a share of all."""
        return float(self._share[(self._bits & failed) > 0].sum())

    def predict(self, picks: Row) -> Forecast:
        """What a version is believed to be; for a measured one what it was."""
        visual, performance, accessibility = self._clean
        conduct, variance, spares = 0.0, 0.0, None
        for key in picks:
            effect = self.effects[key]
            more = effect.damage
            visual += more[0]
            performance += more[1]
            accessibility += more[2]
            conduct += more[3]
            variance += effect.variance
            if effect.spares is not None:
                spares = effect.spares if spares is None else spares * effect.spares
        failed, checks, doubt = (0, 1.0, 0.0) if spares is None else self._checks(spares)
        w = self.weights
        function = checks + w.conduct * ((exp(-conduct) if conduct > 0 else 1.0) - checks)
        losses = (
            w.function * (1 - function),
            w.visual * (1 - exp(-visual) if visual > 0 else 0.0),
            w.performance * (1 - exp(-performance) if performance > 0 else 0.0),
            w.accessibility * (1 - exp(-accessibility) if accessibility > 0 else 0.0),
        )
        sample = self.measured.get(picks)
        if sample is not None:
            return Forecast(sample.q, 0.0, sample.failed, losses)
        return Forecast(
            1 - sum(losses), (variance + (w.function * (1 - w.conduct) * doubt) ** 2) ** 0.5, failed, losses
        )

    def _parted(self, sample: Sample) -> tuple[float, float]:
        """What the checks and conduct make of function, the page's errors taken off both."""
        share, weight = 1 - self.failed_share(sample.failed), self.weights.conduct
        whole = share + weight * (sample.conduct - share)
        left = sample.function / whole if whole > 0 else 1.0
        return share * left, sample.conduct * left

    def _checks(self, spares: Floats) -> tuple[int, float, float]:
        """The checks that likely fail, what is expected of their score, and its standard deviation if they fail
        together."""
        fails = spares < 0.5
        failed = int(self._bits @ fails)
        known = self._exact.get(failed)
        score = 1 - self._steepness * float(self._share @ fails) if known is None else known
        score -= self._steepness * float(self._share @ (1 - spares - fails))
        return failed, min(1.0, max(0.0, score)), self._steepness * float(self._share @ np.sqrt(spares * (1 - spares)))

    def pull(self, site: int, variants: Sequence[int]) -> float:
        """The most q that any of these variants at a site is believed to take."""
        nothing = sum(self.predict(()).losses)
        return max((sum(self.predict(((site, v),)).losses) for v in variants), default=0.0) - nothing

    def _fit_steepness(self, scores: Sequence[tuple[int, float]]) -> float:
        """Score lost per share of weight failed: 1 if nothing else counts."""
        pairs = [(self.failed_share(failed), 1 - score) for failed, score in scores if failed]
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
        for part, family in enumerate((*SMOOTH, "function")):
            prior, covariance = _prior(sites, keys, family)
            values = [s.parts[part] for s in samples] if part < len(SMOOTH) else self._conduct
            clean = self._clean[part] if part < len(SMOOTH) else 0.0
            seen = np.array([-log(max(value, FLOOR)) for value in values]) - clean
            mean, left = _posterior(prior, covariance, carried, seen)
            means.append(mean)
            variances.append(left)
        effects: dict[tuple[int, int], Effect] = {}
        w = self.weights
        weight = (w.visual, w.performance, w.accessibility, w.function * w.conduct)
        for n, key in enumerate(keys):
            odds = self._odds[key]
            effects[key] = Effect(
                spares=1 - odds if odds.any() else None,
                damage=(float(means[0][n]), float(means[1][n]), float(means[2][n]), float(means[3][n])),
                variance=sum((one * one) * float(v[n]) for one, v in zip(weight, variances, strict=True)),
            )
        return effects


def _prior(sites: Sequence[Site], keys: Sequence[tuple[int, int]], part: Family) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the log-damage to one part, of function to conduct, before anything is measured."""
    expected = CONDUCT_DAMAGE if part == "function" else EXPECTED_DAMAGE
    mean = np.zeros(len(keys))
    own = np.zeros(len(keys))
    for n, (i, v) in enumerate(keys):
        strength = sites[i].variants[v].strength
        chief, moved = sites[i].moves[0] == part, part in sites[i].moves
        mean[n] = expected[strength] if chief else SIDE_DAMAGE[strength] if moved else 0.0
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
