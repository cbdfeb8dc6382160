"""What a run is asked for: checked whole before anything is spent or written.

Kept free of Prefect, so that the command line can refuse a bad order at once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from flows.chosen import with_authors, with_model
from flows.given import read_given
from flows.place import check_place
from tasks.address import home_expanded, is_remote, open_address
from tasks.caches import cache_folder, work_folder
from tasks.content import canonical_json, content_id
from tasks.errors import BadInput
from tasks.model.price import need_price
from tasks.model.prompt import PromptBook
from tasks.model.provider import check_routes
from tasks.model.store import Store
from tasks.persona.source import Pool, read_pool
from tasks.program.given.read import Programs
from tasks.rows import write_whole
from tasks.settings import Role, Settings
from tasks.shard.read import check_version

TASKS = 8
"""Wanted if no number is named; of given pages, all."""


@dataclass(frozen=True)
class RunOrder:
    """One run, settled: what `dojo generate` was asked for, with every default filled in."""

    run_id: str
    """The same for the same seed, settings and source: so the same command goes on where it was stopped."""
    tasks: int
    source: str
    """The personas' source, as it was given; not read, and the pool empty, if `programs` is there."""
    pool: Pool
    seed: int
    dataset: str
    folder: Path
    """Where the run keeps its work; in the dataset itself, if that is local."""
    settings: Settings
    prompts: PromptBook
    created_at: datetime
    programs: Programs | None = None
    """The pages that the run begins with, in place of personas."""
    before: dict[str, Any] | None = None
    """The run's `run.json` as an earlier session left it; None if there was none."""
    absent: tuple[Path, ...] = ()
    """Folders on the way to the dataset, the dataset, and its `index`, that were not there."""

    @property
    def config_hash(self) -> str:
        """Names the settings that decide what comes out."""
        return self.settings.config_hash()

    @property
    def max_candidates(self) -> int:
        """Candidates tried at the most; a page is tried once."""
        if self.programs:
            return min(len(self.programs.items), self.settings.max_candidates or len(self.programs.items))
        return self.settings.max_candidates or max(20, 10 * self.tasks)

    def is_finished(self, accepted: int, settled: int) -> bool:
        """Whether nothing is left to do: the tasks are there, or every given page has become one or was rejected."""
        return accepted >= self.tasks or (self.programs is not None and settled >= len(self.programs.items))


def place_order(
    tasks: int | None,
    personas: str,
    model: str | None,
    seed: int | None,
    out: str,
    settings: Settings | None,
    authors: str | None = None,
    programs: str | None = None,
) -> RunOrder:
    """Check what is asked for, and settle what was left open.

    Without a seed, an unfinished run of the same kind goes on; if there is none, the first seed that the dataset has
    not used is taken. Given pages have one run, which does nothing once it is finished: again they would be repeats.

    Raises:
        BadInput: in one sentence, with the way out. Nothing has been spent or written then.
    """
    if tasks is not None and tasks < 1:
        raise BadInput(f"--tasks is {tasks}; ask for at least 1.")
    settings = with_authors(with_model(settings or Settings(), model), authors)
    check_place(out, work_folder(out))
    check_version(out, writing=True)
    given = read_given(programs, tasks, personas) if programs is not None else None
    pool = _read_pool(personas) if given is None else Pool(f"none, pages of {given.name}", (), 0)
    prompts = PromptBook(home_expanded(settings.prompts) if settings.prompts else None)
    embedder: tuple[Role, ...] = ("embedder",) if settings.model.embeds else ()
    check_models(settings, (*roles_of(settings, given), *embedder))
    source = (given.listing,) if given else sorted(pool.texts)
    kind = content_id(settings.config_hash(), prompts.version, *source)[:8]
    known = _known_runs(out)
    if seed is None:
        alike = [run for run in known if run["run_id"].endswith(kind)]
        open_seeds = [run["seed"] for run in alike if given or run["status"] != "finished"]
        seed = min(open_seeds, default=max((run["seed"] for run in known), default=-1) + 1)
    run_id = f"seed{seed}-{kind}"
    before = next((run for run in known if run["run_id"] == run_id), None)
    home = work_folder(out)
    return RunOrder(
        run_id=run_id,
        tasks=tasks or (len(given.items) if given else TASKS),
        source=personas,
        pool=pool,
        seed=seed,
        dataset=out,
        folder=home / "runs" / run_id,
        settings=settings,
        prompts=prompts,
        created_at=datetime.fromisoformat(before["created_at"]) if before else datetime.now(UTC),
        programs=given,
        before=before,
        absent=tuple(place for place in (home / "index", home, *home.parents) if not place.exists()),
    )


