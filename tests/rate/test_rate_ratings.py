"""The folder of rated tasks: ours reads whole, and what is damaged is named in a sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import pytest

from tasks.errors import BadInput
from tasks.rate.ratings import read_ratings
from tasks.settings import ROOT

OURS = ROOT / "evals" / "ratings"
ONE = "model-tuition-jar"


def test_the_thirteen_tasks_are_read() -> None:
    tasks = read_ratings(OURS)
    assert len(tasks) == 13
    for task in tasks:
        assert [version.letter for version in task.versions] == ["A", "B", "C", "D"]
        assert sorted(version.rank for version in task.versions) == [0, 1, 2, 3]
        assert task.problem.checks and task.clean.text("index.html")
        assert len({version.program.program_id for version in task.versions}) == 4
        for version in task.versions:
            assert len(version.ratings) == (2 if task.name.startswith("model-") else 1)
            assert version.rating == mean(version.ratings)
            assert set(version.parts) == {"function", "visual", "performance", "accessibility"}
    best = [max(task.versions, key=lambda version: version.rating).rank for task in tasks]
    assert best.count(0) >= 12


def test_a_version_may_be_a_folder_of_files(tmp_path: Path) -> None:
    task = shutil.copytree(OURS / ONE, tmp_path / ONE)
    (task / "A.html").unlink()
    shutil.copytree(task / "clean", task / "A")
    (task / "A" / ".DS_Store").write_bytes(b"\xff")
    (read,) = read_ratings(tmp_path)
    assert read.versions[0].program == read.clean
    assert read.versions[0].rating == 87


def change(task: Path, edit: Callable[[dict[str, dict[str, object]]], object]) -> None:
    path = task / "ratings.json"
    entries = json.loads(path.read_text("utf-8"))
    edit(entries)
    path.write_text(json.dumps(entries), "utf-8")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda t: (t / "problem.json").unlink(), "problem.json can't be read"),
        (lambda t: (t / "problem.json").write_text("{", "utf-8"), "problem.json: Invalid JSON"),
        (lambda t: (t / "problem.json").write_text("{}", "utf-8"), "problem.json: problem_id: Field required"),
        (lambda t: (t / "clean" / "index.html").unlink(), "clean: index.html is missing"),
        (lambda t: (t / "clean" / "index.html").write_bytes(b"\xff\xfe"), "index.html is no text in UTF-8"),
        (lambda t: (t / "C.html").unlink(), "neither C.html nor a folder C is there"),
        (lambda t: (t / "ratings.json").unlink(), "ratings.json can't be read"),
        (lambda t: (t / "ratings.json").write_text("[]", "utf-8"), "ratings.json: Input should be an object"),
        (lambda t: change(t, lambda e: e.pop("D")), "ratings.json: version D is missing"),
        (lambda t: change(t, lambda e: e.update(E=e["A"])), "ratings.json: E: Input should be 'A', 'B', 'C' or 'D'"),
        (lambda t: change(t, lambda e: e["A"].update(rating=300)), "A.rating: Input should be less than or equal"),
        (lambda t: change(t, lambda e: e["A"].update(ratings=[170, 4])), "A: a rating is outside 0..100"),
        (lambda t: change(t, lambda e: e["A"].update(ratings=[10, 20])), "A: rating is not the mean of ratings"),
        (lambda t: change(t, lambda e: e["A"].update(rank=3)), "the ranks are not 0, 1, 2 and 3"),
        (lambda t: change(t, lambda e: e["A"].pop("q")), "A.q: Field required"),
        (lambda t: change(t, lambda e: e["A"].update(families=["function"] * 9)), "A: there is not one family"),
        (lambda t: change(t, lambda e: e["A"].pop("ratings")), "the four versions do not have the same raters"),
    ],
)
def test_what_is_damaged_is_named(tmp_path: Path, damage: Callable[[Path], object], said: str) -> None:
    damage(shutil.copytree(OURS / ONE, tmp_path / ONE))
    with pytest.raises(BadInput) as refused:
        read_ratings(tmp_path)
    assert ONE in str(refused.value) and said in str(refused.value)
    assert "\n" not in str(refused.value) and str(refused.value).endswith(".")


def test_a_folder_without_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no rated task in .*; give a folder"):
        read_ratings(tmp_path)
    with pytest.raises(BadInput, match="nowhere can't be read"):
        read_ratings(tmp_path / "nowhere")
