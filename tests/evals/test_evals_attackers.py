"""Each attacker wins where the order is planted for it."""

import random
from dataclasses import replace

import numpy as np
import pytest

from evals.leaks.attack import attacks, bases_of, examine, examine_all, ranks_of
from evals.leaks.boost import boosted, boosted_apart
from evals.leaks.words import families, folds
from evals.stats import marks
from tests.evals.made import BASES, planted, quad


def tops(texts, name):
    """Top-1 for best and for worst over some ladders, either way round; and tau without its sign."""
    examined = [examine(one) for one in texts]
    scores = np.array([one.looks[name] for one in examined])
    best, worst, tau, _, best_low, worst_high = marks(scores, ranks_of(examined)).mean(axis=0)
    return max(best, best_low), max(worst, worst_high), abs(tau)


CALLS = "\n".join(f"a{n}.b();" for n in range(8))
ORDERS = (
    "border: 0; color: red; margin: 0; width: 9px;",
    "color: red; border: 0; margin: 0; width: 9px;",
    "margin: 0; color: red; border: 0; width: 9px;",
    "width: 9px; margin: 0; color: red; border: 0;",
)
PLANTS = {
    "length in characters": lambda rank, rng: ("", "", f"run('{'x' * rank * 5}');"),
    "length in tokens": lambda rank, rng: ("", "", f"run({', '.join(['1'] * (rank + 1))}, '{'x' * (30 - 3 * rank)}');"),
    "length in lines": lambda rank, rng: ("", "", "\n" * rank + "run();"),
    "gzip size": lambda rank, rng: ("", "", f"run('{random.Random(5).randbytes(40 * rank).hex()}');"),
    "comments": lambda rank, rng: ("", "", f"run(); // {'x' * rank}"),
    "telltale words, listed": lambda rank, rng: ("", "", "setTimeout(slow);" * rank + "keepGoing(quite);" * (3 - rank)),
    "entropy of names": lambda rank, rng: ("", "", "\n".join(f"name{n if n < 3 * rank else 0}();" for n in range(12))),
    "familiar words": lambda rank, rng: (
        "",
        "",
        "; ".join(["q0 + q0" if n >= rank else f"q{n} + z{n}" for n in range(4)]),
    ),
    "literals: sum": lambda rank, rng: ("", "", f"wait({[12, 240, 380, 900][rank]});"),
    "literals: largest": lambda rank, rng: ("", "", f"wait({[12, 240, 380, 900][rank]});"),
    "literals: digits": lambda rank, rng: ("", "", f"wait({[11, 22, 33, 44][rank]});"),
    "lint": lambda rank, rng: ("".join(f'<i id="same{n}"></i><i id="same{n}"></i>' for n in range(rank)), "", ""),
    "style: indent": lambda rank, rng: ("", "", " " * rank * 4 + "run();"),
    "style: order of properties": lambda rank, rng: ("", f"p {{ animation: none; {ORDERS[rank]} }}", ""),
    "style: quotes": lambda rank, rng: ("", "", "; ".join(["'a'" if n < rank else '"a"' for n in range(4)])),
    "edit distance: seriation": lambda rank, rng: ("", "", "\n".join(CALLS.split("\n")[: (8, 7, 5, 2)[rank]])),
    "compression distance: seriation": lambda rank, rng: (
        "",
        "",
        "".join(f"{random.Random(n).randbytes(150).hex()}();\n" for n in range(rank * (rank + 1))),
    ),
}


@pytest.mark.parametrize("name", PLANTS)
def test_an_attacker_finds_the_order_that_is_planted_for_it(name):
    best, worst, tau = tops([planted(index, PLANTS[name]) for index in range(3)], name)
    assert (best, worst) == (1, 1)
    assert tau > 0.9


@pytest.mark.parametrize("name", ["edit distance: medoid", "compression distance: medoid", "embedding: medoid"])
def test_the_original_lies_in_the_middle_of_its_own_edits(name):
    def private(rank, rng):
        """Each version has so many spots of its own changed as its rank says."""
        own = {1: (0,), 2: (2, 5), 3: (1, 3, 4)}.get(rank, ())
        words = [random.Random(f"{n} {rank if n in own else ''}").randbytes(20).hex() for n in range(6)]
        return "", "", "\n".join(f"w{word}.call();" for word in words)

    best, worst, _ = tops([planted(index, private) for index in range(3)], name)
    assert (best, worst) == (1, 1)


def test_the_one_that_stands_alone_is_found():
    def alone(rank, rng):
        return "", "", CALLS + ("\nfar(1, 2, 3, 4, 5);" if rank == 3 else f"\nlast({rank});")

    assert tops([planted(index, alone) for index in range(3)], "edit distance: outlier")[1] == 1


def test_learners_find_what_other_pages_teach_and_only_there():
    def worded(rank, rng):
        return "", "", f"mood('{['calm', 'brisk', 'harsh', 'vile'][rank]}');"

    examined = examine_all([planted(index, worded) for index in range(36)], lambda _: None, workers=1)
    scores = attacks(examined, lambda _: None)
    for name in ("telltale words, learned", "gradient boosting, by page", "gradient boosting, by page and edit"):
        best, worst = marks(scores[name], ranks_of(examined)).mean(axis=0)[:2]
        assert min(best, worst) > 0.9, name
    one_base = [replace(one, vector=examined[0].vector) for one in examined]
    assert not attacks(one_base, lambda _: None)["gradient boosting, by page"].any()


def test_a_word_that_is_only_one_edits_is_not_learnt_from_others():
    def by_edit(index):
        words = [["calm", "brisk", "harsh", "vile"], ["red", "blue", "grey", "pink"], ["oak", "elm", "ash", "fir"]][
            index % 3
        ]
        return planted(index, lambda rank, rng: ("", "", f"{words[0]}{words[rank]}.run();"))

    examined = [examine(by_edit(index)) for index in range(36)]
    own, ranks, bases = [one.columns for one in examined], ranks_of(examined), bases_of(examined)
    nothing = np.zeros((36, 4, 1))
    assert marks(boosted(own, nothing, ranks, bases), ranks).mean(axis=0)[2] > 0.9
    assert abs(marks(boosted_apart(own, ranks, bases), ranks).mean(axis=0)[2]) < 0.5


def test_natural_texts_tell_their_order_to_who_compares_them():
    examined = examine_all([quad(index) for index in range(12)], lambda _: None, workers=1)
    ranks, scores = ranks_of(examined), attacks(examined, lambda _: None)
    for name in ("literals: largest", "telltale words, learned"):
        found = marks(scores[name], ranks).mean(axis=0)
        assert found[0] > 0.9 and found[1] > 0.9, name
    assert {column.mutator for one in examined for column in one.columns} == {"late", "deaf", "faint", "tiny"}


def test_no_base_page_is_in_training_and_test():
    examined = [examine(planted(index, lambda rank, rng: ("", "", f"run({rank});"))) for index in range(3 * BASES)]
    bases = bases_of(examined)
    assert [bases[index] == bases[index % BASES] for index in range(3 * BASES)] == [True] * 3 * BASES
    assert len(set(bases.tolist())) == BASES
    seen = []
    for train, test in folds(bases):
        assert not set(bases[train]) & set(bases[test])
        seen += test.tolist()
    assert sorted(seen) == list(range(3 * BASES))
    assert list(folds(families(np.ones((3, 1))))) == []
