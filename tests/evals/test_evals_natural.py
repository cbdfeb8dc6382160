"""`dojo eval natural`: what is wrong with an edit is seen, and what a programmer would write is not complained of."""

import csv
import json
import subprocess
import sys

import pytest

from evals.natural.habits import broken
from evals.natural.judge import Pair, pairs_of, told_apart
from evals.natural.trial import changed_lines, made, try_edits
from tasks.record import Edit, Program
from tasks.settings import ROOT, Deployment, ModelSettings, Settings
from tests.evals.made import original
from tests.model.scripted import says, scripted_model

SCRIPT = """const total = 3;
function add(count) {
  let next = total + count;
  if (next > 4) {
    next = next - 1;
    show('many');
  }
  log('a', 'b', 'c');
  log('d', 'e');
  return next * 2 + 1;
}
add(total * 2);
"""
STYLE = "p {\n  color: red;\n  margin: 0;\n}\nli {\n  color: blue;\n  margin: 0;\n  top: 2px;\n}\n"
MARKUP = (
    '<p id="a" class="b"></p>\n<p id="c" class="d"></p>\n<p id="e" class="f"></p>\n<script src="script.js"></script>\n'
)
PAGE = Program.of([("index.html", MARKUP), ("style.css", STYLE), ("script.js", SCRIPT)])


def edit(file, before, after):
    text = PAGE.text(file)
    at = text.index(before)
    return Edit(
        mutator="mine",
        family="function",
        file=file,
        line=text.count("\n", 0, at) + 1,
        start=len(text[:at].encode()),
        before=before,
        after=after,
        strength=1,
        note="It gets worse.",
    )


@pytest.mark.parametrize(
    ("file", "before", "after", "matter"),
    [
        ("script.js", "show('many')", 'show("many")', "quotes"),
        ("script.js", "next = next - 1;", "next = next - 1", "semicolons"),
        ("script.js", "total + count", "total+count", "space round operators"),
        ("script.js", "    show(", "   show(", "indent"),
        ("script.js", "    show(", "\tshow(", "indent"),
        ("script.js", "    show('many');", "    show('many'); ", "space at a line's end"),
        ("script.js", "    show('many');\n", "    show('many');\n\n\n", "blank lines"),
        ("script.js", "    show('many');\n", "    show('many');\r\n", "line ends"),
        ("style.css", "color: red", "color:red", "space behind a colon"),
        ("index.html", '"b"', "'b'", "quotes of attributes"),
    ],
)
def test_a_habit_that_is_broken_is_named(file, before, after, matter):
    one = edit(file, before, after)
    assert made("page", PAGE, one, ()).habits == (matter,)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("script.js", "next > 4", "next >= 4"),
        ("script.js", "    show('many');\n", ""),
        ("script.js", "  log('a', 'b', 'c');", "  setTimeout(() => log('a', 'b', 'c'), 380);"),
        ("style.css", "  color: red;\n", ""),
        ("index.html", ' class="b"', ""),
    ],
)
def test_an_edit_in_the_files_own_way_breaks_none(file, before, after):
    assert made("page", PAGE, edit(file, before, after), ()).habits == ()


def test_a_file_without_a_habit_has_none_to_break():
    mixed = PAGE.replaced("script.js", SCRIPT.replace("'a'", '"a"').replace("'c'", '"c"'))
    assert broken(mixed, mixed.replaced("script.js", mixed.text("script.js").replace("'many'", '"many"'))) == ()


def test_lines_are_counted_as_a_diff_shows_them_and_a_wrong_place_is_seen():
    assert changed_lines("a\nb\nc\n", "a\nB\nc\n") == (1, 1)
    assert changed_lines("a\nb\nc\n", "a\nc\n") == (1, 0)
    one = edit("script.js", "next > 4", "next >= 4")
    assert made("page", PAGE, one, ()).placed
    assert not made("page", PAGE, one.model_copy(update={"start": one.start + 1}), ()).placed


async def test_an_edit_that_breaks_the_page_is_seen_by_the_language_servers():
    edits = [edit("script.js", "return next", "return nxet"), edit("script.js", "next > 4", "next >= 4")]
    bad, good = await try_edits({"page": PAGE}, [("page", one) for one in edits], lambda _: None)
    assert bad.errors and "nxet" in bad.errors[0].message
    assert good.errors == ()


def test_pairs_are_of_two_pages_and_shown_in_either_order():
    pages = {f"p{n}": original(n) for n in range(4)}
    pairs = pairs_of(pages, {}, 24)
    assert len(pairs) == 24
    assert {pair.answer for pair in pairs} == {"A", "B"}
    for pair in pairs:
        name = pair.name.split(",")[0]
        assert pair.edited.program_id != pages[name].program_id
        assert pair.untouched.program_id in {page.program_id for other, page in pages.items() if other != name}
    drafts = {"p0": original(7), "x": original(8)}
    assert {pair.untouched.program_id for pair in pairs_of(pages, drafts, 24)} <= {
        draft.program_id for draft in drafts.values()
    }


async def test_a_model_is_right_where_it_names_the_edited_one_and_asked_once(tmp_path):
    pages = {f"p{n}": original(n) for n in range(3)}
    pairs = pairs_of(pages, {}, 6)
    reply = says(json.dumps({"reasons": "Odd quotes.", "edited": "A"}))
    with scripted_model(reply) as model:
        one = Deployment(name="mine", model="hosted_vllm/mine", api_base=model.url, api_key_env="PATH")
        settings = Settings(model=ModelSettings(timeout_s=20, attempts=1, deployments=(one,)))
        found = await told_apart(pairs, settings, tmp_path / "answers.jsonl", lambda _: None)
        again = await told_apart(pairs, settings, tmp_path / "answers.jsonl", lambda _: None)
    assert found == again == [pair.answer == "A" for pair in pairs]
    assert len(model.requests) == len({(p.edited.program_id, p.untouched.program_id) for p in pairs})
    for pair, (letter, text) in ((p, p.shown["AB".index(p.answer)]) for p in pairs if isinstance(p, Pair)):
        assert letter == pair.answer and text


def test_the_eval_from_end_to_end(tmp_path):
    words = [
        sys.executable,
        "-m",
        "flows.cli",
        "eval",
        "natural",
        "--clean",
        "1",
        "--most",
        "1",
        "--out",
        str(tmp_path),
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as stream:
        table = {row["mutator"]: row for row in csv.DictReader(stream)}
    assert int(table["call"]["edits"]) == 1 and int(table["call"]["misplaced"]) == 0
    with (tmp_path / "edits.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["page"] for row in csv.DictReader(stream)} == {"offline 0"}
    assert "Could a programmer" in (tmp_path / "index.html").read_text("utf-8").replace("could a", "Could a")
    assert "stand-in" in done.stdout


def test_no_pages_are_one_sentence(tmp_path):
    words = [sys.executable, "-m", "flows.cli", "eval", "natural", "--clean", "0", "--out", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "--pages" in done.stderr and done.stderr.count("\n") == 1
