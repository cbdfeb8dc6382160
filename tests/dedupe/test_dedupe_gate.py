import asyncio
from pathlib import Path

import pytest

from tasks.dedupe.gate import Gate
from tasks.dedupe.index import Index
from tasks.dedupe.task import gate_problems_batch, gate_programs_batch
from tasks.record import Posed, Program, Proven, Rejected
from tasks.rows import load_rows, save_rows
from tasks.settings import DedupeSettings
from tests.shard.specimens import posed, problem, program, proven, ranked

SETTINGS = DedupeSettings()


def reworded(index: int, of: int) -> Posed:
    """A candidate whose problem is another's with one word changed."""
    statement = problem(of).statement.replace("anchor", "mooring", 1)
    return posed(index, problem(of, title=problem(of).title, statement=statement))


def retouched(of: int) -> Program:
    """Another's program with a colour and a name changed."""
    page = program(of, note="written by somebody else")
    return page.replaced("style.css", "h1 { color: #123456; }").replaced(
        "script.js", (page.text("script.js") or "").replace("start", "begin")
    )


def outcome(rows: list[Posed | Rejected] | list[Proven | Rejected]) -> list[str]:
    return [row.reason if isinstance(row, Rejected) else "passed" for row in rows]


async def test_a_problem_that_repeats_an_accepted_one_is_rejected(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        await index.add([ranked(0)], "an earlier run")
        rows = await Gate(index, SETTINGS, "run").problems([posed(4), reworded(5, of=0)])
    assert outcome(rows) == ["passed", "near-duplicate problem"]
    lost = rows[1]
    assert isinstance(lost, Rejected) and ranked(0).task_id in lost.detail and "similarity 0.9" in lost.detail
    assert lost.stage == "dedupe" and lost.usage == posed(5).usage and lost.problem is not None


async def test_of_two_alike_in_one_batch_the_later_goes(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        rows = await Gate(index, SETTINGS, "run").problems([posed(0), posed(1), reworded(2, of=0)])
    assert outcome(rows) == ["passed", "passed", "near-duplicate problem"]
    assert isinstance(rows[2], Rejected) and "candidate 0 of this run" in rows[2].detail
    assert problem(0).title in rows[2].detail


async def test_of_two_alike_in_batches_at_the_same_time_the_later_goes(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate = Gate(index, SETTINGS, "run")
        late = asyncio.create_task(gate.problems([reworded(4, of=0)], batch=2))
        await asyncio.sleep(0)
        assert not late.done()
        await gate.leave(1)
        early = await gate.problems([posed(0)], batch=0)
        assert (outcome(early), outcome(await late)) == (["passed"], ["near-duplicate problem"])


async def test_a_program_that_passes_knows_its_nearest(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        rows = await Gate(index, SETTINGS, "run").programs([proven(0), proven(1), proven(2, page=retouched(0))])
    assert outcome(rows) == ["passed", "passed", "near-duplicate program"]
    first, second, third = rows
    assert isinstance(first, Proven) and first.nearest is None
    assert isinstance(second, Proven) and second.nearest is not None
    assert second.nearest.task_id == ranked(0).task_id and second.nearest.similarity < SETTINGS.program
    assert isinstance(third, Rejected) and third.program == retouched(0)


async def test_a_run_does_not_find_its_own_tasks(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        await index.add([ranked(0)], "run")
        assert outcome(await Gate(index, SETTINGS, "run").problems([posed(0)])) == ["passed"]
        assert outcome(await Gate(index, SETTINGS, "another").problems([posed(0)])) == ["near-duplicate problem"]


async def test_a_candidate_asked_about_twice_is_not_its_own_duplicate(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate = Gate(index, SETTINGS, "run")
        for _ in range(2):
            assert outcome(await gate.programs([proven(0)])) == ["passed"]


async def test_when_tasks_are_accepted_makes_no_difference(tmp_path: Path) -> None:
    rows = [proven(0), proven(1), proven(2, page=retouched(1)), proven(3)]
    decisions = []
    for accepted_early in (True, False):
        async with Index(str(tmp_path / str(accepted_early)), SETTINGS) as index:
            gate = Gate(index, SETTINGS, "run")
            first = await gate.programs(rows[:2])
            if accepted_early:
                await index.add([ranked(0), ranked(1)], "run")
            decisions.append(first + await gate.programs(rows[2:]))
    assert decisions[0] == decisions[1]


async def test_settled_tasks_name_accepted_ones_only(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate = Gate(index, SETTINGS, "run")
        first = await gate.settle([ranked(0), ranked(1)])
        assert first[0].nearest is None
        assert first[1].nearest is not None and first[1].nearest.task_id == ranked(0).task_id
        await index.add(first, "run")
        second = await gate.settle([ranked(2)])
        assert second[0].nearest is not None and second[0].nearest.task_id in {ranked(0).task_id, ranked(1).task_id}
        await index.add(second, "run")
        resumed = Gate(index, SETTINGS, "run")
        assert [*await resumed.settle([ranked(0), ranked(1)]), *await resumed.settle([ranked(2)])] == [*first, *second]


@pytest.mark.parametrize("what", ["problem", "program"])
async def test_the_tasks_divide_a_file_of_rows_and_remember_it(tmp_path: Path, what: str) -> None:
    rows = [posed(0), reworded(1, of=0)] if what == "problem" else [proven(0), proven(1, page=program(0))]
    given = save_rows(tmp_path / "in.jsonl", rows)
    out, lost = tmp_path / "out.jsonl", tmp_path / "lost.jsonl"
    run = gate_problems_batch.fn if what == "problem" else gate_programs_batch.fn
    kind: type[Posed] | type[Proven] = Posed if what == "problem" else Proven
    async with Index(str(tmp_path / "d"), SETTINGS) as index:
        assert await run(given, out, lost, Gate(index, SETTINGS, "run"), 0) == out
        assert [row.candidate.index for row in load_rows(out, kind)] == [0]
        assert [row.reason for row in load_rows(lost, Rejected)] == [f"near-duplicate {what}"]
        given.unlink()
        resumed = Gate(index, SETTINGS, "run")
        await run(given, out, lost, resumed, 0)
        later = posed(5, problem(0)) if what == "problem" else proven(5, page=program(0))
        decided = await (resumed.problems([later], 1) if what == "problem" else resumed.programs([later], 1))  # type: ignore[list-item]
        assert outcome(decided) == [f"near-duplicate {what}"]
