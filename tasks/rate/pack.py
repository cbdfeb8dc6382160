"""A pack that people rate blind: tasks of a dataset with their sealed pages, from the public side alone."""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.content import content_id
from tasks.errors import BadInput
from tasks.rate.form import render_form
from tasks.rate.ratings import LETTERS, Letter
from tasks.rate.swap import changing, folder_named
from tasks.record import Record
from tasks.rows import writing

FORMAT = 1
"""Of `pack.json` and of what raters save."""
USUAL = 40
"""Tasks of a pack, if nobody says how many."""


class PackPage(Record):
    """One of a task's four pages."""

    completion_id: str
    sha256: str
    """Of the sealed page as UTF-8."""


class PackTask(Record):
    """One task of a pack."""

    number: int
    """Its place in the pack, from 1."""
    task_id: str
    title: str
    prompt: str
    """What labellers read, in Markdown."""
    pages: dict[Letter, PackPage]


class Pack(Record):
    """What `pack.json` holds: nothing that is not public."""

    format: int = FORMAT
    pack_id: str
    """Hash of all below."""
    dataset_id: str
    tasks: tuple[PackTask, ...]


def choose_tasks(topics: Mapping[str, str], wanted: int | None, seed: int, dataset: str) -> list[str]:
    """Ids of the tasks of a pack: as many of each topic as can be, drawn and mixed by the seed.

    Args:
        topics: by task id.
        wanted: how many; None for the usual number, or all if there are fewer.
        seed: the same one gives the same tasks.
        dataset: what a sentence calls it.

    Raises:
        BadInput: there are not so many.
    """
    if wanted is not None and not 1 <= wanted <= len(topics):
        held = f"{dataset} holds {len(topics):,} tasks"
        raise BadInput(f"--tasks is {wanted}, and {held}; ask for 1 to {len(topics):,}.")
    drawn = random.Random(f"tasks {seed}")
    by_topic: dict[str, list[str]] = {}
    for task_id in drawn.sample(sorted(topics), len(topics)):
        by_topic.setdefault(topics[task_id], []).append(task_id)
    names = drawn.sample(sorted(by_topic), len(by_topic))
    rounds = [(place, turn, task) for turn, name in enumerate(names) for place, task in enumerate(by_topic[name])]
    chosen = [task for _, _, task in sorted(rounds)[: USUAL if wanted is None else wanted]]
    return drawn.sample(chosen, len(chosen))


def write_pack(rows: Iterable[Mapping[str, Any]], dataset_id: str, seed: int, place: Path) -> Pack:
    """Write a pack into a folder, which is there whole or not at all.

    Args:
        rows: public rows of the tasks, in the order in which they are to be rated.
        dataset_id: of the dataset that holds them.
        seed: of the order of each task's pages.
        place: a folder that is empty, or not there.

    Raises:
        BadInput: a task has not four sealed pages.
        BrokenRun: the disk does not take it.
    """
    shown = [_shuffled(row, seed) for row in rows]
    pack = _pack_of(shown, dataset_id)
    with changing(place) as aside, writing(place):
        for task, (_, pages) in zip(pack.tasks, shown, strict=True):
            folder = aside / "pages" / str(task.number)
            folder.mkdir(parents=True)
            for letter, (_, text) in zip(LETTERS, pages, strict=True):
                (folder / f"{letter}.html").write_bytes(text.encode())
        (aside / "pack.json").write_text(pack.model_dump_json(indent=2) + "\n", "utf-8")
        texts = [[text for _, text in pages] for _, pages in shown]
        (aside / "index.html").write_text(render_form(pack.model_dump(mode="json"), texts), "utf-8")
    return pack


def check_place(to: str) -> Path:
    """The folder that a pack is to be written to.

    Raises:
        BadInput: there is something, or as `swap.folder_named`.
    """
    place = folder_named(to)
    try:
        free = not place.exists() or (place.is_dir() and not any(place.iterdir()))
    except OSError as error:
        raise BadInput(f"{to} can't be read ({error.strerror or error}); choose another folder.") from error
    if not free:
        raise BadInput(f"{to} is there and not an empty folder; choose a folder that is empty or not there yet.")
    return place


def refuse_unsealed(versions: Mapping[str, int], dataset: str) -> None:
    """Refuse a dataset with rows of schema 1.

    Args:
        versions: the rows' schema versions, by task id.
        dataset: what the sentence calls it.

    Raises:
        BadInput: a task is of schema 1.
    """
    old = next((task_id for task_id, version in versions.items() if version < 2), None)
    if old is not None:
        raise BadInput(
            f"{dataset} holds tasks of schema 1 ({old}), whose pages are not sealed, so that a rater could read their "
            "order; take a dataset that this dojo made."
        )


def page_hash(text: str) -> str:
    """SHA-256 of a page's text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def sealed_pages(row: Mapping[str, Any]) -> dict[str, str]:
    """The sealed pages of a public row, by completion id.

    Raises:
        BadInput: there are not four.
    """
    pages = {one["completion_id"]: one["files"][0]["content"] for one in row["completions"] if len(one["files"]) == 1}
    if len(pages) != len(LETTERS):
        raise BadInput(f"Task {row['task_id']} has not four sealed pages; take a dataset that this dojo made.")
    return pages


def _shuffled(row: Mapping[str, Any], seed: int) -> tuple[Mapping[str, Any], Sequence[tuple[str, str]]]:
    """A row with its pages (completion id and text) in an order of their own, which the ranks have no part in."""
    pages = sorted(sealed_pages(row).items())
    return row, random.Random(f"pages {seed} {row['task_id']}").sample(pages, len(pages))


def _pack_of(shown: Sequence[tuple[Mapping[str, Any], Sequence[tuple[str, str]]]], dataset_id: str) -> Pack:
    tasks = tuple(
        PackTask(
            number=number,
            task_id=row["task_id"],
            title=row["title"],
            prompt=row["prompt"],
            pages={
                letter: PackPage(completion_id=completion, sha256=page_hash(text))
                for letter, (completion, text) in zip(LETTERS, pages, strict=True)
            },
        )
        for number, (row, pages) in enumerate(shown, 1)
    )
    pack_id = content_id("pack", str(FORMAT), dataset_id, *(task.model_dump_json() for task in tasks))
    return Pack(pack_id=pack_id, dataset_id=dataset_id, tasks=tasks)
