"""`dojo cache` as a user meets it: what is kept, what goes, and files that are no store of replies."""

import sqlite3

import pytest

from tasks.model.store import FILE, Kept, Store

REPLY = Kept(
    model="m", deployment="d", content="{}", finish_reason="stop", prompt_tokens=3, completion_tokens=2, usd=0.25
)
DAY_S = 86_400


@pytest.fixture
def kept(tmp_path):
    """Four replies, three of which nobody has used for 40 days."""
    with Store(tmp_path) as store:
        for name in "abcd":
            store.put(name, REPLY)
    db = sqlite3.connect(tmp_path / FILE)
    db.execute("UPDATE replies SET used = used - ? WHERE key <> 'd'", (40 * DAY_S,))
    db.commit()
    db.close()
    return tmp_path


def refused(told):
    code, out, err = told
    assert (code, out) == (2, "")
    assert err.startswith("dojo: ") and len(err.strip().splitlines()) == 1
    assert "--no-reuse" not in err, "the command has no such option"
    return err


def test_the_size_says_how_many_what_they_cost_and_where(dojo, kept):
    code, out, err = dojo("cache", "size", "--folder", kept)
    assert (code, err) == (0, "")
    assert "4 replies that cost $1.00" in out
    assert str(kept / FILE) in out


def test_what_nobody_has_used_goes_and_the_rest_stays(dojo, kept):
    assert dojo("cache", "prune", "--days", "50", "--folder", kept)[1] == "0 replies dropped, 4 are left.\n"
    assert dojo("cache", "prune", "--folder", kept)[1] == "3 replies dropped, 1 are left.\n"
    with Store(kept) as store:
        assert store.get("d") == REPLY


def test_all_of_them_go(dojo, kept):
    assert dojo("cache", "clear", "--folder", kept)[1] == "4 replies dropped.\n"
    assert "0 replies" in dojo("cache", "size", "--folder", kept)[1]


@pytest.mark.parametrize("days", ["-1", "nan", "many"])
def test_a_number_of_days_that_is_none_drops_nothing(dojo, kept, days):
    code, _, err = dojo("cache", "prune", "--days", days, "--folder", kept)
    assert code == 2 and "--days" in err
    with Store(kept) as store:
        assert store.extent().replies == 4


@pytest.mark.parametrize("what", ["size", "prune", "clear"])
def test_a_folder_without_replies_is_refused_and_stays_as_it_is(dojo, tmp_path, what):
    for folder in (tmp_path, tmp_path / "nowhere", __file__):
        err = refused(dojo("cache", what, "--folder", folder))
        assert str(folder) in err and "--folder" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["size", "prune", "clear"])
@pytest.mark.parametrize(
    "content", [b"no database, but long enough to be taken for one" * 30, b"SQLite format 3\0" * 99]
)
def test_a_broken_file_is_named_with_what_helps_and_stays_as_it_is(dojo, tmp_path, what, content):
    (tmp_path / FILE).write_bytes(content)
    err = refused(dojo("cache", what, "--folder", tmp_path))
    assert str(tmp_path / FILE) in err and "move it away" in err
    assert (tmp_path / FILE).read_bytes() == content


@pytest.mark.parametrize("what", ["size", "prune", "clear"])
def test_another_programs_database_is_left_alone(dojo, tmp_path, what):
    db = sqlite3.connect(tmp_path / FILE)
    db.execute("CREATE TABLE replies (id INTEGER PRIMARY KEY, used REAL, letter TEXT)")
    db.execute("INSERT INTO replies VALUES (1, 0, 'Dear Sir')")
    db.commit()
    db.close()
    before = (tmp_path / FILE).read_bytes()
    assert "another program" in refused(dojo("cache", what, "--folder", tmp_path))
    assert (tmp_path / FILE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_page_that_was_overwritten_breaks_the_command_with_one_sentence(dojo, tmp_path):
    with Store(tmp_path) as store:
        for n in range(300):
            store.put(str(n), REPLY)
    path = tmp_path / FILE
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    code, _, err = dojo("cache", "size", "--folder", tmp_path)
    assert code == 1
    assert "damaged" in err and str(path) in err and len(err.strip().splitlines()) == 1
