"""A dataset laid out and brought to its place; a wish that can't be granted is refused before anything is read."""

import tempfile
from pathlib import Path

import pyarrow as pa
from datasets import disable_progress_bars
from huggingface_hub.utils.tqdm import disable_progress_bars as disable_hub_progress_bars

from tasks.errors import BadInput
from tasks.feed.card import Purpose, find_facts, write_card
from tasks.feed.hub import check_repo, check_target, folder_whole, push_folder
from tasks.feed.labelling import write_labelling
from tasks.feed.part import Part
from tasks.feed.training import write_training
from tasks.record import Record


class Request(Record):
    """A checked wish to publish."""

    purpose: Purpose
    repo: str | None
    """Of the Hub, as organisation/name; or"""
    to: str | None
    """a folder that is not there yet."""


class Published(Record):
    """What was published, and where."""

    purpose: Purpose
    where: str
    """The folder, or the address of the commit."""
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        rows = ", ".join(f"{part.rows} rows of {part.config}/{part.split}" for part in self.parts)
        return f"Published for {self.purpose} at {self.where}: {rows}."


def check_request(purpose: Purpose, repo: str | None, to: str | None, reveal: bool) -> Request:
    """The wish, if it can be granted.

    Raises:
        BadInput: neither or both places, a place that will not do, or training data without the word to reveal it.
        Missing: no token for the Hub.
    """
    if (repo is None) == (to is None):
        raise BadInput("Say where to publish: --repo organisation/name for the Hub or --to FOLDER, one of the two.")
    if purpose == "training" and not reveal:
        raise BadInput(
            "A training dataset reveals the order of its tasks to everyone, so that they are of no more use for "
            "labelling; say --reveal if that is meant."
        )
    if to is not None:
        check_target(to)
    if repo is not None:
        check_repo(repo)
    return Request(purpose=purpose, repo=repo, to=to)


def publish_tables(request: Request, public: pa.Table, private: pa.Table, rejected: int) -> Published:
    """Write the dataset with its card and bring it to its place.

    Args:
        request: what and where to.
        public: the public shards' rows, at least one.
        private: the private shards' rows of the same tasks.
        rejected: how many candidates did not make it.

    Raises:
        BadInput: the place will not do.
        BrokenRun: the Hub failed.
    """
    disable_progress_bars()
    disable_hub_progress_bars()
    if request.to is not None:
        with folder_whole(request.to) as folder:
            parts = _lay_out(folder, Path(request.to).resolve().name, request.purpose, public, private, rejected)
        return Published(purpose=request.purpose, where=request.to, parts=parts)
    repo = request.repo or ""
    with tempfile.TemporaryDirectory() as aside:
        parts = _lay_out(Path(aside), repo, request.purpose, public, private, rejected)
        return Published(purpose=request.purpose, where=push_folder(Path(aside), repo), parts=parts)


def _lay_out(
    folder: Path, name: str, purpose: Purpose, public: pa.Table, private: pa.Table, rejected: int
) -> tuple[Part, ...]:
    parts = write_labelling(public, folder) if purpose == "labelling" else write_training(public, private, folder)
    write_card(folder, name, purpose, parts, find_facts(public, private, rejected))
    return tuple(parts)
