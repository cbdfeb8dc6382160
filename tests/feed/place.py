"""A folder or a dataset on the Hub that is published to, as a user sees it."""

from pathlib import Path
from typing import Any

import pytest

from tasks.errors import BadInput
from tasks.feed.publish import Pair, Published, check_request, publish_pairs
from tests.feed.local_hub import LocalHub

Pairs = list[Pair]


class Place:
    """A folder or a dataset on the Hub, which people can look into and change."""

    def __init__(self, hub: LocalHub | None, folder: Path, pairs: Pairs) -> None:
        self.hub, self.folder, self.pairs = hub, folder, pairs

    def publish(self, purpose: Any = "labelling", tasks: int = 12, dataset: str = "da7a", **wish: Any) -> Published:
        where = {"repo": "lab/pages", "to": None} if self.hub else {"repo": None, "to": str(self.folder)}
        request = check_request(purpose, **where, reveal=purpose == "training", **wish)
        return publish_pairs(request, dataset, self.pairs[:tasks], 0)

    def files(self) -> dict[str, bytes]:
        if self.hub:
            return {k: v for k, v in self.hub.repos["lab/pages"].files.items() if k != ".gitattributes"}
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}

    def change(self, name: str, data: bytes | None) -> None:
        """What people do: write a file, or delete it."""
        if self.hub:
            repo = self.hub.repos.get("lab/pages") or self.hub.make("lab/pages")
            repo.commit("By hand", {} if data is None else {name: data}, () if data is not None else (name,))
        elif data is None:
            (self.folder / name).unlink()
        else:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(data)

    def edit_card(self, old: str, new: str) -> str:
        card = self.files()["README.md"].decode()
        assert old in card
        self.change("README.md", card.replace(old, new).encode())
        return card.replace(old, new)

    def refused(self, **wish: Any) -> str:
        """The sentence of a publication that is refused; nothing has changed."""
        before = self.files()
        with pytest.raises(BadInput) as caught:
            self.publish(**wish)
        assert self.files() == before
        sentence = str(caught.value)
        assert "\n" not in sentence and ("lab/pages" in sentence or str(self.folder) in sentence)
        return sentence
