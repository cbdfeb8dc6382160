"""`dojo rate import`: raters' files join whole, or a sentence says why they don't."""

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import BadInput
from tasks.rate.ratings import read_ratings
from tasks.rate.swap import changing
from tasks.shard.read import find_task
from tasks.shard.write import write_shard
from tests.rate.conftest import TASKS, Saves, run, scores_of
from tests.rate.test_rate_pack import files_of
from tests.shard.specimens import RUN, ranked


def test_ratings_are_joined_with_the_measured_order(dataset: Path, pack: Path, saved: Saves, tmp_path: Path) -> None:
    said = run("import", saved(comment="B is slow"), "--dataset", dataset, "--to", tmp_path / "r")
    assert f"{TASKS} ratings of {TASKS} tasks by 1 rater added" in said
    told = {task["task_id"]: task for task in json.loads((pack / "pack.json").read_text("utf-8"))["tasks"]}
    tasks = read_ratings(tmp_path / "r")
    assert {task.name for task in tasks} == set(told)
    for task in tasks:
        pair = find_task(str(dataset), task.name)
        assert pair is not None
        rungs = {rung["completion_id"]: rung for rung in pair[1]["ladder"]}
        assert task.clean.text("script.js") == next(
            f["content"] for f in pair[1]["clean"] if f["filename"] == "script.js"
        )
        for place, version in enumerate(task.versions):
            rung = rungs[told[task.name]["pages"][version.letter]["completion_id"]]
            assert (version.rank, version.q) == (rung["rank"], rung["q"])
            assert version.parts["visual"] == rung["q_visual"]
            assert version.rating == 10 + 10 * place and version.ratings == (version.rating,)
            assert version.raters == ("Ada",)
            assert [file.model_dump() for file in version.program.files] == rung["files"]
            assert version.harms == (("Start answers late.",) if version.rank else ())
            assert version.families == (("performance",) if version.rank else ())
        comments = json.loads((tmp_path / "r" / task.name / "comments.json").read_text("utf-8"))
        assert comments == [{"rater": "Ada", "comment": "B is slow", "letters": dict(zip("ABCD", "ABCD", strict=True))}]


def test_further_raters_are_added(dataset: Path, saved: Saves, tmp_path: Path) -> None:
    run("import", saved(), "--dataset", dataset, "--to", tmp_path / "r")
    (tmp_path / "r" / "README.md").write_text("Round one.", "utf-8")
    bo, cy = saved("bo.json", rater="Bo", base=20), saved("cy.json", rater="Cy", base=60)
    assert "by 2 raters" in run("import", bo, cy, "--dataset", dataset, "--to", tmp_path / "r")
    for task in read_ratings(tmp_path / "r"):
        assert task.versions[0].raters == ("Ada", "Bo", "Cy")
        assert task.versions[0].ratings == (10, 20, 60) and task.versions[0].rating == 30
    assert (tmp_path / "r" / "README.md").read_text("utf-8") == "Round one."


def test_a_pack_with_other_letters_joins_by_page(dataset: Path, pack: Path, saved: Saves, tmp_path: Path) -> None:
    run("export", dataset, "--to", tmp_path / "other", "--seed", 5)
    run("import", saved(), "--dataset", dataset, "--to", tmp_path / "r")
    bo = scores_of(tmp_path / "other", "Bo", comment="A is best")
    (tmp_path / "bo.json").write_text(json.dumps(bo), "utf-8")
    run("import", tmp_path / "bo.json", "--dataset", dataset, "--to", tmp_path / "r")
    ada = {
        t["task_id"]: {p["completion_id"]: p["score"] for p in t["pages"].values()} for t in scores_of(pack)["tasks"]
    }
    his = {t["task_id"]: {p["completion_id"]: p["score"] for p in t["pages"].values()} for t in bo["tasks"]}
    assert ada != his
    for task in read_ratings(tmp_path / "r"):
        entries = json.loads((tmp_path / "r" / task.name / "ratings.json").read_text("utf-8"))
        for entry in entries.values():
            page = entry["completion_id"]
            assert entry["ratings"] == [ada[task.name][page], his[task.name][page]]
        (comment,) = json.loads((tmp_path / "r" / task.name / "comments.json").read_text("utf-8"))
        first = next(t["pages"]["A"]["completion_id"] for t in bo["tasks"] if t["task_id"] == task.name)
        assert entries[comment["letters"]["A"]]["completion_id"] == first


