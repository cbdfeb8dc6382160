"""Search/replace edits: exactly once, or with white space ignored, or refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.diagnose.patch import Patch, apply
from tasks.record import Program


def program(script: str) -> Program:
    return Program.of([("index.html", "<p>a</p>"), ("script.js", script)])


def patched(script: str, *pairs: tuple[str, str]) -> tuple[str | None, tuple[str, ...]]:
    done = apply(program(script), [Patch(filename="script.js", search=a, replace=b) for a, b in pairs])
    return done.program.text("script.js"), done.refused


def test_an_exact_place_is_replaced() -> None:
    assert patched("let a = 1;\nlet b = 2;\n", ("b = 2", "b = 3")) == ("let a = 1;\nlet b = 3;\n", ())


def test_later_patches_see_what_earlier_ones_left() -> None:
    assert patched("a", ("a", "b"), ("b", "c")) == ("c", ())


def test_white_space_may_differ_and_the_file_s_indent_is_kept() -> None:
    script = "function f() {\n    if (a) {\n        go();  \n    }\n}\n"
    text, refused = patched(script, ("if (a) {\n  go();\n}", "if (b) {\n    go();\n}"))
    assert refused == ()
    assert text == "function f() {\n    if (b) {\n        go();\n    }\n}\n"
    text, refused = patched("go();\nrest();", ("    go();", "    stop();"))
    assert (text, refused) == ("stop();\nrest();", ())


@pytest.mark.parametrize(
    ("script", "search", "words"),
    [
        ("a\na\n", "a", "2 times"),
        ("aaa", "aa", "2 times"),
        (" x();\n  x();\n", "x();  ", "2 times"),
        ("a", "b", "does not occur"),
        ("a", " \n", "empty"),
        ("a", "a", "changes nothing"),
    ],
)
def test_what_is_not_one_place_is_refused_with_the_reason(script: str, search: str, words: str) -> None:
    text, refused = patched(script, (search, "a" if words == "changes nothing" else "q"))
    assert text == script
    assert len(refused) == 1 and words in refused[0] and refused[0].startswith("Patch 1 of script.js")


@pytest.mark.parametrize("name", ["new.js", "../script.js", "/etc/passwd", "a/script.js", ""])
def test_no_file_is_ever_added(name: str) -> None:
    done = apply(program("a"), [Patch(filename=name, search="a", replace="b")])
    assert done.program == program("a")
    assert "index.html, script.js" in done.refused[0]


def test_one_refused_patch_does_not_hinder_the_others() -> None:
    text, refused = patched("a\nb", ("z", "y"), ("b", "c"))
    assert text == "a\nc"
    assert len(refused) == 1


def test_a_file_does_not_grow_without_bound() -> None:
    text, refused = patched("a", ("a", "x" * 2_000_000))
    assert text == "a" and "exceed" in refused[0]


LINES = st.lists(st.text("ab {}();\t", max_size=6), max_size=8).map("\n".join)


@given(LINES, st.text("ab {}();\n", max_size=8), st.text("xyz\n ", max_size=8))
def test_any_patch_is_applied_once_or_refused(script: str, search: str, replace: str) -> None:
    text, refused = patched(script, (search, replace))
    assert text is not None
    if refused:
        assert text == script
    elif script.count(search) == 1:
        assert text == script.replace(search, replace)


@given(LINES, LINES)
def test_a_unique_line_can_always_be_replaced(before: str, after: str) -> None:
    text, refused = patched(f"{before}\nmarker();\n{after}", ("marker();", "done();"))
    assert (text, refused) == (f"{before}\ndone();\n{after}", ())
