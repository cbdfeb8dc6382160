"""Sealed pages: one text but for the key, keys that say nothing, copies that can be traced, damage that is named."""

import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.bundle import bundle
from tasks.errors import BadInput
from tasks.record import Program, Seal
from tasks.seal.align import aligned
from tasks.seal.keys import Copy, Traced, make_copies, provisional, trace
from tasks.seal.mixing import NONCE, STEPS, streams
from tasks.seal.page import Unsealable, key_in, opened, seal

REAL = Path(__file__).parent.parent / "real"
SECRET = b"5a" * 32


def page(label: str = "On", limit: str = "8", more: str = "") -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<title>Lamp</title>\n<style>p { margin: 4px; }</style>\n'
        f"<script>const LIMIT = {limit};</script>\n</head>\n<body>\n<button>{label}</button>\n{more}"
        '<script>document.title += "</" + "b>" + LIMIT;</script>\n</body>\n</html>\n'
    )


FOUR = (page(), page(limit="9"), page("Off", "9"), page("", "7", "<p>日本 </p>\n"))


def real_pages() -> list[str]:
    """Each page of a real model, bundled, and three others with lines of its script changed."""
    found = []
    for folder in sorted(path for path in REAL.iterdir() if path.is_dir()):
        files = {p.name: p.read_text("utf-8") for p in folder.iterdir() if p.suffix in (".html", ".css", ".js")}
        found.append(bundle(Program.of(files.items())))
    return found


def worse(text: str, step: int) -> str:
    """A page with numbers changed here and there."""
    lines = text.splitlines(keepends=True)
    return "".join(line.replace("1", "2") if n % step == 0 else line for n, line in enumerate(lines))


def test_four_versions_are_one_text_but_for_the_key() -> None:
    for text in real_pages():
        versions = [text, *(worse(text, step) for step in (31, 17, 7))]
        made = seal(versions)
        copies = make_copies(SECRET, [Copy(made, "task", rank) for rank in range(4)])
        keys = [key_in(copy) for copy in copies]
        assert len(set(keys)) == 4 and len({len(key) for key in keys}) == 1
        assert len({copy.replace(key, "") for copy, key in zip(copies, keys, strict=True)}) == 1
        assert [opened(copy) for copy in copies] == versions
        assert len(copies[0]) <= 1.6 * len(text)
        assert bundle(Program.of([("index.html", copies[0])])) == copies[0]


def test_what_stands_before_the_loader_is_what_all_versions_begin_with() -> None:
    assert seal(FOUR).page.startswith('<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><script>')
    silent = page().replace(' lang="en"', "")
    assert seal([page(), silent]).page.startswith('<!doctype html>\n<meta charset="utf-8"><script>')
    assert seal(["<p>quirks</p>"]).page.startswith('<meta charset="utf-8"><script>')
    assert seal(["<!doctype html><header>h</header>"]).page.startswith("<!doctype html><meta")


def test_the_order_of_alternatives_does_not_depend_on_the_versions() -> None:
    for order in ([3, 1, 0, 2], [2, 3, 1, 0]):
        other = seal([FOUR[i] for i in order])
        assert other.page == seal(FOUR).page
        assert other.choices == tuple(seal(FOUR).choices[i] for i in order)


LINES = st.lists(st.sampled_from(["a\n", "b\n", "}\n", "\n", "{ x: 1; y: 2 }\n", "last"]), max_size=12)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=5))
def test_parts_put_together_are_the_texts(lists: list[list[str]]) -> None:
    texts = ["".join(lines) for lines in lists]
    parts = aligned(texts)
    for i, text in enumerate(texts):
        assert "".join(part if isinstance(part, str) else part[i] for part in parts) == text
    for one, other in pairwise(parts):
        assert not (isinstance(one, str) and isinstance(other, str))
    assert all(part if isinstance(part, str) else len(set(part)) > 1 for part in parts)


def test_a_long_line_with_two_changes_is_two_places() -> None:
    line = "".join(f"a{n}=b{n};" for n in range(200))
    parts = aligned([line, line.replace("b9;", "c;"), line.replace("b150", "")])
    assert [part for part in parts if not isinstance(part, str)] == [("b9", "c", "b9"), ("b150", "b150", "")]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_any_text_is_sealed_and_opened_again(texts: list[str]) -> None:
    try:
        made = seal(texts)
    except Unsealable:
        return
    for version, text in enumerate(texts):
        assert opened(provisional(made, version, 3)) == text.replace("\r\n", "\n").replace("\r", "\n")


def test_versions_with_other_scripts_can_t_be_sealed() -> None:
    with pytest.raises(Unsealable, match="different numbers of scripts"):
        seal([page(), page(more="<script></script>")])
    with pytest.raises(Unsealable, match="poses as a sealed one"):
        seal(["<!-- <script>/* dojo seal 1 */ --><!doctype html><p>posing as one</p>"])
    with pytest.raises(Unsealable, match="17 alternatives"):
        seal([page(limit=str(n)) for n in range(17)])


def test_a_script_that_the_parser_does_not_run_is_not_cut() -> None:
    text = page(more="<template><script>a()</script></template><!-- <script></script> --><textarea><script></textarea>")
    stubs = seal([text]).page.count("</script><script>")
    assert stubs == 2


