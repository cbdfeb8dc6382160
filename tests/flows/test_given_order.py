"""Runs that begin with pages: what is ordered, whom it asks, and what is refused before anything is spent."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from flows.display import show_given, show_notes
from flows.estimate import estimate
from flows.given import given_candidates, given_problem, given_program
from flows.order import place_order, record_status, roles_of
from flows.yields import PRIOR_SOURCE
from tasks.errors import BadInput, Missing
from tasks.model.gateway import Gateway
from tasks.problem.page import pose_for
from tasks.program.given.read import read_programs
from tasks.record import Posed, Rejected, Usage
from tasks.settings import ROOT, ModelSettings, RepairSettings, Settings
from tasks.shard.write import write_shard
from tests.flows.test_estimate import SETTINGS, made
from tests.model.scripted import says, scripted_model
from tests.problem.test_problem_author import problem as reply
from tests.program.given_pages import put, told
from tests.shard.specimens import RUN, ranked

REAL = str(ROOT / "tests" / "real")
UNREPAIRED = Settings(repair=RepairSettings(strategy="none"), model=ModelSettings(reuse=False))


@pytest.fixture
def ordered(tmp_path, monkeypatch):
    """`ordered(place, tasks=None, …)`: a run's order; no key is in the environment."""
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)

    def order(place, tasks=None, model=None, seed=None, settings=UNREPAIRED, personas="starter", out="d"):
        return place_order(tasks, personas, model, seed, str(tmp_path / out), settings, None, str(place))

    return order


def test_all_pages_are_wanted_unless_a_number_is_given(ordered):
    assert [ordered(REAL, tasks).tasks for tasks in (None, 3, 7)] == [7, 3, 7]
    order = ordered(REAL)
    assert (order.max_candidates, order.pool.texts, len(order.programs.items)) == (7, (), 7)
    fewer = ordered(REAL, settings=UNREPAIRED.model_copy(update={"max_candidates": 2}))
    assert fewer.max_candidates == 2


def test_a_run_from_personas_has_its_number_as_before(tmp_path):
    order = place_order(None, "starter", None, 0, str(tmp_path / "d"), None)
    assert (order.tasks, order.programs) == (8, None)


def test_more_tasks_than_pages_and_personas_beside_them(ordered, tmp_path):
    with pytest.raises(
        BadInput, match=r"^--tasks is 8 and there are 7 pages in .*; name 7 at the most, or leave it out\.$"
    ):
        ordered(REAL, tasks=8)
    with pytest.raises(BadInput, match=r"--personas people\.jsonl exclude each other; leave one of the two"):
        ordered(REAL, personas="people.jsonl")
    with pytest.raises(BadInput, match="there is 1 page"):
        ordered(put(tmp_path / "lamp"), tasks=2)
    with pytest.raises(BadInput, match="--tasks is 0; ask for at least 1"):
        ordered(REAL, tasks=0)


def test_no_model_is_needed_where_nobody_is_asked(ordered, tmp_path):
    far = "openrouter/some/model"
    assert ordered(REAL, model=far).tasks == 7
    with pytest.raises(Missing, match="OPENROUTER_API_KEY"):
        ordered(REAL, model=far, settings=Settings(model=ModelSettings(reuse=False)))
    with pytest.raises(Missing, match="OPENROUTER_API_KEY"):
        ordered(put(tmp_path / "lamp"), model=far)
    paid = UNREPAIRED.model_copy(update={"limits": UNREPAIRED.limits.model_copy(update={"usd": 1.0})})
    assert ordered(REAL, model="hosted_vllm/unpriced", settings=paid).tasks == 7


@pytest.mark.parametrize(
    ("posed", "settings", "roles"),
    [
        (True, UNREPAIRED, ()),
        (True, Settings(), ("repairer",)),
        (False, UNREPAIRED, ("poser",)),
        (False, Settings(authors="both"), ("poser", "repairer", "editor")),
    ],
)
def test_only_those_are_asked_who_have_something_to_do(tmp_path, posed, settings, roles):
    put(tmp_path, posed=told(0) if posed else None)
    assert roles_of(settings, read_programs(str(tmp_path))) == roles


def test_the_same_pages_have_one_run_wherever_they_are(ordered, tmp_path):
    first = ordered(REAL)
    shutil.copytree(REAL, tmp_path / "copy")
    assert ordered(tmp_path / "copy").run_id == first.run_id
    (tmp_path / "copy" / "tuition-jar" / "style.css").write_text("p {}\n", "utf-8")
    assert ordered(put(tmp_path / "lamp", posed=told(0))).run_id != first.run_id
    for status in ("stopped", "finished"):
        record_status(first, status, 7)
        assert ordered(REAL).run_id == first.run_id
        assert ordered(REAL, tasks=3).run_id == first.run_id
    note = json.loads((first.folder / "run.json").read_text("utf-8"))
    assert note["personas"] == "none, pages of real"


def test_candidate_i_is_page_i_whatever_part_of_the_run_it_is_asked_for(ordered):
    order = ordered(REAL)
    whole = given_candidates(order.programs, 5, 0, 99)
    assert [one.index for one in whole] == list(range(7))
    assert given_candidates(order.programs, 5, 3, 2) == whole[3:5]
    assert given_candidates(order.programs, 6, 0, 7) != whole
    assert len({one.seed for one in whole}) == 7
    for one, page in zip(whole, order.programs.items, strict=True):
        assert (one.persona.text, one.persona.persona_id, one.persona.source) == ("", "", page.name)
        assert one.topic == page.problem.topic


