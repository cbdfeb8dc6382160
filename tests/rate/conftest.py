"""A dataset of three small tasks, a pack of it, and what a rater would save."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, ranked

TASKS = 3


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    write_shard(str(folder), "s", RUN, [ranked(index) for index in range(TASKS)], [], folder)
    return folder


@pytest.fixture(scope="session")
def pack(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("packs") / "pack"
    run("export", dataset, "--to", place)
    return place


def run(*words: object) -> str:
    """What `dojo rate` prints; what it raises passes through."""
    done = CliRunner().invoke(app, ["rate", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def scores_of(pack: Path, rater: str = "Ada", base: int = 10, comment: str = "") -> dict[str, Any]:
    """What the form saves when somebody scores A base, B base + 10 and so on."""
    told = json.loads((pack / "pack.json").read_text("utf-8"))
    tasks = [
        {
            "task_id": task["task_id"],
            "pages": {
                letter: {**page, "score": base + 10 * place}
                for place, (letter, page) in enumerate(task["pages"].items())
            },
            "comment": comment,
        }
        for task in told["tasks"]
    ]
    ids = {key: told[key] for key in ("format", "pack_id", "dataset_id")}
    return {**ids, "rater": rater, "saved_at": "2026-12-01T10:00:00.000Z", "tasks": tasks}


Saves = Callable[..., Path]


@pytest.fixture
def saved(pack: Path, tmp_path: Path) -> Saves:
    """Writes a rater's file, changed first if that is asked for; gives its path."""

    def write(name: str = "ada.json", change: Callable[[dict[str, Any]], object] = lambda _: None, **more: Any) -> Path:
        answers = scores_of(pack, **more)
        change(answers)
        path = tmp_path / name
        path.write_text(json.dumps(answers), "utf-8")
        return path

    return write
