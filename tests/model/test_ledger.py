import pyarrow.parquet as pq
import pytest

from tasks.errors import BrokenRun
from tasks.model.ledger import LINES, TABLE, Entry, Ledger, read_entries, spent_before


def entry(**more):
    given = {"time": 1.5, "stage": "problem", "role": "poser", "deployment": "d", "model": "m", "prompt": "problem@0"}
    return Entry.model_validate(given | {"candidate": 0, "usd": 0.5} | more)


def test_rows_of_two_sessions_are_one_table_and_name_their_tasks(tmp_path):
    first = Ledger(tmp_path)
    first.add(entry())
    first.close()
    second = Ledger(tmp_path)
    second.add(entry(candidate=1, usd=0.25, fault="a\nb"))
    second.add(entry(candidate=None, usd=0.0, reused=True, outcome="reused"))
    second.close({0: "t0"})
    table = pq.read_table(tmp_path / TABLE).to_pydict()
    assert table["task_id"] == ["t0", None, None]
    assert table["usd"] == [0.5, 0.25, 0.0]
    assert table["fault"] == ["", "a\nb", ""]
    assert table["time"][0].timestamp() == 1.5
    assert spent_before(tmp_path) == 0.75


def test_a_row_is_on_disk_at_once_and_a_torn_line_spoils_no_other(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.add(entry())
    assert len(list(read_entries(tmp_path))) == 1
    with (tmp_path / LINES).open("a") as lines:
        lines.write('{"time": 3, "sta')
    again = Ledger(tmp_path)
    again.add(entry(candidate=5))
    assert [row.candidate for row in read_entries(tmp_path)] == [0, 5]
    again.close()
    assert pq.read_metadata(tmp_path / TABLE).num_rows == 2


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(None)
    ledger.add(entry())
    ledger.close()
    assert list(tmp_path.iterdir()) == []
    assert list(read_entries(tmp_path)) == []


def test_a_full_disk_ends_the_run_with_a_sentence(tmp_path):
    (tmp_path / LINES).symlink_to("/dev/full")
    ledger = Ledger(tmp_path)
    with pytest.raises(BrokenRun, match=rf"No room is left on the disk for {tmp_path / LINES}"):
        ledger.add(entry())
