"""Every way in which an address is told from the name of a folder."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.order import place_order, record_status
from flows.place import check_place
from tasks.address import is_remote, local_folder, open_address, shown_name, spelled
from tasks.caches import work_folder
from tasks.errors import BadInput
from tasks.shard.read import count_rows
from tasks.shard.schema import SCHEMAS

FOLDERS = (
    "pages", "pages::v2", "a:b", "::", "a::b::c", "pages::", "::pages", "file.zip", "x.zip::y", "a#b", "#", "a?b",
    "50%20",
    "%2e%2e", "two words", " x", "ü", "資料", "C:data", "C:", "C://x", "C:\\data", "data:x", "data:,x", "s3:x", "s3:/x",
    "file:x", "local:x", "memory:x", "simplecache::x", "zip::x", "s3::x", "file::x", "x::s3://b", "my notes://x",
    "://x",
    "~nobody-of-this-name", "~nobody-of-this-name/x", "a~", "-x", "[a]*", "a\nb", "a\\b", "a'b\"c", "$HOME", "{{x}}",
    "...", "x://",
)  # fmt: skip
"""Names of folders, whatever they look like."""

ADDRESSES = (
    "s3://bucket/x", "gs://bucket/x", "hf://datasets/a/b", "memory://x", "http://127.0.0.1/x", "simplecache::s3://b/x",
    "simplecache::memory://x", "zip://a::s3://b/x.zip", "zip://a::x.zip", "filecache::simplecache::memory://x",
    "nosuch://x", "S3://bucket/x",
)  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_dataset(folder: Path) -> None:
    """One shard of no rows, as a reader finds them."""
    for side, prefix in (("public", "tasks-"), ("private", "truth-")):
        (folder / side).mkdir(parents=True)
        schema = SCHEMAS[side]  # type: ignore[index]
        pq.write_table(pa.Table.from_pylist([], schema=schema), folder / side / f"{prefix}s.parquet")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_local_name_is_a_local_name_whatever_is_in_it(here: Path, name: str) -> None:
    assert not is_remote(name)
    assert local_folder(name) == here / name
    files, root = open_address(name)
    assert Path(root) == here / name
    files.makedirs(f"{root}/made", exist_ok=True)
    assert (here / name / "made").is_dir()
    write_dataset(here / name)
    assert count_rows(name).shards == count_rows(f"{name}/").shards == 1
    assert spelled(name) == spelled(str(here / name)) == spelled(f"{name}/")


@pytest.mark.parametrize(
    "name", ["pages::v2", "a:b", "file:x", "50%20", "~nobody-of-this-name", "資料", "C:data", "[a]*"]
)
def test_a_run_is_kept_in_the_folder_of_that_name_and_found_there(here: Path, name: str) -> None:
    order = place_order(1, "starter", None, None, name, None)
    record_status(order, "stopped", 0)
    assert [path.name for path in here.iterdir()] == [name]
    assert json.loads((here / name / "runs" / order.run_id / "run.json").read_text("utf-8"))["seed"] == 0
    again = place_order(1, "starter", None, None, name, None)
    assert again.run_id == order.run_id and again.before is not None


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_has_no_folder_of_this_machine(address: str) -> None:
    assert is_remote(address)
    assert local_folder(address) is None
    assert work_folder(address) == work_folder(f"{address}/")


@pytest.mark.parametrize("given", ["file:///{here}/d", "local:///{here}/d", "{here}/d", "{here}/d/", "./d", "d", "d//"])
def test_all_ways_to_one_folder_are_one(here: Path, given: str) -> None:
    given = given.replace("{here}", str(here).lstrip("/") if "://" in given else str(here))
    assert local_folder(given) == here / "d"
    assert shown_name(given) == "d"
    assert spelled(given) == f"file://{here}/d"


def test_a_name_that_looks_like_an_address_is_a_folder_with_a_dot_before_it(here: Path) -> None:
    assert local_folder("./s3://bucket") == here / "s3:" / "bucket"
    assert local_folder(f"{here}/s3://bucket") == here / "s3:" / "bucket"


def test_home_is_where_it_says(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here / "me"))
    assert local_folder("~/d") == local_folder("file://~/d") == here / "me" / "d"
    assert local_folder("~") == here / "me"
    root = open_address("~root/d")[1] if os.geteuid() == 0 else "/root/d"
    assert root.endswith("/d") and "~" not in root


def test_a_dataset_behind_an_address_is_opened_by_fsspec() -> None:
    files, root = open_address("memory://some/where/")
    assert root == "/some/where"
    assert type(files).__name__ == "MemoryFileSystem"
    assert shown_name("memory://some/where/") == "where"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nosuch://x", r"Protocol not known: nosuch; for a folder write \./nosuch://x\."),
        ("s3://bucket/x", "needs a package that is not installed: Install s3fs"),
        ("github://x", "can't be opened"),
        ("zip://a::/no/such/file.zip", "No such file"),
        ("http://127.0.0.1:9/x", "can't be reached"),
        ("", "is empty"),
        (" ", "is empty"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_can_not_be_opened_is_one_sentence(address: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        open_address(address)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x", "https://127.0.0.1:9/x", "zip://a::x.zip", "tar::memory://x"]
)
def test_what_only_reads_is_no_place_to_write(here: Path, address: str) -> None:
    with pytest.raises(BadInput, match="only reads; name a folder"):
        check_place(address, work_folder(address))


@pytest.mark.parametrize("name", ["caf\udce9", "\ud800"])
def test_a_name_that_no_record_of_a_run_can_hold(here: Path, name: str) -> None:
    with pytest.raises(BadInput, match="not in UTF-8"):
        place_order(1, "starter", None, None, name, None)
    with pytest.raises(BadInput, match="not in UTF-8"):
        place_order(1, name, None, None, "d", None)
    assert list(here.iterdir()) == []
