"""Whether the four sealed texts of a ladder are one text but for a key, and whether keys look random.

The tests of bits are those of NIST SP 800-22 (rev. 1a, 2010): frequency (2.1), runs (2.3), serial (2.11). The others
are Pearson's chi-squared tests.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.ladders import Quad
from tasks.errors import BadInput
from tasks.seal.page import key_in

Digits = NDArray[np.int64]

ALPHA = 0.01
"""Of all tests together: the chance that keys which are random fail one of them."""
LEAST = 5
"""Expected count of a cell from which Pearson's statistic has its distribution (Cochran 1954)."""
_PATTERN = 3
"""Bits of a pattern in the serial test."""


@dataclass(frozen=True)
class KeyTest:
    """A test of the hypothesis that keys are random, whatever the rank."""

    name: str
    statistic: float
    p: float
    """Chance of a statistic as large if they are; nan if there are too few keys to tell."""

    def holds(self, of: int) -> bool | None:
        """Whether it passes as one of so many tests; None if it can't be said."""
        return None if math.isnan(self.p) else self.p >= ALPHA / of


@dataclass(frozen=True)
class Sealed:
    """What reading can compare in a ladder's four sealed pages."""

    keys: tuple[str, ...]
    """Of the four, in their public order; empty if one of the pages has none."""
    fault: str
    """Why the four texts are not one text but for the key; empty if they are."""


def compare(quad: Quad) -> Sealed:
    """Take a ladder's sealed texts apart."""
    try:
        keys = tuple(key_in(rung.sealed) for rung in quad.rungs)
    except BadInput as error:
        return Sealed((), str(error))
    bare = {rung.sealed.replace(key, "", 1) for rung, key in zip(quad.rungs, keys, strict=True)}
    if len({len(key) for key in keys}) > 1:
        return Sealed(keys, "the keys differ in length")
    if len(bare) > 1:
        return Sealed(keys, "the texts differ in more than their keys")
    return Sealed(keys, "" if len(set(keys)) == len(keys) else "two of the texts are the same")


def key_tests(keys: Sequence[Sequence[str]], ranks: Sequence[Sequence[int]]) -> tuple[KeyTest, ...]:
    """All tests over the keys of many ladders.

    Args:
        keys: of each ladder, four in hex; of longer ones the first digits that all have are looked at.
        ranks: of each ladder's keys.
    """
    most = min(len(key) for four in keys for key in four)
    digits = np.array([[[int(digit, 16) for digit in key[:most]] for key in four] for four in keys])
    flat = digits.reshape(-1, most)
    bits = (flat[:, :, None] >> np.arange(4) & 1).reshape(len(flat), -1)
    by_rank = np.argsort(np.array(ranks), axis=1)
    return (
        _frequency("frequency of bits", bits),
        _runs(bits),
        _serial(bits),
        _even("digits", np.bincount(flat.ravel(), minlength=16)[None]),
        _even("digits, place by place", _counts(flat)),
        _even(
            "pairs of neighbouring digits",
            np.bincount((flat[:, :-1:2] * 16 + flat[:, 1::2]).ravel(), minlength=256)[None],
        ),
        _independent(np.take_along_axis(digits, by_rank[:, :, None], axis=1)),
        _frequency("bits alike in two keys of a ladder", _alike(digits)),
        _frequency("bits alike in the same rank of two ladders", _alike_by_rank(digits, by_rank)),
    )


def _frequency(name: str, bits: Digits) -> KeyTest:
    """As many ones as zeros."""
    count = bits.size
    if count < 100:  # as SP 800-22 recommends
        return KeyTest(name, math.nan, math.nan)
    statistic = abs(int(2 * bits.sum()) - count) / math.sqrt(count)
    return KeyTest(name, statistic, math.erfc(statistic / math.sqrt(2)))


def _runs(bits: Digits) -> KeyTest:
    """As many changes from bit to bit, all keys in a row, as chance makes."""
    row = bits.ravel()
    share = row.mean()
    if abs(share - 0.5) >= 2 / math.sqrt(len(row)):
        return KeyTest("runs of bits", math.inf, 0.0)
    spread = 2 * len(row) * share * (1 - share)
    changes = 1 + int((row[1:] != row[:-1]).sum())
    statistic = abs(changes - spread) / (2 * math.sqrt(2 * len(row)) * share * (1 - share))
    return KeyTest("runs of bits", statistic, math.erfc(statistic))


def _serial(bits: Digits) -> KeyTest:
    """Every pattern of bits as often as every other, all keys in a row."""
    row = bits.ravel()

    def psi(length: int) -> float:
        if not length:
            return 0.0
        patterns = sum(np.roll(row, -at) << at for at in range(length))
        counts = np.bincount(np.asarray(patterns), minlength=2**length)
        return float(2**length / len(row) * (counts.astype(float) ** 2).sum() - len(row))

    return _judged("serial, patterns of 3 bits", psi(_PATTERN) - psi(_PATTERN - 1), 2 ** (_PATTERN - 1))


def _even(name: str, counts: Digits) -> KeyTest:
    """Every value as often as every other, in each row of counts."""
    expected = counts.sum(axis=1, keepdims=True) / counts.shape[1]
    if expected.min() < LEAST:
        return KeyTest(name, math.nan, math.nan)
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return _judged(name, statistic, counts.shape[0] * (counts.shape[1] - 1))


def _independent(digits: Digits) -> KeyTest:
    """At each place the same digits whatever the rank; digits in rank order, shape (ladders, 4, places)."""
    counts = np.stack([_counts(digits[:, rank]) for rank in range(digits.shape[1])])
    both = counts.sum(axis=0, keepdims=True)
    expected = both / len(counts)
    if expected.min() < LEAST:
        return KeyTest("digits and rank, place by place", math.nan, math.nan)
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return _judged("digits and rank, place by place", statistic, digits.shape[2] * (len(counts) - 1) * 15)


def _alike(digits: Digits) -> Digits:
    """For each two keys of a ladder of which no other pair is told by: the bits in which they agree."""
    first = [(0, other) for other in range(1, digits.shape[1])]
    return np.stack([_agreeing(digits[:, a], digits[:, b]) for a, b in first])


def _alike_by_rank(digits: Digits, by_rank: Digits) -> Digits:
    ordered = np.take_along_axis(digits, by_rank[:, :, None], axis=1)
    return _agreeing(ordered[1:], ordered[:-1])


def _agreeing(one: Digits, other: Digits) -> Digits:
    return np.asarray(1 - ((one ^ other)[..., None] >> np.arange(4) & 1))


def _counts(keys: Digits) -> Digits:
    """How often each digit stands at each place, shape (places, 16)."""
    return np.stack([np.bincount(column, minlength=16) for column in keys.T])


def _judged(name: str, statistic: float, freedom: int) -> KeyTest:
    from scipy.stats import chi2

    return KeyTest(name, statistic, float(chi2.sf(statistic, freedom)))
