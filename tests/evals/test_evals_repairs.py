"""`dojo eval repair`: what counts as fixed and as broken further, equal budgets, paired intervals, and going on."""

import contextlib
import json

import pytest
import pytest_asyncio

from evals.faults.bank import page_of, read_bank
from evals.lines import read_lines
from evals.repairs.attempt import Attempt, Bench, State, attempt
from evals.repairs.book import key_of
from evals.repairs.figures import results
from evals.repairs.page import paper_of
from evals.repairs.run import read_strategies, run
from tasks.diagnose.servers import Servers
from tasks.errors import BadInput, Stopped
from tasks.model.gateway import Gateway
from tasks.record import Usage
from tasks.render.pool import RenderPool
from tasks.settings import ModelSettings, QualityWeights, RenderSettings, RepairSettings, Settings
from tests.model.scripted import says, scripted_model

BROKEN = State(diagnostics=("TS1 x",), failed=("a",))


def made(strategy="direct", fault="f", after=None, before=BROKEN, tokens=100, usd=0.01):
    after = State(clean=True) if after is None else after
    return Attempt(
        key=f"{strategy}-{fault}",
        strategy=strategy,
        fault_id=fault,
        kind="syntax",
        visibility="server",
        checks=4,
        before=before,
        after=after,
        rounds=1,
        spent=Usage(calls=1, completion_tokens=tokens, usd=usd),
        end="clean" if after.clean else "rounds",
    )


@pytest.mark.parametrize(
    ("after", "fixed", "worse"),
    [
        (State(clean=True), True, False),
        (BROKEN, False, False),
        (State(failed=("b",)), False, False),
        (State(failed=("a", "b")), False, True),
        (State(diagnostics=("TS1 x", "TS2 y")), False, True),
        (State(diagnostics=("TS1 x", "TS1 x")), False, True),
        (State(diagnostics=("TS1 x",), said=("uncaught: e",)), False, False),
    ],
)
def test_what_is_fixed_and_what_is_broken_further(after, fixed, worse):
    one = made(after=after)
    assert (one.fixed, one.worse) == (fixed, worse)


def test_what_nobody_saw_is_not_fixed():
    one = made(before=State(clean=True), after=State(clean=True))
    assert not one.fixed and not one.worse
    assert made(before=State(clean=True), after=State(failed=("a",))).worse


def test_intervals_are_paired():
    """Two strategies that fix the same faults differ by nothing, whichever faults are drawn."""
    failed = State(failed=("a",))
    names = [f"f{n}" for n in range(20)]
    both = [
        made(s, name, State(clean=True) if n % 2 else failed) for n, name in enumerate(names) for s in ("cot", "rewoo")
    ]
    found = results(both)
    gap = found.gap("rewoo", "cot", "fixed")
    assert (gap.mean, gap.low, gap.high) == (0, 0, 0)
    alone = found.mean("cot", "fixed")
    assert alone.mean == 0.5 and alone.low < 0.4 and alone.high > 0.6
    none = results([made(fault=name, after=failed) for name in names]).share("direct", "fixed")
    assert none.mean == none.low == 0 and 0.1 < none.high < 0.2


def test_what_a_fix_costs_counts_the_attempts_that_failed():
    rows = [
        made(fault="f"),
        made(fault="g", after=BROKEN),
        made("none", "f", BROKEN, tokens=0),
        made("none", "g", BROKEN),
    ]
    found = results(rows)
    assert found.per_fix("direct", "tokens out").mean == 200
    assert found.per_fix("direct", "dollars").mean == pytest.approx(0.02)
    assert found.per_fix("none", "dollars").mean == float("inf")
    assert found.gap_per_fix("direct", "none", "dollars") is None


def test_the_page_says_that_the_offline_model_proves_nothing_about_others():
    rows = [made(s, f"f{n}") for n in range(3) for s in ("none", "direct", "cot")]
    ours, theirs = paper_of(rows, ["offline"], 100), paper_of(rows, ["openai/x"], 100)
    assert "say nothing about real models" in ours.remarks[0]
    assert not theirs.remarks
    assert [row[0] for row in ours.tables[1].rows] == ["direct − none", "cot − none", "cot − direct"]
    assert len(ours.records) == 9


@pytest.mark.parametrize("text", ["direct,magic", "", " , "])
def test_strategies_that_there_are_not(text):
    with pytest.raises(BadInput, match="none, direct, cot, rewoo"):
        read_strategies(text)


def test_strategies_are_read_once_each():
    assert read_strategies("cot, direct,cot") == ("cot", "direct")


@pytest.mark.parametrize(
    ("faults", "budget", "named"), [(0, 900, "--faults"), (9_999, 900, "--faults"), (1, 5, "--tokens")]
)
def test_bad_numbers_are_one_sentence(tmp_path, faults, budget, named):
    with pytest.raises(BadInput, match=named):
        run(("none",), faults, budget, Settings(), tmp_path, lambda _: None)


