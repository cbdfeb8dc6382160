"""What an estimate says: the sums of what was measured, ranges that hold, and where each figure comes from."""

import json

import numpy as np
import pytest

from flows.cadence import Demand, read_rate
from flows.draws import draw_runs
from flows.estimate import estimate, settings_for, tables
from flows.progress import Snapshot
from flows.yields import CALLS, IN, ROLES, Lives, lives_of
from tasks.errors import BadInput
from tasks.model.ledger import Entry, Ledger
from tasks.record import Usage
from tasks.settings import Deployment, LimitSettings, ModelSettings, RepairSettings, Settings
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, ranked, rejected

PAID = Deployment(name="paid", model="hosted_vllm/one", usd_in=2.0, usd_out=10.0)
SETTINGS = Settings(model=ModelSettings(deployments=(PAID,)))

TAKES = {"poser": (1_000, 200), "author": (500, 800), "repairer": (400, 100)}
"""Tokens in and out of the one call of each role that a candidate takes here."""
IN_EACH, OUT_EACH = (sum(tokens[at] for tokens in TAKES.values()) for at in (0, 1))


def made(folder, accepted=12, lost=0, settings=SETTINGS, ledger=True, candidate_s=30.0, run_id="run-1"):
    """A dataset of one run in which every candidate took the same."""
    stamp = RUN.model_copy(update={"run_id": run_id})
    usage = Usage(calls=3, prompt_tokens=IN_EACH, completion_tokens=OUT_EACH, usd=1.0, models=settings.model.models)
    tasks = [ranked(index).model_copy(update={"usage": usage}) for index in range(accepted)]
    losses = [rejected(index).model_copy(update={"usage": usage}) for index in range(accepted, accepted + lost)]
    write_shard(str(folder), f"{run_id}-0000", stamp, tasks, losses, folder)
    home = folder / "runs" / run_id
    home.mkdir(parents=True)
    note = {"run_id": run_id, "status": "finished", "seed": 0, "created_at": "2026-11-23T00:00:00+00:00"}
    note |= {"tasks": accepted, "personas": "starter", "model": "offline", "config_hash": settings.config_hash()}
    (home / "run.json").write_text(json.dumps(note), "utf-8")
    (home / "settings.json").write_text(settings.model_dump_json(), "utf-8")
    count = accepted + lost
    spells = {
        "render": {"seconds": 0.8 * candidate_s * count, "cpu_seconds": 1.0},
        "augment": {"seconds": 0.2 * candidate_s * count, "cpu_seconds": 1.0},
    }
    now = Snapshot(
        run_id=run_id, wanted=accepted, accepted=accepted, candidates=count, done={"render": 16 * count},
        rejected={"fewer than 4 checks": lost}, seconds=candidate_s * count, spells=spells,
    )  # fmt: skip
    (home / "progress.json").write_text(now.model_dump_json(), "utf-8")
    if ledger:
        told(home, range(count), settings.model.models[0], {task.candidate.index: task.task_id for task in tasks})
    return str(folder)


def told(home, candidates, model, task_ids):
    """The ledger of such a run, with tries that came to nothing among its rows."""
    book = Ledger(home)
    for index in candidates:
        for role, (tokens_in, tokens_out) in TAKES.items():
            row = Entry(
                time=1.0, stage="x", role=role, deployment="paid", model=model, prompt="p@0", candidate=index,
                prompt_tokens=tokens_in, completion_tokens=tokens_out, seconds=1.0,
            )  # fmt: skip
            book.add(row.model_copy(update={"outcome": "failed"}))
            reused = index % 2 == 0
            book.add(row.model_copy(update={"outcome": "reused" if reused else "ok", "reused": reused}))
    book.close(task_ids)


def by_role(found):
    return {line.role: line for line in found.lines}


def test_what_was_measured_comes_back_as_sums_a_role(tmp_path):
    found = estimate(200, SETTINGS, made(tmp_path))
    assert found.candidates.low >= 200
    for role, (tokens_in, tokens_out) in TAKES.items():
        line = by_role(found)[role]
        for end in ("low", "middle", "high"):
            candidates = getattr(found.candidates, end)
            assert getattr(line.calls, end) == pytest.approx(candidates)
            assert getattr(line.tokens_in, end) == pytest.approx(candidates * tokens_in)
            assert getattr(line.tokens_out, end) == pytest.approx(candidates * tokens_out)
    assert found.total.tokens_in.middle == pytest.approx(found.candidates.middle * IN_EACH)