def test_a_page_with_its_problem_costs_nothing(ordered):
    order = ordered(REAL)
    (candidate,), page = given_candidates(order.programs, 0, 2, 1), order.programs.items[2]
    posed = given_problem(candidate, page)
    assert (posed.problem, posed.usage) == (page.problem, Usage())
    written = given_program(posed, page)
    assert (written.program, written.usage, written.rounds) == (page.program, Usage(), 0)


async def test_a_page_without_a_problem_gets_one_from_the_poser(tmp_path):
    programs = read_programs(str(put(tmp_path / "lamp")))
    (candidate,), page = given_candidates(programs, 0, 0, 1), programs.items[0]
    assert given_problem(candidate, page) is None
    with scripted_model(says(json.dumps(reply()))) as model:
        posed = await pose_for(Gateway(ModelSettings(attempts=1), model.url), candidate, page.program)
    assert isinstance(posed, Posed)
    assert (posed.problem.title, posed.problem.topic, posed.usage.calls) == ("Lamp Counter", "tools", 1)
    with scripted_model(says("{}")) as model:
        lost = await pose_for(Gateway(ModelSettings(attempts=1), model.url), candidate, page.program)
    assert isinstance(lost, Rejected)
    assert (lost.stage, lost.program) == ("problem", page.program)


def test_a_shard_holds_tasks_without_a_persona_and_without_a_model(tmp_path):
    candidate = given_candidates(read_programs(REAL), 0, 0, 1)[0]
    task = ranked(0).model_copy(update={"candidate": candidate, "usage": Usage()})
    paths = write_shard(str(tmp_path), "s", RUN, [task], [], tmp_path)
    (row,) = pq.read_table(tmp_path / paths.private).to_pylist()
    assert (row["persona"], row["models"], row["usd"], row["prompt_tokens"]) == ("", "[]", 0.0, 0)


def test_an_estimate_does_not_go_by_runs_that_asked_for_no_program(tmp_path):
    dataset = made(tmp_path)
    candidate = given_candidates(read_programs(REAL), 0, 0, 1)[0]
    tasks = [
        ranked(at).model_copy(update={"candidate": candidate.model_copy(update={"index": at}), "usage": Usage()})
        for at in range(20, 30)
    ]
    before = estimate(10, SETTINGS, dataset)
    write_shard(dataset, "given-0000", RUN.model_copy(update={"run_id": "given"}), tasks, [], tmp_path)
    assert estimate(10, SETTINGS, dataset) == before
    write_shard(str(tmp_path / "alone"), "given-0000", RUN, tasks, [], tmp_path)
    assert PRIOR_SOURCE in estimate(10, SETTINGS, str(tmp_path / "alone")).remarks[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--programs", "nowhere"), "--programs nowhere is not there"),
        (("--programs", ""), "--programs is empty"),
        (("--programs", REAL, "--tasks", 9), "--tasks is 9 and there are 7 pages"),
        (("--programs", REAL, "--personas", "x.jsonl"), "--programs and --personas x.jsonl exclude each other"),
        (("--programs", REAL, "--model", "openrouter/some/model"), "OPENROUTER_API_KEY"),
    ],
)
def test_the_command_refuses_in_one_sentence_before_anything_is_written(dojo, tmp_path, words, said):
    code, out, err = dojo("generate", "--out", tmp_path / "d", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_command_refuses_a_malformed_page_and_names_its_file(dojo, tmp_path):
    put(tmp_path / "pages" / "a", posed=told(0))
    put(tmp_path / "pages" / "b", posed=told(0, title=None))
    code, out, err = dojo("generate", "--out", tmp_path / "d", "--programs", tmp_path / "pages")
    assert (code, out, err) == (2, "", "dojo: pages/b/problem.json: title: it is missing; mend it in the problem.\n")
    assert not (tmp_path / "d").exists()


def outcome(accepted, wanted=7, candidates=7):
    from flows.generate import Outcome

    return Outcome(
        run_id="r",
        dataset="d",
        seed=0,
        wanted=wanted,
        accepted=accepted,
        waiting=0,
        candidates=candidates,
        report="d/report.html",
    )


def test_fewer_tasks_than_pages_are_told_and_so_is_what_was_left_out(capsys):
    show_given(outcome(7))
    show_given(outcome(3, wanted=3, candidates=3))
    assert capsys.readouterr().out == ""
    show_given(outcome(5))
    assert capsys.readouterr().out == (
        "5 of the 7 pages that were tried became tasks; the report says why the others did not.\n"
    )
    show_notes([f"note [{n}]" for n in range(25)])
    shown = capsys.readouterr().out.splitlines()
    assert (shown[0], len(shown), shown[-1]) == ("note [0]", 21, "and 5 more of the kind")


def test_a_run_of_pages_is_finished_when_each_was_tried(ordered):
    order = ordered(REAL)
    assert [order.is_finished(*now) for now in ((7, 7), (0, 7), (5, 7), (5, 6), (0, 0))] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert ordered(REAL, tasks=3).is_finished(3, 3)
    assert not ordered(REAL, tasks=3).is_finished(2, 6)


def test_a_run_from_personas_is_finished_when_its_tasks_are_there(tmp_path):
    order = place_order(2, "starter", None, 0, str(tmp_path / "d"), None)
    assert [order.is_finished(*now) for now in ((2, 5), (1, 99))] == [True, False]
