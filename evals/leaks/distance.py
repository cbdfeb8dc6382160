"""How far four texts are from each other, and the order that the distances suggest."""

import lzma
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_EDITS = 400
"""Beyond which two texts count as this far apart, and as having nothing in common but their ends."""

_LZMA: list[dict[str, Any]] = [{"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 1 << 20}]
"""A window that holds two pages: gzip's of 32 kB would not see the first while it packs the second."""


@dataclass(frozen=True)
class Alignment:
    """The fewest edits from one sequence to another, and what they leave in place."""

    distance: int
    runs: list[tuple[int, int, int]]
    """(start in a, start in b, length) of each run of equal tokens, in order."""


def align(a: Sequence[int], b: Sequence[int]) -> Alignment:
    """Levenshtein's distance between two sequences of token numbers, by the furthest-reaching diagonals of Landau and
    Vishkin (J. Algorithms 10, 1989): O(edits squared) once the sequences are compared along each diagonal.

    Texts more than `MOST_EDITS` apart get that distance and no runs but their common ends.
    """
    left, right = np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)
    m, n = len(left), len(right)
    breaks: dict[int, list[int]] = {}

    def reach(k: int, i: int) -> int:
        """How far the diagonal can be followed from row i without an edit."""
        if k not in breaks:
            low, high = max(0, -k), min(m, n - k)
            differ = np.flatnonzero(left[low:high] != right[low + k : high + k]) + low if high > low else left[:0]
            breaks[k] = [*differ.tolist(), max(low, high)]
        found = breaks[k]
        return found[min(bisect_left(found, i), len(found) - 1)]

    goal = n - m
    rows: list[dict[int, int]] = [{0: reach(0, 0)}]
    while rows[-1].get(goal, -1) < m:
        last = rows[-1]
        if len(rows) > MOST_EDITS:
            return Alignment(max(MOST_EDITS, abs(goal)), _ends(left, right))
        here: dict[int, int] = {}
        for k in range(-len(rows), len(rows) + 1):
            if k < -m or k > n:
                continue
            i = max(last.get(k, -2) + 1, last.get(k - 1, -2), last.get(k + 1, -2) + 1)
            i = min(i, m, n - k)
            if i >= max(0, -k):
                here[k] = max(i, reach(k, i))
        rows.append(here)
    return Alignment(len(rows) - 1, _trace(rows, goal, m, n))


def _trace(rows: list[dict[int, int]], goal: int, m: int, n: int) -> list[tuple[int, int, int]]:
    """Back along the furthest-reaching points; what lies between two edits is equal."""
    runs = []
    k, end = goal, m
    for d in range(len(rows) - 1, 0, -1):
        last = rows[d - 1]
        came = ((last.get(k, -2) + 1, k), (last.get(k + 1, -2) + 1, k + 1), (last.get(k - 1, -2), k - 1))
        start, origin = max(came)
        start = min(start, m, n - k)
        if end > start:
            runs.append((start, start + k, end - start))
        end, k = last[origin], origin
    if end > 0:
        runs.append((0, 0, end))
    return runs[::-1]


def _ends(left: NDArray[np.int64], right: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    shortest = min(len(left), len(right))
    equal = left[:shortest] == right[:shortest]
    head = shortest if equal.all() else int(equal.argmin())
    rest = shortest - head
    backward = (left[len(left) - rest :] == right[len(right) - rest :])[::-1]
    tail = rest if backward.all() else int(backward.argmin())
    runs = [(0, 0, head), (len(left) - tail, len(right) - tail, tail)]
    return [run for run in runs if run[2]]


def edit_distances(sequences: Sequence[Sequence[int]]) -> Floats:
    """Token edit distances of each two of four sequences, shape (4, 4)."""
    table = np.zeros((len(sequences), len(sequences)))
    for i, j in combinations(range(len(sequences)), 2):
        table[i, j] = table[j, i] = align(sequences[i], sequences[j]).distance
    return table


def compression_distances(texts: Sequence[str]) -> Floats:
    """Normalised compression distance (Cilibrasi and Vitanyi, IEEE Trans. Inf. Theory 51, 2005) with LZMA, shape
    (4, 4), symmetric: both orders of a pair are packed."""
    data = [text.encode("utf-8", "replace") for text in texts]
    alone = [_packed(one) for one in data]
    table = np.zeros((len(data), len(data)))
    for i, j in combinations(range(len(data)), 2):
        both = (_packed(data[i] + data[j]) + _packed(data[j] + data[i])) / 2
        table[i, j] = table[j, i] = (both - min(alone[i], alone[j])) / max(alone[i], alone[j])
    return table


def _packed(data: bytes) -> int:
    return len(lzma.compress(data, lzma.FORMAT_RAW, filters=_LZMA))


def central(distances: Floats) -> Floats:
    """The medoid highest, the outlier lowest: minus the sum of a text's distances, shape (4,)."""
    return np.asarray(-np.round(distances, 9).sum(axis=1))


def company(distances: Floats) -> Floats:
    """The loner lowest: minus the distance to the nearest other text, shape (4,)."""
    apart = np.round(distances, 9) + np.diag(np.full(len(distances), np.inf))
    return np.asarray(-apart.min(axis=1))


def seriation(distances: Floats) -> Floats:
    """Places on the shortest path through all four, the first highest, shape (4,).

    Of a path's two ends the one nearer to all others comes first: if the worse versions are made from the best, it is
    the end where differences have not yet gathered. If neither is, either end may come first. Several paths that are
    equally short say nothing: they share the places.
    """
    apart = np.round(distances, 9)
    orders = list(permutations(range(len(apart))))
    keys = [
        (round(sum(apart[a, b] for a, b in pairwise(order)), 9), round(apart[order[0]].sum(), 9)) for order in orders
    ]
    least = min(keys)
    best = [order for order, key in zip(orders, keys, strict=True) if key == least]
    if len(best) == 2 and best[0] == best[1][::-1]:
        best = best[:1]
    return np.asarray(-np.mean([np.argsort(order) for order in best], axis=0))
