"""Every malformed page, problem and table ends in one sentence that names the file and the way out."""

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.program.reply import MAX_BYTES
from tests.program.given_pages import FILES, HTML, put, refusal, told

CHECK = told(0)["checks"][0]  # type: ignore[index]


def checked(**changes):
    return told(0, checks=[CHECK | changes])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"style.css": ""}, "lamp holds no page"),
        (
            {"problem.json": json.dumps(told(0)), "style.css": ""},
            "needs exactly one HTML file, index.html; it has none",
        ),
        (FILES | {"about.html": "<p>"}, "it has about.html and index.html"),
        (FILES | {"more/index.html": "<p>"}, "it has index.html and more/index.html"),
        ({"index.html": "no markup"}, "lamp: index.html holds no HTML"),
        ({"index.html": ""}, "lamp: index.html holds no HTML"),
        (FILES | {"script.js": b"\x00\x01\x02\xff"}, "lamp/script.js is no text (byte 3)"),
        (FILES | {"script.js": b"let a = 1;\x00"}, "lamp: script.js is not text"),
        (
            FILES | {"script.js": "// caf\u00e9".encode("latin-1")},
            "lamp/script.js is not UTF-8 (byte 6); save it as UTF-8",
        ),
        (FILES | {"script.js": "let a;".encode("utf-16")}, "lamp/script.js is not UTF-8 (byte 0)"),
        (FILES | {"script.js": b"/" * (MAX_BYTES + 1)}, "lamp/script.js holds 1,000,001 bytes; 1,000,000 are the most"),
        (FILES | {"a.js": b"/" * 600_000, "b.js": b"/" * 600_000}, "lamp holds 1,2"),
        (FILES | {"my script.js": ""}, "'my script.js' is no name for a page's file"),
        (FILES | {"-rf.js": ""}, "'-rf.js' is no name for a page's file"),
        (FILES | {f"f{n}.js": "" for n in range(70)}, "lamp holds 73 files; 64 are the most"),
        (FILES | {f"f{n}.png": "" for n in range(2100)}, "more than 2,000 files"),
        (FILES | {"problem.json": b"/" * (MAX_BYTES + 1)}, "lamp/problem.json holds 1,000,001 bytes"),
    ],
)
def test_a_page_that_is_none(tmp_path, files, said):
    put(tmp_path / "lamp", files)
    assert said in refusal(tmp_path)


