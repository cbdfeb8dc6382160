from tasks.bundle import bundle, linked_files
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
