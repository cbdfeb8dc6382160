import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import BadInput
from tasks.persona.source import BLANK, LONG, LONGEST, MISSING, STARTER, clean, read_pool

PEOPLE = [f"A keeper of {n} bees who counts them at dusk." for n in range(50)]


def write_lines(path: Path, rows: list[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def refusal(source: Path | str) -> str:
    with pytest.raises(BadInput) as caught:
        read_pool(str(source))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_json_lines_in_the_schema_of_personahub_and_finepersonas(tmp_path: Path) -> None:
    plain = write_lines(tmp_path / "a.jsonl", [{"persona": text} for text in PEOPLE])
    derived = write_lines(tmp_path / "b.jsonl", [{"input persona": text, "synthesized text": "x"} for text in PEOPLE])
    fine = write_lines(tmp_path / "c.jsonl", [{"id": "1", "persona": text, "labels": ["bees"]} for text in PEOPLE])
    assert read_pool(str(plain)).texts == read_pool(str(derived)).texts == read_pool(str(fine)).texts == tuple(PEOPLE)
    assert read_pool(str(derived)).name == "b.jsonl"


def test_parquet_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "people"
    pq.write_table(pa.table({"labels": ["x"] * 50, "persona": PEOPLE}), path)
    assert read_pool(str(path)).texts == tuple(PEOPLE)


def test_blank_lines_and_a_byte_order_mark_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"persona": "A tuner of bells."}\r\n\r\n{"persona": "A mender of nets."}')
    assert read_pool(str(path)).texts == ("A tuner of bells.", "A mender of nets.")


def test_what_can_not_be_used_is_skipped_and_counted(tmp_path: Path) -> None:
    rows = ["A tuner of bells.", "", "  \u0007 ", None, "x" * (LONGEST + 1), "A  tuner of\nbells.", "x" * LONGEST]
    pool = read_pool(str(write_lines(tmp_path / "a.jsonl", [{"persona": row} for row in rows])))
    assert pool.texts == ("A tuner of bells.", "x" * LONGEST)
    assert (pool.rows, pool.left_out, pool.bounded) == (7, {BLANK: 2, MISSING: 1, LONG: 1}, False)
    assert pool.remark == (
        "4 of 7 personas were left out: 2 are blank, 1 is missing, 1 is longer than 2,000 characters."
    )


def test_no_more_rows_than_wanted_and_says_so(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [{"persona": text} for text in PEOPLE])
    assert (read_pool(str(path), 10).rows, read_pool(str(path), 10).bounded) == (10, True)
    assert (read_pool(str(path), 50).rows, read_pool(str(path), 50).bounded) == (50, False)


@pytest.mark.parametrize(
    "broken",
    [
        b'{"persona": "cut',
        b"[1, 2]",
        b'"text"',
        b'{"persona": 7}',
        b'{"other": "x"}',
        b'{"persona": "\xff"}',
        b"[" * 9999,
    ],
)
def test_a_broken_line_is_named_with_its_file(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "crew.jsonl"
    path.write_bytes(b'{"persona": "A tuner of bells."}\n\n' + broken + b"\n")
    assert "crew.jsonl, line 3" in refusal(path)


def test_the_columns_found_are_named_when_none_is_the_persona(tmp_path: Path) -> None:
    assert "`name`, `age`" in refusal(write_lines(tmp_path / "a.jsonl", [{"name": "Ida", "age": 7}]))
    pq.write_table(pa.table({"biography": ["x"]}), tmp_path / "a.parquet")
    assert "`biography`" in refusal(tmp_path / "a.parquet")


def test_sources_that_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n\n")
    assert "empty.jsonl holds no personas" in refusal(tmp_path / "empty.jsonl")
    assert "none of its 1 rows" in refusal(write_lines(tmp_path / "blank.jsonl", [{"persona": " "}]))
    pq.write_table(pa.table({"persona": pa.array([], pa.string())}), tmp_path / "none.parquet")
    assert "none.parquet holds no personas" in refusal(tmp_path / "none.parquet")
    (tmp_path / "folder").mkdir()
    assert "folder is a folder without" in refusal(tmp_path / "folder")


def test_parquet_that_is_cut_or_holds_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"persona": [1, 2]}), path)
    assert "`persona` is not text but int" in refusal(path)
    path.write_bytes(path.read_bytes()[:-20])
    assert "a.parquet is a broken Parquet file" in refusal(path)


@pytest.mark.parametrize("source", ["nowhere/people.jsonl", "./people", "/no/such/place", "people", ""])
def test_a_source_that_is_not_there(source: str) -> None:
    assert refusal(source)


def test_an_unreachable_hub_is_one_sentence_and_soon() -> None:
    script = "import sys; from tasks.persona.source import read_pool; read_pool('proj-persona/PersonaHub')"
    env = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert "BadInput: proj-persona/PersonaHub can't be had from the Hub" in done.stderr.splitlines()[-1]


@given(st.text())
def test_cleaned_text_is_one_line_and_stays_so(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == " ".join(once.split())
    once.encode()


def test_hidden_direction_marks_are_removed() -> None:
    assert clean("A \u202etenor\u202c\u0000 of the\ud800 choir") == "A tenor of the choir"


def test_the_starter_set_is_large_and_varied() -> None:
    pool = read_pool(STARTER)
    assert pool.name == STARTER
    assert pool.left_out == {} and len(pool.texts) == pool.rows >= 240
    openings = [" ".join(text.split()[:3]).lower() for text in pool.texts]
    assert len(set(openings)) > 0.8 * len(openings), "too many begin alike"
    assert all(40 <= len(text) <= 400 for text in pool.texts)
    words = [frozenset(word.strip(".,;'").lower() for word in text.split() if len(word) > 3) for text in pool.texts]
    nearest = max(len(a & b) / len(a | b) for i, a in enumerate(words) for b in words[:i])
    assert nearest < 0.3, "two personas say nearly the same"
