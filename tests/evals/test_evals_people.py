"""`dojo eval people`: how well q and ratings agree, which weights agree best, and the run over a folder of them."""

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from evals.people.fit import (
    LEAST,
    LOSSES,
    Case,
    coefficients,
    fitted,
    interval,
    one_left_out,
    predicted,
    raters_tau,
    steps,
    tau,
)
from evals.people.run import run
from tasks.settings import ROOT, QualityWeights, RenderSettings, Settings

TODAY = coefficients(QualityWeights())
RATED = ROOT / "evals" / "ratings"
FOUR = st.lists(st.floats(0, 1), min_size=4, max_size=4)


def case(name: str, losses: np.ndarray, ratings: list[float], **more) -> Case:
    """A task whose q is what today's weights make of the losses."""
    q = tuple(float(1 - TODAY @ row) for row in losses)
    given = {"by_rater": (tuple(ratings),), "q": q, "score": q}
    return Case(name=name, ratings=tuple(ratings), losses=tuple(map(tuple, losses.tolist())), **(given | more))


def made_up(weights: np.ndarray, tasks: int, seed: int = 0) -> list[Case]:
    """Tasks whose raters weigh losses so, each from a level of their own."""
    rng = np.random.default_rng(seed)
    cases = []
    for n in range(tasks):
        losses, level = rng.random((4, len(LOSSES))), rng.uniform(-30, 30)
        cases.append(case(f"task {n}", losses, [float(100 * (1 - weights @ row) + level) for row in losses]))
    return cases


def test_tau_is_of_the_order_alone():
    assert tau([0.9, 0.7, 0.5, 0.1], [90, 40, 30, 2]) == 1
    assert tau([0.1, 0.5, 0.7, 0.9], [90, 40, 30, 2]) == -1
    assert tau([0.9, 0.5, 0.7, 0.1], [90, 40, 30, 2]) == pytest.approx(2 / 3)
    assert tau([0.5, 0.5, 0.5, 0.5], [90, 40, 30, 2]) == 0


@given(FOUR, FOUR)
def test_tau_is_the_same_both_ways_and_at_most_1(one, other):
    assert tau(one, other) == pytest.approx(tau(other, one))
    assert -1 - 1e-9 <= tau(one, other) <= 1 + 1e-9


def test_raters_agree_in_pairs():
    [one] = made_up(TODAY, 1)
    assert raters_tau(one) is None
    up, down = (1.0, 2.0, 3.0, 4.0), (4.0, 3.0, 2.0, 1.0)
    assert raters_tau(replace(one, by_rater=(up, up))) == 1
    assert raters_tau(replace(one, by_rater=(up, up, down))) == pytest.approx((1 - 1 - 1) / 3)


def test_coefficients_are_those_of_the_settings():
    weights = QualityWeights(function=0.4, visual=0.3, performance=0.2, accessibility=0.1, conduct=0.25)
    assert coefficients(weights) == pytest.approx([0.3, 0.1, 0.3, 0.2, 0.1])
    assert coefficients(QualityWeights()).sum() == pytest.approx(1)


@pytest.mark.parametrize("truth", [(0.1, 0.4, 0.2, 0.2, 0.1), (0.3, 0.2, 0.1, 0.15, 0.25), (0.0, 0.6, 0.25, 0.05, 0.1)])
def test_weights_that_raters_have_are_found(truth):
    found = fitted(made_up(np.array(truth), 200), TODAY)
    assert found == pytest.approx(truth, abs=0.02)


def test_few_tasks_are_drawn_towards_today():
    truth = np.array((0.1, 0.4, 0.05, 0.4, 0.05))
    off = [float(abs(fitted(made_up(truth, tasks), TODAY) - truth).sum()) for tasks in (1, 5, 50)]
    assert off[0] > off[1] > off[2]
    assert fitted([], TODAY) == pytest.approx(TODAY)


def test_nothing_is_learnt_from_how_generous_a_rater_is():
    cases = made_up(np.array((0.1, 0.4, 0.2, 0.2, 0.1)), 5)
    generous = [replace(one, ratings=tuple(r + 20 * n for r in one.ratings)) for n, one in enumerate(cases)]
    assert fitted(generous, TODAY) == pytest.approx(fitted(cases, TODAY))


@tries(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.lists(st.floats(0, 1), min_size=5, max_size=5))
@example(1, 6, [0.0, 0.75, 0.0, 1.0, 0.0])  # a part falls below by what is taken from it for another
def test_weights_sum_to_1_and_no_part_falls_below_the_floor(seed, tasks, truth):
    found = fitted(made_up(np.array(truth), tasks, seed), TODAY)
    assert found.sum() == pytest.approx(1)
    assert (found >= -1e-12).all()
    assert min(found[0] + found[1], *found[2:]) >= LEAST - 1e-9


def test_the_floor_holds_for_a_part_that_raters_do_not_heed():
    found = fitted(made_up(np.array((0.5, 0.5, 0, 0, 0)), 300), TODAY)
    assert found[2:] == pytest.approx([LEAST] * 3, abs=0.005)
    # what raters weigh the other way round is not learnt as a gain
    against = fitted(made_up(np.array((0.5, 0.5, 0, 0, -0.9)), 300), TODAY)
    assert against[4] == pytest.approx(LEAST)


