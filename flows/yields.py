"""What candidates have taken so far, of calls, tokens and time: read from a dataset, or else a documented prior.

A candidate's life is a matrix: for each role of `ROLES` its calls, tokens in, tokens out, and those of the tokens in
that the provider had seen before.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from flows.order import latest_run_folder
from flows.progress import Snapshot
from tasks.errors import BadInput
from tasks.model.ledger import TABLE
from tasks.settings import OFFLINE, Role, Settings, Strategy
from tasks.shard.read import check_version, read_side

Floats = NDArray[np.float64]

ROLES: tuple[Role, ...] = ("poser", "author", "repairer", "editor")
CALLS, IN, OUT, CACHED = range(4)

CALLS_A_ROUND: dict[Strategy, int] = {"none": 0, "direct": 1, "cot": 1, "rewoo": 2}

PRIOR_SOURCE = "prior: 112 candidates of the starter personas with the offline model, 23 November 2026, 2 cores"
"""What the constants below were measured from: `dojo generate --tasks 430 --seed 1` at commit 649097f, stopped; tokens
as the offline model counts them (4 characters each; GPT's tokenizer gives 3.4 to 4.1 on the same prompts, Claude's 3.1
to 3.7)."""

_PRIOR_ACCEPTED, _PRIOR_REJECTED = 108, 4

_PRIOR_CALLS: dict[Role, tuple[float, ...]] = {
    "poser": (0, 116, 12),
    "author": (0, 110, 18),
    "repairer": (84, 26, 14, 2),
    "editor": (0, 1),
}
"""Candidates that took no call of a role, one, two, ...; the editor's one is how the code asks."""

_PRIOR_TOKENS: dict[Role, tuple[float, float, float]] = {
    "poser": (4_980, 1_455, 0.13),
    "author": (1_949, 3_455, 0.27),
    "repairer": (5_827, 246, 0.6),
    "editor": (5_681, 582, 0.07),
}
"""Of one call: tokens in, tokens out, and the spread (sigma) of the logarithm of those out. The editor's were measured
on 60 of the clean programs."""

_PRIOR_SECONDS, _PRIOR_RENDER_SECONDS, _PRIOR_RENDERS = 1_215.7, 990.7, 1_918
"""Of the session that made the 112 candidates; all but its renders are what the first has besides the second."""


@dataclass(frozen=True)
class Lives:
    """What became of candidates, and what each took."""

    accepted: Floats
    """Shape (candidates, roles, 4)."""
    rejected: Floats
    """The same of those that were lost."""
    models: tuple[str, ...]
    """Who was asked, LiteLLM names; several runs' together."""
    source: str


@dataclass(frozen=True)
class Pace:
    """What a candidate has taken of the machine, on the average; lost ones count."""

    seconds: float
    """Without renders, and without waiting for models unless `waits`."""
    render_seconds: float
    renders: float
    waits: bool
    """Whether `seconds` has the time in which models were waited for."""
    source: str
    measured: bool
    """In the dataset, that is; else it is the prior."""

    @property
    def renders_per_minute(self) -> float:
        """Of the machine that it was measured on."""
        return self.renders / self.render_seconds * 60


@dataclass(frozen=True)
class _Run:
    """One run of a dataset."""

    folder: Path
    models: tuple[str, ...]
    strategy: Strategy


def lives_of(dataset: str | None, settings: Settings) -> tuple[Lives, Pace]:
    """The lives of a dataset's candidates and their pace: those of runs with the same models if there are any, else of
    all its runs; the prior where it has none.

    Raises:
        BadInput: the dataset can't be read.
    """
    prior = _prior_lives(settings), _prior_pace()
    if dataset is None:
        return prior
    check_version(dataset)
    runs = _runs(dataset)
    alike = {name: run for name, run in runs.items() if run.models == settings.model.models}
    chosen = alike or runs
    models = tuple(sorted({model for run in chosen.values() for model in run.models}))
    lives = _read_lives(dataset, chosen, models, settings)
    pace = _read_pace(dataset, chosen, models, waits=bool(alike))
    return lives or prior[0], pace or prior[1]


