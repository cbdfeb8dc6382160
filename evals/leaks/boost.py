"""Gradient boosting over pairs of texts: given what differs between two, which of them is better?"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from evals.leaks.columns import Column
from evals.leaks.text import is_number, number
from evals.leaks.words import folds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTS = 3
"""Groups of mutators, each held out in turn."""

_BUCKETS = 32
_KINDS = ("number", "string", "name", "word", "mark")
_COLOUR = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_TURNS = list(permutations(range(4), 2))
_SUMS = 2 + len(_KINDS) + 9


def boosted(columns: Sequence[Sequence[Column]], looks: Floats, ranks: Ints, bases: Ints) -> Floats:
    """Scores of texts, shape (ladders, 4): the sum of a text's chances to be the better of two, over the other three.

    Trained on ladders of other base pages than those scored.

    Args:
        columns: of each ladder.
        looks: other scores of each text that may tell something, shape (ladders, 4, any).
        ranks: shape (ladders, 4).
        bases: of each ladder, as `words.families`.
    """
    features = np.stack([described(own) for own in columns])
    features = np.concatenate([features, looks], axis=2)
    scores = np.zeros(ranks.shape)
    for train, test in folds(bases):
        scores[test] = _trained(features[train], ranks[train], features[test])
    return scores


def boosted_apart(columns: Sequence[Sequence[Column]], ranks: Ints, bases: Ints) -> Floats:
    """As `boosted`, and no kind of edit is in training and test: for each group of mutators a model learns from the
    other groups' places in ladders of other base pages, and scores this group's places. A text's scores add up."""
    mutators = Counter(column.mutator for own in columns for column in own if column.mutator)
    groups = [{name for name, _ in mutators.most_common()[part::PARTS]} for part in range(PARTS)]
    scores = np.zeros(ranks.shape)
    if not all(groups):
        return scores
    for held in groups:
        others = np.stack([described([c for c in own if c.mutator and c.mutator not in held]) for own in columns])
        mine = np.stack([described([c for c in own if c.mutator in held]) for own in columns])
        for train, test in folds(bases):
            found = _trained(others[train], ranks[train], mine[test])
            told = [any(c.mutator in held for c in columns[ladder]) for ladder in test]
            scores[test] += np.where(np.array(told)[:, None], found, 0)
    return scores


def described(columns: Sequence[Column]) -> Floats:
    """What differs in each of four texts as numbers, shape (4, features): sums and ranks of what stands at the places
    that differ, and counts of words, and of words with the one before, in hashed buckets."""
    table = np.zeros((4, _SUMS + 4 * _BUCKETS))
    for column in columns:
        past = column.before[-1] if column.before else ""
        context = _bucket(" ".join(column.before[-2:]))
        firsts = []
        for text in range(4):
            words, kinds = column.words[text], column.kinds[text]
            table[text, :_SUMS] += _sums(words, kinds)
            previous = past
            for word in words:
                table[text, _SUMS + _bucket(word)] += 1
                table[text, _SUMS + _BUCKETS + _bucket(f"{previous} {word}")] += 1
                previous = word
            values = [value for word in words if (value := _value(word)) is not None]
            firsts.append(values[0] if values else math.nan)
        if not np.isnan(firsts).any():
            places = np.argsort(np.argsort(firsts)) - 1.5
            table[:, _SUMS + 2 * _BUCKETS + context] += places
            table[:, _SUMS + 3 * _BUCKETS + context] += np.array(firsts) - np.mean(firsts)
    return table


def _trained(known: Floats, ranks: Ints, asked: Floats) -> Floats:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    told = np.flatnonzero((known != known[:, :1]).any(axis=(0, 1)))
    if not len(told):
        return np.zeros((len(asked), 4))
    known, asked = known[:, :, told], asked[:, :, told]
    pairs = [known[:, a] - known[:, b] for a, b in _TURNS]
    better = [ranks[:, a] < ranks[:, b] for a, b in _TURNS]
    model = HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.1, max_leaf_nodes=15, min_samples_leaf=10, l2_regularization=1.0, random_state=0
    )
    scores = np.zeros((len(asked), 4))
    # its threads meet thousands of times; where each has to wait for a processor, one alone is faster by far
    with threadpool_limits(1):
        model.fit(np.concatenate(pairs), np.concatenate(better))
        for a, b in _TURNS:
            chance = model.predict_proba(asked[:, a] - asked[:, b])[:, 1]
            scores[:, a] += chance
            scores[:, b] -= chance
    return np.round(scores, 9)


def _sums(words: Sequence[str], kinds: Sequence[str]) -> Floats:
    row = np.zeros(_SUMS)
    row[0], row[1] = len(words), sum(map(len, words))
    for word, kind in zip(words, kinds, strict=True):
        row[2 + _KINDS.index(_kind(word, kind))] += 1
        value = _value(word)
        if value is not None:
            at = 2 + len(_KINDS)
            size = math.log1p(abs(value))
            row[at : at + 3] += (size, value < 0, value == 0)
            row[at + 3] = max(row[at + 3], size)
            row[at + 4] += sum(int(char) for char in word if char in "0123456789")
        if colour := _COLOUR.match(word):
            digits = colour[1] if len(colour[1]) == 6 else "".join(char * 2 for char in colour[1])
            red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
            at = 2 + len(_KINDS) + 5
            row[at : at + 4] += (red, green, blue, max(red, green, blue) - min(red, green, blue))
    return row


def _value(word: str) -> float | None:
    """The number that a word is."""
    return number(word) if word[:1].isdigit() or word[:1] in "-+." else None


def _kind(word: str, kind: str) -> str:
    if is_number(kind):
        return "number"
    if word[:1] == '"':
        return "string"
    if kind.endswith("identifier"):
        return "name"
    return "word" if word[:1].isalnum() else "mark"


def _bucket(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace")) % _BUCKETS