def test_an_attempt_is_named_by_what_decides_it():
    fault = read_bank()[0]
    base = key_of(fault, "direct", 900, Settings())
    other = Settings(model=ModelSettings(name="openai/x"))
    assert len({base, key_of(fault, "cot", 900, Settings()), key_of(fault, "direct", 901, Settings())}) == 3
    assert key_of(fault, "direct", 900, other) != base
    assert key_of(fault, "none", 900, other) == key_of(fault, "none", 901, Settings())
    fewer = Settings(render=RenderSettings(pages=1))
    assert key_of(fault, "direct", 900, fewer) == base


def server_fault():
    """A fault of few words in one file."""
    return next(one for one in read_bank() if one.form == "constant" and len(one.cuts) == 1)


def patch(fault, right=True):
    """The reply that puts a fault's line back as it was; or tears it."""
    (cut,) = fault.cuts
    text = page_of(fault).edited(fault.cuts).text(cut.file).encode()
    start, end = text.rfind(b"\n", 0, cut.start) + 1, text.find(b"\n", cut.start + len(cut.after.encode()))
    search = text[start:end].decode()
    assert text.decode().count(search) == 1
    fixed = (text[start : cut.start] + cut.before.encode() + text[cut.start + len(cut.after.encode()) : end]).decode()
    torn = search.replace("const", "const const")
    replace = fixed if right else torn
    return says(json.dumps({"patches": [{"filename": cut.file, "search": search, "replace": replace}]}))


@pytest_asyncio.fixture
async def eyes(tmp_path):
    async with (
        Servers(RepairSettings()) as servers,
        RenderPool(RenderSettings(pages=1, time_box_s=30), QualityWeights(), tmp_path) as pool,
    ):
        yield servers, pool


async def test_a_repair_is_looked_at_again_and_kept_within_its_budget(eyes):
    """Each reply of the scripted model has 5 tokens."""
    fault = server_fault()
    settings = ModelSettings(timeout_s=20, attempts=1, reuse=False)
    seen = {}
    with scripted_model(patch(fault)) as right:
        for budget in (5, 4):
            bench = Bench(Gateway(settings, right.url), *eyes, budget=budget, seen=seen)
            one = await attempt(bench, f"k{budget}", "direct", fault, 0)
            assert one.before.diagnostics
            assert (one.fixed, one.end, one.rounds) == ((True, "clean", 1) if budget == 5 else (False, "budget", 0))
            assert one.spent.completion_tokens == 5
            assert one.passed == 1 if budget == 5 else one.after == one.before
    with scripted_model(patch(fault, right=False), says('{"patches": []}')) as wrong:
        one = await attempt(Bench(Gateway(settings, wrong.url), *eyes, budget=10, seen=seen), "k", "direct", fault, 0)
    assert one.worse and not one.fixed and one.end == "budget"
    assert len(one.after.diagnostics) >= 1 and one.rounds == 2


class Broke(Gateway):
    """A gateway whose money is used up."""

    async def ask(self, *_, **__):
        raise Stopped("Stopped: $1 of $1 are spent.")


def test_from_end_to_end_and_going_on(tmp_path):
    """With the offline model, after a run that had no money; what is done is not done again."""
    bank = tmp_path / "bank.jsonl"
    bank.write_text(server_fault().model_dump_json() + "\n", "utf-8")
    settings = Settings(render=RenderSettings(pages=1))
    kept = tmp_path / "attempts.jsonl"
    told = []

    def go(*strategies, **more):
        run(strategies, 1, 4_000, settings, tmp_path, told.append, bank=bank, **more)

    @contextlib.asynccontextmanager
    async def broke(_):
        yield Broke(ModelSettings())

    @contextlib.asynccontextmanager
    async def shut(_):
        raise AssertionError("everything is done; nobody is to be asked")
        yield

    with pytest.raises(Stopped, match="are spent"):
        go("direct", "none", door=broke)
    assert [row.strategy for row in read_lines(kept, Attempt)] == ["none"]
    with kept.open("a", encoding="utf-8") as lines:
        lines.write('{"key": "a line that a kill cut o')
    go("none", "direct")
    assert "1 of 2 attempts were made before" in told
    rows = {row.strategy: row for row in read_lines(kept, Attempt)}
    assert not rows["none"].fixed and not rows["none"].spent.calls
    assert rows["direct"].spent.calls >= 1 and rows["direct"].spent.completion_tokens > 0
    assert "say nothing about real models" in (tmp_path / "index.html").read_text("utf-8")
    told.clear()
    go("direct", "none", door=shut)
    assert told == ["2 of 2 attempts were made before"]
