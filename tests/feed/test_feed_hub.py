"""The Hub alone: who may see a dataset, what an earlier dojo left there, and what the Hub refuses."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import BadInput, BrokenRun
from tasks.feed.card import Lacking, compose_card
from tasks.feed.publish import Published, check_request, lay_out, publish_pairs
from tasks.settings import ROOT
from tests.feed.local_hub import LocalHub
from tests.feed.place import Pairs, Place

DATA = "default/train-00000-of-00001.parquet"
EARLIER = "Publish with dojo-synth"


def push(pairs: Pairs, purpose: Any = "labelling", repo: str = "lab/pages", **wish: Any) -> Published:
    return publish_pairs(check_request(purpose, repo, None, purpose == "training", **wish), "da7a", pairs, 0)


@pytest.mark.parametrize(
    ("purpose", "visibility", "by_default", "private"),
    [
        ("labelling", None, False, False),
        ("labelling", None, True, True),
        ("labelling", "private", False, True),
        ("labelling", "public", True, False),
        ("training", None, False, True),
        ("training", "private", False, True),
        ("training", "public", True, False),
    ],
)
def test_who_sees_a_new_dataset(
    pairs: Pairs, hub: LocalHub, purpose: str, visibility: Any, by_default: bool, private: bool
) -> None:
    hub.private_by_default = by_default
    push(pairs, purpose, visibility=visibility)
    assert hub.repos["lab/pages"].private is private


def test_a_dataset_keeps_its_visibility(pairs: Pairs, hub: LocalHub) -> None:
    public, private = hub.make("lab/pages"), hub.make("lab/hidden", private=True)
    with pytest.raises(BadInput, match=r"lab/pages is public and is to be private; .* settings on the Hub"):
        push(pairs, visibility="private")
    assert len(public.commits) == 1
    said = push(pairs, repo="lab/hidden", visibility="public").notes
    assert said == ("lab/hidden stays private: a dataset keeps its visibility; its settings on the Hub change it.",)
    assert private.private and not public.private
    said = push(pairs, "training").notes
    assert not public.private and said == ("lab/pages is public: everyone can see the order of these tasks.",)


def test_a_hub_that_makes_a_dataset_public_against_the_word_gets_nothing(pairs: Pairs, hub: LocalHub) -> None:
    made = hub.make

    def make(name: str, private: bool = False, **files: str) -> Any:
        return made(name, private=False, **files)

    hub.make = make  # type: ignore[method-assign]
    with pytest.raises(BadInput, match="lab/pages is public and is to be private"):
        push(pairs, "training")
    assert list(hub.repos["lab/pages"].files) == [".gitattributes"]


def earlier_dojo(pairs: Pairs, hub: LocalHub, folder: Path, tasks: int = 12) -> Any:
    """The dataset as a dojo before the manifest published it."""
    parts, census, _ = lay_out("labelling", pairs[:tasks], folder)
    card = compose_card("lab/pages", "labelling", parts, census.facts(0), Lacking()).whole
    data = {DATA: (folder / DATA).read_bytes(), "default/train-00001-of-00002.parquet": b"left of more"}
    hub.make("lab/pages").commit(EARLIER, data | {"README.md": card.encode()})
    return hub.repos["lab/pages"]


def test_what_an_earlier_dojo_published_is_ours(pairs: Pairs, hub: LocalHub, tmp_path: Path) -> None:
    repo = earlier_dojo(pairs, hub, tmp_path, tasks=3)
    with pytest.raises(BadInput, match="is not published for training"):
        push(pairs, "training")
    assert push(pairs).notes == ()
    card = repo.files["README.md"].decode()
    assert sorted(repo.files) == [".dojo/publication.json", ".gitattributes", "README.md", DATA]
    assert card.count("tasks for human labellers") == 1 and card.count("<!-- dojo:begin -->") == 1
    assert not push(pairs).changed


def test_what_people_changed_since_an_earlier_dojo_stays(pairs: Pairs, hub: LocalHub, tmp_path: Path) -> None:
    repo = earlier_dojo(pairs, hub, tmp_path)
    card = repo.files["README.md"].decode().replace("license: mit\n", "license: other\n") + "\nMine.\n"
    repo.commit("By hand", {"README.md": card.encode(), "default/train-00001-of-00002.parquet": b"mine"})
    push(pairs)
    after = repo.files["README.md"].decode()
    assert "license: other\n" in after and "\nMine.\n\n<!-- dojo:begin -->" in after
    assert repo.files["default/train-00001-of-00002.parquet"] == b"mine"
    assert not push(pairs).changed


def test_no_such_organisation(pairs: Pairs, hub: LocalHub) -> None:
    with pytest.raises(
        BadInput, match=r"write to nobody/pages: there is no nobody, .* The Hub says: You have no rights"
    ):
        push(pairs, repo="nobody/pages")
    assert hub.repos == {}


def test_a_dataset_of_others_that_can_be_read(pairs: Pairs, hub: LocalHub) -> None:
    others = hub.make("others/pages")
    with pytest.raises(BadInput, match="does not let this token write to others/pages"):
        push(pairs, repo="others/pages")
    assert len(others.commits) == 1


def test_a_gated_dataset(pairs: Pairs, hub: LocalHub) -> None:
    hub.make("lab/pages")
    hub.gated.add("lab/pages")
    with pytest.raises(BadInput, match="lab/pages is gated"):
        push(pairs)


def test_a_commit_that_the_hub_refuses(pairs: Pairs, hub: LocalHub) -> None:
    hub.before_commit = lambda repo: 403
    with pytest.raises(BadInput, match="does not let this token write to lab/pages"):
        push(pairs)
    hub.before_commit = lambda repo: 400
    with pytest.raises(BrokenRun, match="status 400 when lab/pages was pushed; nothing is published"):
        push(pairs)


def test_a_gitignore_that_leaves_our_files_out(pairs: Pairs, hub: LocalHub) -> None:
    push(pairs, take_over=True)
    repo = hub.repos["lab/pages"]
    repo.commit("By hand", {".gitignore": b"*.parquet\n", DATA: b"gone"})
    with pytest.raises(BadInput, match=r"The \.gitignore of lab/pages leaves out default/train"):
        push(pairs, take_over=True)
    assert repo.files[DATA] == b"gone"


def test_front_matter_that_the_hub_refuses(pairs: Pairs, hub: LocalHub) -> None:
    repo = hub.make("lab/pages", **{"README.md": "---\nlicense: odd\n---\n"})
    with pytest.raises(BadInput, match=r'refuses the front matter .* The Hub says: - "license" must be one of'):
        push(pairs)
    assert len(repo.commits) == 2


@pytest.mark.parametrize("address", ["nonsense", "http://[::1", "ftp://hub", "http://", "http://hub:port"])
def test_an_address_of_the_hub_that_is_none(address: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "publish", str(tmp_path), "--as", "labelling", "--repo", "lab/pages"]
    environment = {**os.environ, "HF_ENDPOINT": address, "HF_TOKEN": "hf_x"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2 and done.stderr.startswith(f"dojo: HF_ENDPOINT is {address!r}; ")
    assert len(done.stderr.splitlines()) == 1


def test_a_token_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for token in ("hf_ä", "hf a", "hf\x7f"):
        monkeypatch.setenv("HF_TOKEN", token)
        with pytest.raises(BadInput, match="characters that no token has"):
            check_request("labelling", "lab/pages", None, False)


def test_another_commit_in_between_is_seen(hub_place: Place) -> None:
    hub_place.publish(tasks=4)
    late = ["Added a word."]

    def beside(repo: Any) -> None:
        if late:
            text = repo.files["README.md"].decode() + late.pop()
            repo.commit("By hand", {"README.md": text.encode()})

    hub_place.hub.before_commit = beside
    hub_place.publish()
    card = hub_place.files()["README.md"].decode()
    assert card.endswith("Added a word.") and "12 tasks" in card


def test_commits_without_end_are_given_up(hub_place: Place) -> None:
    hub_place.publish(tasks=4)
    hub_place.hub.before_commit = lambda repo: 0 * len(repo.commit("By hand", {"x": str(len(repo.commits)).encode()}))
    with pytest.raises(BrokenRun, match="changed by others during each of 4 tries; nothing is published"):
        hub_place.publish()
