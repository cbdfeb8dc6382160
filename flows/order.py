"""What a run is asked for: checked whole before anything is spent or written.

Kept free of Prefect, so that the command line can refuse a bad order at once.
"""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any, Literal, get_args

import fsspec
from pydantic import ValidationError

from flows.misfit import misfit
from flows.place import check_place
from tasks.content import canonical_json, content_id
from tasks.errors import BadInput
from tasks.model.price import need_price
from tasks.model.prompt import PromptBook
from tasks.model.provider import check_routes
from tasks.model.store import Store
from tasks.persona.source import Pool, read_pool
from tasks.rows import write_whole
from tasks.settings import ROOT, Authors, Role, Settings
from tasks.shard.read import check_version

REPLIES = ROOT / "data" / "replies"
"""Where replies are kept that no setting puts elsewhere."""


@dataclass(frozen=True)
class RunOrder:
    """One run, settled: what `dojo generate` was asked for, with every default filled in."""

    run_id: str
    """The same for the same seed, settings and source: so the same command goes on where it was stopped."""
    tasks: int
    source: str
    """The personas' source, as it was given."""
    pool: Pool
    seed: int
    dataset: str
    folder: Path
    """Where the run keeps its work; in the dataset itself, if that is local."""
    settings: Settings
    prompts: PromptBook
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
    tasks: int,
    personas: str,
    model: str | None,
    seed: int | None,
    out: str,
    settings: Settings | None,
    authors: str | None = None,
) -> RunOrder:
    """Check what is asked for, and settle what was left open.

    Without a seed, an unfinished run of the same kind goes on; if there is none, the first seed that the dataset has
    not used is taken.

    Raises:
        BadInput: in one sentence, with the way out. Nothing has been spent or written then.
    """
    if tasks < 1:
        raise BadInput(f"--tasks is {tasks}; ask for at least 1.")
    settings = settings or Settings()
    settings = with_model(settings, model)
    settings = with_authors(settings, authors)
    check_place(out, _home(out))
    check_version(out)
    pool = _read_pool(personas)
    prompts = PromptBook(Path(settings.prompts).expanduser() if settings.prompts else None)
    embedder: tuple[Role, ...] = ("embedder",) if settings.model.embeds else ()
    check_models(settings, (*roles_of(settings), *embedder))
    kind = content_id(settings.config_hash(), prompts.version, *sorted(pool.texts))[:8]
    known = _known_runs(out)
    if seed is None:
        open_seeds = [run["seed"] for run in known if run["run_id"].endswith(kind) and run["status"] != "finished"]
        seed = min(open_seeds, default=max((run["seed"] for run in known), default=-1) + 1)
    run_id = f"seed{seed}-{kind}"
    started = next((run["created_at"] for run in known if run["run_id"] == run_id), None)
    return RunOrder(
        run_id=run_id,
        tasks=tasks,
        source=personas,
        pool=pool,
        seed=seed,
        dataset=out,
        folder=_home(out) / "runs" / run_id,
        settings=settings,
        prompts=prompts,
        created_at=datetime.fromisoformat(started) if started else datetime.now(UTC),
    )


def limited(
    settings: Settings | None,
    usd: float | None,
    minutes: float | None,
    candidates: int | None,
    price: tuple[float, float] | None,
    reuse: bool,
    prompts: Path | None,
) -> Settings:
    """The settings with what the command line says of limits and of kept replies; None leaves them as they are.

    Raises:
        BadInput: a limit that allows nothing, or prices below 0.
    """
    settings = settings or Settings()
    chosen = {"usd": usd, "minutes": minutes, "assume_price": price}
    for name, value in (("--max-usd", usd), ("--max-minutes", minutes), ("--max-candidates", candidates)):
        if value is not None and not value > 0:
            raise BadInput(f"{name} is {value:g}: that allows nothing; leave it out, or name more than 0.")
        if value == inf:
            raise BadInput(f"{name} is {value:g}: that is no limit; leave it out, or name a number.")
    if price is not None and not all(0 <= one < inf for one in price):
        raise BadInput(f"--assume-price is {price[0]:g} {price[1]:g}; dollars a million tokens are 0 or more.")
    limits = settings.limits.model_copy(update={key: value for key, value in chosen.items() if value is not None})
    model = settings.model if reuse else settings.model.model_copy(update={"reuse": False})
    more = {"max_candidates": candidates, "prompts": str(prompts) if prompts else None}
    update = {"limits": limits, "model": model} | {key: value for key, value in more.items() if value is not None}
    return settings.model_copy(update=update)


