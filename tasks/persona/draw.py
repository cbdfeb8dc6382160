"""The seeded draw: which personas, in which order, and what each candidate gets of its own.

The order is that of a keyed hash of the texts, so it depends on the seed and on what the personas say, and on nothing
else: not on the order, the format or the place that they were read from. One persona more leaves the others' order.
"""

import hashlib
import random
from collections.abc import Mapping
from functools import lru_cache

from tasks.content import content_id
from tasks.persona.source import Pool
from tasks.record import Candidate, Persona, Topic

SEED_BITS = 63
"""A candidate's seed fits a signed 64-bit column."""


def candidates(pool: Pool, seed: int, weights: Mapping[Topic, float], start: int, count: int) -> list[Candidate]:
    """The candidates `start` to `start + count` of a run; each is the same whatever batch it is drawn in.

    A persona is not drawn again before all were drawn. Then a new turn begins, in another order, and each persona gets
    another seed and another draw of the topic.

    Args:
        pool: where the personas are.
        seed: the run's.
        weights: relative weight of each topic, in a fixed order.
        start: index of the first, from 0.
        count: how many.
    """
    return [_candidate(pool, seed, weights, index) for index in range(start, start + count)]


def _candidate(pool: Pool, seed: int, weights: Mapping[Topic, float], index: int) -> Candidate:
    turn, place = divmod(index, len(pool.texts))
    text = _order(pool.texts, seed, turn)[place]
    persona = Persona(persona_id=content_id(text), text=text, source=pool.name)
    own = random.Random(content_id(str(seed), str(turn), persona.persona_id))
    topic = own.choices(list(weights), weights=list(weights.values()))[0]
    return Candidate(index=index, seed=own.getrandbits(SEED_BITS), topic=topic, persona=persona)


@lru_cache(maxsize=4)
def _order(texts: tuple[str, ...], seed: int, turn: int) -> tuple[str, ...]:
    """The texts by their keys in one turn; 200,000 take about half a second, which a run should pay once."""
    salt = content_id(str(seed), str(turn)).encode()
    return tuple(sorted(texts, key=lambda text: hashlib.blake2b(text.encode(), key=salt).digest()))
