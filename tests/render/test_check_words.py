# ruff: noqa: E501 - a page reads best as its author wrote it
"""Words of the check language that people and models read in more than one way: each means what tasks/check.py says."""

import pytest

from tasks.problem.lint import KEYS
from tests.render.test_check_language import button, passes, sees, verdicts

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIELD = {"label": "Name"}
LOGGED = """
const log = [];
const note = (e) => { log.push(e.type + (e.key ? ":" + e.key : "") + "=" + (e.target.value ?? "")); out.textContent = log.join(" "); };
for (const type of ["keydown", "keyup", "beforeinput", "input", "change"]) n.addEventListener(type, note);
"""
NAMED = '<label>Name <input id="n" value="old"></label><button>Go</button><label>Off <input disabled></label><p id="out"></p>'


def typed(text, target=FIELD):
    return {"do": "type", "target": target, "text": text}


def clicked(name, **more):
    return {"do": "click", "target": button(name), **more}


def see(kind, target, how, **more):
    return {"see": kind, "target": {"css": target}, "how": how, **more}


async def reasons(render, body, script, *checks, style=""):
    return [reason for _, reason in await verdicts(render, body, script, style, checks=list(checks))]


async def test_type_is_one_input_event_and_change_comes_when_the_field_is_left(render):
    once = "beforeinput=old input=new"
    await passes(
        render,
        NAMED,
        LOGGED,
        {"steps": [typed("new")], "expect": [sees("#out", f"{once} change=new")]},
        {"steps": [typed("new"), clicked("Go")], "expect": [sees("#out", f"{once} change=new")]},
        {"steps": [typed("new"), {"do": "press", "key": "Enter"}], "expect": [sees("#out", f"{once} keydown:Enter=new change=new keyup:Enter=new")]},
        {"steps": [typed("one"), typed("two")], "expect": [sees("#out", "beforeinput=old input=one beforeinput=one input=two change=two")]},
        {"steps": [typed("new"), typed("old"), clicked("Go")], "expect": [sees("#out", f"{once} beforeinput=new input=old")]},
        {"steps": [typed("")], "expect": [sees("#out", "beforeinput=old input= change="), {"see": "focus", "target": FIELD}]},
        {"steps": [typed("new")], "expect": [{"see": "focus", "target": FIELD}]},
    )  # fmt: skip


async def test_what_a_page_corrects_or_forbids_stays_so(render):
    body = '<label>Name <input id="n"></label><label>Year <input id="y"></label><p id="out"></p>'
    script = """
    n.oninput = () => { n.value = n.value.toUpperCase(); }; n.onchange = () => { out.textContent = "changed"; };
    y.onbeforeinput = (e) => { if (/\\D/.test(e.data)) e.preventDefault(); };
    """
    year = {"label": "Year"}
    await passes(
        render,
        body,
        script,
        {"steps": [typed("ab")], "expect": [see("value", "#n", "equals", value="AB"), sees("#out", "")]},
        {"steps": [typed("12", year), typed("x", year)], "expect": [see("value", "#y", "equals", value="12")]},
    )


async def test_press_sequentially_adds_key_by_key(render):
    body = '<label>Name <input id="n" value="a" maxlength="3"></label><label>Degrees <input id="d" type="number"></label><p id="out"></p>'
    script = LOGGED + 'd.oninput = () => { out.textContent += d.value + ";"; };'
    one = "keydown:b=a beforeinput=a input=ab keyup:b=ab"
    await passes(
        render,
        body,
        script,
        {"steps": [{"do": "press_sequentially", "target": FIELD, "text": "b"}], "expect": [sees("#out", one + " change=ab")]},
        {"steps": [{"do": "click", "target": FIELD}, {"do": "press_sequentially", "text": "bcd"}], "expect": [see("value", "#n", "equals", value="abc")]},
        {"steps": [{"do": "press_sequentially", "target": {"label": "Degrees"}, "text": "-4.5"}], "expect": [sees("#out", ";-4;;-4.5;"), see("value", "#d", "equals", value="-4.5")]},
    )  # fmt: skip