# ---- keys


def ladders(count: int) -> list[tuple[str, Seal]]:
    """Tasks whose versions take other alternatives in each."""
    made = seal(FOUR)
    rng = random.Random(5)
    return [
        (
            f"task{n}",
            made.model_copy(
                update={"choices": tuple(tuple(rng.randrange(2) for _ in made.choices[0]) for _ in range(4))}
            ),
        )
        for n in range(count)
    ]


def chi_square(counts: Sequence[int]) -> float:
    """Standard deviations that a count's chi-square lies from what chance gives."""
    expected = sum(counts) / len(counts)
    freedom = len(counts) - 1
    return float((sum((n - expected) ** 2 for n in counts) / expected - freedom) / (2 * freedom) ** 0.5)


def test_keys_of_a_thousand_ladders_look_random_and_say_nothing_of_the_rank() -> None:
    tasks = ladders(1000)
    by_rank = [
        [key_in(copy) for copy in make_copies(SECRET, [Copy(made, task_id, rank) for task_id, made in tasks])]
        for rank in range(4)
    ]
    keys = [key for own in by_rank for key in own]
    assert len(set(keys)) == 4000 and {len(key) for key in keys} == {64}
    everything = "".join(keys)
    assert abs(chi_square([everything.count(digit) for digit in "0123456789abcdef"])) < 5
    pairs = Counter(pairwise(everything))
    assert len(pairs) == 256 and abs(chi_square(list(pairs.values()))) < 5
    for at in range(64):  # each digit, sites among them
        assert abs(chi_square([Counter(key[at] for key in keys)[digit] for digit in "0123456789abcdef"])) < 6
        for own in by_rank:
            assert abs(chi_square([Counter(key[at] for key in own)[digit] for digit in "0123456789abcdef"])) < 6
    bits = [bin(int(key, 16)).count("1") for key in keys]
    assert abs(sum(bits) / len(bits) - 128) < 5 * 8 / len(bits) ** 0.5


def test_a_page_with_many_sites_has_longer_keys_of_one_length() -> None:
    many = [f"<p>{v * n}</p>\nsame {n}\n" for n in range(1, 50) for v in (1,)]
    made = seal(["".join(many), "".join(many).replace("<p>", "<i>")])
    assert len(made.choices[0]) == 49
    keys = {len(key_in(provisional(made, v, 1))) for v in (0, 1)}
    assert keys == {NONCE + 49}


def test_mixing_takes_as_many_steps_as_promised_and_each_nonce_another_way() -> None:
    assert STEPS >= 100_000
    nonces = [hashlib.md5(bytes([n])).hexdigest() for n in range(64)]
    together = streams(nonces, 100)
    assert together.shape == (64, 100) and together.max() == 15
    assert (streams(nonces[7:8], 40)[0] == together[7, :40]).all()
    assert len({tuple(row[:32]) for row in together.tolist()}) == 64


# ---- copies


def test_any_number_of_copies_none_alike_each_traced() -> None:
    made = seal(FOUR)
    tasks = [("other", seal([page("x"), *FOUR[1:]])), ("mine", made)]
    copies = make_copies(SECRET, [Copy(made, "mine", 2, number) for number in range(40)])
    assert len(set(copies)) == 40 and {opened(copy) for copy in copies} == {FOUR[2]}
    assert make_copies(SECRET, [Copy(made, "mine", 2, 31)]) == [copies[31]]
    assert trace(copies[31], SECRET, tasks, 40) == Traced("mine", 2, 31)
    assert trace(key_in(copies[0]).upper() + "\n", SECRET, tasks, 40) == Traced("mine", 2, 0)
    assert trace(copies[31], SECRET, tasks, 31) is None
    assert trace(copies[3], b"another secret", tasks, 40) is None
    assert make_copies(SECRET, []) == []


def test_damage_is_named_in_a_sentence() -> None:
    made = seal(FOUR)
    (copy,) = make_copies(SECRET, [Copy(made, "mine", 1, 4)])
    key = key_in(copy)
    flipped = key[:NONCE] + f"{int(key[NONCE], 16) ^ 8:x}" + key[NONCE + 1 :]
    with pytest.raises(BadInput, match="key was changed"):
        trace(copy.replace(key, flipped), SECRET, [("mine", made)], 9)
    for changed in (f"{key[:-1]}{int(key[-1], 16) ^ 1:x}", key + "0"):
        with pytest.raises(BadInput, match="key was changed"):
            trace(changed, SECRET, [("mine", made)], 9)
    with pytest.raises(BadInput, match="key of the sealed page is damaged"):
        opened(copy.replace(key, flipped))
    for broken in (key[:-40], key.replace(key[0], "g")):
        with pytest.raises(BadInput, match="key of the sealed page is damaged"):
            key_in(copy.replace(key, broken))
    with pytest.raises(BadInput, match="sealed in format 9, this dojo reads format 1"):
        key_in(copy.replace("dojo seal 1", "dojo seal 9"))
    with pytest.raises(BadInput, match="is damaged"):
        key_in(copy.replace("const pieces=[", "const pieces=("))
    for other in ("", "<p>hello</p>", "\x00", "deadbeef"):
        with pytest.raises(BadInput, match="not a sealed one"):
            key_in(other)
