import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import BaseModel

from tasks.errors import BadInput, BrokenRun
from tasks.model.gateway import Gateway
from tasks.model.store import FILE, Kept, Store, key_of
from tasks.settings import ROOT, ModelSettings
from tests.model.scripted import says, scripted_model

REPLY = Kept(
    model="m", deployment="d", content="{}", finish_reason="stop", prompt_tokens=3, completion_tokens=2, usd=0.25
)


class Verse(BaseModel):
    title: str


def key(**changed):
    asked = {
        "models": ("a/x", "b/y"),
        "messages": [{"role": "user", "content": "page, please"}],
        "parameters": {"seed": 7, "temperature": 0.7},
        "schema": {"type": "object"},
    }
    return key_of(**(asked | changed))


def test_a_reply_is_there_for_the_next_process_to_the_letter(tmp_path):
    strange = REPLY.model_copy(update={"content": "日本 \x00 \u2028", "refusal": "no"})
    with Store(tmp_path) as store:
        store.put(key(), strange)
    with Store(tmp_path) as store:
        assert store.get(key()) == strange
        assert store.get("another") is None


@pytest.mark.parametrize(
    "changed",
    [
        {"models": ("a/x",)},
        {"messages": [{"role": "user", "content": "page, please!"}]},
        {"parameters": {"seed": 8, "temperature": 0.7}},
        {"parameters": {"seed": 7, "temperature": 0.8}},
        {"schema": {"type": "array"}},
    ],
)
def test_whatever_decides_a_reply_decides_its_key(changed):
    assert key(**changed) != key()
    assert key(models=("b/y", "a/x")) == key()


def test_what_nobody_has_used_goes_first(tmp_path):
    with Store(tmp_path) as store:
        store.put("old", REPLY)
        store.put("used", REPLY)
        long_ago = sqlite3.connect(tmp_path / FILE)
        long_ago.execute("UPDATE replies SET used = used - 1000")
        long_ago.commit()
        long_ago.close()
        assert store.get("used") is not None
        assert store.prune(500) == 1
        assert store.get("old") is None
        assert (store.extent().replies, store.extent().usd) == (1, 0.25)
        assert store.clear() == 1
        assert store.extent().replies == 0


def test_a_damaged_reply_counts_as_none(tmp_path):
    with Store(tmp_path) as store:
        store.put("k", REPLY)
        other = sqlite3.connect(tmp_path / FILE)
        other.execute("UPDATE replies SET reply = x'00'")
        other.commit()
        other.close()
        assert store.get("k") is None


def test_a_folder_that_cannot_be_written_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadInput, match=r"can't be kept in .*--no-reuse"):
        Store(tmp_path / "file")
    with pytest.raises(BadInput, match=r"/file/below: Not a directory; name a folder"):
        Store(tmp_path / "file" / "below")
    (tmp_path / FILE).write_text("no database, but long enough to be taken for one" * 30)
    with pytest.raises(BadInput, match="move it away"):
        Store(tmp_path)


def marked(folder, **marks):
    """A file of SQLite with such marks, and a table that is not ours if it has none."""
    db = sqlite3.connect(folder / FILE)
    for name, value in marks.items():
        db.execute(f"PRAGMA {name}={value}")
    if not marks:
        db.execute("CREATE TABLE letters (text TEXT)")
    db.commit()
    db.close()
    return (folder / FILE).read_bytes()


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ({}, "another program"),
        ({"application_id": 252006675}, "another program"),
        ({"user_version": 3}, "another program"),
        ({"application_id": int.from_bytes(b"dojo", "big"), "user_version": 2}, "another version of dojo"),
    ],
)
def test_a_file_of_others_or_of_another_form_is_left_as_it_is(tmp_path, marks, said):
    before = marked(tmp_path, **marks)
    with pytest.raises(BadInput, match=said) as told:
        Store(tmp_path)
    assert str(tmp_path / FILE) in str(told.value)
    assert (tmp_path / FILE).read_bytes() == before


def test_replies_that_were_kept_before_files_had_a_mark_are_still_there(tmp_path):
    with Store(tmp_path) as store:
        store.put("k", REPLY)
    old = sqlite3.connect(tmp_path / FILE)
    old.execute("PRAGMA application_id=0")
    old.execute("PRAGMA user_version=0")
    old.close()
    with Store(tmp_path) as store:
        assert store.get("k") == REPLY


