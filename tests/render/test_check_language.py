# ruff: noqa: E501 - a page reads best as its author wrote it
"""Every step and every expectation of the check language, on small pages in a real browser."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")


def button(name):
    return {"role": "button", "name": name}


def sees(css, value, how="equals"):
    return {"see": "text", "target": {"css": css}, "how": how, "value": value}


async def verdicts(render, *given, **more):
    result = await render(*given, **more)
    assert result.outcome == "ok"
    return [(v.value, v.reason) for v in result.verdicts]


async def passes(render, body, script, *checks, style=""):
    found = await verdicts(render, body, script, style, checks=list(checks))
    assert [value for value, _ in found] == ["pass"] * len(checks), found


async def test_clicks_go_through_the_whole_sequence_of_events(render):
    script = """
    const log = [];
    for (const type of ["pointerdown", "mousedown", "focus", "pointerup", "mouseup", "click", "dblclick"])
      b.addEventListener(type, (e) => { log.push(type); out.textContent = log.join(" "); });
    """
    once = "pointerdown mousedown focus pointerup mouseup click"
    twice = once + " pointerdown mousedown pointerup mouseup click dblclick"
    await passes(
        render,
        '<button id="b">Go</button><p id="out"></p>',
        script,
        {"steps": [{"do": "click", "target": button("go")}], "expect": [sees("#out", once)]},
        {"steps": [{"do": "click", "target": button("Go"), "times": 2}], "expect": [sees("#out", twice)]},
    )


async def test_default_actions_of_clicks(render):
    body = """
    <label><input type="checkbox" id="box"> Loud</label>
    <details><summary>More</summary><p>Hidden text</p></details>
    <form id="f"><label for="q">Query</label><input id="q"><button>Send</button></form><p id="out"></p>
    <a href="#out">Down</a>
    """
    script = 'f.onsubmit = (e) => { e.preventDefault(); out.textContent = "sent " + q.value; };'
    loud = {"role": "checkbox", "name": "Loud"}
    await passes(
        render,
        body,
        script,
        {
            "steps": [{"do": "click", "target": {"text": "Loud"}}],
            "expect": [{"see": "value", "target": loud, "how": "equals", "value": "true"}],
        },
        {
            "steps": [{"do": "click", "target": {"text": "More"}}],
            "expect": [{"see": "visible", "target": {"text": "Hidden text"}}],
        },
        {"expect": [{"see": "visible", "target": {"text": "Hidden text"}, "visible": False}]},
        {"steps": [{"do": "click", "target": button("Send")}], "expect": [sees("#out", "sent")]},
        {
            "steps": [{"do": "type", "target": {"label": "Query"}, "text": "tea"}, {"do": "press", "key": "Enter"}],
            "expect": [sees("#out", "sent tea"), {"see": "focus", "target": {"role": "textbox", "name": "Query"}}],
        },
        {"steps": [{"do": "click", "target": {"role": "link", "name": "Down"}}], "expect": [sees("#out", "")]},
    )


async def test_a_form_that_reloads_the_page_fails_and_says_so(render):
    found = await verdicts(
        render,
        "<form><button>Send</button></form><a href='other.html'>Away</a>",
        checks=[
            {"steps": [{"do": "click", "target": button("Send")}], "expect": [sees("form", "Send")]},
            {"steps": [{"do": "click", "target": {"text": "Away"}}], "expect": [sees("form", "Send")]},
        ],
    )
    assert [value for value, _ in found] == ["fail", "fail"]
    assert "reloads the page" in found[0][1]
    assert "leaves the page" in found[1][1]


async def test_keys_and_focus(render):
    body = """
    <button id="a">First</button><label for="r">Size</label><input id="r" type="range" min="0" max="10" value="5">
    <label for="n">Amount</label><input id="n" type="number" value="3">
    <label for="s">Kind</label><select id="s"><option>One</option><option>Two</option></select>
    <dialog id="d" aria-label="Box"><button>Close me</button></dialog><p id="out">0</p>
    """
    script = """
    let n = 0, left = false, seen = 0;
    a.onclick = () => { out.textContent = ++n; };
    r.oninput = () => { out.textContent = "r" + r.value; };
    addEventListener("keydown", (e) => { if (e.key === "ArrowLeft" && e.target === document.body) left = true; if (e.key === "o") d.showModal(); });
    addEventListener("keyup", () => { left = false; });
    (function poll() { if (left) { seen++; out.textContent = "held"; } requestAnimationFrame(poll); })();
    """
    await passes(
        render,
        body,
        script,
        {
            "steps": [{"do": "press", "key": "Enter", "target": button("First"), "times": 2}],
            "expect": [sees("#out", "2")],
        },
        {"steps": [{"do": "press", "key": " ", "target": button("First")}], "expect": [sees("#out", "1")]},
        {"steps": [{"do": "press", "key": "ArrowLeft"}], "expect": [sees("#out", "held")]},
        {
            "steps": [{"do": "press", "key": "ArrowUp", "target": {"label": "Size"}, "times": 3}],
            "expect": [
                sees("#out", "r8"),
                {"see": "value", "target": {"label": "Size"}, "how": "equals", "value": "8"},
            ],
        },
        {
            "steps": [{"do": "press", "key": "ArrowDown", "target": {"label": "Amount"}}],
            "expect": [{"see": "value", "target": {"label": "Amount"}, "how": "equals", "value": "2"}],
        },
        {
            "steps": [{"do": "press", "key": "ArrowDown", "target": {"label": "Kind"}}],
            "expect": [{"see": "value", "target": {"label": "Kind"}, "how": "equals", "value": "Two"}],
        },
        {
            "steps": [{"do": "press", "key": "Tab"}, {"do": "press", "key": "Tab"}],
            "expect": [{"see": "focus", "target": {"role": "slider", "name": "Size"}}],
        },
        {
            "steps": [{"do": "press", "key": "o"}],
            "expect": [{"see": "visible", "target": {"role": "dialog", "name": "Box"}}],
        },
        {
            "steps": [{"do": "press", "key": "o"}, {"do": "press", "key": "Escape"}],
            "expect": [{"see": "visible", "target": {"role": "dialog", "name": "Box"}, "visible": False}],
        },
    )


async def test_typing_and_choosing(render):
    body = """
    <label>Name <input id="n" maxlength="4" value="old"></label><label>Note <textarea id="t"></textarea></label>
    <label for="p">Power</label><input id="p" type="range" max="50"><label for="day">Day</label><input type="date" id="day">
    <label for="k">Kind</label><select id="k"><option value="1">Red wine</option><option value="2">Tea</option></select>
    <div role="textbox" aria-label="Free" contenteditable="true"></div><p id="out"></p><p id="keys"></p>
    """
    script = """
    const say = (x) => { out.textContent = x; };
    n.oninput = () => say("typing " + n.value); n.onkeydown = (e) => { keys.textContent += e.key; };
    t.onchange = () => say("done " + t.value); p.oninput = () => say(p.value); k.onchange = () => say(k.value);
    """

    def typed(label, text, expect):
        return {"steps": [{"do": "type", "target": {"label": label}, "text": text}], "expect": expect}

    await passes(
        render,
        body,
        script,
        typed("name", "abcdef", [sees("#out", "typing abcd"), sees("#keys", "")]),
        typed("Note", "hi", [sees("#out", "done hi")]),
        typed("Power", "40", [sees("#out", "40")]),
        typed(
            "Day", "2026-02-03", [{"see": "value", "target": {"label": "Day"}, "how": "equals", "value": "2026-02-03"}]
        ),
        typed("Free", "air", [{"see": "value", "target": {"label": "Free"}, "how": "changed"}]),
        {
            "steps": [{"do": "choose", "target": {"label": "Kind"}, "option": "tea"}],
            "expect": [
                sees("#out", "2"),
                {"see": "value", "target": {"label": "Kind"}, "how": "equals", "value": "Tea"},
            ],
        },
    )


async def test_hover_uses_the_real_mouse(render):
    await passes(
        render,
        '<button id="b">Tip</button><p id="tip">Help text</p><p id="out"></p>',
        'b.onmouseenter = () => { out.textContent = "in"; };',
        {
            "steps": [{"do": "hover", "target": button("Tip")}],
            "expect": [{"see": "visible", "target": {"css": "#tip"}}, sees("#out", "in")],
        },
        {"expect": [{"see": "visible", "target": {"css": "#tip"}, "visible": False}]},
        style="#tip { display: none } #b:hover + #tip { display: block }",
    )


async def test_drag_by_pointer_by_drop_and_by_slider(render):
    body = """
    <div id="ball" role="img" aria-label="Ball"></div>
    <div id="card" draggable="true">Card</div><div id="bin" role="region" aria-label="Bin">Bin</div>
    <label for="v">Volume</label><input id="v" type="range" value="0"><p id="out"></p>
    """
    script = """
    let from = null;
    ball.onpointerdown = (e) => { from = e.clientX; ball.setPointerCapture(e.pointerId); };
    ball.onpointermove = (e) => { if (from !== null) ball.style.left = (e.clientX - from) + "px"; };
    ball.onpointerup = () => { from = null; out.textContent = "ball " + Math.round(parseFloat(ball.style.left)); };
    card.ondragstart = (e) => e.dataTransfer.setData("text/plain", "card");
    bin.ondragover = (e) => e.preventDefault();
    bin.ondrop = (e) => { e.preventDefault(); out.textContent = "got " + e.dataTransfer.getData("text/plain"); };
    """
    style = "#ball { position: relative; width: 40px; height: 40px; background: navy } #bin { margin-top: 80px; padding: 30px }"
    await passes(
        render,
        body,
        script,
        {
            "steps": [{"do": "drag", "target": {"role": "img", "name": "Ball"}, "dx": 120}],
            "expect": [sees("#out", "ball 120")],
        },
        {
            "steps": [{"do": "drag", "target": {"text": "Card"}, "to": {"role": "region", "name": "Bin"}}],
            "expect": [sees("#out", "got card")],
        },
        {
            "steps": [{"do": "drag", "target": {"label": "Volume"}, "dx": 400}],
            "expect": [{"see": "value", "target": {"label": "Volume"}, "how": "equals", "value": "100"}],
        },
        style=style,
    )


async def test_waiting_and_resizing(render):
    await passes(
        render,
        '<p id="t">0</p><p id="w">Wide</p>',
        "let n = 0; setInterval(() => { t.textContent = ++n; }, 1000);",
        {"steps": [{"do": "wait", "ms": 5000}], "expect": [sees("#t", "5")]},
        {
            "steps": [{"do": "resize", "width": 400, "height": 700}],
            "expect": [{"see": "visible", "target": {"css": "#w"}, "visible": False}],
        },
        {"expect": [{"see": "visible", "target": {"css": "#w"}}]},
        style="@media (max-width: 500px) { #w { display: none } }",
    )


async def test_expectations_on_text_attributes_counts_and_canvases(render):
    body = """
    <button id="b" aria-pressed="false">Add</button><ul id="l"><li>One</li></ul><p id="p">Price 5</p>
    <canvas id="still" width="60" height="40"></canvas><canvas id="runs" width="60" height="40"></canvas>
    <button disabled>Later</button>
    """
    script = """
    const g = document.getElementById("still").getContext("2d"), h = runs.getContext("2d");
    b.onclick = () => { l.append(Object.assign(document.createElement("li"), { textContent: "Two" })); p.textContent = "Price 7";
      b.setAttribute("aria-pressed", "true"); g.fillRect(0, 0, 20, 20); };
    let x = 0; (function loop() { h.clearRect(0, 0, 60, 40); h.fillRect(x++ % 50, 5, 8, 8); requestAnimationFrame(loop); })();
    """
    click = [{"do": "click", "target": button("Add")}]
    item, still, runs = {"role": "listitem"}, {"css": "#still"}, {"css": "#runs"}
    add = button("Add")
    good = [
        {"see": "text", "target": {"css": "#p"}, "how": "changed"},
        {"see": "text", "target": {"css": "#p"}, "how": "contains", "value": "7"},
        {"see": "text", "target": {"css": "#p"}, "how": "matches", "value": "^Price \\d$"},
        {"see": "count", "target": item, "how": "equals", "n": 2},
        {"see": "count", "target": item, "how": "at_least", "n": 2},
        {"see": "count", "target": item, "how": "at_most", "n": 2},
        {"see": "count", "target": item, "how": "changed"},
        {"see": "attribute", "target": add, "name": "aria-pressed", "how": "equals", "value": "true"},
        {"see": "attribute", "target": add, "name": "aria-pressed", "how": "changed"},
        {"see": "attribute", "target": button("Later"), "name": "disabled", "how": "present"},
        {"see": "attribute", "target": add, "name": "disabled", "how": "absent"},
        {"see": "canvas", "target": still, "how": "changed"},
        {"see": "canvas", "target": runs, "how": "moving"},
    ]
    bad = [
        (
            {"see": "text", "target": {"css": "#p"}, "how": "equals", "value": "Price 5"},
            'is "Price 7" after 500 ms, expected "Price 5"',
        ),
        ({"see": "count", "target": item, "how": "equals", "n": 3}, "there are 2 of listitem after 500 ms, expected 3"),
        ({"see": "attribute", "target": add, "name": "aria-pressed", "how": "equals", "value": "false"}, 'is "true"'),
        ({"see": "canvas", "target": still, "how": "unchanged"}, "looks different after 500 ms"),
        ({"see": "canvas", "target": still, "how": "moving"}, "does not move by itself"),
        ({"see": "visible", "target": button("Stop")}, 'the page\'s buttons are "Add", "Later"'),
        ({"see": "focus", "target": {"css": "#p"}}, "the focus is on `#b`"),
        ({"see": "text", "target": {"css": "#p"}, "how": "matches", "value": "("}, "not a regular expression"),
    ]
    groups = [good[n : n + 6] for n in range(0, len(good), 6)]
    checks = [{"steps": click, "expect": group} for group in groups]
    checks += [{"steps": click, "expect": [want]} for want, _ in bad]
    found = await verdicts(render, body, script, checks=checks)
    assert [value for value, _ in found] == ["pass"] * len(groups) + ["fail"] * len(bad), found
    for (_, reason), (_, words) in zip(found[len(groups) :], bad, strict=True):
        assert words in reason


async def test_what_a_person_can_not_do_fails_with_the_reason(render):
    body = """
    <button id="b">Under</button><div id="veil"></div><button disabled>Off</button>
    <label>Fixed <input readonly value="1"></label><select aria-label="Kind"><option>One</option></select>
    """
    style = (
        "#b { position: absolute; top: 10px; left: 10px } #veil { position: absolute; inset: 0 0 auto 0; height: 90px }"
    )
    script = 'b.onclick = () => { b.textContent = "Clicked"; };'
    steps = [
        ({"do": "click", "target": button("Under")}, "is covered by `#veil`"),
        ({"do": "click", "target": button("Off")}, 'button "Off" is disabled'),
        ({"do": "type", "target": {"label": "Fixed"}, "text": "2"}, "is read-only"),
        (
            {"do": "choose", "target": {"role": "combobox", "name": "Kind"}, "option": "Six"},
            'has no option "Six"; it has "One"',
        ),
        ({"do": "click", "target": button("Nowhere")}, 'there is no button "Nowhere"'),
    ]
    checks = [{"steps": [step], "expect": [sees("#b", "Clicked")]} for step, _ in steps]
    found = await verdicts(render, f"{body}", script, style, checks=checks)
    for (value, reason), (_, words) in zip(found, steps, strict=True):
        assert value == "fail"
        assert words in reason


async def test_an_effect_within_the_time_allowed_passes_and_a_later_one_fails(render):
    script = 'b.onclick = async () => { await new Promise((r) => setTimeout(r, 400)); o.textContent = "late"; };'
    step = [{"do": "click", "target": button("Go")}]
    found = await verdicts(
        render,
        '<button id="b">Go</button><p id="o"></p>',
        script,
        checks=[
            {"steps": step, "expect": [sees("#o", "late")], "within_ms": 500},
            {"steps": step, "expect": [sees("#o", "late")], "within_ms": 200},
        ],
    )
    assert [value for value, _ in found] == ["pass", "fail"]


async def test_every_check_starts_on_a_fresh_page_without_storage(render):
    script = """
    let kept = "none";
    try { kept = localStorage.getItem("x") ?? "empty"; localStorage.setItem("x", "y"); } catch { kept = "refused"; }
    o.textContent = kept; b.onclick = () => { b.textContent = "Stop"; };
    """
    step = [{"do": "click", "target": button("Start")}]
    await passes(
        render,
        '<button id="b">Start</button><p id="o"></p>',
        script,
        *[{"steps": step, "expect": [sees("#b", "Stop"), sees("#o", "refused")]}] * 2,
    )