def _runs(dataset: str) -> dict[str, _Run]:
    """By id; one whose settings are gone, or of another version, is known by what its shards say. Runs of pages that
    were there already are left out: they took neither a problem nor a program, which a run from personas takes."""
    try:
        folder = latest_run_folder(dataset).parent
    except BadInput:
        folder = Path()
    found = {}
    for row in read_side(dataset, "private", ["run_id", "models", "persona"]).to_pylist():
        run_id = str(row["run_id"])
        if run_id not in found and row["persona"]:
            found[run_id] = _Run(folder / run_id, tuple(sorted(json.loads(row["models"]))), "cot")
    for run_id, run in found.items():
        try:
            settings = Settings.model_validate_json((run.folder / "settings.json").read_text("utf-8"))
        except (OSError, ValidationError):
            continue
        found[run_id] = _Run(run.folder, settings.model.models, settings.repair.strategy)
    return found


def _read_lives(dataset: str, runs: Mapping[str, _Run], models: tuple[str, ...], settings: Settings) -> Lives | None:
    """From the ledgers of the runs where they are whole, else from the sums in the shards."""
    columns = ["run_id", "prompt_tokens", "completion_tokens"]
    tasks = read_side(dataset, "private", [*columns, "repair_rounds"]).to_pylist()
    losses = read_side(dataset, "rejected", [*columns, "candidate", "stage", "reason"]).to_pylist()
    accepted: list[Floats] = []
    rejected: list[Floats] = []
    summed = 0
    for run_id, run in runs.items():
        mine = [row for row in tasks if row["run_id"] == run_id]
        lost = [row for row in losses if row["run_id"] == run_id]
        scale = _scale(settings, run.strategy)
        told = _from_ledger(run.folder / TABLE, {row["candidate"] for row in lost})
        if told is None or len(told[0]) < len(mine):
            summed += len(mine) + len(lost)
            told = [_from_sums(row) for row in mine], [_from_sums(row) for row in lost]
        accepted += [life * scale for life in told[0]]
        rejected += [life * scale for life in told[1]]
    if not accepted:
        return None
    how = "" if not summed else f"; {summed} of them by their sums, parted among the roles as in the prior"
    source = f"measured in {dataset}: {len(accepted)} accepted, {len(rejected)} rejected, {', '.join(models)}{how}"
    none = np.zeros((0, len(ROLES), 4))
    return Lives(np.stack(accepted), np.stack(rejected) if rejected else none, models, source)


def _from_ledger(path: Path, lost: set[int]) -> tuple[list[Floats], list[Floats]] | None:
    """Accepted and rejected lives from a run's table of calls; None if there is none. A candidate that is neither was
    still under way."""
    import pyarrow.parquet as pq

    if not path.is_file():
        return None
    names = ["candidate", "role", "prompt_tokens", "completion_tokens", "cached_tokens", "outcome", "task_id"]
    lives: dict[int, Floats] = defaultdict(lambda: np.zeros((len(ROLES), 4)))
    kept = set()
    for row in pq.read_table(path, columns=names).to_pylist():
        if row["candidate"] is None or row["role"] not in ROLES or row["outcome"] not in ("ok", "reused"):
            continue
        lives[row["candidate"]][ROLES.index(row["role"])] += (
            1,
            row["prompt_tokens"],
            row["completion_tokens"],
            row["cached_tokens"],
        )
        if row["task_id"] is not None:
            kept.add(row["candidate"])
    return [lives[one] for one in sorted(kept)], [lives[one] for one in sorted(lost & lives.keys())]


