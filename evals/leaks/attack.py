"""All statistics of natural texts, over many ladders at once: what somebody has who runs the loader and reads.

What concerns one ladder alone is worked out in several processes; what learns from other ladders comes after.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.ladders import Quad
from evals.leaks import boost, distance, looks, words
from evals.leaks.columns import Column, columns, numbered
from evals.leaks.text import read
from evals.pace import Pace, Tell
from tasks.dedupe.embed import LexicalEmbedder, program_text
from tasks.record import Program
from tasks.settings import DedupeSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scores = dict[str, Floats]
"""Attacker to its scores, shape (ladders, 4), in the texts' public order."""

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
    vector: list[float]
    """Embedding of the first text, to tell base pages apart."""


def examine(quad: Quad) -> Examined:
    """Read four natural programs."""
    programs = [rung.program for rung in quad.rungs]
    readings = [read(program) for program in programs]
    filenames = [file.filename for file in programs[0].files]
    found = columns(readings, [rung.edits for rung in quad.rungs], filenames)
    each = [looks.raw_looks(reading) for reading in readings]
    scores = {name: [one[name] for one in each] for name in each[0]}
    scores |= looks.place_looks(found, readings)
    scores["lint"] = [looks.lint(program) for program in programs]
    edits = distance.edit_distances(numbered(readings))
    packed = distance.compression_distances([reading.text for reading in readings])
    vectors = _embedded(programs)
    scores |= {
        "edit distance: medoid": distance.central(edits).tolist(),
        "edit distance: outlier": distance.company(edits).tolist(),
        "edit distance: seriation": distance.seriation(edits).tolist(),
        "compression distance: medoid": distance.central(packed).tolist(),
        "compression distance: seriation": distance.seriation(packed).tolist(),
        "embedding: medoid": distance.central(1 - vectors @ vectors.T).tolist(),
    }
    return Examined(quad.task_id, quad.ranks, scores, found, vectors[0].tolist())


def examine_all(quads: Sequence[Quad], tell: Tell, *, workers: int | None = None) -> list[Examined]:
    """`examine` for many, in their order, with one process a core; few are done in this one.

    Args:
        quads: the ladders.
        tell: hears how far it is.
        workers: processes; none takes the machine's cores.
    """
    pace = Pace("ladders read", len(quads), tell)
    workers = workers or os.cpu_count() or 1
    if len(quads) <= _FEW or workers == 1:
        found = []
        for one in quads:
            found.append(examine(one))
            pace.step()
        return found
    # spawned, as a forked process would hold the threads' locks of whatever ran here before
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _ignore_interrupts)
    try:
        waiting: list[Future[Examined]] = [pool.submit(examine, one) for one in quads]
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
    places = [one.columns for one in examined]
    ranks, bases = ranks_of(examined), bases_of(examined)
    names = sorted(examined[0].looks)
    scores = {name: np.array([one.looks[name] for one in examined], dtype=np.float64) for name in names}
    beside = np.stack([value - value.mean(axis=1, keepdims=True) for value in scores.values()], axis=2)
    learners: dict[str, Callable[[], Floats]] = {
        "telltale words, learned": lambda: words.learned_words(places, ranks, bases),
        "gradient boosting, by page": lambda: boost.boosted(places, beside, ranks, bases),
        "gradient boosting, by page and edit": lambda: boost.boosted_apart(places, ranks, bases),
    }
    for name, learn in learners.items():
        tell(f"learning: {name}")
        scores[name] = learn()
    return scores


def ranks_of(examined: Sequence[Examined]) -> Ints:
    """Shape (ladders, 4)."""
    return np.array([one.ranks for one in examined], dtype=np.int64)


def bases_of(examined: Sequence[Examined]) -> Ints:
    """A number for each ladder's base page, shape (ladders,)."""
    return words.families(np.array([one.vector for one in examined], dtype=np.float64))


def _embedded(programs: Sequence[Program]) -> Floats:
    embedder = LexicalEmbedder(DedupeSettings().dimension)
    vectors = asyncio.run(embedder.embed([program_text(program) for program in programs]))
    return np.asarray(vectors, dtype=np.float64)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of the group; the one that waits ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
