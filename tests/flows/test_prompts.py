"""`dojo prompts`: what is listed is what is in effect, and the uses are those of the code."""

from flows.prompts import find_uses, list_prompts, prompts_table
from tasks.model.prompt import OURS, load_prompt
from tasks.settings import ROOT


def test_every_prompt_is_asked_somewhere_and_every_place_asks_it():
    for one in list_prompts(None):
        assert one.places, f"nobody asks {one.name}"
        assert (OURS / f"{one.name}.md").is_file()
        for use in find_uses()[one.name]:
            lines = (ROOT / use.file).read_text("utf-8").splitlines()[use.line - 1 : use.line + 8]
            assert ".ask(" in lines[0]
            assert f'"{one.name}"' in "".join(lines) or "PROMPT" in "".join(lines)


def test_the_schema_in_a_file_is_what_the_code_asks_for():
    for one in list_prompts(None):
        for use in find_uses()[one.name]:
            assert one.schema_name.rpartition(".")[2] == use.kind, f"{use.place} asks for another record"


def test_every_prompt_that_the_code_asks_for_is_there():
    assert set(find_uses()) == {one.name for one in list_prompts(None)}


def test_what_stands_in_for_ours_is_marked_and_has_its_own_hash(tmp_path):
    text = (OURS / "problem.md").read_text("utf-8").replace("version: 2", "version: 12")
    (tmp_path / "problem.md").write_text(text, "utf-8")
    listed = {one.name: one for one in list_prompts(tmp_path)}
    assert [name for name, one in listed.items() if one.overridden] == ["problem"]
    assert listed["problem"].revision == 12
    assert listed["problem"].version != load_prompt("problem").version
    assert listed["program"].version == load_prompt("program").version


def test_the_table_has_a_row_a_prompt_with_all_that_is_known(tmp_path):
    (tmp_path / "problem.md").write_text((OURS / "problem.md").read_text("utf-8"), "utf-8")
    listed = list_prompts(tmp_path)
    told = prompts_table(listed)
    assert len(told.rows) == len(listed)
    (problem,) = [line for line in told.plain.splitlines() if line.startswith("problem *")]
    for part in (
        "poser",
        load_prompt("problem").version,
        "tasks.problem.author.ProblemReply",
        "tasks/problem/author.py:",
    ):
        assert part in problem
    assert "nowhere" not in told.plain