def _from_sums(row: Mapping[str, Any]) -> Floats:
    """A life of which only the sums are known: the roles that it came to, in the prior's proportions."""
    rounds, stage, reason = row.get("repair_rounds"), row.get("stage"), row.get("reason", "")
    reached = {
        "poser": 1.0,
        "author": 0.0 if stage == "problem" or reason == "near-duplicate problem" else 1.0,
        "repairer": rounds if rounds is not None else {"diagnose": 3.0, "augment": 0.5}.get(str(stage), 0.0),
        "editor": 0.0,
    }
    life = np.zeros((len(ROLES), 4))
    for at, role in enumerate(ROLES):
        counts = np.array(_PRIOR_CALLS[role])
        calls = reached[role] * (1.0 if role == "repairer" else float(counts @ np.arange(len(counts)) / counts.sum()))
        life[at, :CACHED] = calls, calls * _PRIOR_TOKENS[role][0], calls * _PRIOR_TOKENS[role][1]
    sums = life.sum(axis=0)
    life[:, IN] *= row["prompt_tokens"] / sums[IN]
    life[:, OUT] *= row["completion_tokens"] / sums[OUT]
    return life


def _read_pace(dataset: str, runs: Mapping[str, _Run], models: tuple[str, ...], *, waits: bool) -> Pace | None:
    """From the last sessions of the runs, as `progress.json` tells them."""
    settled = renders = 0
    seconds = render_seconds = 0.0
    for run in runs.values():
        try:
            now = Snapshot.model_validate_json((run.folder / "progress.json").read_text("utf-8"))
        except (OSError, ValidationError):
            continue
        if not now.accepted or "render" not in now.spells or not now.done.get("render"):
            continue
        asked = ("problem", "program") if not waits and run.models != (OFFLINE,) else ()
        settled += now.accepted + sum(now.rejected.values())
        renders += now.done["render"]
        render_seconds += now.spells["render"].seconds
        seconds += sum(spell.seconds for stage, spell in now.spells.items() if stage not in ("render", *asked))
    if not settled:
        return None
    return Pace(
        seconds=seconds / settled,
        render_seconds=render_seconds / settled,
        renders=renders / settled,
        waits=waits,
        source=f"measured in {dataset}: {settled} candidates, {', '.join(models)}",
        measured=True,
    )


def _prior_lives(settings: Settings) -> Lives:
    """As many lives as were measured, drawn once and for all from what was measured of them."""
    rng = np.random.default_rng(0)
    count = _PRIOR_ACCEPTED + _PRIOR_REJECTED
    lives = np.zeros((count, len(ROLES), 4))
    for at, role in enumerate(ROLES):
        shares = np.array(_PRIOR_CALLS[role])
        tokens_in, tokens_out, sigma = _PRIOR_TOKENS[role]
        calls = rng.choice(len(shares), size=count, p=shares / shares.sum()).astype(np.float64)
        if role == "repairer":
            calls[-_PRIOR_REJECTED // 2 :] = 3  # half of the rejected were given up after three rounds
        length = np.exp(rng.normal(-sigma * sigma / 2, sigma, size=count))
        lives[:, at, :CACHED] = np.stack([calls, calls * tokens_in, calls * tokens_out * length], axis=1)
    lives *= _scale(settings, "cot")
    return Lives(lives[:_PRIOR_ACCEPTED], lives[_PRIOR_ACCEPTED:], (OFFLINE,), PRIOR_SOURCE)


def _scale(settings: Settings, measured: Strategy) -> Floats:
    """By how much what a role took is to be multiplied, shape (roles, 1): strategies differ in their calls a round."""
    scale = np.ones((len(ROLES), 1))
    if CALLS_A_ROUND[measured] and CALLS_A_ROUND[settings.repair.strategy]:
        scale[ROLES.index("repairer")] = CALLS_A_ROUND[settings.repair.strategy] / CALLS_A_ROUND[measured]
    return scale


def _prior_pace() -> Pace:
    count = _PRIOR_ACCEPTED + _PRIOR_REJECTED
    return Pace(
        seconds=(_PRIOR_SECONDS - _PRIOR_RENDER_SECONDS) / count,
        render_seconds=_PRIOR_RENDER_SECONDS / count,
        renders=_PRIOR_RENDERS / count,
        waits=False,
        source=PRIOR_SOURCE,
        measured=False,
    )
