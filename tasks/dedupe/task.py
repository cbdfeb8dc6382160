"""The Prefect tasks of the dedupe room: one run decides on one batch."""

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.dedupe.gate import Gate
from tasks.record import Posed, Proven
from tasks.rows import load_rows, save_outcomes


@task(name="dedupe-problems", task_run_name="dedupe-problems-{batch}", cache_policy=NO_CACHE)
async def gate_problems_batch(posed: Path, out: Path, rejected: Path, gate: Gate, batch: int | None = None) -> Path:
    """Rows of `Posed` in, those that repeat no task out, the others as rows of `Rejected`.

    A batch that was decided before (`out` is there) is not decided again; the gate remembers what passed.
    """
    if out.exists():
        await gate.recall_problems(load_rows(out, Posed), batch)
        return out
    decided = await gate.problems(load_rows(posed, Posed), batch)
    return save_outcomes(out, rejected, decided)


@task(name="dedupe-programs", task_run_name="dedupe-programs-{batch}", cache_policy=NO_CACHE)
async def gate_programs_batch(proven: Path, out: Path, rejected: Path, gate: Gate, batch: int | None = None) -> Path:
    """Rows of `Proven` in, those that repeat no task out with their `nearest`, the others as rows of `Rejected`.

    A batch that was decided before (`out` is there) is not decided again; the gate remembers what passed.
    """
    if out.exists():
        await gate.recall_programs(load_rows(out, Proven), batch)
        return out
    decided = await gate.programs(load_rows(proven, Proven), batch)
    return save_outcomes(out, rejected, decided)