async def test_on_a_disabled_control_a_step_is_made_and_nothing_comes_of_it(render):
    body = """
    <button id="u" disabled>Undo</button><label>Fixed <input id="f" readonly value="1"></label><label>Off <input id="o" disabled value="2"></label>
    <label>Kind <select id="k"><option>One</option><option disabled>Two</option></select></label><p id="out">0</p>
    <label>Level <input id="r" type="range" disabled></label>
    """
    script = "addEventListener('click', (e) => { out.textContent += e.target.id; }); addEventListener('input', () => { out.textContent += 'i'; });"
    same = see("text", "#out", "unchanged")
    steps = [
        ({"do": "click", "target": button("Undo"), "times": 2}, 'button "Undo" is disabled'),
        (typed("9", {"label": "Fixed"}), 'field labelled "Fixed" is read-only'),
        (typed("9", {"label": "Off"}), 'field labelled "Off" is disabled'),
        ({"do": "press_sequentially", "target": {"label": "Off"}, "text": "9"}, 'field labelled "Off" is disabled'),
        ({"do": "press", "target": {"label": "Off"}, "key": "a"}, 'field labelled "Off" is disabled'),
        ({"do": "choose", "target": {"label": "Kind"}, "option": "Two"}, 'option "Two" of field labelled "Kind" is disabled'),
        ({"do": "drag", "target": {"label": "Level"}, "dx": 30}, 'field labelled "Level" is disabled'),
        ({"do": "hover", "target": button("Undo")}, 'button "Undo" is disabled'),
    ]  # fmt: skip
    held = [see("value", css, "unchanged") for css in ("#f", "#o", "#k", "#r")]
    await passes(render, body, script, *[{"steps": [step], "expect": [same, *held]} for step, _ in steps])
    told = await reasons(render, body, script, *[{"steps": [step], "expect": [sees("#out", "1")]} for step, _ in steps])
    for reason, (_, words) in zip(told, steps, strict=True):
        assert reason == f'text of `#out` is "0" after 500 ms, expected "1"; {words}'


async def test_unchanged_means_as_before_the_steps_at_the_end_of_the_time(render):
    body = '<button id="b" aria-pressed="false">Go</button><button>Flash</button><button>Late</button><ul id="l"><li>A</li></ul><p id="p">A</p><input id="i" value="A"><canvas id="c" width="40" height="40"></canvas>'
    script = """
    const g = c.getContext("2d");
    const set = (on) => { p.textContent = on ? "B" : "A"; i.value = p.textContent; b.setAttribute("aria-pressed", on);
      l.replaceChildren(...(on ? "BB" : "A").split("").map((t) => Object.assign(document.createElement("li"), { textContent: t })));
      g.clearRect(0, 0, 40, 40); if (on) g.fillRect(0, 0, 20, 20); };
    const [go, flash, late] = document.querySelectorAll("button");
    go.onclick = () => set(true); flash.onclick = () => { set(true); setTimeout(() => set(false), 200); }; late.onclick = () => setTimeout(() => set(true), 300);
    """
    same = [
        see("text", "#p", "unchanged"),
        see("value", "#i", "unchanged"),
        see("attribute", "#b", "unchanged", name="aria-pressed"),
        see("count", "li", "unchanged"),
        see("canvas", "#c", "unchanged"),
    ]
    await passes(
        render,
        body,
        script,
        {"steps": [clicked("Flash")], "expect": same},
        {"steps": [clicked("Late")], "expect": same, "within_ms": 100},
        {"steps": [clicked("Flash")], "expect": [*same, sees("#p", "A")]},
        {"steps": [clicked("Flash")], "expect": [sees("#p", "B"), see("count", "li", "equals", n=2)]},
        {"steps": [clicked("Go"), clicked("Flash"), {"do": "wait", "ms": 400}], "expect": same},
    )
    told = await reasons(render, body, script, *[{"steps": [clicked("Late")], "expect": [want]} for want in same])
    assert told == [
        'text of `#p` is "B" after 500 ms, expected "A" as before the steps',
        'value of `#i` is "B" after 500 ms, expected "A" as before the steps',
        'aria-pressed of `#b` is "true" after 500 ms, expected "false" as before the steps',
        "there are 2 of `li` after 500 ms, expected 1 as before the steps",
        "the canvas of `#c` looks different after 500 ms, expected it to be as before the steps",
    ]


