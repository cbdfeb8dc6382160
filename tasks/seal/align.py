"""What texts have in common, and the places where they differ."""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

Part = str | tuple[str, ...]
"""A text that all have, or what each has here."""

_FINE = 400
"""Characters of a place from which it is looked at more closely."""
_PHRASE = re.compile(r"[^;{}>,\n]*(?:[;{}>,\n]|$)")


def aligned(texts: Sequence[str]) -> list[Part]:
    """The texts in parts; those of text `i` put together are text `i`."""
    return _merged(_refined(_by_units(texts, lambda text: text.splitlines(keepends=True))))


def common_head(texts: Sequence[Any]) -> int:
    """How many units, e.g. characters, all texts begin with."""
    low, high = min(texts), max(texts)  # of sequences in order the outer two share what all share
    return next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))


def _refined(parts: Sequence[Part]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, str) or max(len(text) for text in part) < _FINE:
            yield from _trimmed(part)
        else:
            for finer in _by_units(part, lambda text: [found for found in _PHRASE.findall(text) if found]):
                yield from _trimmed(finer)


def _by_units(texts: Sequence[str], split: Callable[[str], list[str]]) -> list[Part]:
    """Parts whose bounds are those of units, e.g. lines."""
    units = [split(text) for text in texts]
    first = units[0]
    blocks = [_equal_blocks(first, other) for other in units]
    changed = sorted((one[1], other[0]) for own in blocks for one, other in pairwise(own))
    parts: list[Part] = []
    done = 0
    for start, end in _united(changed):
        parts.append("".join(first[done:start]))
        spans = [(_at(own, start, early=True), _at(own, end, early=False)) for own in blocks]
        parts.append(tuple("".join(own[a:b]) for own, (a, b) in zip(units, spans, strict=True)))
        done = end
    return [*parts, "".join(first[done:])]


Block = tuple[int, int, int, int]
"""Equal units: from, to in the first text; from, to in another."""


def _equal_blocks(first: list[str], other: list[str]) -> list[Block]:
    """Runs of equal units, between two of which something differs; the first and the last may be empty."""
    head = common_head([first, other])
    tail = common_head([first[head:][::-1], other[head:][::-1]])
    inner = SequenceMatcher(None, first[head : len(first) - tail], other[head : len(other) - tail], autojunk=False)
    found = [(head + i, head + i + n, head + j, head + j + n) for i, j, n in inner.get_matching_blocks() if n]
    blocks = [(0, head, 0, head)]
    for block in (*found, (len(first) - tail, len(first), len(other) - tail, len(other))):
        i1, i2, j1, j2 = blocks[-1]
        if (i2, j2) == (block[0], block[2]):
            blocks[-1] = (i1, block[1], j1, block[3])
        else:
            blocks.append(block)
    return blocks


def _united(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch made one."""
    united: list[tuple[int, int]] = []
    for start, end in spans:
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _at(blocks: list[Block], at: int, *, early: bool) -> int:
    """Where a place of the first text is in another; of what is put in just there, before it or behind it."""
    found = [j1 + at - i1 for i1, i2, j1, _ in blocks if i1 <= at <= i2]
    return min(found) if early else max(found)


def _trimmed(part: Part) -> Iterator[Part]:
    """A place without what all texts have at its beginning and end."""
    if isinstance(part, str):
        yield part
        return
    head = common_head(part)
    rest = [text[head:] for text in part]
    tail = common_head([text[::-1] for text in rest])
    yield part[0][:head]
    yield tuple(text[: len(text) - tail] for text in rest)
    yield rest[0][len(rest[0]) - tail :]


def _merged(parts: Iterator[Part]) -> list[Part]:
    """Without empty parts and places where all are alike, neighbours put together."""
    merged: list[Part] = []
    for part in parts:
        plain = part if isinstance(part, str) else part[0] if len(set(part)) == 1 else None
        if plain is None:
            merged.append(part)
        elif merged and isinstance(merged[-1], str):
            merged[-1] += plain
        elif plain:
            merged.append(plain)
    return merged
