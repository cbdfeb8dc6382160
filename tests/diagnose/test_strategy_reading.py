"""What a plan can read off a program: exact, bounded, and an answer in words to what can't be answered."""

import pytest

from tasks.diagnose.strategy import reading
from tasks.diagnose.strategy.reading import lines, outline, search, syntax
from tasks.record import Program

PAGE = """<!doctype html>
<link rel="stylesheet" href="style.css">
<main id="x"><button onclick="go()">Go</button>
<script>
let a = ;
function inPage() {}
</script></main>
<script src="script.js"></script>
"""
STYLE = "body { margin: 0 }\n.lamp { color: red }\n"
SCRIPT = """function go() {
  const a = light(1, 'x';
  if (a) { b(); }
}
(() => {
  function inner(a, b) { return 1 }
})();
"""
PROGRAM = Program.of([("index.html", PAGE), ("style.css", STYLE), ("script.js", SCRIPT), ("notes.txt", "x")])


def test_lines_are_numbered_as_in_diagnostics() -> None:
    assert lines(PROGRAM, "script.js", 2, 3) == "2 |   const a = light(1, 'x';\n3 |   if (a) { b(); }"
    assert lines(PROGRAM, "script.js", 3, 2) == lines(PROGRAM, "script.js", 2, 3)
    assert lines(PROGRAM, "notes.txt", 0, 9) == "1 | x"


def test_what_is_not_there_is_said_with_what_is() -> None:
    there = "the files are index.html, style.css, script.js, notes.txt"
    for answer in (lines(PROGRAM, "app.js", 1, 2), syntax(PROGRAM, "app.js", 1)):
        assert "There is no file 'app.js'" in answer and there in answer
    assert lines(PROGRAM, "script.js", 50, 60) == syntax(PROGRAM, "script.js", 50) == "script.js has 8 lines."
    assert syntax(PROGRAM, "script.js", 0) == "script.js has 8 lines."
    assert syntax(PROGRAM, "notes.txt", 1).startswith("There is no grammar for notes.txt")
    assert search(PROGRAM, "zebra") == "Nowhere."
    assert search(PROGRAM, "") == "There is no text to search for."


def test_the_tree_shows_what_a_line_lies_in_and_what_is_missing() -> None:
    told = syntax(PROGRAM, "script.js", 2).split("\n")
    assert [line.split("  ")[0] for line in (row.strip() for row in told[:5])] == [
        "program 1:1-8:1",
        "function_declaration 1:1-4:2",
        "statement_block 1:15-4:2",
        "lexical_declaration 2:3-2:26",
        "variable_declarator 2:9-2:25",
    ]
    assert told[3].startswith("      lexical_declaration") and told[3].endswith("const a = light(1, 'x';")
    assert told[-2:] == ["The parser found no sense in the file at:", "  MISSING ) at 2:25"]
    assert "if_statement" not in "\n".join(told)


def test_a_script_in_the_page_is_shown_as_a_script_at_the_page_s_lines() -> None:
    told = syntax(PROGRAM, "index.html", 5)
    assert told.startswith("program 5:1") and "  ERROR 5:9-5:10  ;" in told
    markup = syntax(PROGRAM, "index.html", 3)
    assert markup.startswith("document 1:1") and 'attribute 3:22-3:36  onclick="go()"' in markup
    assert "pseudo" not in syntax(PROGRAM, "style.css", 2)
    assert "property_name 2:9-2:14  color" in syntax(PROGRAM, "style.css", 2)


def test_a_search_finds_every_file_and_tells_a_matter_of_case() -> None:
    assert search(PROGRAM, "go()") == (
        'In 2 lines:\nindex.html:3: <main id="x"><button onclick="go()">Go</button>\nscript.js:1: function go() {'
    )
    assert search(PROGRAM, ".LAMP") == "Nowhere; if case is ignored, in 1 line:\nstyle.css:2: .lamp { color: red }"
    assert search(PROGRAM, "}\n(() =>") == "In 1 line:\nscript.js:4: }"


def test_the_outline_says_what_stands_where() -> None:
    assert outline(PROGRAM).split("\n") == [
        "index.html, 9 lines:",
        '  3: <main id="x">',
        "  5-6: let a = ;",
        "  6: function inPage() {}",
        "style.css, 3 lines:",
        "  1: body { margin: 0 }",
        "  2: .lamp { color: red }",
        "script.js, 8 lines:",
        "  1-4: function go() {",
        "  5-7: (() => {",
        "  6: function inner(a, b) { return 1 }",
        "notes.txt, 1 line:",
    ]


def test_everything_is_bounded() -> None:
    many = "".join(f"function f{number}() {{ call(); }}\n" for number in range(1, 500))
    long = Program.of([("index.html", "<p>"), ("script.js", many)])
    told = lines(long, "script.js", 1, 400).split("\n")
    assert len(told) == reading.MOST_LINES + 1 and told[-1].endswith("script.js has 500.")
    assert len(lines(long, "script.js", 1, reading.MOST_LINES).split("\n")) == reading.MOST_LINES
    hits = search(long, "call").split("\n")
    assert hits[0] == "In 499 lines:" and len(hits) == reading.MOST_HITS + 2
    assert hits[-1] == f"… the first {reading.MOST_HITS} of 499."
    assert outline(long).count("\n") <= reading.MOST_MARKS + 4

    wide = Program.of([("index.html", "x" * 5_000 + "needle" + "y" * 5_000), ("script.js", "f(" * 2_000)])
    assert "needle" in search(wide, "needle") and len(search(wide, "needle")) < 300
    assert len(lines(wide, "index.html", 1, 1)) < 250
    assert len(syntax(wide, "script.js", 1).split("\n")) <= reading.MOST_NODES + 10

    huge = Program.of([("index.html", "<p>"), ("script.js", "f();\n" * 50_000)])
    assert "too long for a syntax tree" in syntax(huge, "script.js", 1)
    assert outline(huge) == "index.html, 1 line:\nscript.js, 50,001 lines:"


@pytest.mark.parametrize("text", ["", "\r\n\x00", "\ud800 alone", "}{" * 200, "<" * 300, "`${" * 200])
@pytest.mark.parametrize("name", ["index.html", "style.css", "script.js"])
def test_no_text_is_too_strange_to_be_read(text: str, name: str) -> None:
    program = Program.of([("index.html", "<p>"), (name, text)] if name != "index.html" else [(name, text)])
    assert lines(program, name, 1, 9).startswith("1 |")
    assert syntax(program, name, 1)
    assert search(program, "{")
    assert name in outline(program)
