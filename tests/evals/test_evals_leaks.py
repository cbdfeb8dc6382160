"""What a reader of sealed texts is told by: one text but for the key, and keys that look random."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.leaks.judge import differing_lines, judged, shown, texts_of
from evals.leaks.keys import ALPHA, compare, key_tests
from evals.leaks.run import beside_texts, used
from evals.stats import marks
from tasks.seal.keys import Copy, make_copies
from tasks.seal.page import key_in, opened
from tasks.settings import Deployment, ModelSettings, Settings
from tests.evals.made import quad, sealed_of
from tests.model.scripted import says, scripted_model

LADDERS = 1_000


@pytest.fixture(scope="module")
def keys():
    """Of many ladders, best first: every one hides the same four choices, so that a key that tells them shows."""
    seal, _ = sealed_of(0)
    by_rank = [make_copies(b"secret", [Copy(seal, "task", rank, n) for n in range(LADDERS)]) for rank in range(4)]
    return [tuple(key_in(page) for page in four) for four in zip(*by_rank, strict=True)]


RANKS = [(0, 1, 2, 3)] * LADDERS


def failed(keys, ranks=RANKS):
    found = key_tests(keys, ranks)
    return {one.name for one in found if not one.holds(len(found))}


def test_keys_of_a_thousand_ladders_pass_every_test(keys):
    found = key_tests(keys, RANKS)
    assert {one.name: one.p for one in found if not one.p >= ALPHA / len(found)} == {}
    assert len(set(sum(keys, ()))) == 4 * LADDERS


def test_keys_that_are_not_random_fail(keys):
    constant = [tuple(key[:40] + "7" + key[41:] for key in four) for four in keys]
    assert "digits, place by place" in failed(constant)
    telling = [tuple(key[:50] + f"{rank:x}" + key[51:] for rank, key in enumerate(four)) for four in keys]
    assert "digits and rank, place by place" in failed(telling)
    shared = [tuple(four[0][:32] + key[32:] for key in four) for four in keys]
    assert "bits alike in two keys of a ladder" in failed(shared)
    again = [tuple(first[:32] + key[32:] for first, key in zip(keys[0], four, strict=True)) for four in keys]
    assert "bits alike in the same rank of two ladders" in failed(again)
    heavy = [tuple(key.replace("0", "f") for key in four) for four in keys]
    assert failed(heavy) >= {"frequency of bits", "digits", "pairs of neighbouring digits"}
    doubled = [tuple("".join(a + a for a in key[::2]) for key in four) for four in keys]
    assert "pairs of neighbouring digits" in failed(doubled)
    slow = [tuple(key.translate(str.maketrans("5a", "3c")) for key in four) for four in keys]
    assert failed(slow) >= {"runs of bits", "serial, patterns of 3 bits"}


def test_the_rank_of_a_key_is_looked_up_and_not_its_place(keys):
    ranks = [tuple(np.random.default_rng(n).permutation(4).tolist()) for n in range(LADDERS)]
    telling = [
        tuple(key[:50] + f"{rank:x}" + key[51:] for rank, key in zip(own, four, strict=True))
        for own, four in zip(ranks, keys, strict=True)
    ]
    assert "digits and rank, place by place" in failed(telling, ranks)
    assert failed(keys, ranks) == set()


def test_too_few_keys_are_said_to_be_too_few(keys):
    found = {one.name: one.holds(9) for one in key_tests(keys[:2], RANKS[:2])}
    assert found["digits and rank, place by place"] is None
    assert found["digits"] is not None


def test_four_sealed_texts_are_one_but_for_the_key():
    one = quad(1)
    assert compare(one).fault == ""
    first = one.rungs[0]

    def with_first(sealed):
        return compare(replace(one, rungs=(replace(first, sealed=sealed), *one.rungs[1:]))).fault

    assert with_first(first.sealed.replace("button", "bottom", 1)) == "the texts differ in more than their keys"
    assert with_first(one.rungs[1].sealed) == "two of the texts are the same"
    key = key_in(first.sealed)
    assert with_first(first.sealed.replace(key, f"{key}0")) == "the keys differ in length"
    assert "not a sealed one" in with_first("<p>plain</p>")


def test_who_sees_only_keys_is_scored_by_them_and_who_uses_the_page_wins():
    quads = [quad(index) for index in range(3)]
    found = beside_texts(quads, [compare(one) for one in quads])
    for at, one in enumerate(quads):
        numbers = [int(key_in(rung.sealed), 16) for rung in one.rungs]
        assert np.argsort(found["key, as a number"][at]).tolist() == np.argsort(numbers).tolist()
    ranks = np.array([one.ranks for one in quads])
    assert marks(used(quads)["uses: function"], ranks)[:, :4].tolist() == [[1, 1, 1, 1]] * 3


def judge(url, attempts):
    one = Deployment(name="mine", model="hosted_vllm/mine", api_base=url, api_key_env="PATH")
    return Settings(model=ModelSettings(timeout_s=20, attempts=attempts, deployments=(one,)))


async def test_a_model_that_knows_the_order_is_believed_and_asked_once(tmp_path):
    one = quad(0)
    order = [letter for _, letter in sorted(zip(one.ranks, "ABCD", strict=True))]
    good = says(json.dumps({"reasons": "One digit.", "best_to_worst": order}))
    bad = says(json.dumps({"reasons": "No idea.", "best_to_worst": ["A", "A", "B", "C"]}))
    with scripted_model(bad, good) as model:
        settings = judge(model.url, attempts=2)
        scores = await judged([one], "sealed", settings, tmp_path / "answers.jsonl", lambda _: None)
        again = await judged([one], "sealed", settings, tmp_path / "answers.jsonl", lambda _: None)
        natural = await judged([one], "natural", settings, tmp_path / "answers.jsonl", lambda _: None)
    assert np.argsort(-scores[0]).tolist() == np.argsort(one.ranks).tolist()
    assert (scores == again).all() and natural.shape == (1, 4)
    assert len(model.requests) == 3
    sealed, plain = (json.dumps(model.requests[at]["messages"]) for at in (0, 2))
    assert sealed.count("dojo seal") == 1
    for rung in one.rungs:
        assert key_in(rung.sealed) in sealed and key_in(rung.sealed) not in plain
        assert rung.completion_id not in sealed + plain
    assert one.task_id not in sealed + plain
    assert "dojo seal" not in plain and "auxclick" in plain


async def test_a_model_without_an_answer_scores_nothing(tmp_path):
    with scripted_model(says("I would rather not.")) as model:
        settings = judge(model.url, attempts=1)
        scores = await judged([quad(0)], "natural", settings, tmp_path / "answers.jsonl", lambda _: None)
    assert scores.tolist() == [[0, 0, 0, 0]]


def test_what_is_shown_of_natural_texts_is_one_of_them_and_where_the_others_differ():
    one = quad(2)
    texts = texts_of(one, "natural")
    assert sorted(texts) == sorted(opened(rung.sealed) for rung in one.rungs)
    places = shown(texts, "natural")["places"]
    assert len(places) == 2
    for place in places:
        for (_, wording), text in zip(place["texts"], texts, strict=True):
            assert f"\n{wording}\n" in text
        first = place["texts"][0][1].split("\n")
        assert texts[0].split("\n")[place["line"] - 1 :][: len(first)] == first


LINES = st.lists(
    st.lists(st.sampled_from(["a", "b = 1;", "  c", "", "d d"]), max_size=6).map("\n".join), min_size=4, max_size=4
)


@given(LINES)
def test_differing_lines_are_those_of_the_first_text(texts):
    for line, wordings in differing_lines(texts):
        assert len(set(wordings)) > 1
        first = wordings[0].split("\n")
        assert texts[0].split("\n")[line - 1 :][: len(first)] == first
