"""A folder alone: what a kill leaves, and links."""

import json
from pathlib import Path

import pytest

from tasks.errors import BadInput
from tests.feed.place import Place

MANIFEST = ".dojo/publication.json"
DATA = "default/train-00000-of-00001.parquet"


def test_a_publication_that_was_killed_goes_on(folder_place: Place) -> None:
    """The new data is there, and the manifest knows it: what a kill between two files leaves."""
    folder_place.publish(tasks=4)
    old = json.loads(folder_place.files()[MANIFEST])
    folder_place.publish()
    new = json.loads(folder_place.files()[MANIFEST])
    old["files"] += new["files"]
    folder_place.change(MANIFEST, json.dumps(old).encode())
    folder_place.change(".dojo/next/default/left.parquet", b"left")
    folder_place.publish()
    assert set(folder_place.files()) == {"README.md", MANIFEST, DATA} and not folder_place.publish().changed


@pytest.mark.parametrize("link", ["default", DATA, "README.md", ".dojo", MANIFEST])
def test_links_are_not_followed(folder_place: Place, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "publication.json").write_bytes(b"mine")
    (outside / "train-00000-of-00001.parquet").write_bytes(b"mine")
    (folder_place.folder / link).parent.mkdir(parents=True)
    target = outside if "/" not in link and link != "README.md" else outside / "publication.json"
    (folder_place.folder / link).symlink_to(target)
    with pytest.raises(BadInput, match="in the way"):
        folder_place.publish(take_over=True)
    assert sorted(path.read_bytes() for path in outside.iterdir()) == [b"mine", b"mine"]
    assert [path.name for path in folder_place.folder.iterdir()] == [link.split("/")[0]]