def test_dollars_are_the_tokens_at_the_price_of_the_model(tmp_path):
    found = estimate(200, SETTINGS, made(tmp_path))
    each = (IN_EACH * 2.0 + OUT_EACH * 10.0) / 1e6
    assert found.total.usd.middle == pytest.approx(found.candidates.middle * each, rel=1e-3)
    poser = by_role(found)["poser"]
    assert poser.usd.high == pytest.approx(found.candidates.high * (1_000 * 2.0 + 200 * 10.0) / 1e6, rel=1e-3)


def test_deployments_share_the_calls_by_weight(tmp_path):
    cheap = PAID.model_copy(update={"name": "cheap", "usd_in": 0.0, "usd_out": 0.0, "weight": 3.0})
    both = Settings(model=ModelSettings(deployments=(PAID, cheap)))
    dataset = made(tmp_path, settings=both)
    alone, shared = estimate(50, SETTINGS, dataset).total.usd, estimate(50, both, dataset).total.usd
    assert shared.middle == pytest.approx(alone.middle / 4, rel=1e-3)


def test_what_is_lost_is_paid_for_too(tmp_path):
    found = estimate(100, SETTINGS, made(tmp_path, accepted=30, lost=30))
    assert 170 <= found.candidates.middle <= 235
    assert found.candidates.low < 190 < 205 < found.candidates.high
    assert found.total.usd.middle > 1.6 * 100 * (IN_EACH * 2.0 + OUT_EACH * 10.0) / 1e6


def test_the_ranges_hold_about_as_many_runs_as_they_say():
    """Runs of 60 tasks from a population of which only 80 candidates are known: four of five should lie within."""
    rng = np.random.default_rng(1)
    settings = Settings()
    pace = lives_of(None, settings)[1]

    def life(size):
        lives = np.zeros((size, len(ROLES), 4))
        lives[:, 0, CALLS], lives[:, 0, IN] = 1, np.exp(rng.normal(7, 0.8, size))
        return lives

    inside = []
    for _ in range(60):
        kept = int(rng.binomial(80, 0.7))
        known = Lives(life(kept), life(80 - kept), ("offline",), "here")
        drawn = draw_runs(60, settings, known, pace, 0).use[:, 0, IN]
        truth = life(60 + int(rng.negative_binomial(60, 0.7)))[:, 0, IN].sum()
        inside.append(np.quantile(drawn, 0.1) <= truth <= np.quantile(drawn, 0.9))
    assert 0.65 <= np.mean(inside) <= 0.93


def test_a_dataset_of_an_older_run_without_a_ledger_goes_by_its_sums(tmp_path):
    dataset = made(tmp_path, ledger=False)
    found = estimate(200, SETTINGS, dataset)
    assert found.total.tokens_in.middle == pytest.approx(found.candidates.middle * IN_EACH, rel=1e-6)
    assert found.total.tokens_out.middle == pytest.approx(found.candidates.middle * OUT_EACH, rel=1e-6)
    assert any("12 of them by their sums" in remark for remark in found.remarks)


def test_runs_with_the_same_models_are_preferred(tmp_path):
    made(tmp_path, run_id="run-1")
    other = Settings(model=ModelSettings(deployments=(PAID.model_copy(update={"model": "hosted_vllm/two"}),)))
    made(tmp_path, accepted=5, settings=other, run_id="run-2")
    lives, pace = lives_of(str(tmp_path), other)
    assert (len(lives.accepted), lives.models) == (5, ("hosted_vllm/two",))
    assert pace.waits
    strangers, pace = lives_of(str(tmp_path), Settings(model=ModelSettings(name="openai/gpt-5")))
    assert len(strangers.accepted) == 17
    assert not pace.waits


def test_other_models_than_were_measured_have_wider_ranges_and_that_is_said(tmp_path):
    dataset = made(tmp_path, accepted=40, lost=4)
    third = Settings(model=ModelSettings(deployments=(PAID.model_copy(update={"model": "hosted_vllm/three"}),)))
    known, guessed = estimate(40, SETTINGS, dataset), estimate(40, third, dataset)
    assert guessed.total.usd.high / guessed.total.usd.low > 3 > known.total.usd.high / known.total.usd.low
    assert any("wider by assumption" in remark for remark in guessed.remarks)
    assert not any("assum" in remark for remark in known.remarks)


