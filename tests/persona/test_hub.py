"""A Hub on loopback. Its address is read when `datasets` is imported, so it is read in a process of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.settings import ROOT
from tests.persona.reading_hub import reading_hub

PEOPLE = [f"A keeper of {n} bees who counts them at dusk." for n in range(30)]
READ = """
import json, sys
from tasks.errors import BadInput
from tasks.persona.source import read_pool
for source in sys.argv[1:]:
    try:
        pool = read_pool(source, 25)
        print(json.dumps([pool.name, pool.texts, pool.rows, pool.bounded]))
    except BadInput as refusal:
        print(json.dumps(str(refusal)))
"""


def parquet(column: str, texts: list[str]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": list(range(len(texts))), column: texts}), sink)
    return sink.getvalue()


def lines(column: str, texts: list[str]) -> bytes:
    return "".join(json.dumps({column: text, "synthesized text": "x"}) + "\n" for text in texts).encode()


def card(configs: dict[str, str]) -> bytes:
    listed = "".join(f"- config_name: {name}\n  data_files: {file}\n" for name, file in configs.items())
    return f"---\nconfigs:\n{listed}---\n".encode()


REPOS = {
    "bees/hub": {
        "README.md": card({"math": "math.jsonl", "persona": "persona.jsonl"}),
        "math.jsonl": lines("input persona", PEOPLE[:5]),
        "persona.jsonl": lines("persona", PEOPLE),
    },
    "bees/fine": {"data/train-00000-of-00001.parquet": parquet("persona", PEOPLE)},
    "bees/split": {"README.md": card({"a": "a.jsonl", "b": "a.jsonl"}), "a.jsonl": lines("persona", PEOPLE)},
    "bees/odd": {"data/train.jsonl": lines("biography", PEOPLE)},
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    sources = ["bees/hub", "bees/hub:math", "bees/hub:tool", "bees/fine", "bees/split", "bees/odd", "bees/gone"]
    with reading_hub(REPOS) as url:
        home = str(tmp_path_factory.mktemp("hf"))
        env = {**os.environ, "HF_ENDPOINT": url, "HF_HOME": home, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", READ, *sources]
        done = subprocess.run(
            command, env=env, cwd=Path(home), capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr
    yield dict(zip(sources, map(json.loads, done.stdout.splitlines()), strict=True))


def test_the_config_named_persona_is_meant_when_none_is_named(answers: dict[str, object]) -> None:
    assert answers["bees/hub"] == ["bees/hub", PEOPLE[:25], 25, True]


def test_another_config_can_be_named(answers: dict[str, object]) -> None:
    assert answers["bees/hub:math"] == ["bees/hub:math", PEOPLE[:5], 5, False]


def test_parquet_is_streamed_too(answers: dict[str, object]) -> None:
    assert answers["bees/fine"] == ["bees/fine", PEOPLE[:25], 25, True]


def test_a_wrong_or_missing_config_is_answered_with_those_that_there_are(answers: dict[str, object]) -> None:
    assert answers["bees/hub:tool"] == ("bees/hub has no config `tool`; name one as bees/hub:CONFIG, of: math, persona")
    assert answers["bees/split"] == "bees/split has several configs; name one as bees/split:CONFIG, of: a, b"


def test_a_dataset_without_personas_and_one_that_is_not_there(answers: dict[str, object]) -> None:
    assert "bees/odd has no column `persona` or `input persona`; its columns are: `biography`" in str(
        answers["bees/odd"]
    )
    assert "there is no dataset bees/gone on the Hub" in str(answers["bees/gone"])