@pytest.mark.parametrize(
    ("posed", "said"),
    [
        ('{"title": "a",\n "statement" }', "lamp/problem.json, line 2, is no JSON"),
        ("[" * 100_000, "lamp/problem.json is nested too deep"),
        ([1], "lamp/problem.json is not a JSON object"),
        (told(0, title=None), "lamp/problem.json: title: it is missing"),
        (told(0, colour="red"), "lamp/problem.json: colour: there is no such field"),
        (told(0, topic="cooking"), "lamp/problem.json: topic: it should be 'games'"),
        (told(0, features="one"), "lamp/problem.json: features: it is no list"),
        (told(0, checks="one"), "lamp/problem.json: checks: it is no list"),
        (told(0, checks=[]), "lamp/problem.json has no checks; write some, or leave the problem out"),
        (told(0, checks=[5]), "check no. 1, the whole: it is no object"),
        (told(0, checks=[CHECK, CHECK]), "two checks with the id 'start'"),
        (checked(severity="dire"), "check 'start', severity: it should be 'critical'"),
        (checked(id="My Check"), "check 'My Check', id: it should match"),
        (checked(steps=[{"do": "fly"}]), "check 'start', steps.0: there is no such word"),
        (checked(steps=[{"target": {"css": "p"}}]), "check 'start', steps.0: the word is missing"),
        (checked(steps=[{"do": "wait"}]), "check 'start', steps.0.wait.ms: it is missing"),
        (
            checked(steps=[{"do": "click", "target": {"css": "p", "text": "Go"}}]),
            "check 'start', steps.0.click.target: a target needs exactly one of role, label, text, css",
        ),
        (checked(expect=[]), "check 'start', expect: "),
    ],
)
def test_a_problem_that_is_none(tmp_path, posed, said):
    put(tmp_path / "lamp", posed=posed)
    told_ = refusal(tmp_path)
    assert said in told_
    assert "lamp/problem.json" in told_


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [{"problem": "{}"}],
            "pages.jsonl, line 1 has no column `files`, `clean` or `html`; its columns are: `problem`",
        ),
        ([{"html": HTML}, ["x"]], "pages.jsonl, line 2 is no JSON object"),
        ([{"html": ["x"]}], "pages.jsonl, line 1: `html` is not one text"),
        ([{"files": "x"}], "pages.jsonl, line 1: `files` is not a list of objects"),
        ([{"files": [{"filename": "index.html"}]}], "`files` is not a list of objects"),
        ([{"files": ["index.html"]}], "`files` is not a list of objects"),
        ([{"files": {"../../x.js": "", "index.html": "<p>"}}], "'../../x.js' is no name"),
        ([{"files": {"/etc/x.js": "", "index.html": "<p>"}}], "'/etc/x.js' is no name"),
        ([{"files": {"a..js": "", "index.html": "<p>"}}], "'a..js' is no name"),
        ([{"files": {"x.py": "", "index.html": "<p>"}}], "'x.py' is no name"),
        ([{"files": {"index.html": "<p>\ud800"}}], "index.html holds half a character"),
        (
            [{"files": [{"filename": n, "content": "<p>"} for n in ("index.html", "./index.html")]}],
            "two files with the name index.html",
        ),
        ([{"html": HTML, "problem": "{"}], "pages.jsonl, line 1: `problem` is no JSON"),
        ([{"html": HTML, "problem": told(0, title=None)}], "pages.jsonl, line 1, problem: title: it is missing"),
        ([{"html": HTML, "problem": 5}], "pages.jsonl, line 1, problem is not a JSON object"),
        ([{"html": None}], "holds no page; name a folder with index.html"),
        ([], "holds no page; name a folder with index.html"),
    ],
)
def test_a_table_that_is_none(tmp_path, rows, said):
    path = tmp_path / "pages.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert said in refusal(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"html": "<p>"}\n{"html": "<p', "x.parquet, line 2 is no JSON"),
        (b"PAR1 and nothing behind", "x.parquet is a broken Parquet file"),
        (b"\x89PNG\xff\xff", "x.parquet, line 1 is not UTF-8 text"),
        (b"PK\x03\x04", "x.parquet, line 1 is no JSON"),
    ],
)
def test_a_file_that_is_no_table(tmp_path, data, said):
    (tmp_path / "x.parquet").write_bytes(data)
    assert said in refusal(tmp_path)
    assert said in refusal(tmp_path / "x.parquet")


def test_parquet_without_pages_names_its_columns(tmp_path):
    pq.write_table(pa.table({"persona": ["a"], "prompt": ["b"]}), tmp_path / "x.parquet")
    assert "has no column `files`, `clean` or `html`; its columns are: `persona`, `prompt`" in refusal(tmp_path)


def test_nothing_there_at_all(tmp_path):
    assert "--programs nowhere/at/all is not there" in refusal("nowhere/at/all")
    assert f"--programs {tmp_path} holds no page" in refusal(tmp_path)
    assert "is not there" in refusal("memory://nothing/here")
    assert "is not there" in refusal("~nobody-of-that-name/pages")
    assert "can't be read" in refusal("x" * 5000)
    assert "can't be opened" in refusal("nosuchprotocol://x/y")
    assert "--programs is empty" in refusal("")
    (tmp_path / "README.md").write_text("x", "utf-8")
    assert "holds no page" in refusal(tmp_path)
    (tmp_path / "empty").mkdir()
    assert f"{tmp_path.name}/empty holds no page" in refusal(tmp_path)


def test_an_html_file_that_is_too_large_or_no_page(tmp_path):
    (tmp_path / "big.html").write_bytes(b"<" * (MAX_BYTES + 1))
    (tmp_path / "none.html").write_text("no markup", "utf-8")
    assert "big.html holds 1,000,001 bytes" in refusal(tmp_path / "big.html")
    assert "none.html: index.html holds no HTML" in refusal(tmp_path / "none.html")


def test_a_file_that_may_not_be_read(tmp_path):
    page = put(tmp_path)
    (page / "script.js").chmod(0)
    if os.access(page / "script.js", os.R_OK):
        pytest.skip("root may read everything")
    assert "script.js can't be read: Permission denied" in refusal(tmp_path)


def test_folders_that_go_down_for_ever(tmp_path):
    put(tmp_path / "/".join("abcdefghij"))
    assert "folders deep" in refusal(tmp_path)