async def test_still_means_not_moving_now_and_moving_means_three_pictures_in_a_second(render):
    body = "<canvas id='c' width='60' height='20'></canvas>" + "".join(
        f"<button>{name}</button>" for name in ("Run", "Halt", "Slide", "Blink", "Tick", "Draw")
    )
    script = """
    const g = c.getContext("2d"); let x = 0, on = false;
    const draw = () => { g.clearRect(0, 0, 60, 20); g.fillRect(x++ % 50, 5, 8, 8); };
    (function loop() { if (on) draw(); requestAnimationFrame(loop); })();
    const [run, halt, slide, blink, tick, once] = document.querySelectorAll("button");
    run.onclick = () => { on = true; }; halt.onclick = () => { on = false; }; slide.onclick = () => { on = true; setTimeout(() => { on = false; }, 400); };
    blink.onclick = () => setInterval(draw, 700); tick.onclick = () => setInterval(draw, 250); once.onclick = draw;
    """
    still, moving = see("canvas", "#c", "still"), see("canvas", "#c", "moving")
    changed, same = see("canvas", "#c", "changed"), see("canvas", "#c", "unchanged")
    stopped = [clicked("Run"), {"do": "wait", "ms": 300}, clicked("Halt")]
    await passes(
        render,
        body,
        script,
        {"expect": [still, same]},
        {"steps": stopped, "expect": [still, changed]},
        {"steps": [clicked("Slide")], "expect": [still], "within_ms": 600},
        {"steps": [clicked("Run")], "expect": [moving]},
        {"steps": [clicked("Tick")], "expect": [moving]},
        {"steps": [clicked("Draw")], "expect": [still, changed]},
    )
    told = await reasons(
        render,
        body,
        script,
        {"steps": [clicked("Run")], "expect": [still]},
        {"steps": [clicked("Blink")], "expect": [still]},
        {"steps": [clicked("Slide")], "expect": [still], "within_ms": 100},
        {"steps": stopped, "expect": [same]},
        {"steps": stopped, "expect": [moving]},
        {"steps": [clicked("Blink")], "expect": [moving]},
    )
    rest = "the canvas of `#c` goes on moving, expected the same picture for 1000 ms"
    assert told[:3] == [rest] * 3
    assert "looks different" in told[3]
    assert told[4:] == [
        f"the canvas of `#c` does not move by itself: {n} different pictures in 1000 ms, expected 3 or more"
        for n in (1, 2)
    ]


async def test_the_screenshot_is_taken_at_its_time_whatever_is_watched(render):
    body, script = (
        "<canvas id='c' width='9' height='9'></canvas><p id='t'></p>",
        "let n = 0; setInterval(() => { t.textContent = ++n; }, 100);",
    )
    for how in ("still", "unchanged"):
        result = await render(body, script, checks=[{"expect": [see("canvas", "#c", how)]}])
        assert result.verdicts[0].value == "pass"


async def test_steps_take_no_time_and_waits_count_from_the_step_before(render):
    script = """
    const log = []; let last = null;
    const note = () => { const now = performance.now(); if (last !== null) log.push(Math.round(now - last)); last = now; out.textContent = log.join(" "); };
    b.onclick = note; addEventListener("keydown", note);
    """
    click, wait = clicked("Go"), {"do": "wait", "ms": 1000}
    await passes(
        render,
        '<button id="b">Go</button><p id="out"></p>',
        script,
        {"steps": [click, wait, click, wait, wait, click], "expect": [sees("#out", "1000 2000")]},
        {"steps": [{"do": "press", "key": "s"}, wait, {"do": "press", "key": "s"}], "expect": [sees("#out", "1000")]},
    )


async def test_the_time_allowed_counts_from_the_last_step(render):
    script = "b.onclick = () => setTimeout(() => { o.textContent = 'done'; }, 1500);"
    body = '<button id="b">Go</button><p id="o"></p>'
    steps = [clicked("Go"), {"do": "wait", "ms": 1000}]
    found = await verdicts(
        render,
        body,
        script,
        checks=[
            {"steps": steps, "expect": [sees("#o", "done")], "within_ms": 520},
            {"steps": steps, "expect": [sees("#o", "done")], "within_ms": 400},
            {"steps": [*steps, {"do": "wait", "ms": 600}], "expect": [sees("#o", "done")], "within_ms": 0},
        ],
    )
    assert found == [("pass", ""), ("fail", 'text of `#o` is "" after 1400 ms, expected "done"'), ("pass", "")]


