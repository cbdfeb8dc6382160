"""`dojo trace-copy`: whose a sealed page is, and one sentence where that can't be told."""

import subprocess
import sys
from pathlib import Path

import pytest

from tasks.seal.keys import Copy, make_copies
from tasks.seal.page import key_in
from tasks.settings import ROOT
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, ranked


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    write_shard(str(folder), "s", RUN, [ranked(0), ranked(1)], [], folder)
    return folder


def dojo(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", "trace-copy", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_file_or_a_key_is_traced(dataset: Path, tmp_path: Path) -> None:
    task = ranked(1)
    key = (dataset / "private" / "order.key").read_bytes()
    (page,) = make_copies(key, [Copy(task.ladder.seal, task.task_id, 3, 17)])
    (tmp_path / "page.html").write_text(page, "utf-8")
    for copy in (tmp_path / "page.html", key_in(page)):
        done = dojo(copy, "--dataset", dataset)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"Copy 17 of rank 3 of task {task.task_id}.\n"


@pytest.mark.parametrize(
    ("copy", "words", "said"),
    [
        ("0" * 64, (), "none of the first 10,000 copies of any version"),
        ("0" * 64, ("--copies", "5"), "none of the first 5 copies"),
        ("nowhere.html", (), "not a sealed one of dojo's"),
        ("README.md", (), "not a sealed one of dojo's"),
        ("docs/report.png", (), "no text in UTF-8"),
        ("0" * 64, ("--dataset", "tests/shard/old"), "There is no private/order.key in tests/shard/old"),
    ],
)
def test_what_can_not_be_traced_is_one_sentence(dataset: Path, copy: str, words: tuple[str, ...], said: str) -> None:
    done = dojo(copy, *(words if "--dataset" in words else ("--dataset", str(dataset), *words)))
    assert done.returncode == 2 and said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