def page(answers: dict[str, Any], letter: str = "C") -> dict[str, Any]:
    return answers["tasks"][1]["pages"][letter]  # type: ignore[no-any-return]


BAD: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda a: page(a).update(score=300), r"task \w+: page C has the score 300; mend it, 0 to 100"),
    (lambda a: page(a).update(score=-1), "page C has the score -1"),
    (lambda a: page(a).update(score=float("nan")), "page C has the score nan"),
    (lambda a: page(a).update(score=10**400), "score"),
    (lambda a: page(a).update(score="80"), r"task \w+: tasks.1.pages.C.score: Input should be a valid number"),
    (lambda a: page(a).update(score=True), r"tasks.1.pages.C.score: Input should be a valid number"),
    (lambda a: page(a).update(score=None), r"task \w+: page C has no score"),
    (lambda a: page(a).pop("score"), r"task \w+: page C has no score"),
    (lambda a: a["tasks"][1]["pages"].pop("C"), r"task \w+: page C is missing"),
    (lambda a: a["tasks"][1]["pages"].update(E=page(a)), r"Input should be 'A', 'B', 'C' or 'D'"),
    (lambda a: page(a).update(page(a, "A")), "one page stands under two letters"),
    (lambda a: page(a).update(completion_id="0" * 16), "page C is none of the task's in"),
    (lambda a: page(a).update(sha256="0" * 64), "page C is not as .* holds it"),
    (lambda a: a["tasks"][1].update(task_id="feed"), "task feed is not in"),
    (lambda a: a["tasks"].append(a["tasks"][0]), r"task \w+ was rated by Ada already, in .*ada.json; leave one"),
    (lambda a: a.update(tasks=[]), "rates no task"),
    (lambda a: a.update(dataset_id="1234"), r"is of a pack of another dataset \(1234, not \w+\)"),
    (lambda a: a.update(format=2), "format: Input should be 1"),
    (lambda a: a.update(rater=""), "rater: String should have at least 1 character"),
    (lambda a: a.update(rater="  "), "rater is empty"),
    (lambda a: a.update(rater="\ud800"), "rater: "),
    (lambda a: a.update(mood="good"), "mood: Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("change", "said"), BAD)
def test_a_damaged_file_is_refused_and_nothing_is_joined(
    dataset: Path, saved: Saves, tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    good, bad = saved("bo.json", rater="Bo"), saved("ada.json", change)
    with pytest.raises(BadInput, match=said) as refused:
        run("import", good, bad, "--dataset", dataset, "--to", tmp_path / "r")
    assert "ada.json" in str(refused.value) and "\n" not in str(refused.value)
    assert {path.name for path in tmp_path.iterdir()} == {"ada.json", "bo.json"}


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"null", b"1" * 6000])
def test_what_is_no_rating_is_refused(dataset: Path, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "x.json").write_bytes(text)
    with pytest.raises(BadInput, match=r"x\.json.*; give a file as the pack's form saves it\."):
        run("import", tmp_path / "x.json", "--dataset", dataset, "--to", tmp_path / "r")
    with pytest.raises(BadInput, match="can't be read"):
        run("import", tmp_path / "nowhere.json", "--dataset", dataset, "--to", tmp_path / "r")


