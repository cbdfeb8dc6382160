"""One batch as one shard: screenshots and truth first, then what is public, each file whole or not there.

Public ids, the order of completions and the keys of sealed pages come from a key that only the dataset's private side
has. Seeds would not do: whoever knows the personas and guesses the run's seed can draw everything again that a
candidate's seed decides.
"""

import hmac
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, UnidentifiedImageError

from tasks.address import open_address
from tasks.content import canonical_json
from tasks.errors import BrokenRun
from tasks.model.trace import trace_id
from tasks.record import Program, Ranked, Record, Rejected, Version
from tasks.rows import writing
from tasks.seal.keys import Copy, make_copies
from tasks.shard.schema import PREFIX, SCHEMA_VERSION, SCHEMAS, Side

KEY = "private/order.key"
"""In the dataset: 32 random bytes in hexadecimal. Without it a rewritten shard gets other ids; nothing else is lost."""

_WEBP_QUALITY = 80
"""Of 100: text on a screenshot stays sharp at about a tenth of the PNG's size."""


class RunStamp(Record):
    """What every row of a run carries."""

    run_id: str
    config_hash: str
    seed: int
    """The run's; each row carries its candidate's."""
    created_at: datetime
    """Aware; fixed for the run, so that a shard written twice is the same shard."""


class ShardPaths(Record):
    """Where a shard's files are, relative to the dataset; None for a side that has no rows."""

    shard: str
    public: str | None
    private: str | None
    rejected: str | None
    media: tuple[str, ...]


def write_shard(
    dataset: str, shard: str, run: RunStamp, tasks: Sequence[Ranked], rejected: Sequence[Rejected], screenshots: Path
) -> ShardPaths:
    """Write a batch; the same batch under the same name again changes nothing.

    The versions get the dataset's own completion ids; what the records carry is not used.

    Args:
        dataset: a folder or any fsspec URL.
        shard: the name between prefix and `.parquet`, letters, digits and `-_.` only.
        run: what every row carries.
        tasks: accepted, in their order.
        rejected: the rest of the batch.
        screenshots: the folder that the renders' screenshot paths are relative to.

    Raises:
        BrokenRun: a screenshot is missing or no picture, or the place does not take a file.
    """
    files, root = open_address(dataset)
    key = _dataset_key(files, f"{root}/{KEY}")
    tasks = [_named(task, key) for task in tasks]
    media = _write_media(files, root, tasks, screenshots)
    told = _write_side(files, root, "rejected", shard, (_rejected_row(row, run) for row in rejected))
    private = _write_side(files, root, "private", shard, (_private_row(task, run) for task in tasks))
    public = _write_side(files, root, "public", shard, _public_rows(tasks, key))
    return ShardPaths(shard=shard, public=public, private=private, rejected=told, media=media)


def _dataset_key(files: Any, path: str) -> bytes:
    """The dataset's key, made when its first shard is written."""
    if not files.exists(path):
        _write_whole(files, path, secrets.token_hex(32).encode())
    key: bytes = files.cat_file(path)
    return key


def _named(task: Ranked, key: bytes) -> Ranked:
    """The task with its versions' ids in this dataset: always the same, and of no pattern without the key."""
    versions = tuple(
        version.model_copy(
            update={
                "completion_id": hmac.new(key, f"{task.task_id} {version.rank}".encode(), "sha256").hexdigest()[:16]
            }
        )
        for version in task.ladder.versions
    )
    return task.model_copy(update={"ladder": task.ladder.model_copy(update={"versions": versions})})


def _write_side(files: Any, root: str, side: Side, shard: str, rows: Iterable[dict[str, Any]]) -> str | None:
    table = pa.Table.from_pylist(list(rows), schema=SCHEMAS[side])
    if not table.num_rows:
        return None
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    path = f"{side}/{PREFIX[side]}{shard}.parquet"
    _write_whole(files, f"{root}/{path}", stream.getvalue())
    return path


def _write_media(files: Any, root: str, tasks: Iterable[Ranked], screenshots: Path) -> tuple[str, ...]:
    written = []
    for task in tasks:
        for version in task.ladder.versions:
            if version.render.screenshot is not None:
                path = f"media/{task.task_id}/{version.completion_id}.webp"
                _write_whole(files, f"{root}/{path}", _webp(screenshots / version.render.screenshot))
                written.append(path)
    return tuple(written)


