import asyncio
from pathlib import Path

import pytest

from tasks.dedupe.gate import Gate, Text
from tasks.dedupe.index import Index
from tasks.errors import Stopped
from tasks.record import Posed, Program, Proven, Ranked, Rejected, Usage
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


class Way:
    """What a candidate does once nothing is known against it."""

    def __init__(self, *, held: bool = False) -> None:
        self.begun = self.cancelled = False
        self.free = asyncio.Event()
        if not held:
            self.free.set()

    async def onward(self, row: Posed | Proven) -> Ranked | Rejected:
        self.begun = True
        try:
            await self.free.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return ranked(row.candidate.index)


async def enter(gate: Gate, row: Posed | Proven, way: Way | None = None) -> asyncio.Task[Ranked | Rejected]:
    """A candidate that has come to the gate, and has gone on as far as it may."""
    (compared,) = await gate.compare([Text.of(row)])
    running = asyncio.create_task(gate.through(row, compared, (way or Way()).onward))
    await turns()
    return running


async def entered(gate: Gate, *rows: Posed | Proven) -> list[str]:
    """What becomes of candidates that come in this order, and do not wait for one another."""
    ends = await asyncio.gather(*[await enter(gate, row) for row in rows])
    return [end.reason if isinstance(end, Rejected) else "passed" for end in ends]


