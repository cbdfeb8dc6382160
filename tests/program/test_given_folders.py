"""Pages from real folders and from behind an fsspec URL, as people keep them."""

import json
import os
import shutil
import sys

import fsspec
import pytest

from tasks.check import LANGUAGE
from tasks.program.given.read import read_programs
from tasks.settings import ROOT
from tests.program.given_pages import FILES, HTML, files_of, problems_of, put, refusal, told
from tests.shard.specimens import problem

REAL = ROOT / "tests" / "real"


def test_a_folder_with_a_folder_for_each_page(tmp_path):
    put(tmp_path / "b", posed=told(1))
    put(tmp_path / "a", posed=told(0))
    put(tmp_path / "c")
    programs = read_programs(str(tmp_path))
    assert [page.name for page in programs.items] == ["a", "b", "c"]
    assert problems_of(programs) == [problem(0), problem(1), None]
    assert files_of(programs) == FILES
    assert (programs.unposed, programs.notes) == (1, ())


def test_the_real_pages_are_such_a_folder():
    programs = read_programs(str(REAL))
    assert len(programs.items) == 7
    for page in programs.items:
        assert page.problem and len(page.problem.checks) >= 9
        told = json.loads((REAL / page.name / "problem.json").read_text("utf-8")) | {"checks": []}
        assert told.items() <= (page.problem.model_dump(mode="json") | {"checks": []}).items()
        assert page.problem.language == LANGUAGE
        for file in page.program.files:
            assert file.content == (REAL / page.name / file.filename).read_text("utf-8")


def test_a_folder_that_is_itself_one_page_and_a_single_html_file(tmp_path):
    page = put(tmp_path / "lamp", posed=told(0))
    programs = read_programs(str(page))
    assert [one.name for one in programs.items] == ["lamp"]
    assert problems_of(programs) == [problem(0)]
    assert files_of(read_programs(str(page / "index.html"))) == {"index.html": HTML}


def test_folders_of_folders(tmp_path):
    put(tmp_path / "science" / "lamp")
    put(tmp_path / "games" / "2026" / "dice")
    assert [page.name for page in read_programs(str(tmp_path)).items] == ["games/2026/dice", "science/lamp"]


def test_a_page_whose_html_has_another_name_and_files_in_folders_below(tmp_path):
    put(tmp_path, {"lamp.html": HTML, "img/a.svg": "<svg/>", "js/app.js": "1;\n"})
    assert files_of(read_programs(str(tmp_path))) == {"index.html": HTML, "img/a.svg": "<svg/>", "js/app.js": "1;\n"}


def test_a_problem_without_id_and_topic_gets_both(tmp_path):
    put(tmp_path, posed=told(0, problem_id=None, topic=None))
    (found,) = problems_of(read_programs(str(tmp_path)))
    assert found and found.topic == "tools"
    assert found.problem_id
    put(tmp_path, posed=told(0, problem_id=None, topic=None, title="Another"))
    (other,) = problems_of(read_programs(str(tmp_path)))
    assert other and other.problem_id != found.problem_id


def test_names_that_systems_leave_behind_are_no_data(tmp_path):
    put(tmp_path / "lamp", FILES | {"._index.html": b"\x00\x05", ".git/HEAD": "ref", "__MACOSX/._style.css": b"\x00"})
    put(tmp_path / ".cache", {"index.html": "no"})
    put(tmp_path / "__MACOSX" / "lamp", {"._index.html": b"\x00"})
    (tmp_path / ".DS_Store").write_bytes(b"\x00")
    programs = read_programs(str(tmp_path))
    assert files_of(programs) == FILES
    assert (len(programs.items), programs.notes) == (1, ())


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_names_that_cannot_be_shown_are_shown_all_the_same(tmp_path):
    page = put(tmp_path / "a\n\x1b[31mb\udcff", FILES | {"x\ny.png": b""}, told(0))
    programs = read_programs(str(tmp_path))
    assert programs.items[0].name == "a??[31mb?"
    assert programs.notes[0].startswith(f"{tmp_path.name}/a??[31mb?: x?y.png was left out")
    (page / "index.html").write_text("no page", "utf-8")
    assert "a??[31mb?: index.html holds no HTML" in refusal(tmp_path)


