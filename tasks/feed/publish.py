"""A dataset laid out and brought to its place; invalid options are rejected before any input is read."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from datasets import disable_progress_bars
from huggingface_hub.utils.tqdm import disable_progress_bars as disable_hub_progress_bars

from tasks.errors import BadInput
from tasks.feed.card import Census, Lacking, compose_card
from tasks.feed.folder import FolderPlace
from tasks.feed.hub import HubPlace, Visibility
from tasks.feed.labelling import FEATURES, labelling_row
from tasks.feed.manifest import Purpose, entry_of
from tasks.feed.part import Part, writers
from tasks.feed.plan import Laid
from tasks.feed.training import SPLITS, TRAINING, split_of, training_rows
from tasks.record import Record

Pair = tuple[dict[str, Any], dict[str, Any]]
"""The public and the private row of a task, in the form of schema 2."""


class Request(Record):
    """A checked request to publish."""

    purpose: Purpose
    repo: str | None
    """Of the Hub, as organisation/name; or"""
    to: str | None
    """a folder."""
    visibility: Visibility | None
    """Of a new dataset on the Hub; None: private for training, else what the Hub does by itself."""
    take_over: bool
    """Whether the place may be one that another publication, or none of ours, has made."""


class Published(Record):
    """What was published, and where."""

    purpose: Purpose
    where: str
    """The folder, or the address of the commit; of the dataset when nothing has changed."""
    parts: tuple[Part, ...]
    changed: bool
    """Whether anything was written."""
    notes: tuple[str, ...]
    """Sentences on what was kept as people have it."""

    def __str__(self) -> str:
        rows = ", ".join(f"{part.rows} rows of {part.config}/{part.split}" for part in self.parts)
        if self.changed:
            first = f"Published for {self.purpose} at {self.where}: {rows}."
        else:
            first = f"Nothing has changed at {self.where}, so that nothing was written: {rows}."
        return "\n".join((first, *self.notes))


def check_request(
    purpose: Purpose,
    repo: str | None,
    to: str | None,
    reveal: bool,
    visibility: Visibility | None = None,
    take_over: bool = False,
) -> Request:
    """The request, if its options go together.

    Raises:
        BadInput: neither or both places, a place that will not do, training data without the word to reveal it, or a
            visibility for a folder.
        Missing: no token for the Hub.
    """
    if (repo is None) == (to is None):
        raise BadInput("Say where to publish: --repo organisation/name for the Hub or --to FOLDER, one of the two.")
    if purpose == "training" and not reveal:
        raise BadInput(
            "A training dataset reveals the order of its tasks to everyone, so that they are of no more use for "
            "labelling; say --reveal if that is meant."
        )
    if to is not None and visibility is not None:
        raise BadInput(f"--{visibility} is for a dataset on the Hub; leave it out with --to.")
    if to is not None and not to.isprintable():
        raise BadInput(f"--to is {to!r}; give a path without control characters, in UTF-8.")
    request = Request(purpose=purpose, repo=repo, to=to, visibility=visibility, take_over=take_over)
    _place(request)
    return request


def publish_pairs(request: Request, dataset: str, pairs: Iterable[Pair], rejected: int) -> Published:
    """Write the dataset with its card and bring it to its place. Tasks are taken one at a time.

    Args:
        request: what and where to.
        dataset: the dataset's id, hexadecimal: only publications of the same one replace each other.
        pairs: the public and the private row of each task, at least one.
        rejected: how many candidates did not make it.

    Raises:
        BadInput: the place will not do: it is another's, or people changed what would be written over.
        BrokenRun: the Hub or the disk failed.
    """
    disable_progress_bars()
    disable_hub_progress_bars()
    place = _place(request)
    place.check(dataset, request.purpose, request.take_over)
    with place.aside() as folder:
        parts, census, lacking = lay_out(request.purpose, pairs, folder)
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        laid = Laid(
            dataset=dataset,
            purpose=request.purpose,
            files=tuple(entry_of(path.relative_to(folder).as_posix(), path) for path in paths),
            folder=folder,
            said=compose_card(place.name, request.purpose, parts, census.facts(rejected), lacking),
        )
        done = place.publish(laid, request.take_over)
    notes = (*done.notes, *filter(None, [lacking.sentence(request.purpose)]))
    return Published(purpose=request.purpose, where=done.where, parts=tuple(parts), changed=done.changed, notes=notes)


def lay_out(purpose: Purpose, pairs: Iterable[Pair], folder: Path) -> tuple[list[Part], Census, Lacking]:
    """Write every split of every config into a folder; a split without rows is left out."""
    census, lacking = Census(), Lacking()
    if purpose == "labelling":
        wanted = {("default", "train"): FEATURES}
    else:
        wanted = {(config, split): features for config, features in TRAINING.items() for split in SPLITS}
    with writers(folder, wanted) as made:
        for public, private in pairs:
            census.note(public, private)
            lacking.note(private)
            if purpose == "labelling":
                made["default", "train"].add(labelling_row(public))
                continue
            split = split_of(public["task_id"])
            for config, row in training_rows(public, private):
                made[config, split].add(row)
        parts = [writer.close() for writer in made.values()]
    return [part for part in parts if part is not None], census, lacking


def _place(request: Request) -> HubPlace | FolderPlace:
    return FolderPlace(request.to) if request.to is not None else HubPlace(request.repo or "", request.visibility)
