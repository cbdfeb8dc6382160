"""A dataset's tables, a Hub on loopback, and a place of either kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.shard.read import read_side
from tasks.shard.write import write_shard
from tests.feed.local_hub import LocalHub, local_hub
from tests.feed.place import Place, Tables
from tests.shard.specimens import RUN, ranked

TASKS = 12


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("dataset")
    write_shard(str(folder), "s-0", RUN, [ranked(i) for i in range(TASKS)], [], folder)
    return read_side(str(folder), "public"), read_side(str(folder), "private")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    with local_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", hub.token)
        yield hub


@pytest.fixture
def folder_place(tmp_path: Path, tables: Tables) -> Place:
    return Place(None, tmp_path / "out", tables)


@pytest.fixture
def hub_place(hub: LocalHub, tmp_path: Path, tables: Tables) -> Place:
    return Place(hub, tmp_path, tables)


@pytest.fixture(params=["hub", "folder"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found