def test_a_task_left_out_is_not_looked_at():
    cases = made_up(np.array((0.1, 0.4, 0.2, 0.2, 0.1)), 6)
    before = one_left_out(cases, TODAY)
    assert before.keys() == {one.name for one in cases}
    for n, one in enumerate(cases):
        turned = replace(one, ratings=tuple(-rating for rating in one.ratings))
        after = one_left_out([*cases[:n], turned, *cases[n + 1 :]], TODAY)
        assert after[one.name] == pytest.approx(-before[one.name])
    assert one_left_out(cases[:1], TODAY) == {"task 0": tau(predicted(cases[0], TODAY), cases[0].ratings)}


def test_an_interval_holds_the_value_and_narrows_with_more_tasks():
    truth = np.array((0.1, 0.4, 0.2, 0.2, 0.1))
    noise = random.Random(1)
    cases = [replace(one, ratings=tuple(r + noise.gauss(0, 8) for r in one.ratings)) for one in made_up(truth, 60)]
    widths = []
    for some in (cases[:6], cases):
        low, high = interval(some, lambda drawn: fitted(drawn, TODAY))
        found = fitted(some, TODAY)
        assert ((low - 0.02 <= found) & (found <= high + 0.02)).all()
        widths.append(float((high - low).sum()))
    assert 0 < widths[1] < widths[0]
    again = interval(cases[:6], lambda drawn: fitted(drawn, TODAY))
    assert np.array_equal(again, interval(cases[:6], lambda drawn: fitted(drawn, TODAY)))


def test_steps_are_shares_of_the_span_in_the_order_given():
    values = {"a": [10.0, 90.0, 50.0, 40.0], "flat": [5.0] * 4}
    order = {"a": [1, 2, 3, 0], "flat": [0, 1, 2, 3]}
    assert steps(values, order) == pytest.approx([0.5, 0.125, 0.375])
    assert sum(steps(values, order)) == pytest.approx(1)
    assert steps({"flat": [5.0] * 4}, order) == []


# ---- over a folder


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rated")
    for name in ("stand-in-paper-forest-pairs", "model-tuition-jar"):
        shutil.copytree(RATED / name, folder / name)
        problem = json.loads((folder / name / "problem.json").read_text("utf-8"))
        problem["checks"] = problem["checks"][:2]  # a few renders less
        (folder / name / "problem.json").write_text(json.dumps(problem), "utf-8")
    return folder


def test_a_folder_is_measured_once_and_tables_and_page_are_written(rated, tmp_path):
    told: list[str] = []
    settings = Settings(render=RenderSettings(pages=2))
    paper = run(rated, tmp_path, settings, told.append)
    assert {row["task"]: row["raters"] for row in paper.records} == {
        "model-tuition-jar": 2,
        "stand-in-paper-forest-pairs": 1,
    }
    for row in paper.records:
        ratings = json.loads((rated / row["task"] / "ratings.json").read_text("utf-8"))
        assert [row[f"rating {n}"] for n in range(4)] == [ratings[letter]["rating"] for letter in "ABCD"]
        assert row["q"] > 0.5
    weights = next(table for table in paper.tables if table.title == "Weights")
    assert [row[0] for row in weights.rows] == list(LOSSES)
    assert sum(float(row[2]) for row in weights.rows) == pytest.approx(1, abs=0.03)
    assert {"Agreement", "Weights", "Steps", "Tasks"} <= {table.title for table in paper.tables}
    table, page = (tmp_path / "table.md").read_text("utf-8"), (tmp_path / "index.html").read_text("utf-8")
    assert "model-tuition-jar" in table and "conduct" in table and "model-tuition-jar" in page
    # every version was measured beside its clean program, and what is worse there is told
    kept = [json.loads(line)["render"] for line in (tmp_path / "renders.jsonl").read_text("utf-8").splitlines()]
    assert len(kept) == 8
    assert all(render["outcome"] == "ok" and render["measures"]["diverged"] is not None for render in kept)
    assert sum(bool(render["divergences"]) for render in kept) >= 4

    before = (tmp_path / "renders.jsonl").read_bytes()
    told.clear()
    again = run(rated, tmp_path, settings, told.append)
    assert again.records == paper.records
    assert (tmp_path / "renders.jsonl").read_bytes() == before
    assert any("8 of 8 versions were rendered before" in line for line in told)
    assert not any("versions rendered" in line for line in told)


def test_other_weights_do_not_take_old_renders(rated, tmp_path):
    one = tmp_path / "one"
    shutil.copytree(rated / "stand-in-paper-forest-pairs", one / "stand-in-paper-forest-pairs")
    found = [
        run(one, tmp_path / "out", Settings(quality=weights), lambda _: None).records[0]
        for weights in (QualityWeights(), QualityWeights(function=0.7, visual=0.1, performance=0.1, accessibility=0.1))
    ]
    assert all(found[0][f"q of {n}"] != found[1][f"q of {n}"] for n in range(4) if found[0][f"q of {n}"] < 1)
    assert [row["rating 0"] for row in found] == [94, 94]


@pytest.mark.parametrize(
    ("damage", "named"),
    [(None, "nowhere can't be read"), ("empty", "There is no rated task in"), ("score", "ratings.json: ")],
)
def test_ratings_that_are_not_there_or_damaged_are_one_sentence(tmp_path, damage, named):
    folder = tmp_path / "nowhere"
    if damage:
        folder.mkdir()
    if damage == "score":
        shutil.copytree(RATED / "stand-in-paper-forest-pairs", folder / "pairs")
        path = folder / "pairs" / "ratings.json"
        path.write_text(path.read_text("utf-8").replace('"rating": 94', '"rating": 300'), "utf-8")
    words = ["people", "--ratings", str(folder), "--out", str(tmp_path / "out")]
    command = [sys.executable, "-m", "flows.cli", "eval", *words]
    env = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out" / "table.md").exists()
