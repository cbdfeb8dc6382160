import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.errors import BadInput
from tasks.model.store import FILE, Kept, Store, key_of
from tasks.settings import ROOT

REPLY = Kept(
    model="m", deployment="d", content="{}", finish_reason="stop", prompt_tokens=3, completion_tokens=2, usd=0.25
)


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
    (tmp_path / FILE).write_text("no database, but long enough to be taken for one" * 30)
    with pytest.raises(BadInput, match="can't be kept"):
        Store(tmp_path)


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