def test_without_a_dataset_the_prior_is_named_with_its_source(tmp_path):
    for dataset in (None, str(tmp_path / "nothing")):
        found = estimate(10, Settings(), dataset)
        assert any("prior: 112 candidates" in remark for remark in found.remarks)
        assert found.total.usd.high == 0
    assert any("nothing has no accepted task" in remark for remark in found.remarks)


def test_an_unknown_price_leaves_dollars_open_and_says_how_to_close_them():
    nameless = Settings(model=ModelSettings(name="hosted_vllm/qwen3"))
    found = estimate(10, nameless)
    assert found.total.usd is None and found.machines.usd_month is None
    assert any("--assume-price IN OUT" in remark for remark in found.remarks)
    assert "unknown" in tables(found)[0].plain
    assumed = estimate(10, nameless.model_copy(update={"limits": LimitSettings(assume_price=(1.0, 0.0))}))
    assert assumed.total.usd.middle == pytest.approx(assumed.total.tokens_in.middle / 1e6, rel=1e-2)


def test_a_role_without_a_deployment_is_named():
    only = PAID.model_copy(update={"roles": ("poser", "author")})
    with pytest.raises(BadInput, match="'repairer'"):
        estimate(10, Settings(model=ModelSettings(deployments=(only,))))
    estimate(10, Settings(model=ModelSettings(deployments=(only,)), repair=RepairSettings(strategy="none")))


def test_only_the_roles_that_the_settings_ask_are_counted(tmp_path):
    assert list(by_role(estimate(10, Settings()))) == ["poser", "author", "repairer"]
    edited = estimate(10, Settings(authors="both"))
    assert list(by_role(edited)) == ["poser", "author", "repairer", "editor"]
    assert by_role(edited)["editor"].calls.low >= 10
    bare = estimate(10, Settings(repair=RepairSettings(strategy="none")))
    assert list(by_role(bare)) == ["poser", "author"]
    assert bare.candidates.middle > estimate(10, Settings()).candidates.middle  # what would be repaired is lost


def test_a_plan_before_each_repair_is_a_call_more():
    direct, planned = (
        by_role(estimate(100, Settings(repair=RepairSettings(strategy=strategy))))["repairer"].calls.middle
        for strategy in ("direct", "rewoo")
    )
    assert planned == pytest.approx(2 * direct, rel=0.15)


def test_hours_are_those_of_the_machine_that_was_measured(tmp_path):
    found = estimate(200, SETTINGS, made(tmp_path, candidate_s=36.0))
    assert found.hours.low < found.candidates.middle * 36 / 3600 < found.hours.high
    assert found.hours.high / found.hours.low < 2.5


def test_a_faster_machine_renders_in_less_time(tmp_path):
    dataset = made(tmp_path, candidate_s=30.0)  # 16 renders in 24 s: 40 a minute
    measured, faster = (estimate(200, SETTINGS, dataset, renders_per_minute=rate) for rate in (None, 400.0))
    assert measured.machines.renders_per_minute == pytest.approx(40)
    assert faster.hours.middle / measured.hours.middle == pytest.approx((6 + 2.4) / 30, rel=0.02)
    assert any("400 renders a minute as given" in remark for remark in faster.remarks)


def test_a_model_that_is_slow_to_answer_takes_time_that_the_offline_model_does_not():
    real = estimate(20, Settings(model=ModelSettings(name="hosted_vllm/qwen3", concurrency=1)))
    assert real.hours.middle > 2 * estimate(20, Settings()).hours.middle
    assert any("Waiting for the model is assumed" in remark for remark in real.remarks)


def test_the_originals_cadence_and_how_many_machines_it_takes(tmp_path):
    found = estimate(10, SETTINGS, made(tmp_path, candidate_s=180.0), renders_per_minute=100.0).machines
    assert found.demand.tasks_per_hour == 40
    assert found.demand.renders_per_minute == 640
    assert found.rendering == 7
    each = 36 + 16 * 60 / 100  # seconds a candidate
    assert found.making.low <= 40 * each * 1.05 / 3600 + 1 and found.making.high >= 1
    slow = estimate(10, SETTINGS, str(tmp_path), demand=Demand(every_minutes=1.0)).machines
    assert slow.demand.tasks_per_hour == 600
    assert 600 * 180 / 3600 * 0.7 < slow.making.middle < 600 * 180 / 3600 * 1.5
    assert slow.usd_month.middle == pytest.approx(600 * 720 * 1.03 * (IN_EACH * 2 + OUT_EACH * 10) / 1e6, rel=0.06)


