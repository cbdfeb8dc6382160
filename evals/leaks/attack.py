"""All attackers that read texts, over many ladders at once.

What concerns one ladder alone is worked out in several processes; what learns from other ladders comes after.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evals.leaks import boost, distance, looks, words
from evals.leaks.columns import Column, columns, numbered
from evals.leaks.menus import resolved
from evals.leaks.restore import Texts, literal
from evals.leaks.text import read
from evals.pace import Pace, Tell
from tasks.dedupe.embed import LexicalEmbedder, program_text
from tasks.settings import DedupeSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scores = dict[str, Floats]
"""Attacker to its scores, shape (ladders, 4), in the texts' public order."""

RESOLVED = "resolved: "
"""Begins the names of attackers that follow references."""
_FEW = 8
"""Ladders for which starting processes takes longer than the work."""


@dataclass(frozen=True)
class Examined:
    """What there is to say of one ladder's four texts without knowing any other ladder."""

    task_id: str
    ranks: tuple[int, ...]
    looks: dict[str, list[float]]
    """Attacker to its four scores."""
    columns: list[Column]
    resolved_looks: dict[str, list[float]]
    resolved_columns: list[Column]
    """Where the texts differ once their references are followed."""
    vector: list[float]
    """Embedding of the first text, to tell base pages apart."""


def examine(texts: Texts, *, follow: bool = True) -> Examined:
    """Read four texts. `follow`: read them with their references resolved as well."""
    filenames = [file.filename for file in texts.programs[0].files]
    readings = [read(program) for program in texts.programs]
    found = columns(readings, texts.edits, filenames)
    each = [looks.raw_looks(reading) for reading in readings]
    scores = {name: [one[name] for one in each] for name in each[0]}
    scores |= looks.place_looks(found, readings)
    scores["lint"] = [looks.lint(program) for program in texts.programs]
    edits = distance.edit_distances(numbered(readings))
    packed = distance.compression_distances([reading.text for reading in readings])
    vectors = _embedded(texts)
    scores |= {
        "edit distance: medoid": distance.central(edits).tolist(),
        "edit distance: outlier": distance.company(edits).tolist(),
        "edit distance: seriation": distance.seriation(edits).tolist(),
        "compression distance: medoid": distance.central(packed).tolist(),
        "compression distance: seriation": distance.seriation(packed).tolist(),
        "embedding: medoid": distance.central(1 - vectors @ vectors.T).tolist(),
        "place in the shard": [-float(place) for place in range(4)],
        "completion id": [float(int.from_bytes(one.encode()[:6], "big")) for one in texts.ids],
        "order of files": [float(sum(a <= b for a, b in pairwise(names))) for names in texts.filenames],
    }
    followed: list[Column] = []
    more: dict[str, list[float]] = {}
    if follow:
        plain = [read(resolved(program)) for program in texts.programs]
        spelled = [
            [edit.model_copy(update={"after": literal(edit), "menu": "", "means": ""}) for edit in own]
            for own in texts.edits
        ]
        followed = columns(plain, spelled, filenames)
        more = looks.place_looks(followed, plain)
        more["length in characters"] = [float(len(reading.text)) for reading in plain]
    return Examined(
        task_id=texts.task_id,
        ranks=texts.ranks,
        looks=scores,
        columns=found,
        resolved_looks=more,
        resolved_columns=followed,
        vector=vectors[0].tolist(),
    )


def examine_all(
    texts: Sequence[Texts], tell: Tell, *, following: int | None = None, workers: int | None = None
) -> list[Examined]:
    """`examine` for many, in their order, with one process a core; few are done in this one.

    Args:
        texts: of each ladder.
        tell: hears how far it is.
        following: how many, from the first, are read with their references followed as well; all if None.
        workers: processes; none takes the machine's cores.
    """
    pace = Pace("ladders read", len(texts), tell)
    follow = [following is None or place < following for place in range(len(texts))]
    workers = workers or os.cpu_count() or 1
    if len(texts) <= _FEW or workers == 1:
        found = []
        for one, deep in zip(texts, follow, strict=True):
            found.append(examine(one, follow=deep))
            pace.step()
        return found
    # spawned, as a forked process would hold the threads' locks of whatever ran here before
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _ignore_interrupts)
    try:
        waiting: list[Future[Examined]] = [
            pool.submit(examine, one, follow=deep) for one, deep in zip(texts, follow, strict=True)
        ]
        for _ in as_completed(waiting):
            pace.step()
        return [future.result() for future in waiting]
    finally:
        pool.shutdown(cancel_futures=True)


def attacks(examined: Sequence[Examined], tell: Tell) -> Scores:
    """Every attacker's scores; those that learn do so on ladders of other base pages.

    Args:
        examined: of each ladder.
        tell: hears of each learner that begins.
    """
    simple = [one.looks for one in examined]
    return _attacked(simple, [one.columns for one in examined], examined, tell, "")


def resolver_attacks(examined: Sequence[Examined], tell: Tell) -> Scores:
    """Attackers that follow every reference before they look: what reading can see below the surface."""
    simple = [one.resolved_looks for one in examined]
    return _attacked(simple, [one.resolved_columns for one in examined], examined, tell, RESOLVED)


def _attacked(
    simple: list[dict[str, list[float]]],
    places: list[list[Column]],
    examined: Sequence[Examined],
    tell: Tell,
    prefix: str,
) -> Scores:
    ranks, bases = ranks_of(examined), bases_of(examined)
    scores = {name: np.array([one[name] for one in simple], dtype=np.float64) for name in sorted(simple[0])}
    beside = np.stack([value - value.mean(axis=1, keepdims=True) for value in scores.values()], axis=2)
    learners: dict[str, Callable[[], Floats]] = {
        "telltale words, learned": lambda: words.learned_words(places, ranks, bases),
        "gradient boosting, by page": lambda: boost.boosted(places, beside, ranks, bases),
        "gradient boosting, by page and edit": lambda: boost.boosted_apart(places, ranks, bases),
    }
    for name, learn in learners.items():
        tell(f"learning: {prefix}{name}")
        scores[name] = learn()
    return {f"{prefix}{name}": value for name, value in scores.items()}


def ranks_of(examined: Sequence[Examined]) -> Ints:
    """Shape (ladders, 4)."""
    return np.array([one.ranks for one in examined], dtype=np.int64)


def bases_of(examined: Sequence[Examined]) -> Ints:
    """A number for each ladder's base page, shape (ladders,)."""
    return words.families(np.array([one.vector for one in examined], dtype=np.float64))


def _embedded(texts: Texts) -> Floats:
    embedder = LexicalEmbedder(DedupeSettings().dimension)
    vectors = asyncio.run(embedder.embed([program_text(program) for program in texts.programs]))
    return np.asarray(vectors, dtype=np.float64)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of the group; the one that waits ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
