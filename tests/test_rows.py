"""Files of records: whole or not there."""

import os
from pathlib import Path

import pytest

from tasks.errors import BrokenRun
from tasks.record import Candidate, Persona
from tasks.rows import load_rows, save_rows, write_whole

PERSONA = Persona(persona_id="p", text="a\nb\u2028c", source="s")


def candidate(index):
    return Candidate(index=index, seed=1, topic="tools", persona=PERSONA)


def test_rows_come_back_as_they_were_whatever_line_ends_are_in_them(tmp_path):
    rows = [candidate(n) for n in range(3)]
    path = save_rows(tmp_path / "deep" / "rows.jsonl", rows)
    assert load_rows(path, Candidate) == rows
    assert load_rows(save_rows(path, []), Candidate) == []


def test_a_file_that_can_not_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "file"
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"


def test_a_full_disk_is_a_sentence_and_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "file"
    write_whole(path, b"old")
    (tmp_path / f".file.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(BrokenRun, match=rf"No room is left on the disk for {path}; make some, .* the same command"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("place", ["file/in/the/way", "name" * 100])
def test_a_file_that_can_not_be_made_is_a_sentence(tmp_path, place):
    (tmp_path / "file").touch()
    with pytest.raises(BrokenRun, match=r"can't be written \(.+\); mend that"):
        write_whole(tmp_path / Path(place), b"new")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