def _webp(screenshot: Path) -> bytes:
    stream = io.BytesIO()
    try:
        with Image.open(screenshot) as image:
            image.convert("RGB").save(stream, "WEBP", quality=_WEBP_QUALITY)
    except (FileNotFoundError, UnidentifiedImageError) as error:
        raise BrokenRun(f"The screenshot {screenshot.name} is missing or no picture.") from error
    return stream.getvalue()


def _write_whole(files: Any, path: str, data: bytes) -> None:
    """Aside, then renamed; on an object store the rename is a copy, which is whole or not at all as well."""
    folder, name = path.rsplit("/", 1)
    aside = f"{folder}/.{name}.{os.getpid()}.tmp"
    with writing(path):
        files.makedirs(folder, exist_ok=True)
        try:
            files.pipe_file(aside, data)
            files.mv(aside, path)
        except OSError:
            with suppress(OSError):
                files.rm_file(aside)
            raise


def _public_rows(tasks: Sequence[Ranked], key: bytes) -> Iterator[dict[str, Any]]:
    wanted = [Copy(task.ladder.seal, task.task_id, version.rank) for task in tasks for version in task.ladder.versions]
    pages = iter(make_copies(key, wanted))
    for task in tasks:
        completions = [
            {"completion_id": version.completion_id, "files": [{"filename": "index.html", "content": next(pages)}]}
            for version in task.ladder.versions
        ]
        yield {
            "task_id": task.task_id,
            "schema_version": SCHEMA_VERSION,
            "topic": task.problem.topic,
            "title": task.problem.title,
            "prompt": task.problem.prompt,
            "completions": sorted(completions, key=lambda completion: str(completion["completion_id"])),
        }


def _private_row(task: Ranked, run: RunStamp) -> dict[str, Any]:
    return {
        "task_id": task.task_id,
        "schema_version": SCHEMA_VERSION,
        "run_id": run.run_id,
        "persona": task.candidate.persona.text,
        "problem": canonical_json(task.problem.model_dump(mode="json")),
        "clean": _file_rows(task.program),
        "clean_q": task.clean.q,
        "ladder": [_ladder_row(version) for version in task.ladder.versions],
        "seal_template": canonical_json(task.ladder.seal.model_dump(mode="json")),
        "spread": task.ladder.spread,
        "repairs": canonical_json([repair.model_dump(mode="json") for repair in task.repairs]),
        "models": canonical_json(task.usage.models),
        "prompt_tokens": task.usage.prompt_tokens,
        "completion_tokens": task.usage.completion_tokens,
        "usd": task.usage.usd,
        "repair_rounds": task.rounds,
        "nearest_task_id": task.nearest.task_id if task.nearest else None,
        "nearest_similarity": task.nearest.similarity if task.nearest else None,
        "seed": task.candidate.seed,
        "config_hash": run.config_hash,
        "trace_id": trace_id(run.run_id, task.candidate.index),
        "created_at": run.created_at,
    }


def _ladder_row(version: Version) -> dict[str, Any]:
    quality = version.render.quality
    return {
        "completion_id": version.completion_id,
        "rank": version.rank,
        "q": quality.q,
        "q_function": quality.function,
        "q_visual": quality.visual,
        "q_performance": quality.performance,
        "q_accessibility": quality.accessibility,
        "checks_passed": version.render.passed,
        "checks_total": len(version.render.verdicts),
        "edits": canonical_json([edit.model_dump(mode="json") for edit in version.edits]),
        "files": _file_rows(version.program),
    }


def _rejected_row(row: Rejected, run: RunStamp) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "schema_version": SCHEMA_VERSION,
        "candidate": row.candidate.index,
        "seed": row.candidate.seed,
        "topic": row.candidate.topic,
        "persona": row.candidate.persona.text,
        "stage": row.stage,
        "reason": row.reason,
        "detail": row.detail,
        "title": row.problem.title if row.problem else None,
        "problem": canonical_json(row.problem.model_dump(mode="json")) if row.problem else None,
        "files": _file_rows(row.program) if row.program else None,
        "prompt_tokens": row.usage.prompt_tokens,
        "completion_tokens": row.usage.completion_tokens,
        "usd": row.usage.usd,
        "created_at": run.created_at,
    }


def _file_rows(program: Program) -> list[dict[str, str]]:
    return [{"filename": file.filename, "content": file.content} for file in program.files]
