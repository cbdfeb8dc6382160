"""Two tasks as a dojo of schema 1 wrote them: read as far as they go, never written to."""

import json
from pathlib import Path

import pytest

from tasks.errors import BadInput
from tasks.record import Edit, Problem, Program, task_id_of
from tasks.shard.read import check_version, find_task, need_tasks, read_pairs, read_side

OLD = str(Path(__file__).parent / "old")


def program(rows: list[dict[str, str]]) -> Program:
    return Program.of((row["filename"], row["content"]) for row in rows)


def test_the_clean_program_comes_back_and_its_id_says_so() -> None:
    pairs = list(read_pairs(OLD))
    assert len(pairs) == 2
    for public, private in pairs:
        clean = program(private["clean"])
        assert task_id_of(Problem.model_validate_json(private["problem"]), clean) == public["task_id"]
        assert private["schema_version"] == 2 and private["clean_q"] is None and private["seal_template"] is None


def test_a_version_comes_back_in_natural_words_or_not_at_all() -> None:
    had = 0
    for public, private in read_pairs(OLD):
        clean = program(private["clean"])
        menus = {c["completion_id"]: program(c["files"]) for c in public["completions"]}
        for rung in private["ladder"]:
            if rung["files"] is None:
                assert rung["edits"] == "[]"
                continue
            had += 1
            natural, edits = program(rung["files"]), [Edit.model_validate(one) for one in json.loads(rung["edits"])]
            assert natural not in menus.values() and all(edit.after != edit.before for edit in edits)
            for edit in edits:
                source = (clean.text(edit.file) or "").encode()
                assert source[edit.start :].startswith(edit.before.encode())
            assert (natural == clean) == (not edits)
    assert had >= 1


def test_it_is_found_counted_and_read_but_not_written_to() -> None:
    assert need_tasks(OLD).tasks == 2
    task_id = read_side(OLD, "public", ["task_id"]).column("task_id")[0].as_py()
    found = find_task(OLD, task_id)
    assert found is not None and found[1]["clean"]
    assert read_side(OLD, "private", ["task_id", "seal_template"]).column("seal_template").null_count == 2
    check_version(OLD)
    with pytest.raises(BadInput, match=r"schema version 1 .* new tasks need another folder"):
        check_version(OLD, writing=True)
