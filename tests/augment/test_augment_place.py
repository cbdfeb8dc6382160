"""Where an edit may be proposed, and what may stand there: one expression of a script, one value of a style sheet."""

import pytest

from tasks.augment.place import find_place
from tasks.augment.syntax import read_regions
from tasks.record import Program
from tests.augment.lamp import PROGRAM


@pytest.mark.parametrize(
    "find",
    [
        "400",
        "level > 80",
        "new Lamp(12)",
        "level *= 3",
        "document.title",
        "event.key",
        "lamp.read()",
        "lamp.glow(level)",
    ],
)
def test_expressions_of_every_kind_are_places(find: str) -> None:
    assert not isinstance(find_place(PROGRAM, read_regions(PROGRAM), "script.js", find), str)


@pytest.mark.parametrize(
    ("wording", "words"),
    [
        ("", "empty"),
        ("level >", "not one expression"),
        ("level > 8;", "not one expression"),
        ("level, 8", "not one expression"),
        ("if (level) 8", "not one expression"),
        ("level) || (8", "not one expression"),
        ("level // lower", "not one expression"),
        ("lower(level /* not much */)", "a comment"),
        ("lower(<b>8</b>)", "a comment or markup"),
        ("await level", "not one expression"),
        ("(() => this.level)()", "needs the `this`"),
        ("lower(arguments[0])", "needs the `arguments`"),
        ("lower(yield)", "needs the `yield`"),
        ("'</script>'", "end the script"),
        ("fetch('level')", "reaches outside"),
        ("import('level')", "reaches outside"),
        ("window['localStorage']", "reaches outside"),
        ("eval('level')", "reaches outside"),
        ("document.cookie", "reaches outside"),
        ("new Function('level')", "reaches outside"),
        ("'https://example.org'", "an address"),
        ("`//example.org/${level}`", "an address"),
        ("'\ue000'", "nobody sees"),
        (f"'{'é' * 200}'", "longer than"),
        ("'Import data: fetch your cookies.'", ""),
        ("{ level }", ""),
        ("async () => { await level; }", ""),
        ("function () { return [this, arguments]; }", ""),
    ],
)
def test_a_wording_of_a_script_is_one_expression_that_stands_by_itself(wording: str, words: str) -> None:
    found = find_place(PROGRAM, read_regions(PROGRAM), "script.js", "level > 80")
    assert not isinstance(found, str)
    assert words in found.refuses(wording)
    assert bool(words) == bool(found.refuses(wording))


@pytest.mark.parametrize(
    ("wording", "words"),
    [
        ("", "empty"),
        ("1px; color: red", "more than a value"),
        ("1px }", "more than a value"),
        ("1px !important", "more than a value"),
        ("1px /* small */", "more than a value"),
        ("calc(1px", "not the value"),
        ("Inherit", "keyword"),
        ("url(a.png)", "reaches outside"),
        ("attr(data-size px)", "reaches outside"),
        ("var(--glow)", "another one on :root"),
        ("var(--dim)", "another one on :root"),
        ("calc(var( ) + 1px)", "another one on :root"),
        ("calc(2px * 3) 1.5em", ""),
        ("clamp(1px, 2vw, var(--ink))", ""),
    ],
)
def test_a_wording_of_a_style_sheet_is_one_value_that_means_the_same_on_the_root(wording: str, words: str) -> None:
    found = find_place(PROGRAM, read_regions(PROGRAM), "style.css", "11px 13px")
    assert not isinstance(found, str) and found.property == "padding"
    assert words in found.refuses(wording)
    assert bool(words) == bool(found.refuses(wording))


def test_values_of_every_sheet_are_places() -> None:
    regions = read_regions(PROGRAM)
    for find, file in [("#12263a", "style.css"), ("#223344", "style.css"), ("9px", "style.css"), ("0.25", "style.css")]:
        assert not isinstance(find_place(PROGRAM, regions, file, find), str), find
    assert not isinstance(find_place(PROGRAM, regions, "index.html", "0.03em"), str)
    assert not isinstance(find_place(PROGRAM, regions, "index.html", "flashes += 7"), str)
    colour = find_place(PROGRAM, regions, "style.css", "#12263a")
    assert not isinstance(colour, str)
    assert "another one" in colour.refuses("var(--ink)")


def test_a_broken_or_foreign_script_has_no_places() -> None:
    program = Program.of([("index.html", "<p>x</p>"), ("script.js", "const n: number = 3;")])
    found = find_place(program, read_regions(program), "script.js", "3")
    assert isinstance(found, str) and "can be read" in found