async def turns() -> None:
    """Let everything that can go on do so: no step behind the comparison leaves this thread."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_problem_that_repeats_an_accepted_one_is_rejected(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        await index.add([ranked(0)], "an earlier run")
        gate = Gate(index, SETTINGS, "run")
        way = Way()
        lost = await (await enter(gate, reworded(0, of=0), way))
        assert isinstance(lost, Rejected) and lost.reason == "near-duplicate problem"
        assert ranked(0).task_id in lost.detail and "similarity 0.9" in lost.detail
        assert (lost.stage, lost.usage, lost.problem is None) == ("dedupe", posed(5).usage, False)
        assert not way.begun
        assert await entered(gate, posed(1)) == ["passed"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
async def test_of_two_alike_the_later_candidate_goes_whoever_comes_first(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        rows = [posed(0), posed(1), reworded(2, of=0)]
        found = await entered(Gate(index, SETTINGS, "run"), *(rows[at] for at in order))
        assert [found[order.index(at)] for at in range(3)] == ["passed", "passed", "near-duplicate problem"]


async def test_a_candidate_goes_on_before_its_turn_and_is_dropped_if_an_earlier_one_is_alike(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate, late, other = Gate(index, SETTINGS, "run"), Way(held=True), Way()
        running, unlike = await enter(gate, reworded(1, of=0), late), await enter(gate, posed(2), other)
        assert late.begun and other.begun and not running.done() and not unlike.done()
        assert await (await enter(gate, posed(0))) == ranked(0)
        end = await running
        assert isinstance(end, Rejected) and "candidate 0 of this run" in end.detail and problem(0).title in end.detail
        assert late.cancelled
        assert await unlike == ranked(2)


async def test_a_candidate_that_is_like_an_earlier_one_waits_for_its_turn(tmp_path: Path) -> None:
    """The earlier one may be rejected itself: then the later one is no copy of a task."""
    async with Index(str(tmp_path), SETTINGS) as index:
        gate, late = Gate(index, SETTINGS, "run"), Way()
        middle = await enter(gate, posed(1))
        running = await enter(gate, reworded(2, of=1), late)
        assert not late.begun and not middle.done()
        gate.leave(0)
        assert isinstance(await running, Rejected) and await middle == ranked(1)
        assert not late.begun


async def test_those_that_left_are_not_waited_for(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate = Gate(index, SETTINGS, "run")
        for place in (0, 1, 3):
            gate.leave(place)
        assert await entered(gate, posed(2), posed(4), reworded(5, of=2)) == [
            "passed",
            "passed",
            "near-duplicate problem",
        ]


async def test_a_loss_on_the_way_is_told_at_once(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate, row = Gate(index, SETTINGS, "run"), posed(1)
        lost = Rejected(candidate=row.candidate, stage="program", reason="no page", detail="", usage=Usage())

        async def onward(_: Posed) -> Rejected:
            return lost

        (compared,) = await gate.compare([Text.of(row)])
        assert await gate.through(row, compared, onward) == lost
        gate.leave(1)
        assert await entered(gate, posed(0), reworded(2, of=1)) == ["passed", "near-duplicate problem"]


async def test_what_breaks_on_the_way_is_raised(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate, row = Gate(index, SETTINGS, "run"), posed(1)

        async def onward(_: Posed) -> Ranked:
            raise RuntimeError("no browser")

        (compared,) = await gate.compare([Text.of(row)])
        with pytest.raises(RuntimeError, match="no browser"):
            await gate.through(row, compared, onward)


async def test_behind_one_that_stopped_what_is_under_way_ends_and_nothing_is_decided(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate, under_way = Gate(index, SETTINGS, "run"), Way(held=True)
        running = await enter(gate, posed(1), under_way)
        gate.stop(0)
        await turns()
        assert not running.done()
        under_way.free.set()
        with pytest.raises(Stopped):
            await running
        assert not under_way.cancelled
        with pytest.raises(Stopped):
            await (await enter(gate, posed(2)))


async def test_a_program_like_another_of_the_run_is_rejected(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        rows = [proven(0), proven(1), proven(2, page=retouched(0))]
        assert await entered(Gate(index, SETTINGS, "run"), *rows) == ["passed", "passed", "near-duplicate program"]


async def test_a_run_does_not_find_its_own_tasks(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        await index.add([ranked(0)], "run")
        assert await entered(Gate(index, SETTINGS, "run"), posed(0)) == ["passed"]
        assert await entered(Gate(index, SETTINGS, "another"), posed(0)) == ["near-duplicate problem"]


async def test_when_tasks_are_accepted_makes_no_difference(tmp_path: Path) -> None:
    decisions = []
    for accepted_early in (True, False):
        async with Index(str(tmp_path / str(accepted_early)), SETTINGS) as index:
            gate = Gate(index, SETTINGS, "run")
            first = await entered(gate, proven(0), proven(1))
            if accepted_early:
                await index.add([ranked(0), ranked(1)], "run")
            decisions.append(first + await entered(gate, proven(2, page=retouched(1)), proven(3)))
    assert decisions[0] == decisions[1] == ["passed", "passed", "near-duplicate program", "passed"]


@pytest.mark.parametrize("kind", ["problem", "program"])
async def test_what_is_over_is_remembered_by_the_next_session(tmp_path: Path, kind: str) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        gate = Gate(index, SETTINGS, "run")
        await gate.recall(ranked(0))
        refused = Rejected(
            candidate=posed(1).candidate, stage="dedupe", reason=f"near-duplicate {kind}", detail="", usage=Usage(),
            problem=problem(1), program=program(1) if kind == "program" else None,
        )  # fmt: skip
        await gate.recall(refused)
        if kind == "problem":
            later: list[Posed | Proven] = [reworded(2, of=0), reworded(3, of=1)]
        else:
            later = [proven(2, page=retouched(0)), proven(3, page=retouched(1))]
        assert await entered(gate, *later) == [f"near-duplicate {kind}", "passed"]


async def test_all_that_wait_are_compared_in_one_search(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS) as index:
        await index.add([ranked(0)], "earlier")
        gate = Gate(index, SETTINGS, "run")
        rows = [posed(0), proven(0), proven(7), posed(7)]
        found = await gate.compare([Text.of(row) for row in rows])
        singly = [(await gate.compare([Text.of(row)]))[0] for row in rows]
        for one, single in zip(found, singly, strict=True):
            assert one.nearest and single.nearest and one.nearest.task_id == single.nearest.task_id
            assert one.nearest.similarity == pytest.approx(single.nearest.similarity, abs=1e-5)
        assert found[0].nearest and found[1].nearest and found[0].nearest.similarity > 0.999


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
