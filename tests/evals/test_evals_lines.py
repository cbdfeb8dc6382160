"""Files that grow by a line: what a kill or a full disk leaves of them."""

import pytest

from evals.lines import adding, read_lines
from tasks.errors import BrokenRun
from tasks.record import Persona

PERSONA = Persona(persona_id="p", text="a\nb\u2028c", source="s")


def test_a_line_more_does_not_join_one_that_a_kill_has_cut_off(tmp_path):
    path = tmp_path / "deep" / "lines.jsonl"
    with adding(path) as add:
        add(PERSONA)
        assert read_lines(path, Persona) == [PERSONA]
    path.write_bytes(path.read_bytes() + b'{"persona_id": "q", "te')
    with adding(path) as add:
        add(PERSONA)
    assert read_lines(path, Persona) == [PERSONA, PERSONA]


def test_a_line_for_which_there_is_no_room_is_a_sentence(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.symlink_to("/dev/full")
    with pytest.raises(BrokenRun, match="No room is left on the disk for"), adding(path) as add:
        add(PERSONA)