async def test_a_key_goes_to_the_target_to_the_focus_or_to_the_body(render):
    body = '<label>Name <input id="n"></label><button id="g">Go</button><p id="out"></p>'
    script = "addEventListener('keydown', (e) => { out.textContent += (e.target.id || e.target.localName) + ' '; });"
    key = {"do": "press", "key": "a"}
    await passes(
        render,
        body,
        script,
        {"steps": [key], "expect": [sees("#out", "body")]},
        {"steps": [{"do": "click", "target": FIELD}, key], "expect": [sees("#out", "n")]},
        {"steps": [{**key, "target": button("Go")}, key], "expect": [sees("#out", "g g")]},
    )


async def test_keys_by_all_their_names(render):
    script = "addEventListener('keydown', (e) => { out.textContent = [e.key, e.code, e.ctrlKey && 'C', e.shiftKey && 'S', e.altKey && 'A', e.metaKey && 'M'].filter(Boolean).join('|'); });"
    other = {
        "esc": "Escape", "space": " ", "spacebar": " ", "return": "Enter", "del": "Delete", "ins": "Insert", "pgup": "PageUp",
        "pgdn": "PageDown", "up": "ArrowUp", "down": "ArrowDown", "left": "ArrowLeft", "right": "ArrowRight", "ctrl": "Control",
        "option": "Alt", "cmd": "Meta", "command": "Meta", "plus": "+",
    }  # fmt: skip
    wanted = {name: other.get(name.lower(), name) for name in KEYS}
    wanted |= {"ESC": "Escape", "arrow left": "ArrowLeft", "KeyQ": "q", " ": " ", "+": "+", "é": "é"}
    exact = {"Ctrl+z": "z|KeyZ|C", "Control+Shift+ArrowUp": "ArrowUp|ArrowUp|C|S", "Shift+a": "A|KeyA|S", "Meta+Enter": "Enter|Enter|M", "Alt+1": "1|Digit1|A", "Ctrl++": "+|C", "space": "|Space"}  # fmt: skip
    checks = [
        {"steps": [{"do": "press", "key": key}], "expect": [see("text", "#out", "matches", value=f"^{'' if name == ' ' else chr(92) + name if name == '+' else name}(\\||$)")]}
        for key, name in wanted.items()
    ]  # fmt: skip
    checks += [{"steps": [{"do": "press", "key": key}], "expect": [sees("#out", told)]} for key, told in exact.items()]
    for start in range(0, len(checks), 20):
        await passes(render, '<p id="out"></p>', script, *checks[start : start + 20])


async def test_a_drop_down_is_told_by_text_or_by_value(render):
    body = '<label>Kind <select id="k"><option value="">Choose</option><option value="w">Red wine</option><option value="Tea">Coffee</option><option value="c">Tea</option></select></label>'
    kind = {"label": "Kind"}

    def chosen(option, value):
        step = {"do": "choose", "target": kind, "option": option}
        return {"steps": [step], "expect": [{"see": "value", "target": kind, "how": "equals", "value": value}]}

    await passes(
        render, body, "", chosen("w", "w"), chosen("w", "Red wine"), chosen("red WINE", "w"), chosen("Tea", "c")
    )


async def test_a_pattern_may_escape_what_needs_none(render):
    await passes(
        render,
        "<p id='p'>3-1: \"a/b\"</p>",
        "",
        {"expect": [see("text", "#p", "matches", value='^3\\-1\\: \\"a\\/b\\"$')]},
    )


