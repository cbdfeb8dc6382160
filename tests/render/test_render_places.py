"""The render room names the author's file and line, whatever form a script has in the bundle."""

import pytest

from tasks.record import Program, RenderOrder

in_session = pytest.mark.asyncio(loop_scope="session")
HEAD = "<!DOCTYPE html>\n<html lang=en><head><title>t</title>\n<link rel=stylesheet href=s.css>\n"
THROWS = "const quiet = 1;\n\nnull.x;\n"
BROKEN = "let a = 1;\nlet b = ;\n"
TWICE = "\nlet taken = 1;\n\nlet taken = 2;\n"
RAW = "String.raw`</script>`;\n\nnull.x;\n"


async def errors(pool, head, **files):
    named = {name.replace("_", "."): text for name, text in files.items()}
    page = f"{HEAD}{head}\n</head><body><p>x</p></body></html>\n"
    program = Program.of([("index.html", page), ("s.css", "p {}\n" * 9), *named.items()])
    done = await pool.render(RenderOrder(program=program, checks=()))
    return [(error.kind, error.message.removeprefix("Uncaught "), error.file, error.line) for error in done.errors]


@in_session
@pytest.mark.parametrize(
    "head",
    [
        "<script src=a.js></script>",
        "<script defer src=a.js></script>",
        "<script async src=a.js></script>",
        "<script type=module src=a.js></script>",
        "<script type=module>import './a.js'</script>",
        "<script src=a.js onload='void 0'></script>",
        "<script>console.error</script><script src=b.js></script><script defer src=a.js></script>",
    ],
)
async def test_an_error_is_placed_in_every_form_of_script(pool, head):
    for code, line, name in ((THROWS, 3, "TypeError"), (BROKEN, 2, "SyntaxError"), (TWICE, 4, "SyntaxError")):
        found = await errors(pool, head, a_js=code, b_js="void 0;\n" * 5)
        assert [(file, at) for _, _, file, at in found] == [("a.js", line)], (code, found)
        assert found[0][1].startswith(f"{name}: ") and "append" not in found[0][1]


@in_session
async def test_an_error_is_placed_where_the_text_had_to_be_escaped_or_held_as_an_address(pool):
    for head in ("<script src=a.js></script>", "<script defer src=a.js></script>"):
        assert [one[2:] for one in await errors(pool, head, a_js=RAW)] == [("a.js", 3)]
        assert [one[2:] for one in await errors(pool, head, a_js="'</script>';\n\nnull.x;")] == [("a.js", 3)]


@in_session
async def test_an_error_of_an_inline_script_is_placed_in_the_page(pool):
    head = "<script src=a.js></script><script>\nvoid 0;\nnull.x;\n</script>"
    assert [one[2:] for one in await errors(pool, head, a_js="void 0;\n" * 7)] == [("index.html", 6)]
    broken = "<script>\nvoid 0;\nlet x = ;\n</script>"
    assert [one[2:] for one in await errors(pool, broken)] == [("index.html", 6)]