def test_a_byte_order_mark_and_line_ends_of_windows(tmp_path):
    put(tmp_path, {"index.html": b"\xef\xbb\xbf<p>\r\n\xe2\x82\xac</p>\r\n"}, "\ufeff" + json.dumps(told(0)))
    programs = read_programs(str(tmp_path))
    assert files_of(programs) == {"index.html": "<p>\n\u20ac</p>\n"}
    assert problems_of(programs) == [problem(0)]


def test_what_no_program_has_is_left_out_and_named(tmp_path):
    put(tmp_path / "lamp", FILES | {"logo.png": b"\x89PNG", "README.md": "# Lamp", "img/a.webp": b"RIFF"})
    (tmp_path / "LICENSE").write_text("MIT", "utf-8")
    programs = read_programs(str(tmp_path))
    assert files_of(programs) == FILES
    beside, within = programs.notes
    assert beside == f"{tmp_path.name}: LICENSE is no page and was left out."
    assert f"{tmp_path.name}/lamp: README.md, logo.png, img/a.webp were left out; a page's files are text" in within


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    secret = tmp_path / "secret.js"
    secret.write_text("let key = 'secret';\n", "utf-8")
    page = put(tmp_path / "pages" / "lamp", {"index.html": HTML, "style.css": "p {}\n"})
    (page / "script.js").symlink_to(secret)
    (page / "gone.js").symlink_to(tmp_path / "nowhere.js")
    (page / "all").symlink_to("/", target_is_directory=True)
    (page / "again").symlink_to(page, target_is_directory=True)
    (page / "same.css").symlink_to("style.css")
    programs = read_programs(str(tmp_path / "pages"))
    assert files_of(programs) == {"index.html": HTML, "same.css": "p {}\n", "style.css": "p {}\n"}
    (note,) = programs.notes
    assert "again, all, gone.js, script.js are a link out of the folder and were left out" in note
    (page / "index.html").rename(tmp_path / "pages" / "moved")
    (page / "index.html").symlink_to(secret)
    assert "lamp holds no page" in refusal(tmp_path / "pages")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(put(tmp_path) / "more.js")
    programs = read_programs(str(tmp_path))
    assert files_of(programs) == FILES
    assert "more.js was left out" in programs.notes[0]


@pytest.mark.parametrize("name", ["pages::v2", "a b", "memory:", "s3", "käfig", "c#%20?"])
def test_a_local_name_may_hold_whatever_it_likes(tmp_path, name):
    put(tmp_path / name / "lamp")
    assert files_of(read_programs(str(tmp_path / name))) == FILES
    assert files_of(read_programs(f"file://{tmp_path / name}")) == FILES


def test_behind_an_fsspec_url(tmp_path):
    put(tmp_path / "lamp", FILES | {"img/a.svg": "<svg/>", "logo.png": b"\x89PNG", "._x.js": b"\x00"}, told(0))
    put(tmp_path / "dice", posed=told(1))
    memory = fsspec.filesystem("memory")
    memory.put(str(tmp_path), "/given", recursive=True)
    try:
        here, there = read_programs(str(tmp_path)), read_programs("memory://given")
        assert [page.page_id for page in there.items] == [page.page_id for page in here.items]
        assert there.listing == here.listing
        assert there.name == "given"
        assert "given/lamp: logo.png was left out" in there.notes[0]
        assert [page.name for page in read_programs("memory://given/lamp").items] == ["lamp"]
    finally:
        memory.rm("/given", recursive=True)


def test_the_listing_follows_what_pages_hold_and_not_where_they_are(tmp_path):
    put(tmp_path / "one" / "lamp", posed=told(0))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "two" / "lamp").rename(tmp_path / "two" / "light")
    first = read_programs(str(tmp_path / "one")).listing
    assert read_programs(str(tmp_path / "two")).listing == first
    put(tmp_path / "two" / "light", posed=told(0, title="Another"))
    assert read_programs(str(tmp_path / "two")).listing != first
    put(tmp_path / "one" / "lamp", FILES | {"script.js": "let lamps = 1;\n"}, told(0))
    assert read_programs(str(tmp_path / "one")).listing != first