async def test_a_failed_check_says_what_was_there_instead_and_when(render):
    body = """
    <p role="status">Time: 22:45</p><label>Amount <input type="checkbox"></label><p id="gone" hidden>Gone</p><button>Go</button>
    <a id="a" href="#x">Away</a>
    """
    status = {"role": "status"}
    wants = [
        ({"see": "text", "target": status, "how": "equals", "value": "Time: 22:30"}, 'text of status is "Time: 22:45" after 700 ms, expected "Time: 22:30"'),
        ({"see": "visible", "target": {"text": "Time: 22:30"}}, 'there is no text "Time: 22:30" after 700 ms; the nearest is "Time: 22:45"'),
        ({"see": "visible", "target": {"text": "Wholly different"}}, 'there is no text "Wholly different" after 700 ms'),
        ({"see": "value", "target": {"label": "Amounts"}, "how": "changed"}, 'there is no field labelled "Amounts" after 700 ms; the nearest is "Amount"'),
        ({"see": "value", "target": {"label": "Amount"}, "how": "equals", "value": "true"}, 'value of field labelled "Amount" is "false" after 700 ms, expected "true"'),
        ({"see": "visible", "target": {"css": "#gone"}}, "`#gone` is not rendered after 700 ms"),
        ({"see": "visible", "target": status, "visible": False}, "status can be seen after 700 ms, expected it not to be"),
        ({"see": "count", "target": status, "how": "at_least", "n": 2}, "there is 1 status after 700 ms, expected at least 2"),
        ({"see": "count", "target": status, "how": "changed"}, "there is 1 status after 700 ms as before the steps, expected a change"),
        ({"see": "text", "target": status, "how": "changed"}, 'text of status is still "Time: 22:45" after 700 ms, expected a change'),
        ({"see": "attribute", "target": button("Go"), "name": "disabled", "how": "present"}, 'disabled of button "Go" is absent after 700 ms, expected it to be there'),
        ({"see": "focus", "target": status}, "the focus is on `#a` after 700 ms, expected status"),
    ]  # fmt: skip
    steps = [{"do": "click", "target": {"css": "#a"}}, {"do": "wait", "ms": 200}]
    told = await reasons(render, body, "", *[{"steps": steps, "expect": [want]} for want, _ in wants])
    assert told == [words for _, words in wants]


async def test_elements_have_their_roles_unasked(render):
    body = """
    <header><a href="#x">Home</a></header><nav><ul><li>One</li></ul></nav><main><h1>Head</h1><article><p>Text</p></article>
    <section aria-label="Part">s</section><aside>Side</aside><figure>f</figure><hr><output>4</output><img src="data:," alt="Picture">
    <form aria-label="Form"><fieldset><legend>Group</legend><label>T<input></label><label>E<input type="email"></label><label>P<input type="tel"></label>
    <label>S<input type="search"></label><label>N<input type="number"></label><label>R<input type="range"></label><label>C<input type="checkbox"></label>
    <label>O<input type="radio"></label><label>A<textarea></textarea></label><label>D<select><option>First</option></select></label>
    <label>L<select size="3"><option>Second</option></select></label><input type="submit" value="Send"></fieldset></form>
    <progress aria-label="Done" value="1" max="2"></progress><meter aria-label="Level" value="1" max="2"></meter>
    <table><caption>Table</caption><thead><tr><th>Col</th></tr></thead><tbody><tr><th scope="row">Row</th><td>Cell</td></tr></tbody></table>
    <details open><summary>More</summary>d</details><dialog open aria-label="Box">b</dialog><ol><li>Two</li></ol><svg role="img" aria-label="Sign"></svg>
    <menu><li>Three</li></menu><svg aria-label="Chart"></svg><label>W<input type="password"></label><dl><dt>Term</dt><dd>d</dd></dl>
    <table><tr><th>No scope</th><td>1</td></tr><tr><th scope="rowgroup">Scope</th><td>1</td></tr><tr><th scope="colgroup">Scope</th></tr></table>
    </main><footer>Foot</footer>
    """
    counts = {
        "banner": 1, "link": 1, "navigation": 1, "list": 3, "listitem": 3, "main": 1, "heading": 1, "article": 1, "paragraph": 1,
        "region": 1, "complementary": 1, "figure": 1, "separator": 1, "status": 1, "image": 3, "img": 3, "form": 1,
        "textbox": 5, "searchbox": 1, "spinbutton": 1, "slider": 1, "checkbox": 1, "radio": 1, "combobox": 1, "listbox": 1, "option": 2,
        "progressbar": 1, "meter": 1, "table": 2, "rowgroup": 3, "row": 5, "columnheader": 2, "rowheader": 3, "cell": 3, "dialog": 1, "contentinfo": 1,
    }  # fmt: skip
    wants = [{"see": "count", "target": {"role": role}, "how": "equals", "n": n} for role, n in counts.items()]
    wants += [{"see": "visible", "target": {"role": role, "name": name}} for role, name in [("button", "Send"), ("group", "Group"), ("region", "Part"), ("table", "Table")]]  # fmt: skip
    told = await reasons(render, body, "", *[{"expect": [want]} for want in wants])
    assert [reason for reason in told if reason] == []