def test_the_same_rater_twice_is_refused(dataset: Path, saved: Saves, tmp_path: Path) -> None:
    ada, again = saved(), saved("again.json", rater=" ADA ", base=50)
    with pytest.raises(BadInput, match=r"again\.json: task \w+ was rated by .* already, in .*ada\.json"):
        run("import", ada, again, "--dataset", dataset, "--to", tmp_path / "r")
    run("import", ada, "--dataset", dataset, "--to", tmp_path / "r")
    before, bo = files_of(tmp_path / "r"), saved("bo.json", rater="Bo")
    with pytest.raises(BadInput, match=r"again\.json: task \w+ was rated by .* already, in .*r; leave the file out"):
        run("import", bo, again, "--dataset", dataset, "--to", tmp_path / "r")
    assert files_of(tmp_path / "r") == before


def test_a_pack_of_another_dataset_is_refused(saved: Saves, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_shard(str(other), "s", RUN, [ranked(0), ranked(1), ranked(2)], [], tmp_path)
    with pytest.raises(BadInput, match=r"ada\.json is of a pack of another dataset"):
        run("import", saved(), "--dataset", other, "--to", tmp_path / "r")


def test_a_folder_that_is_not_of_ratings_is_left_alone(dataset: Path, saved: Saves, tmp_path: Path) -> None:
    (tmp_path / "home" / "letters").mkdir(parents=True)
    with pytest.raises(BadInput, match="holds a folder letters that is no rated task; choose another"):
        run("import", saved(), "--dataset", dataset, "--to", tmp_path / "home")
    with pytest.raises(BadInput, match=r"ada\.json can't be read"):
        run("import", saved(), "--dataset", dataset, "--to", tmp_path / "ada.json")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (".", "where this command runs"),
        ("..", "where this command runs"),
        ("s3://bucket/r", "give the path of a local folder"),
        (" ", "give the path of a local folder"),
        ("x" * 300, "can't be read"),
    ],
)
def test_places_that_can_not_be(
    dataset: Path, saved: Saves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str, said: str
) -> None:
    (tmp_path / "here").mkdir()
    file = saved()
    monkeypatch.chdir(tmp_path / "here")
    for words in (("export", dataset, "--to", to), ("import", file, "--dataset", dataset, "--to", to)):
        with pytest.raises(BadInput, match=said):
            run(*words)


def test_damaged_comments_are_named(dataset: Path, saved: Saves, tmp_path: Path) -> None:
    run("import", saved(comment="x"), "--dataset", dataset, "--to", tmp_path / "r")
    next((tmp_path / "r").glob("*/comments.json")).write_text("{", "utf-8")
    with pytest.raises(BadInput, match=r"comments\.json .* is no JSON; mend it, or delete it"):
        run("import", saved("bo.json", rater="Bo", comment="y"), "--dataset", dataset, "--to", tmp_path / "r")


def test_a_folder_changes_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "r"
    with changing(place) as aside:
        (aside / "one").write_text("1", "utf-8")
        assert not place.exists()
    with pytest.raises(KeyError), changing(place) as aside:
        (aside / "one").unlink()
        raise KeyError
    assert files_of(place) == {"one": b"1"}
    place.rename(tmp_path / ".r.before")  # as a kill between the two renames leaves it
    with changing(place) as aside:
        (aside / "two").write_text("2", "utf-8")
    assert files_of(place) == {"one": b"1", "two": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_two_changes_do_not_lose_one_another(tmp_path: Path) -> None:
    def add(name: str) -> None:
        with changing(tmp_path / "r") as aside:
            (aside / name).write_text("x", "utf-8")

    threads = [threading.Thread(target=add, args=(f"{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files_of(tmp_path / "r")) == 8


def test_names_of_files_lead_nowhere(tmp_path: Path) -> None:
    from tasks.rate.join import _write_files

    for name in ("../x", "/etc/x", "a\\..\\x", "a/../../x"):
        with pytest.raises(BadInput, match="is no name for a program's file"):
            _write_files(tmp_path / "A", [{"filename": name, "content": ""}])
    shutil.rmtree(tmp_path / "A", ignore_errors=True)
    assert not files_of(tmp_path)
