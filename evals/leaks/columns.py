"""Where four texts differ: everything else is the same in all and can't tell them apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.leaks.distance import align
from evals.leaks.text import Reading
from tasks.record import Edit

CONTEXT = 3
"""Words before a place that differs that go with it."""


@dataclass(frozen=True)
class Column:
    """One place where four texts differ."""

    words: tuple[tuple[str, ...], ...]
    """What stands there in each text, canonical; may be nothing."""
    kinds: tuple[tuple[str, ...], ...]
    """Of each of these words, as `text.Token.kind`."""
    before: tuple[str, ...]
    """The last words that all four share."""
    mutator: str
    """Whose edit it is; empty if it is none's. No attacker reads this: folds are held out by it."""


def numbered(readings: Sequence[Reading]) -> list[list[int]]:
    """Each text's words as numbers, the same for the same word."""
    known: dict[str, int] = {}
    return [[known.setdefault(word, len(known)) for word in reading.words] for reading in readings]


def columns(readings: Sequence[Reading], edits: Sequence[Sequence[Edit]], filenames: Sequence[str]) -> list[Column]:
    """Line four texts up and keep what differs, in the order of the text.

    Args:
        readings: of the four programs.
        edits: of each program, so that each place can be said to be a mutator's; may be empty lists.
        filenames: of the programs' files, in their order.
    """
    sequences = numbered(readings)
    owners = [_owners(reading, own, filenames) for reading, own in zip(readings, edits, strict=True)]
    partners = []
    for other in sequences[1:]:
        partner = [-1] * len(sequences[0])
        for start, start_there, length in align(sequences[0], other).runs:
            partner[start : start + length] = range(start_there, start_there + length)
        partners.append(partner)
    found: list[Column] = []
    done = [0] * len(readings)
    anchors = [(i, *row) for i, row in enumerate(zip(*partners, strict=True)) if min(row) >= 0]
    for anchor in [*anchors, tuple(len(one.words) for one in readings)]:
        if any(here > past for here, past in zip(anchor, done, strict=True)):
            slices = [slice(past, here) for past, here in zip(done, anchor, strict=True)]
            words = tuple(tuple(one.words[cut]) for one, cut in zip(readings, slices, strict=True))
            if len(set(words)) > 1:
                found.append(
                    Column(
                        words=words,
                        kinds=tuple(tuple(one.kinds[cut]) for one, cut in zip(readings, slices, strict=True)),
                        before=tuple(readings[0].words[max(0, done[0] - CONTEXT) : done[0]]),
                        mutator=_mutator(readings, slices, owners),
                    )
                )
        done = [here + 1 for here in anchor]
    return found


Owners = list[tuple[int, int, int, str]]
"""File, first byte, byte behind the last, mutator."""


def _owners(reading: Reading, edits: Sequence[Edit], filenames: Sequence[str]) -> Owners:
    found: Owners = []
    data = [content.encode("utf-8", "replace") for content in reading.contents]
    for edit in edits:
        after = edit.after.encode("utf-8", "replace")
        if edit.file not in filenames or not after:
            continue
        index = list(filenames).index(edit.file)
        at = data[index].find(after)
        while at >= 0:
            found.append((index, at, at + len(after), edit.mutator))
            at = data[index].find(after, at + 1)
    return sorted(found, key=lambda one: one[2] - one[1], reverse=True)


def _mutator(readings: Sequence[Reading], slices: Sequence[slice], owners: Sequence[Owners]) -> str:
    """The longest edit that one of the words stands in: where an edit's text is not unique, long ones are surer."""
    for reading, cut, own in zip(readings, slices, owners, strict=True):
        for at in range(cut.start, cut.stop):
            file, start = reading.files[at], reading.starts[at]
            for index, first, behind, mutator in own:
                if index == file and first <= start < behind:
                    return mutator
    return ""
