"""A dataset's pairs, a Hub on loopback, and a place of either kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.shard.read import read_pairs
from tasks.shard.write import write_shard
from tests.feed.local_hub import LocalHub, local_hub
from tests.feed.place import Pairs, Place
from tests.shard.specimens import RUN, ranked

TASKS = 12


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    folder = tmp_path_factory.mktemp("dataset")
    write_shard(str(folder), "s-0", RUN, [ranked(i) for i in range(TASKS)], [], folder)
    return list(read_pairs(str(folder)))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    with local_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", hub.token)
        yield hub


@pytest.fixture
def folder_place(tmp_path: Path, pairs: Pairs) -> Place:
    return Place(None, tmp_path / "out", pairs)


@pytest.fixture
def hub_place(hub: LocalHub, tmp_path: Path, pairs: Pairs) -> Place:
    return Place(hub, tmp_path, pairs)


@pytest.fixture(params=["hub", "folder"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found