def check_models(settings: Settings, roles: Sequence[Role]) -> None:
    """Refuse models that can't be called, a budget that can't be counted, and a folder that can't keep replies.

    Raises:
        BadInput: in one sentence.
        Missing: a key is not in the environment.
    """
    check_routes(settings.model, roles)
    if settings.limits.usd is not None:
        if settings.limits.usd <= 0:
            raise BadInput("The budget is 0 dollars, which buys nothing; leave limits.usd out, or name more.")
        if roles:
            need_price(settings.model, settings.limits, roles)
    if settings.model.reuse:
        Store(replies_folder(settings)).close()


def replies_folder(settings: Settings) -> Path:
    """Where replies are kept."""
    chosen = settings.model.replies
    return home_expanded(chosen).absolute() if chosen else cache_folder("data", "replies")


def roles_of(settings: Settings, programs: Programs | None = None) -> tuple[Role, ...]:
    """Whom a run with these settings asks for texts; nobody for pages that are given, and problems that they bring. The
    poser looks at checks again that a repair disputes."""
    repairs = settings.repair.rounds and settings.repair.strategy != "none"
    editor: tuple[Role, ...] = ("editor",) if settings.authors != "rules" else ()
    repairer: tuple[Role, ...] = ("repairer",) if repairs else ()
    poser: tuple[Role, ...] = ("poser",) if repairs or programs is None or programs.unposed else ()
    author: tuple[Role, ...] = ("author",) if programs is None else ()
    return (*poser, *author, *repairer, *editor)


def latest_run_folder(dataset: str) -> Path:
    """The folder of the run that was begun last.

    Raises:
        BadInput: the dataset knows of no run.
    """
    runs = _known_runs(dataset)
    if not runs:
        raise BadInput(f"{dataset} holds no run; make one with: dojo generate --out {dataset}")
    latest: str = max(runs, key=lambda run: run["created_at"])["run_id"]
    return work_folder(dataset) / "runs" / latest


def record_status(order: RunOrder, status: Literal["running", "finished", "stopped"], accepted: int) -> None:
    """Write `run.json` and `settings.json` into the run's folder."""
    note = {
        "run_id": order.run_id,
        "status": status,
        "seed": order.seed,
        "tasks": order.tasks,
        "accepted": accepted,
        "personas": order.pool.name,
        "left_out": order.pool.remark,
        "model": ", ".join(order.settings.model.models),
        "config_hash": order.config_hash,
        "created_at": order.created_at.isoformat(),
    }
    write_whole(order.folder / "run.json", (json.dumps(note, indent=2) + "\n").encode())
    uncalled = {"model": {"name"}} if order.settings.model.deployments else None
    chosen = canonical_json(order.settings.model_dump(mode="json", exclude=uncalled))
    write_whole(order.folder / "settings.json", (chosen + "\n").encode())


@lru_cache(maxsize=1)
def _read_pool(source: str) -> Pool:
    """Read once a process: the command line looks before the flow does, and a source may be long."""
    return read_pool(source)


def _known_runs(dataset: str) -> list[dict[str, Any]]:
    """The `run.json` of every run that the dataset, or this machine for it, knows of."""
    files, root = open_address(dataset)
    local = {path: path.read_bytes() for path in work_folder(dataset).glob("runs/*/run.json")}
    remote = (
        {path: files.cat_file(path) for path in files.glob(f"{root}/runs/*/run.json")} if is_remote(dataset) else {}
    )
    runs = {note["run_id"]: note for note in (_note(path, data) for path, data in [*remote.items(), *local.items()])}
    return [runs[name] for name in sorted(runs)]


def _note(path: object, data: bytes) -> dict[str, Any]:
    try:
        note: dict[str, Any] = json.loads(data)
        datetime.fromisoformat(note["created_at"])
        if (
            isinstance(note["run_id"], str)
            and isinstance(note["seed"], int)
            and isinstance(note["status"], str)
            and note.keys() >= {"tasks", "personas", "model", "config_hash"}
        ):
            return note
    except (ValueError, KeyError, TypeError):
        pass
    raise BadInput(f"{path} is damaged; move the folder that it is in away, and the dataset does without that run.")
