import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st

from tasks.persona.draw import candidates
from tasks.persona.source import Pool, read_pool
from tasks.persona.task import draw_batch
from tasks.record import Candidate, Topic
from tasks.rows import load_rows

PEOPLE = [f"A keeper of {n} bees who counts them at dusk." for n in range(40)]
WEIGHTS: dict[Topic, float] = {"games": 1, "science": 1, "animation": 1, "tools": 1}


def pool_of(texts: list[str]) -> Pool:
    return Pool(name="people", texts=tuple(texts), rows=len(texts), bounded=False)


def drawn(pool: Pool, seed: int = 7, count: int = 40) -> list[tuple[str, str, int]]:
    return [(c.persona.text, c.topic, c.seed) for c in candidates(pool, seed, WEIGHTS, 0, count)]


def test_every_kind_of_source_gives_the_same_draw(tmp_path: Path) -> None:
    shuffled = random.Random(1).sample(PEOPLE, len(PEOPLE))
    lines = tmp_path / "a.jsonl"
    lines.write_text("".join(json.dumps({"persona": text}) + "\n" for text in PEOPLE))
    pq.write_table(pa.table({"input persona": shuffled}), tmp_path / "a.parquet")
    Dataset.from_dict({"persona": PEOPLE[::-1]}).save_to_disk(tmp_path / "saved")
    (tmp_path / "folder").mkdir()
    pq.write_table(pa.table({"id": range(40), "persona": shuffled}), tmp_path / "folder" / "part.parquet")
    draws = [drawn(read_pool(str(tmp_path / name))) for name in ("a.jsonl", "a.parquet", "saved", "folder")]
    assert draws[0] == draws[1] == draws[2] == draws[3]


def test_a_candidate_is_the_same_whatever_batch_it_is_in() -> None:
    pool = pool_of(PEOPLE)
    whole = candidates(pool, 3, WEIGHTS, 0, 24)
    parts = [c for start in range(0, 24, 5) for c in candidates(pool, 3, WEIGHTS, start, min(5, 24 - start))]
    assert parts == whole
    assert [c.index for c in whole] == list(range(24))


@given(st.lists(st.text(min_size=1), min_size=1, max_size=30, unique=True), st.integers())
def test_nobody_is_drawn_again_before_all_were(texts: list[str], seed: int) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    pool = pool_of(list(dict.fromkeys(texts)))
    size = len(pool.texts)
    people = [c.persona.text for c in candidates(pool, seed, WEIGHTS, 0, 2 * size)]
    assert sorted(people[:size]) == sorted(people[size:]) == sorted(pool.texts)


def test_a_second_turn_is_another_order_with_other_seeds() -> None:
    twice = drawn(pool_of(PEOPLE), count=80)
    assert [text for text, _, _ in twice[:40]] != [text for text, _, _ in twice[40:]]
    assert len({seed for _, _, seed in twice}) == 80


def test_another_seed_is_another_draw() -> None:
    assert drawn(pool_of(PEOPLE), seed=1) != drawn(pool_of(PEOPLE), seed=2)


@given(st.sets(st.sampled_from(PEOPLE), min_size=2))
def test_fewer_personas_keep_their_order(kept: set[str]) -> None:
    fewer = pool_of([text for text in PEOPLE if text in kept])
    assert [x for x in drawn(pool_of(PEOPLE)) if x[0] in kept] == drawn(fewer, count=len(kept))


def test_topics_come_by_weight() -> None:
    weights: dict[Topic, float] = {"games": 3, "science": 1, "animation": 0, "tools": 0}
    topics = [c.topic for c in candidates(pool_of(PEOPLE), 5, weights, 0, 400)]
    assert set(topics) == {"games", "science"}
    assert 260 < topics.count("games") < 340


async def test_a_batch_is_drawn_once(tmp_path: Path) -> None:
    out = tmp_path / "batch" / "candidates.jsonl"
    await draw_batch.fn(pool_of(PEOPLE), 7, WEIGHTS, 8, 4, out)
    rows = load_rows(out, Candidate)
    assert [row.index for row in rows] == [8, 9, 10, 11]
    await draw_batch.fn(pool_of(PEOPLE), 99, WEIGHTS, 0, 4, out)
    assert load_rows(out, Candidate) == rows
