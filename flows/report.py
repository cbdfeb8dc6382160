"""A run's report: its facts read back from the shards and the run's folder, and written as a page."""

import base64
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any

from pydantic import ValidationError

from flows.order import latest_run_folder
from flows.progress import Snapshot
from flows.session import has_work
from tasks.address import open_address, shown_name
from tasks.bundle import bundle
from tasks.errors import BadInput
from tasks.model.ledger import Entry, read_entries
from tasks.record import FAMILIES, Amendment, Edit, Program
from tasks.report.changes import list_changes
from tasks.report.facts import CallFacts, LossFacts, RunFacts, SpellFacts, TaskFacts, VersionFacts
from tasks.report.page import GALLERY, render_report
from tasks.rows import write_whole
from tasks.shard.old import NOT_HELD
from tasks.shard.read import read_pairs, read_side
from tasks.shard.schema import Side


def report_again(dataset: str) -> Path:
    """Write the report of a dataset's latest run again; gives its path.

    Raises:
        BadInput: the dataset knows of no run, or its latest has nothing to report.
    """
    folder = latest_run_folder(dataset)
    if not (folder / "run.json").is_file():
        raise BadInput(f"The work of the run {folder.name} of {dataset} is on another machine; report it there.")
    if not (folder / "progress.json").is_file() and not has_work(folder) and not _holds_rows(dataset, folder.name):
        raise BadInput(
            f"The run {folder.name} of {dataset} has nothing to report: it ended before its first candidate. Give its "
            "command again and it goes on."
        )
    return write_report(dataset, folder)


def write_report(dataset: str, folder: Path) -> Path:
    """Write `report.html` into a run's folder from what the dataset holds of the run; gives its path."""
    note = json.loads((folder / "run.json").read_text("utf-8"))
    progress = _progress(folder, note)
    run_id = note["run_id"]
    mine = (pair for pair in read_pairs(dataset) if pair[1]["run_id"] == run_id)
    tasks = tuple(_task(dataset, *pair, pictured=place < GALLERY) for place, pair in enumerate(mine))
    rejected = [row for row in read_side(dataset, "rejected").to_pylist() if row["run_id"] == run_id]
    facts = RunFacts(
        run_id=run_id,
        dataset=shown_name(dataset),
        status=note["status"],
        model=note["model"],
        personas=note["personas"],
        left_out=note.get("left_out", ""),
        seed=note["seed"],
        wanted=note["tasks"],
        config_hash=note["config_hash"],
        created_at=datetime.fromisoformat(note["created_at"]),
        tasks=tasks,
        losses=tuple(_loss(row) for row in rejected),
        spells=tuple(
            SpellFacts(stage=name, seconds=spell.seconds, cpu_seconds=spell.cpu_seconds)
            for name, spell in progress.spells.items()
        ),
        tasks_timed=progress.accepted,
        calls=_calls(read_entries(folder)),
    )
    out = folder / "report.html"
    write_whole(out, render_report(facts).encode())
    return out


def _holds_rows(dataset: str, run_id: str) -> bool:
    """Whether a task or a rejected candidate of the run is in the dataset."""
    sides: tuple[Side, ...] = ("private", "rejected")
    return any(run_id in read_side(dataset, side, ["run_id"]).column("run_id").to_pylist() for side in sides)


def _progress(folder: Path, note: dict[str, Any]) -> Snapshot:
    """The run's last; nothing, if it was ended before it had any."""
    try:
        return Snapshot.model_validate_json((folder / "progress.json").read_text("utf-8"))
    except (OSError, ValidationError):
        return Snapshot(run_id=note["run_id"], wanted=note["tasks"])


def _task(dataset: str, public: dict[str, Any], private: dict[str, Any], *, pictured: bool) -> TaskFacts:
    files = {c["completion_id"]: [(f["filename"], f["content"]) for f in c["files"]] for c in public["completions"]}
    return TaskFacts(
        task_id=public["task_id"],
        title=public["title"],
        topic=public["topic"],
        prompt=public["prompt"],
        persona=private["persona"],
        repair_rounds=private["repair_rounds"],
        nearest=private["nearest_similarity"],
        tokens=private["prompt_tokens"] + private["completion_tokens"],
        usd=private["usd"],
        versions=tuple(
            VersionFacts(
                completion_id=rung["completion_id"],
                rank=rung["rank"],
                q=rung["q"],
                parts={family: rung[f"q_{family}"] for family in FAMILIES},
                passed=rung["checks_passed"],
                checks=rung["checks_total"],
                picture=_picture(dataset, public["task_id"], rung["completion_id"]) if pictured else "",
                page=bundle(Program.of(files[rung["completion_id"]])),
                **_changes(private["clean"], rung),
            )
            for rung in private["ladder"]
        ),
        amendments=_amendments(private["problem"]),
    )


def _changes(clean: list[dict[str, str]], rung: dict[str, Any]) -> dict[str, Any]:
    """What a version differs in from the clean program, or why that is not known."""
    if rung["files"] is None:
        return {"lacks": NOT_HELD}
    before = {file["filename"]: file["content"] for file in clean}
    natural = ((file["filename"], file["content"]) for file in rung["files"])
    edits = [Edit.model_validate(edit) for edit in json.loads(rung["edits"])]
    return {"changes": list_changes(before, natural, edits)}


def _amendments(problem: str | None) -> tuple[Amendment, ...]:
    """Of a problem in JSON."""
    rows = json.loads(problem).get("amendments", []) if problem else []
    return tuple(Amendment.model_validate(row) for row in rows)


def _picture(dataset: str, task_id: str, completion_id: str) -> str:
    files, root = open_address(dataset)
    path = f"{root}/media/{task_id}/{completion_id}.webp"
    return f"data:image/webp;base64,{base64.b64encode(files.cat_file(path)).decode()}" if files.exists(path) else ""


def _loss(row: dict[str, Any]) -> LossFacts:
    return LossFacts(
        candidate=row["candidate"],
        stage=row["stage"],
        reason=row["reason"],
        detail=row["detail"],
        title=row["title"] or "",
        tokens=row["prompt_tokens"] + row["completion_tokens"],
        usd=row["usd"],
        amendments=_amendments(row["problem"]),
    )


def _calls(entries: Iterable[Entry]) -> tuple[CallFacts, ...]:
    """Sums by stage and model, in the order of their first call."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.stage, entry.model), []).append(entry)
    facts = []
    for (stage, model), rows in groups.items():
        made = [row for row in rows if row.outcome == "ok"]
        reused = [row for row in rows if row.reused]
        paid = [row for row in rows if row.prompt_tokens and not row.reused]
        facts.append(
            CallFacts(
                stage=stage,
                model=model,
                calls=len(made) + len(reused),
                reused=len(reused),
                useless=tuple(Counter(row.fault for row in made + reused if row.fault).most_common()),
                failed=sum(not row.reused and row.outcome not in ("ok", "adapted") for row in rows),
                prompt_tokens=sum(row.prompt_tokens for row in paid),
                completion_tokens=sum(row.completion_tokens for row in paid),
                usd=sum(row.usd for row in paid),
                counted=sum(row.counted == "here" for row in paid),
                seconds=mean(row.seconds for row in made) if made else 0.0,
            )
        )
    return tuple(facts)