def with_model(settings: Settings, model: str | None) -> Settings:
    """The settings with the model that the command line names, if it names one.

    Raises:
        BadInput: it is no name, or the settings name deployments, which say what is called.
    """
    if model is None:
        return settings
    if not model:
        raise BadInput("--model is empty; name one as provider/model, or leave it out.")
    if settings.model.deployments:
        raise BadInput(
            f"--model {model} and the deployments of the settings exclude each other; leave one of the two out."
        )
    return settings.model_copy(update={"model": settings.model.model_copy(update={"name": model})})


def with_authors(settings: Settings, authors: str | None) -> Settings:
    """The settings with who proposes edits, if the command line says.

    Raises:
        BadInput: there is no such author.
    """
    if authors is None:
        return settings
    if authors not in get_args(Authors):
        raise BadInput(f"--authors is {authors!r}; choose rules, model or both.")
    return settings.model_copy(update={"authors": authors})


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
        need_price(settings.model, settings.limits, roles)
    if settings.model.reuse:
        Store(replies_folder(settings)).close()


def replies_folder(settings: Settings) -> Path:
    """Where replies are kept."""
    chosen = settings.model.replies
    return Path(chosen).expanduser().absolute() if chosen else REPLIES


def roles_of(settings: Settings) -> tuple[Role, ...]:
    """Whom a run with these settings asks for texts."""
    repairs = settings.repair.rounds and settings.repair.strategy != "none"
    editor: tuple[Role, ...] = ("editor",) if settings.authors != "rules" else ()
    repairer: tuple[Role, ...] = ("repairer",) if repairs else ()
    return ("poser", "author", *repairer, *editor)


def read_settings(path: Path | None) -> Settings | None:
    """Settings from a JSON or TOML file; None if no file is named.

    Raises:
        BadInput: the file can't be read, or says what no setting is.
    """
    if path is None:
        return None
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        settings = Settings.model_validate(data)
    except OSError as error:
        raise BadInput(f"The settings file {path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"The settings file {path} can't be read: it is not in UTF-8 (byte {error.start}).") from error
    except ValidationError as error:
        said = f"{path.name}: {misfit(error, Settings)}; the settings and their meaning are in tasks/settings.py."
        raise BadInput(said) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path.name} is neither JSON nor TOML by its ending: {error}.") from error
    if settings.model.deployments and "name" in settings.model.model_fields_set:
        raise BadInput(f"{path.name}: model.name and model.deployments exclude each other; leave one of the two out.")
    return settings


def latest_run_folder(dataset: str) -> Path:
    """The folder of the run that was begun last.

    Raises:
        BadInput: the dataset knows of no run.
    """
    runs = _known_runs(dataset)
    if not runs:
        raise BadInput(f"{dataset} holds no run; make one with: dojo generate --out {dataset}")
    latest: str = max(runs, key=lambda run: run["created_at"])["run_id"]
    return _home(dataset) / "runs" / latest


def record_status(order: RunOrder, status: Literal["running", "finished", "stopped"], accepted: int) -> None:
    """Write `run.json` and `settings.json` into the run's folder."""
    note = {
        "run_id": order.run_id,
        "status": status,
        "seed": order.seed,
        "tasks": order.tasks,
        "accepted": accepted,
        "personas": order.pool.name,
        "model": ", ".join(order.settings.model.models),
        "config_hash": order.config_hash,
        "created_at": order.created_at.isoformat(),
    }
    write_whole(order.folder / "run.json", (json.dumps(note, indent=2) + "\n").encode())
    uncalled = {"model": {"name"}} if order.settings.model.deployments else None
    chosen = canonical_json(order.settings.model_dump(mode="json", exclude=uncalled))
    write_whole(order.folder / "settings.json", (chosen + "\n").encode())


def is_remote(dataset: str) -> bool:
    """Whether a dataset lives behind an fsspec URL and not in a folder."""
    return "://" in dataset and not dataset.startswith("file://")


def _home(dataset: str) -> Path:
    if is_remote(dataset):
        return ROOT / "data" / "remote" / content_id(dataset)
    return Path(dataset.removeprefix("file://")).expanduser().absolute()


@lru_cache(maxsize=1)
def _read_pool(source: str) -> Pool:
    """Read once a process: the command line looks before the flow does, and a source may be long."""
    return read_pool(source)


def _known_runs(dataset: str) -> list[dict[str, Any]]:
    """The `run.json` of every run that the dataset, or this machine for it, knows of."""
    files, root = fsspec.url_to_fs(dataset)
    local = {path: path.read_bytes() for path in _home(dataset).glob("runs/*/run.json")}
    remote = (
        {path: files.cat_file(path) for path in files.glob(f"{root}/runs/*/run.json")} if is_remote(dataset) else {}
    )
    runs = {note["run_id"]: note for note in map(json.loads, [*remote.values(), *local.values()])}
    return [runs[name] for name in sorted(runs)]
