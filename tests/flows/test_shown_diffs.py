"""What `dojo show` and the report say of the difference between a version and its clean program."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from tasks.content import content_id
from tasks.rows import write_whole
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, ranked
from tests.shard.test_shard_old import OLD

OLD_TASK, OLD_RUN = "fb33d32e034d10a5", "seed21-0748474a"
NOT_HELD = "The edits and natural files of this version can't be had from a dataset of schema 1, so there is no diff."


def noted(dataset: Path, run_id: str, **changes: object) -> Path:
    """The dataset with a note of the run that made it."""
    note = {"run_id": run_id, "status": "finished", "seed": 21, "tasks": 2, "personas": "starter", "model": "offline"}
    note |= {"config_hash": content_id(run_id), "created_at": RUN.created_at.isoformat(), **changes}
    kept = {key: value for key, value in note.items() if value is not None}
    write_whole(dataset / "runs" / run_id / "run.json", json.dumps(kept).encode())
    return dataset


@pytest.fixture
def old(tmp_path):
    shutil.copytree(OLD, tmp_path / "old")
    return noted(tmp_path / "old", OLD_RUN)


@pytest.fixture
def new(tmp_path):
    write_shard(str(tmp_path / "new"), "s", RUN, [ranked(0)], [], tmp_path)
    return noted(tmp_path / "new", RUN.run_id)


def report_of(dojo, dataset):
    code, out, said = dojo("report", dataset)
    assert code == 0, said
    return Path(out.strip()).read_text("utf-8")


def lines_of(page):
    """The lines of the page's diffs, by their class."""
    return [(kind, unescape(line)) for kind, line in re.findall(r'<span(?: class="(\w+)")?>([^<]*)</span>', page)]


def test_show_prints_the_lines_of_an_edit_and_who_made_it(dojo, old, new):
    code, out, _ = dojo("show", OLD_TASK, "--dataset", old)
    assert code == 0
    best = out.partition("\nrank 0")[2].partition("\nrank 1")[0]
    assert "  style.css:38  Text is too small to read. (visual, tiny-text, strength 2)\n--- a/style.css\n" in best
    assert "\n-  font-size: 18px;\n+  font-size: 8.2px;\n" in best
    _, out, _ = dojo("show", ranked(0).task_id, "--dataset", new)
    assert [out.count(f"\n+window.delay = {rank}0;\n") for rank in range(4)] == [0, 1, 1, 1]
    assert out.count("The clean program.") == 1


def test_the_report_has_the_lines_of_an_edit_below_what_a_person_notices(dojo, old, new):
    page = report_of(dojo, old)
    (change,) = re.findall(r'<ul class="edits">.*?</pre>', page, re.DOTALL)
    told, diff = change.split("<pre")
    assert "Text is too small to read." in told and "visual, tiny-text · strength 2 of 3 · style.css:38" in told
    lines = lines_of(diff)
    assert lines[:2] == [("at", "--- a/style.css"), ("at", "+++ b/style.css")]
    assert [line for line in lines if line[0] in ("in", "out")] == [
        ("out", "-  font-size: 18px;"),
        ("in", "+  font-size: 8.2px;"),
    ]
    added = [line for kind, line in lines_of(report_of(dojo, new)) if kind == "in"]
    assert added == ["+window.delay = 10;", "+window.delay = 20;", "+window.delay = 30;"]


def test_what_can_not_be_had_from_schema_1_is_said(dojo, old, new):
    _, out, _ = dojo("show", OLD_TASK, "--dataset", old)
    assert out.count(NOT_HELD) == 3
    assert unescape(report_of(dojo, old)).count(NOT_HELD) == 6  # one version of each of two tasks can be had
    assert NOT_HELD not in unescape(report_of(dojo, new))


@pytest.mark.parametrize("missing", ["model", "personas", "tasks", "config_hash"])
def test_a_note_that_lacks_something_is_called_damaged(dojo, old, missing):
    noted(old, OLD_RUN, **{missing: None})
    code, _, said = dojo("report", old)
    assert (code, len(said.splitlines())) == (2, 1)
    assert "run.json is damaged" in said


def test_the_heads_of_a_task_stay_whole_on_a_narrow_terminal(dojo, old, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    _, out, _ = dojo("show", OLD_TASK, "--dataset", old)
    table = out.partition("┏")[2].partition("┘")[0]
    for head in ("rank 0", "rank 3", "function", "visual", "performance", "accessibility", "checks"):
        assert f" {head} " in table
    assert max(map(len, table.splitlines())) <= 60


def test_what_is_shown_has_no_word_replaced_by_a_picture(dojo, tmp_path):
    task = ranked(0)
    worst = task.ladder.versions[3]
    text = (worst.program.text("script.js") or "") + "const tone = dark ? red:key:blue;\rlast();\n"
    changed = worst.model_copy(update={"program": worst.program.replaced("script.js", text)})
    ladder = task.ladder.model_copy(update={"versions": (*task.ladder.versions[:3], changed)})
    write_shard(str(tmp_path), "s", RUN, [task.model_copy(update={"ladder": ladder})], [], tmp_path)
    _, out, _ = dojo("show", task.task_id, "--dataset", tmp_path)
    assert "+const tone = dark ? red:key:blue;\rlast();\n" in out
