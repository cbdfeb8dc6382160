import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.bundle import bundle, linked_files, used_files
from tasks.document.assembly import assemble
from tasks.record import Program

PAGE = '<!doctype html><link rel="stylesheet" href="./style.css"><body><script src="script.js"></script></body>'


def test_linked_files_are_put_in_and_scripts_name_their_file():
    page = bundle(Program.of([("index.html", PAGE), ("style.css", "p { color: red }"), ("script.js", "let a = 1;")]))
    assert "<style>\np { color: red }\n</style>" in page
    assert "<script>let a = 1;\n//# sourceURL=script.js\n</script>" in page
    assert "href" not in page


def test_a_script_that_holds_the_end_of_a_script_stays_one():
    page = bundle(Program.of([("index.html", PAGE), ("script.js", 'let a = "</script><b>";')]))
    assert page.count("</script>") == 1
    assert r"<\/script>" in page


def test_what_the_program_does_not_hold_stays_as_it_is():
    page = '<script src="https://cdn.test/x.js"></script><script src="gone.js"></script>'
    assert bundle(Program.of([("index.html", page)])) == page
    assert linked_files(page) == {"gone.js"}
    assert linked_files(PAGE) == {"style.css", "script.js"}


def test_a_deferred_script_stays_readable_and_waits():
    head = '<script defer id="app" src="script.js"></script>'
    page = bundle(Program.of([("index.html", f"<!doctype html>{head}<p>x"), ("script.js", "const a = 1;")]))
    assert '<script defer id="app" type=";defer">const a = 1;\n//# sourceURL=script.js\n</script><p>x' in page
    assert page.count("data-starter>") == 1 and page.endswith("</script>")


def test_a_page_of_one_file_is_left_as_it_is():
    page = "<!doctype html>\n<title>é</title><style>p { color: red }</style><script>let a = '<b>';</script>\n"
    assert bundle(Program.of([("index.html", page)])) == page


def test_the_files_that_a_page_comes_to_are_used_by_whatever_way():
    files = {
        "index.html": "<!-- old.js --><link rel=stylesheet href=s.css><script type=module src=a.js></script>",
        "s.css": "@import 't.css'; p { background: url('i.svg') }",
        "t.css": "",
        "i.svg": "<svg/>",
        "a.js": "import './b.mjs'; img.src = 'j.svg'",
        "b.mjs": "",
        "j.svg": "<svg/>",
        "old.js": "",
        "other.css": "",
    }
    assert set(files) - used_files(Program.of(files.items())) == {"old.js", "other.css"}


def test_sheets_that_import_each_other_twice_and_images_named_thousands_of_times_end():
    sheets = [(f"s{n}.css", f"@import 's{n + 1}.css'; @import 's{n + 1}.css' screen;") for n in range(40)]
    head = "<link rel=stylesheet href=s0.css>" + "<img src=i.svg>" * 3000
    page = bundle(Program.of([("index.html", head), ("i.svg", "<svg>" + " " * 100_000 + "</svg>"), *sheets]))
    assert len(page) < 5_000_000


@pytest.mark.parametrize(
    "text",
    [
        "<a " + "b " * 100_000 + ">",
        "<img srcset='" + "," * 200_000 + "'>",
        "<a" * 100_000,
        "<textarea>" * 50_000,
        "<svg><style>" * 30_000,
        "<script>" + "<!--<script>" * 50_000,
        "<!doctype html>é" + "<p title=é>" * 40_000,
    ],
    ids=["attributes", "commas", "unclosed", "text areas", "svg", "escapes", "not ascii"],
)
def test_a_hostile_page_is_read_in_time_that_grows_with_its_length(text):
    half = Program.of([("index.html", text[: len(text) // 8])])
    bundle(half)  # once, so that what is loaded at the first time does not count
    started = time.process_time()
    bundle(Program.of([("index.html", text[: len(text) // 4])]))
    quarter = time.process_time() - started
    started = time.process_time()
    bundle(Program.of([("index.html", text)]))
    assert time.process_time() - started < 12 * quarter + 1


def test_forty_comments_before_the_first_statement_cost_nothing():
    script = "/* a */ " * 5_000 + "currentScript"
    page = bundle(Program.of([("index.html", "<script src=a.js></script>"), ("a.js", script)]))
    assert "sourceURL=a.js" in page


markup = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<!--", "-->", "<script>", "</script>", "<script defer src=a.js>", "<style>", "</style>"),
            *("<title>", "</title>", "<svg>", "</svg>", "<template>", "</template>", "'", '"', "<b a=", ">", "é", "<"),
            *("<link rel=stylesheet href=s.css>", "<textarea>", "<noscript>", "&amp;", "<base href=x/>", "\r\n", "</"),
        ]
    )
)


@given(markup)
def test_any_text_is_bundled_and_what_is_the_author_s_keeps_its_place(pieces):
    files = {"index.html": "".join(pieces), "a.js": "let a = '</script>';\r\na", "s.css": "p { color: red }"}
    whole = assemble(Program.of(files.items()))
    for part in whole.parts:
        if part.file:
            own = files[part.file][part.at : part.at + max(len(part.text), 2)]
            assert own.replace("\r\n", "\n").startswith(part.text)
