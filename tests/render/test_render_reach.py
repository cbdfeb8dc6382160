"""Which code a check runs: what was never called is not in its spans, and offsets are those of the author's bytes."""

import pytest

from tasks.record import Program, RenderOrder
from tasks.render.reach import ran
from tasks.render.serve import PAGE_URL

in_session = pytest.mark.asyncio(loop_scope="session")

SCRIPT = """const grüße = "日本";
let n = 0;
function raise() { n += 1; show(); }
function lower() { n -= 1; show(); }
function show() { document.querySelector("output").textContent = n > 5 ? "many" : `${n}`; }
document.querySelector("#up").addEventListener("click", raise);
document.querySelector("#down").addEventListener("click", lower);
show();
"""
BODY = '<button id="up">Up</button><button id="down">Down</button><output aria-label="Count"></output>'


def press(name):
    return {
        "steps": [{"do": "click", "target": {"role": "button", "name": name}}],
        "expect": [
            {"see": "text", "target": {"css": "output"}, "how": "equals", "value": "1" if name == "Up" else "-1"}
        ],
    }


def covered(reach, text, file="script.js", source=SCRIPT):
    at = source.encode().index(text.encode())
    inside = [span for span in reach.spans if span.file == file and span.start <= at < span.end]
    return bool(inside)


@in_session
async def test_a_check_s_spans_hold_what_it_ran_and_nothing_else(render):
    done = await render(BODY, SCRIPT, checks=[press("Up"), press("Down")], reach=True)
    assert [verdict.value for verdict in done.verdicts] == ["pass", "pass"]
    up, down = done.reached
    assert (up.check_id, down.check_id) == ("c0", "c1")
    assert covered(up, "n += 1") and not covered(up, "n -= 1")
    assert covered(down, "n -= 1") and not covered(down, "n += 1")
    for reach in (up, down):
        assert covered(reach, "grüße") and covered(reach, "show();\n") and not covered(reach, '"many"')


@in_session
async def test_a_script_that_stands_in_the_page_is_told_from_its_neighbours(pool, order):
    page = f"<p>日本</p>{BODY}<script>const never = () => 'é';</script><script>\n{SCRIPT}</script>"
    checks = order("", checks=[press("Up"), press("Down")]).checks
    program = Program.of([("index.html", page)])
    done = await pool.render(RenderOrder(program=program, checks=checks, reach=True))
    assert [verdict.value for verdict in done.verdicts] == ["pass", "pass"]
    up, down = done.reached
    for reach, own, other in ((up, "n += 1", "n -= 1"), (down, "n -= 1", "n += 1")):
        assert covered(reach, own, "index.html", page) and not covered(reach, other, "index.html", page)
        assert covered(reach, "const never", "index.html", page) and not covered(reach, "'é'", "index.html", page)
        assert not covered(reach, "<p>", "index.html", page)


@in_session
async def test_watching_changes_nothing_that_is_measured(render):
    plain = await render(BODY, SCRIPT, checks=[press("Up")])
    watched = await render(BODY, SCRIPT, checks=[press("Up")], reach=True)
    again = await render(BODY, SCRIPT, checks=[press("Up")])
    assert plain.reached == again.reached == ()
    for other in (watched, again):
        assert (other.verdicts, other.quality, other.dom_hash) == (plain.verdicts, plain.quality, plain.dom_hash)


def test_the_innermost_block_holds_and_scripts_of_other_names_do_not_count():
    program = Program.of([("index.html", ""), ("script.js", "abcdefghij")])
    functions = [{"ranges": block(0, 10)["ranges"] + block(2, 8, 0)["ranges"] + block(4, 6, 3)["ranges"]}]
    spans = ran([{"url": "script.js", "functions": functions}, {"url": "other.js", "functions": functions}], program)
    assert [(span.start, span.end) for span in spans] == [(0, 2), (4, 6), (8, 10)]
    assert ran([{"url": "", "functions": functions}], program) == ()


def block(start, end, count=1):
    return {"ranges": [{"startOffset": start, "endOffset": end, "count": count}]}


def test_what_cannot_be_told_has_run():
    page = "<script>abc</script><script>defgh</script><script type='x'>ij</script>"
    program = Program.of([("index.html", page), ("script.js", "abcdefghij")])
    changed = [{"url": "script.js", "functions": [block(0, 90), block(3, 5, 0)]}]
    assert [(span.file, span.start, span.end) for span in ran(changed, program)] == [("script.js", 0, 10)]
    known = {"url": PAGE_URL, "functions": [block(0, 3)]}
    strange = {"url": PAGE_URL, "functions": [block(0, 77)]}
    assert [page[s.start : s.end] for s in ran([known], program)] == ["abc"]
    assert [page[s.start : s.end] for s in ran([known, strange], program)] == ["abc", "defgh", "ij"]


@in_session
@pytest.mark.parametrize(
    "head",
    [
        "<script defer src=script.js></script>",
        "<script type=module src=script.js></script>",
        "<script type=module>import './script.js'</script>",
        "<script defer src=script.js onload='void 0'></script>",
        "<script defer src=script.js></script><script>document.currentScript.id</script>",
    ],
    ids=["defer", "module", "imported", "with a load handler", "with its source told"],
)
async def test_a_check_s_spans_hold_in_every_form_of_script(pool, order, head):
    page = f"<!doctype html><html lang=en><title>t</title>{head}<body>{BODY}"
    script = SCRIPT.replace("let n", "/* </script> */ let n") + "// 😀 String('</script>')\r\n"
    checks = order("", checks=[press("Up"), press("Down")]).checks
    program = Program.of([("index.html", page), ("script.js", script)])
    done = await pool.render(RenderOrder(program=program, checks=checks, reach=True))
    assert [verdict.value for verdict in done.verdicts] == ["pass", "pass"]
    up, down = done.reached
    for reach, own, other in ((up, "n += 1", "n -= 1"), (down, "n -= 1", "n += 1")):
        assert covered(reach, own, source=script) and not covered(reach, other, source=script)
        assert covered(reach, "grüße", source=script) and not covered(reach, '"many"', source=script)
