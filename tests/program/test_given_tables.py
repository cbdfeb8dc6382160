"""Pages from Parquet and JSON lines, shards of our own among them."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.content import canonical_json
from tasks.program.given.read import read_programs
from tasks.record import Program, Rejected
from tasks.settings import ROOT
from tasks.shard.write import write_shard
from tests.program.given_pages import FILES, HTML, files_of, problems_of, put, refusal, told
from tests.shard.specimens import RUN, problem, program, ranked, rejected

ROWS = [{"filename": name, "content": text} for name, text in FILES.items()]


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_parquet_with_a_problem_as_text_or_as_a_struct_or_none(tmp_path):
    text = pa.table({"problem": [json.dumps(told(0)), None, ""], "files": [ROWS, ROWS, ROWS]})
    pq.write_table(text, tmp_path / "text.parquet")
    found = read_programs(str(tmp_path / "text.parquet"))
    assert problems_of(found) == [problem(0), None, None]
    assert files_of(found) == FILES
    struct = pa.Table.from_pylist([{"problem": told(0), "files": ROWS}, {"problem": told(1), "files": ROWS}])
    pq.write_table(struct, tmp_path / "struct")
    assert problems_of(read_programs(str(tmp_path / "struct"))) == [problem(0), problem(1)]


def test_a_column_of_html(tmp_path):
    pq.write_table(pa.table({"html": [HTML, HTML + "<p>", None], "name": ["a", "b", "c"]}), tmp_path / "p.parquet")
    found = read_programs(str(tmp_path / "p.parquet"))
    assert [(page.name, page.program.text("index.html")) for page in found.items] == [("a", HTML), ("b", HTML + "<p>")]
    assert found.notes == ("p.parquet: 1 of its 3 rows holds no page and was left out.",)


def test_json_lines_with_the_same_keys(tmp_path):
    path = lines(
        tmp_path / "pages.jsonl",
        {"problem": told(0), "files": ROWS},
        {"problem": json.dumps(told(1)), "files": FILES},
        {"html": HTML, "name": "  the\nlamp "},
    )
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\n")
    found = read_programs(str(path))
    assert problems_of(found) == [problem(0), problem(1), None]
    assert [page.name for page in found.items] == ["pages.jsonl, line 1", "pages.jsonl, line 2", "the lamp"]
    assert files_of(found, 1) == FILES


def test_a_folder_of_tables_and_pages_in_the_order_of_their_names(tmp_path):
    lines(tmp_path / "b.jsonl", {"html": HTML, "name": "second"})
    pq.write_table(pa.table({"html": [HTML], "name": ["first"]}), tmp_path / "a.parquet")
    (tmp_path / "._a.parquet").write_bytes(b"\x00\x05\x16\x07")
    put(tmp_path / "c")
    assert [page.name for page in read_programs(str(tmp_path)).items] == ["first", "second", "c"]


def schema_2(folder: Path, programs: list[Program]) -> Path:
    """A private shard with the columns that matter here, as DESIGN names them."""
    rows = [
        {
            "task_id": f"task-{at}",
            "problem": canonical_json(problem(at).model_dump(mode="json")),
            "clean": [file.model_dump() for file in one.files],
            "ladder": [],
        }
        for at, one in enumerate(programs)
    ]
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "truth-run-0000.parquet")
    return folder


def test_a_dataset_of_our_own_gives_its_clean_programs(tmp_path):
    schema_2(tmp_path / "private", [program(0), program(1)])
    for other in ("public", "rejected", "runs", "media"):
        (tmp_path / other).mkdir()
    (tmp_path / "public" / "tasks-run-0000.parquet").write_bytes(b"not looked at")
    for place in (tmp_path, tmp_path / "private", tmp_path / "private" / "truth-run-0000.parquet"):
        found = read_programs(str(place))
        assert [page.name for page in found.items] == ["task-0", "task-1"]
        assert [page.program for page in found.items] == [program(0), program(1)]
        assert problems_of(found) == [problem(0), problem(1)]


def test_a_truth_shard_of_schema_1_says_what_it_lacks():
    assert "schema version 1, which does not keep the clean programs" in refusal(ROOT / "tests" / "shard" / "old")


def test_a_truth_shard_gives_the_clean_programs(tmp_path):
    paths = write_shard(str(tmp_path), "s", RUN, [ranked(0), ranked(1)], [], tmp_path)
    found = read_programs(f"{tmp_path}/{paths.private}")
    assert [page.program for page in found.items] == [ranked(0).program, ranked(1).program]
    assert problems_of(found) == [problem(0), problem(1)]


names = st.sampled_from(["app.js", "b/c.svg", "theme.css", "deep/er/x.mjs"])
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(texts, st.dictionaries(names, texts, max_size=3)), min_size=1, max_size=3))
def test_a_shard_that_was_written_is_read_as_it_was(made):
    """Of rejected candidates: that side keeps the program and the problem of those that had one."""
    programs = [Program.of([("index.html", f"<p>{text}"), *more.items()]) for text, more in made]
    rows: list[Rejected] = [
        rejected(at).model_copy(update={"problem": problem(at), "program": one}) for at, one in enumerate(programs)
    ]
    empty = rejected(99).model_copy(update={"problem": None, "program": None})
    with TemporaryDirectory() as folder:
        paths = write_shard(folder, "s", RUN, [], [*rows, empty], Path(folder))
        found = read_programs(f"{folder}/{paths.rejected}")
    assert [page.program for page in found.items] == programs
    assert problems_of(found) == [row.problem for row in rows]
    assert len(found.notes) == 1