def test_candidates_that_run_out_are_foretold(tmp_path):
    dataset = made(tmp_path, accepted=4, lost=16)
    assert estimate(10, SETTINGS.model_copy(update={"max_candidates": 20}), dataset).short > 0.8
    assert estimate(10, SETTINGS.model_copy(update={"max_candidates": 10_000}), dataset).short < 0.01


def test_the_same_question_has_the_same_answer():
    assert estimate(30, Settings()) == estimate(30, Settings())
    one, other = estimate(300, Settings()).total.tokens_in, estimate(300, Settings(), seed=1).total.tokens_in
    assert one != other
    assert one.middle == pytest.approx(other.middle, rel=0.03)


def test_nothing_is_written(tmp_path):
    dataset = made(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    estimate(10, SETTINGS, dataset)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_run_with_broken_notes_is_known_by_its_shards(tmp_path):
    dataset = made(tmp_path)
    home = tmp_path / "runs" / "run-1"
    (home / "settings.json").write_text('{"colour": "red"}', "utf-8")
    (home / "progress.json").write_text("{", "utf-8")
    lives, pace = lives_of(dataset, SETTINGS)
    assert len(lives.accepted) == 12
    assert not pace.measured


def test_the_tables_say_it_all(tmp_path):
    found = estimate(10, SETTINGS, made(tmp_path))
    takes, cadence = tables(found)
    for part in ("problem", "poser", "program", "diagnose", "dollars", "tokens out"):
        assert part in takes.plain
    assert "10 accepted tasks with hosted_vllm/one" in takes.title
    assert "candidates" in takes.note and "minutes" in takes.note
    assert "every 15 minutes for 10 validators x 240 miners x 4 outputs" in cadence.title
    assert "640" in cadence.plain
    assert type(found).model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tasks": 0}, "--tasks is 0; ask for at least 1."),
        ({"tasks": 10**20}, "at most 1,000,000,000"),
        ({"demand": Demand(every_minutes=1e-300)}, "--every is 1e-300"),
        ({"demand": Demand(validators=10**30)}, "--validators is 1000"),
        ({"demand": Demand(validators=10**9, every_minutes=0.001)}, "tasks a day"),
        ({"dataset": __file__}, "is a file"),
        ({"settings": Settings(model=ModelSettings(name="nonsense"))}, "names no provider"),
        ({"demand": Demand(every_minutes=0.0)}, "--every is 0"),
        ({"demand": Demand(validators=-1)}, "--validators is -1"),
        ({"renders_per_minute": float("nan")}, "--renders-per-minute is nan"),
    ],
)
def test_a_question_without_sense_is_refused(wrong, said):
    with pytest.raises(BadInput, match=said):
        estimate(**({"tasks": 5, "settings": Settings()} | wrong))


def test_the_rate_is_read_from_a_bench(tmp_path):
    path = tmp_path / "bench.json"
    path.write_text('{"versions_per_minute": 115.5, "note": "x"}', "utf-8")
    assert read_rate(path) == 115.5
    for text in ("[]", "{}", "nothing", '{"versions_per_minute": null}'):
        path.write_text(text, "utf-8")
        with pytest.raises(BadInput, match=r"bench\.json"):
            read_rate(path)
    with pytest.raises(BadInput, match="nowhere"):
        read_rate(tmp_path / "nowhere.json")


def test_the_command_line_goes_before_the_file(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('batch = 3\nauthors = "model"\n[model]\nname = "openai/gpt-5"\n', "utf-8")
    plain, chosen = settings_for(path, None, None, None), settings_for(path, "offline", "both", (1.0, 2.0))
    assert (plain.batch, plain.model.name, plain.authors) == (3, "openai/gpt-5", "model")
    assert (chosen.batch, chosen.model.name, chosen.authors) == (3, "offline", "both")
    assert chosen.limits.assume_price == (1.0, 2.0)
    with pytest.raises(BadInput, match="everyone"):
        settings_for(None, None, "everyone", None)
    for price in ((-1.0, 2.0), (float("nan"), float("nan")), (1.0, float("inf"))):
        with pytest.raises(BadInput, match="--assume-price"):
            settings_for(None, None, None, price)


def test_one_model_and_deployments_exclude_one_another(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('[[model.deployments]]\nname = "a"\nmodel = "openai/gpt-5"\n', "utf-8")
    with pytest.raises(BadInput, match="--model offline"):
        settings_for(path, "offline", None, None)
