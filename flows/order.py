"""What a run is asked for: checked whole before anything is spent or written.

Kept free of Prefect, so that the command line can refuse a bad order at once.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import fsspec

from tasks.errors import BadInput
from tasks.model.gateway import check_model
from tasks.persona.source import check_source
from tasks.record import Record, canonical_json, content_id, write_whole
from tasks.settings import ROOT, Settings
from tasks.shard.read import check_version

STARTER = "starter"
"""The persona source that means the project's own starter set."""


class RunOrder(Record):
    """One run, settled: what `dojo generate` was asked for, with every default filled in."""

    run_id: str
    """The same for the same seed, settings and source: so the same command goes on where it was stopped."""
    tasks: int
    personas: str
    seed: int
    dataset: str
    folder: Path
    """Where the run keeps its work; in the dataset itself, if that is local."""
    settings: Settings
    created_at: datetime

    @property
    def config_hash(self) -> str:
        """Names the settings that decide what comes out."""
        return self.settings.config_hash()

    @property
    def max_candidates(self) -> int:
        """Candidates tried at the most."""
        return self.settings.max_candidates or max(20, 10 * self.tasks)


def place_order(
    tasks: int, personas: str, model: str | None, seed: int | None, out: str, settings: Settings | None
) -> RunOrder:
    """Check what is asked for, and settle what was left open.

    Without a seed, an unfinished run of the same kind goes on; if there is none, the first seed that the dataset has not used
    is taken.

    Raises:
        BadInput: in one sentence, with the way out. Nothing has been spent or written then.
    """
    if tasks < 1:
        raise BadInput(f"--tasks is {tasks}; ask for at least 1.")
    settings = settings or Settings()
    if model is not None:
        settings = settings.model_copy(update={"model": settings.model.model_copy(update={"name": model})})
    check_version(out)
    check_source(personas)
    check_model(settings.model)
    kind = content_id(settings.config_hash(), _source_name(personas))[:8]
    known = _known_runs(out)
    if seed is None:
        open_seeds = [run["seed"] for run in known if run["run_id"].endswith(kind) and run["status"] != "finished"]
        seed = min(open_seeds, default=max((run["seed"] for run in known), default=-1) + 1)
    run_id = f"seed{seed}-{kind}"
    started = next((run["created_at"] for run in known if run["run_id"] == run_id), None)
    return RunOrder(
        run_id=run_id,
        tasks=tasks,
        personas=personas,
        seed=seed,
        dataset=out,
        folder=_home(out) / "runs" / run_id,
        settings=settings,
        created_at=datetime.fromisoformat(started) if started else datetime.now(UTC),
    )


def record_status(order: RunOrder, status: Literal["running", "finished", "stopped"], accepted: int) -> None:
    """Write `run.json` and `settings.json` into the run's folder."""
    note = {
        "run_id": order.run_id,
        "status": status,
        "seed": order.seed,
        "tasks": order.tasks,
        "accepted": accepted,
        "personas": _source_name(order.personas),
        "model": order.settings.model.name,
        "config_hash": order.config_hash,
        "created_at": order.created_at.isoformat(),
    }
    write_whole(order.folder / "run.json", (json.dumps(note, indent=2) + "\n").encode())
    write_whole(order.folder / "settings.json", (canonical_json(order.settings.model_dump(mode="json")) + "\n").encode())


def is_remote(dataset: str) -> bool:
    """Whether a dataset lives behind an fsspec URL and not in a folder."""
    return "://" in dataset and not dataset.startswith("file://")


def _home(dataset: str) -> Path:
    if is_remote(dataset):
        return ROOT / "data" / "remote" / content_id(dataset)
    return Path(dataset.removeprefix("file://")).expanduser().absolute()


def _source_name(personas: str) -> str:
    """A source as records name it: a file's name without its folders, or a Hub id."""
    return Path(personas).name if Path(personas).expanduser().exists() else personas


def _known_runs(dataset: str) -> list[dict[str, Any]]:
    """The `run.json` of every run that the dataset, or this machine for it, knows of."""
    files, root = fsspec.url_to_fs(dataset)
    local = {path: path.read_bytes() for path in _home(dataset).glob("runs/*/run.json")}
    remote = {path: files.cat_file(path) for path in files.glob(f"{root}/runs/*/run.json")} if is_remote(dataset) else {}
    runs = {note["run_id"]: note for note in map(json.loads, [*remote.values(), *local.values()])}
    return [runs[name] for name in sorted(runs)]
