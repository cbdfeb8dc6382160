"""Files as users have them: hidden ones beside them, packed, in folders, through a pipe; real files, real processes."""

import gzip
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import BadInput
from tasks.persona.files import LONGEST_LINE
from tasks.persona.source import read_pool
from tasks.settings import ROOT

PEOPLE = [f"A keeper of {n} bees who counts them at dusk." for n in range(50)]
LINES = "".join(json.dumps({"persona": text}) + "\n" for text in PEOPLE).encode()
APPLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        "
READ = """
import json, sys
from tasks.errors import BadInput
from tasks.persona.source import read_pool
try:
    pool = read_pool(sys.argv[1], *map(int, sys.argv[2:]))
    print(json.dumps([pool.name, pool.texts, pool.rows, pool.bounded]))
except BadInput as refusal:
    print(json.dumps(str(refusal)))
"""


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


def parquet(**columns: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def texts(source: Path | str) -> list[str]:
    return list(read_pool(str(source)).texts)


def refusal(source: Path | str) -> str:
    with pytest.raises(BadInput) as caught:
        read_pool(str(source))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("hidden", ["._x.jsonl", "._people.jsonl", ".git/x.jsonl", "a/.b/c/x.parquet", "a/._0.parquet"])
def test_names_that_begin_with_a_dot_are_no_data(tmp_path: Path, hidden: str) -> None:
    folder = tmp_path / ".cache" / "people"  # what is hidden above it does not matter
    (folder / hidden).parent.mkdir(parents=True)
    (folder / hidden).write_bytes(APPLE)
    assert "people is a folder without *.jsonl or *.parquet" in refusal(folder)
    (folder / "people.jsonl").write_bytes(LINES)
    assert texts(folder) == PEOPLE


@pytest.mark.parametrize(
    "name", ["default/train/0000.parquet", "data/train-00000-of-00001.parquet", "a/b/c/d/e/x.PARQUET"]
)
def test_a_folder_as_the_hub_lays_it_out_at_any_depth(tmp_path: Path, name: str) -> None:
    (tmp_path / "hub" / name).parent.mkdir(parents=True)
    (tmp_path / "hub" / name).write_bytes(parquet(persona=PEOPLE))
    (tmp_path / "hub" / "README.md").write_text("# no data")
    assert texts(tmp_path / "hub") == PEOPLE


def test_files_of_one_folder_are_read_in_order_each_with_its_own_column(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "0000.parquet").write_bytes(parquet(**{"input persona": PEOPLE[20:]}))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINES[: LINES.index(PEOPLE[10].encode()) - 13]))
    (tmp_path / "a.ndjson.zst").write_bytes(zstd(b"".join(LINES.splitlines(keepends=True)[10:20])))
    assert texts(tmp_path) == PEOPLE
    (tmp_path / "c.jsonl").write_text('{"name": "Ida"}\n')
    assert "c.jsonl, line 1 has no column `persona`" in refusal(tmp_path)


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
@pytest.mark.parametrize("data", [LINES, parquet(persona=PEOPLE)])
@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.zst", "people"])
def test_packed_files_by_their_content_whatever_their_names(tmp_path: Path, pack, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(pack(data))
    assert texts(tmp_path / name) == PEOPLE


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_packed_file_of_several_parts_is_read_to_its_end(tmp_path: Path, pack) -> None:
    (tmp_path / "x").write_bytes(b"".join(pack(line) for line in LINES.splitlines(keepends=True)))
    assert texts(tmp_path / "x") == PEOPLE


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
@pytest.mark.parametrize("data", [LINES, parquet(persona=PEOPLE)])
def test_a_packed_file_that_is_cut_or_spoilt_is_a_sentence(tmp_path: Path, pack, data: bytes) -> None:
    whole = pack(data)
    for spoilt in (whole[:-9], whole[:6], whole[:30] + b"spoilt" + whole[36:]):
        (tmp_path / "people.gz").write_bytes(spoilt)
        assert "people.gz" in refusal(tmp_path / "people.gz")


def test_a_line_is_named_in_a_packed_file_too(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(LINES + b'{"persona": "cut\n'))
    assert "x.jsonl.gz, line 51 is broken" in refusal(tmp_path / "x.jsonl.gz")


def test_a_line_without_an_end_is_not_read_into_memory(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "x.gz", "wb", compresslevel=1) as file:
        for _ in range(LONGEST_LINE // 2**20 + 1):
            file.write(b"x" * 2**20)
    assert "line 1 is longer than 64 MB" in refusal(tmp_path / "x.gz")


def test_nan_is_no_persona(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"persona": NaN}\n{"persona": "A tuner of bells."}\n')
    pandas.DataFrame({"persona": [math.nan, "A tuner of bells."]}).to_parquet(tmp_path / "y.parquet")
    (tmp_path / "z.parquet").write_bytes(parquet(persona=[math.nan, math.nan]))
    for name in ("x.jsonl", "y.parquet"):
        pool = read_pool(str(tmp_path / name))
        assert pool.texts == ("A tuner of bells.",)
        assert pool.remark == "1 of 2 personas is missing and was left out."
    assert "none of its 2 rows has one (2 are missing)" in refusal(tmp_path / "z.parquet")


@pytest.mark.parametrize(
    "kind", [pa.binary(), pa.large_binary(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
)
def test_columns_of_bytes_and_other_texts(tmp_path: Path, kind: pa.DataType) -> None:
    (tmp_path / "x.parquet").write_bytes(parquet(persona=pa.array([*PEOPLE, None]).cast(kind)))
    assert texts(tmp_path / "x.parquet") == PEOPLE


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(parquet(persona=pa.array([b"A glazier.", b"\xff\xfe"])))
    assert "x.parquet, row 2: `persona` is not UTF-8 text" in refusal(tmp_path / "x.parquet")


def test_what_is_left_out_is_counted_by_reason(tmp_path: Path) -> None:
    rows = ["A tuner of bells.", *["x" * 2001] * 9]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps({"persona": row}) + "\n" for row in rows))
    said = "9 of 10 personas are longer than 2,000 characters and were left out."
    assert read_pool(str(tmp_path / "x.jsonl")).remark == said


def test_a_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x.jsonl").write_bytes(LINES)
    assert texts("~/x.jsonl") == PEOPLE
    assert "no personas at ~nobody-of-this-name/x.jsonl" in refusal("~nobody-of-this-name/x.jsonl")


def through_a_pipe(source: str, data: bytes, *words: str) -> object:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", READ, source, *words]
    done = subprocess.run(command, input=data, env=env, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("source", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
@pytest.mark.parametrize("data", [LINES, gzip.compress(LINES), zstd(LINES), parquet(persona=PEOPLE)])
def test_standard_input_is_a_source(source: str, data: bytes) -> None:
    assert through_a_pipe(source, data) == ["standard input", PEOPLE, 50, False]


@pytest.mark.parametrize("data", [LINES, gzip.compress(parquet(persona=PEOPLE)), parquet(persona=PEOPLE)])
def test_a_process_substitution_is_a_source(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "data").write_bytes(data)
    script = 'exec "$1" -c "$2" <(head -c 1 "$3"; tail -c +2 "$3")'  # the first byte comes alone
    command = ["bash", "-c", script, "bash", sys.executable, READ, str(tmp_path / "data")]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout) == ["a pipe", PEOPLE, 50, False]


def test_a_pipe_that_never_ends_is_read_as_far_as_it_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "line").write_bytes(LINES[: LINES.index(b"\n")])
    script = 'yes "$(cat "$3")" | "$1" -c "$2" - 1000'
    command = ["bash", "-c", script, "bash", sys.executable, READ, str(tmp_path / "line")]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout) == ["standard input", PEOPLE[:1], 1000, True]


def test_a_named_pipe_and_devices(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "people")
    with subprocess.Popen(
        ["bash", "-c", 'printf %s "$1" > "$2"', "bash", LINES.decode(), tmp_path / "people"]
    ) as giver:
        assert texts(tmp_path / "people") == PEOPLE
    assert giver.returncode == 0
    assert "holds no personas" in refusal("/dev/null")
    assert "line 1 is longer than 64 MB" in refusal("/dev/zero")


@pytest.mark.parametrize(("data", "said"), [(b"", "standard input holds no personas"), (b"x\n", "line 1 is broken")])
def test_a_pipe_with_nothing_or_nonsense(data: bytes, said: str) -> None:
    assert said in str(through_a_pipe("-", data))


def test_standard_input_that_is_closed_or_a_terminal() -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    closed = ["bash", "-c", 'exec "$1" -c "$2" - <&-', "bash", sys.executable, READ]
    done = subprocess.run(closed, env=env, capture_output=True, timeout=60, check=True)
    assert "standard input can't be read" in json.loads(done.stdout)
    ours, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-c", READ, "-"], stdin=theirs, env=env, capture_output=True, timeout=60, check=True
    )
    os.close(ours)
    os.close(theirs)
    assert "that is a terminal" in json.loads(done.stdout)
