"""Attackers that learn from other ladders which words are telling, and the folds that keep them honest."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.leaks.columns import Column

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
SAME_PAGE = 0.72
"""Cosine of the house's lexical embedding from which two pages have one base: pages of one archetype of the offline
model lie at 0.83 and above, of two archetypes at 0.62 and below (`python -m evals.dedupe`)."""

_FEATURES = 2**16
_RIDGE = 1.0


def families(vectors: Floats) -> Ints:
    """A number for each page's base, shape (pages,): pages linked by a chain of near ones share it.

    Args:
        vectors: shape (pages, dimension), of length 1.
    """
    from sklearn.cluster import AgglomerativeClustering

    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.int64)
    apart = np.clip(1 - vectors @ vectors.T, 0, None)
    grouping = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="single", distance_threshold=1 - SAME_PAGE
    )
    return np.asarray(grouping.fit_predict(apart), dtype=np.int64)


def folds(bases: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Training and test ladders, no base page in both. With one base there is nothing to hold out by, and no fold."""
    from sklearn.model_selection import GroupKFold

    parts = min(FOLDS, len(set(bases.tolist())))
    if parts < 2:
        return
    yield from GroupKFold(parts).split(bases, groups=bases)


def learned_words(columns: Sequence[Sequence[Column]], ranks: Ints, bases: Ints) -> Floats:
    """Scores by words learned: a ridge regression of quality on the words at the places that differ, each with and
    without the word before it; shape (ladders, 4).

    Counts and quality are centred within each ladder, so that only what tells its four texts apart is learned.

    Args:
        columns: of each ladder.
        ranks: shape (ladders, 4).
        bases: of each ladder, as `families`.
    """
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.linear_model import Ridge

    bags = [_centred([_bag(own, text) for text in range(4)]) for own in columns]
    hashed = FeatureHasher(_FEATURES).transform([bag for four in bags for bag in four])
    quality = 1.5 - ranks
    scores = np.zeros(ranks.shape)
    for train, test in folds(bases):
        model = Ridge(alpha=_RIDGE, fit_intercept=False, solver="sparse_cg")
        model.fit(hashed[_rows(train)], quality[train].ravel())
        scores[test] = model.predict(hashed[_rows(test)]).reshape(-1, 4)
    return np.round(scores, 9)


def _bag(columns: Sequence[Column], text: int) -> Counter[str]:
    bag: Counter[str] = Counter()
    for column in columns:
        past = column.before[-1] if column.before else ""
        for word in column.words[text]:
            bag[f"word {word}"] += 1
            bag[f"pair {past} {word}"] += 1
            past = word
    return bag


def _centred(bags: Sequence[Counter[str]]) -> list[dict[str, float]]:
    means = {word: sum(bag[word] for bag in bags) / len(bags) for bag in bags for word in bag}
    return [{word: bag[word] - mean for word, mean in means.items() if bag[word] != mean} for bag in bags]


def _rows(ladders: Ints) -> Ints:
    """The rows of each ladder's four texts."""
    return np.asarray((ladders[:, None] * 4 + np.arange(4)).ravel(), dtype=np.int64)
