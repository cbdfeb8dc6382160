"""What a stage has done is there when a run is started again, a torn last line aside."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tasks.journal import Journal
from tasks.record import Posed
from tests.shard.specimens import posed


def test_rows_are_found_by_their_candidate_and_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "shard" / "posed.jsonl"
    journal = Journal(path, Posed)
    assert journal.get(3) is None and not path.exists()
    for index in (3, 0):
        journal.add(posed(index))
    again = Journal(path, Posed)
    assert [again.get(index) for index in (0, 1, 3)] == [posed(0), None, posed(3)]


@given(st.data())
def test_a_kill_in_the_middle_of_a_line_costs_that_row_only(tmp_path_factory, data) -> None:
    path = tmp_path_factory.mktemp("journal") / "posed.jsonl"
    journal = Journal(path, Posed)
    for index in range(3):
        journal.add(posed(index))
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    left = whole[:cut].count(b"\n")
    again = Journal(path, Posed)
    assert [again.get(index) is not None for index in range(3)] == [index < left for index in range(3)]
    again.add(posed(7))
    assert Journal(path, Posed).get(7) == posed(7)
