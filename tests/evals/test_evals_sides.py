"""Two settings beside each other: from two runs' folders to a page, with figures that are known."""

import json
import os
import random
import string
import subprocess
import sys

import pytest

from evals.sides.figures import compare
from evals.sides.run import run
from evals.sides.side import read_side
from tasks.errors import BadInput
from tasks.rows import save_rows
from tasks.settings import ROOT
from tests.model.receiver import receiver
from tests.shard import specimens

CANDIDATES = 20


def ranked(row):
    return specimens.ranked(row.candidate.index).model_copy(update={"problem": row.problem})


def lost(index):
    return specimens.rejected(index).model_copy(update={"problem": problem(index)})


def problem(index):
    """One that shares no word of its statement with another."""
    rng = random.Random(f"words {index}")
    words = ("".join(rng.choices(string.ascii_lowercase, k=7)) for _ in range(200))
    return specimens.problem(index, statement=" ".join(words))


def run_of(folder, accepted, *, alike=()):
    """A run of two shards; those that are not accepted fail a check. `alike`: candidates with one and the same
    problem."""
    half = CANDIDATES // 2
    for number, indices in enumerate((range(half), range(half, CANDIDATES))):
        shard = folder / "work" / f"shard-{number:04d}"
        clean = [
            specimens.proven(index, of=problem(alike[0] if index in alike else index))
            for index in indices
            if index in accepted
        ]
        save_rows(shard / "proven.jsonl", clean)
        save_rows(shard / "settled.jsonl", [ranked(row) for row in clean])
        save_rows(shard / "rejected.jsonl", [lost(i) for i in indices if i not in accepted])
    return folder


def test_yield_cost_and_diversity_of_two_sides_on_the_same_candidates(tmp_path):
    every, half = set(range(CANDIDATES)), set(range(0, CANDIDATES, 2))
    alike = tuple(range(0, CANDIDATES, 4))
    one = read_side("a", run_of(tmp_path / "a", half, alike=alike), ["offline"])
    other = read_side("b", run_of(tmp_path / "b", every), ["offline"])
    found = compare(one, other)
    assert found.candidates == CANDIDATES
    accepted = found.found["accepted"]
    assert [each.mean for each in accepted] == [0.5, 1.0, 0.5]
    assert accepted[2].low > 0.2
    spent = [sum(trial.usage.usd for trial in side.trials) / n for side, n in ((one, 10), (other, 20))]
    assert [each.mean for each in found.found["usd"]][:2] == pytest.approx(spent)
    assert one.nearest[0] == pytest.approx(1.0)
    assert found.found["nearest"][2].high < 0
    assert len(one.posed) - one.topics == len(alike) - 1
    assert sum(one.reasons.values()) == 10


def test_sides_that_did_the_same_are_told_apart_by_nothing(tmp_path):
    some = set(range(7))
    sides = [read_side(name, run_of(tmp_path / name, some), ["offline"]) for name in "ab"]
    gaps = [gap for _, _, gap in compare(*sides).found.values() if gap is not None]
    assert gaps
    assert all(gap.mean == gap.low == gap.high == 0 for gap in gaps)


def test_a_side_without_a_task_has_no_cost_of_one_and_the_page_says_so(tmp_path):
    runs = {"a": run_of(tmp_path / "a", set()), "b": run_of(tmp_path / "b", {1, 2, 3})}
    models = {"a": ("offline",), "b": ("offline",)}
    paper = run(runs, models, tmp_path / "out", lambda _: None, tmp_path / "f.json")
    found = json.loads((tmp_path / "f.json").read_text("utf-8"))
    assert found["sides"]["a"]["usd"] is None and found["differences"]["usd"] is None
    assert found["sides"]["a"]["spent_usd"] > 0
    assert found["sides"]["b"]["accepted"]["mean"] == 3 / CANDIDATES
    rows = {row[0]: row[1:] for row in paper.tables[0].rows}
    assert rows["dollars per accepted task"][0] == "–"
    assert rows["accepted, of the candidates"][0].startswith("0.000")
    assert any(row[1] == "20" for row in paper.tables[1].rows)
    assert (tmp_path / "out" / "index.html").exists()
    assert "say nothing about real models" in paper.remarks[0]


def test_a_shard_that_was_not_settled_does_not_count(tmp_path):
    folder = run_of(tmp_path / "a", {1, 2, 3})
    (folder / "work" / "shard-0001" / "settled.jsonl").unlink()
    assert len(read_side("a", folder, ["offline"]).trials) == CANDIDATES // 2
    (folder / "work" / "shard-0000" / "settled.jsonl").unlink()
    with pytest.raises(BadInput, match="Side a has 0 candidates"):
        read_side("a", folder, ["offline"])


def dojo(*words, **more):
    command = [sys.executable, "-m", "flows.cli", "eval", "generate", *words]
    env = {**os.environ, **more}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=400, check=False)


def test_two_prompts_from_end_to_end(tmp_path):
    """The command, a real run of each side, its page, and what Langfuse has of it."""
    prompts, out = tmp_path / "prompts", tmp_path / "out"
    prompts.mkdir()
    (prompts / "problem.md").write_text((ROOT / "prompts" / "problem.md").read_text("utf-8") + "\nBe brief.\n", "utf-8")
    brief = tmp_path / "brief.json"  # a search as short as there is
    brief.write_text('{"ladder": {"max_renders": 8}}', "utf-8")
    words = ["--candidates", "2", "--prompts-b", str(prompts), "--out", str(out), "--json", str(out / "f.json")]
    words += ["--a", str(brief), "--b", str(brief)]
    with receiver() as got:
        keys = {"LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk", "LANGFUSE_BASE_URL": got.url}
        done = dojo(*words, **keys)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Beside each other" in done.stdout and "say nothing about real models" in done.stdout
    settings = {path.parent.parent.parent.name: path for path in out.glob("*/runs/*/settings.json")}
    assert set(settings) == {"a", "b"}
    assert (out / "index.html").exists()
    assert {*json.loads((out / "f.json").read_text("utf-8"))["sides"]} == {"a", "b"}
    runs = [span for span in got.spans if "langfuse.experiment.id" in span.attributes]
    assert len(got.items) == 2 and len(runs) == 4
    for side in "ab":
        mine = [
            span for span in runs if span.attributes["langfuse.experiment.name"].startswith(f"{side}, offline, seed0")
        ]
        assert {span.attributes["langfuse.experiment.item.id"] for span in mine} == set(got.items)
        own = {json.loads(span.attributes["langfuse.observation.output"])["trace"] for span in mine}
        assert own < {span.trace for span in got.spans if span.name == "candidate"} and len(own) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Both sides are the same"),
        (["--model-b", "nonsense"], "names no provider"),
        (["--prompts-b", "/nonesuch"], "is no folder"),
        (["--a", "/nonesuch.toml"], "can't be read"),
        (["--max-usd", "0"], "--max-usd is 0: that allows nothing"),
        (["--max-minutes", "0"], "--max-minutes is 0: that allows nothing"),
        (["--assume-price", "-1", "1"], "--assume-price is -1 1"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, words, said):
    done = dojo("--out", str(tmp_path / "out"), *words)
    assert done.returncode == 2
    assert said in done.stderr and done.stderr.count("\n") == 1