def test_a_file_that_another_process_holds_breaks_the_run_with_one_sentence(tmp_path):
    with Store(tmp_path, patience_s=0.05) as store:
        store.put("k", REPLY)
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for use in (lambda: store.put("l", REPLY), lambda: store.get("k"), store.clear):
            with pytest.raises(BrokenRun, match="held by another process") as told:
                use()
            assert str(tmp_path / FILE) in str(told.value)
        other.execute("COMMIT")
        other.close()
        assert store.get("k") == REPLY


def test_a_file_that_is_damaged_while_it_is_used_breaks_the_run_with_one_sentence(tmp_path):
    with Store(tmp_path) as store:
        for n in range(300):
            store.put(str(n), REPLY)
    content = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with Store(tmp_path) as store:
        with pytest.raises(BrokenRun, match=r"damaged.*move it away"):
            store.get("7")
        with pytest.raises(BrokenRun, match="damaged"):
            store.put("new", REPLY)


def test_a_disk_without_room_breaks_the_run_with_one_sentence(tmp_path):
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom tasks.errors import BrokenRun\n"
        "from tasks.model.store import Store\nfrom tests.model.test_store import REPLY\n"
        "store = Store(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try:\n    for n in range(100_000):\n        store.put(str(n), REPLY)\n"
        "except BrokenRun as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )
    assert str(tmp_path) in done.stdout
    assert "--no-reuse" in done.stdout


def test_many_processes_begin_one_file_at_once(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom tasks.model.store import Store\n"
        "from tests.model.test_store import REPLY\nsys.stdin.read(1)\n"
        "with Store(Path(sys.argv[1])) as store:\n    store.put(sys.argv[2], REPLY)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    begun = [
        subprocess.Popen([*command, str(n)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        for n in range(6)
    ]
    for one in begun:
        one.stdin.write("x")
        one.stdin.flush()
    for one in begun:
        assert one.communicate(timeout=60)[1] == ""
    with Store(tmp_path) as store:
        assert store.extent().replies == 6


def test_a_file_begun_by_another_process_between_two_looks_is_no_strangers(tmp_path, monkeypatch):
    connect = sqlite3.connect
    begun = []

    class Overtaken(sqlite3.Connection):
        def execute(self, asked, *args):
            if asked == "PRAGMA user_version" and not begun:
                begun.append(True)
                with suppress(BadInput):  # held by the one that looks: as well
                    Store(tmp_path, patience_s=0).close()
            return super().execute(asked, *args)

    monkeypatch.setattr(sqlite3, "connect", lambda *args, **how: connect(*args, factory=Overtaken, **how))
    with Store(tmp_path) as store:
        store.put(key(), REPLY)
        assert begun and store.extent().replies == 1


def put_many(folder: str, first: int) -> None:
    with Store(Path(folder)) as store:
        for n in range(first, first + 150):
            store.put(str(n), REPLY.model_copy(update={"content": str(n)}))


def test_two_processes_keep_replies_at_once(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=put_many, args=(str(tmp_path), first)) for first in (0, 100)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    with Store(tmp_path) as store:
        assert store.extent().replies == 250
        assert {json.loads(store.get(str(n)).content) for n in range(250)} == set(range(250))


def test_a_kill_loses_nothing_that_was_kept(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from tasks.model.store import Store\nfrom tests.model.test_store import REPLY\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for n in range(100000):\n    store.put(str(n), REPLY); print(n, flush=True)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout
    for line in child.stdout:
        if int(line) >= 50:
            break
    os.kill(child.pid, signal.SIGKILL)
    rest = child.stdout.read().split()
    child.wait(30)
    child.stdout.close()
    last = int(rest[-1]) if rest else 50
    with Store(tmp_path) as store:
        assert all(store.get(str(n)) == REPLY for n in range(last))


async def test_a_reply_that_cannot_be_kept_ends_the_run_and_is_no_fault_of_the_sample(tmp_path):
    with scripted_model(says('{"title": "Sea"}')) as model, Store(tmp_path, patience_s=0.05) as store:
        gateway = Gateway(ModelSettings(timeout_s=20), model.url, store=store)
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BrokenRun, match="held by another process"):
            await gateway.ask("problem", {"topic": "games", "persona": "A pilot."}, Verse, seed=7)
        other.close()
    assert len(model.requests) == 1
