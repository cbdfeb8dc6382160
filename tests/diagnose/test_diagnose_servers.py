"""The warm servers, real ones: each kind of fault in its place, silence on pages that work, the killed replaced."""

import asyncio
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tasks.diagnose.pool import find_commands
from tasks.diagnose.servers import Servers
from tasks.errors import Missing, ServerDown
from tasks.record import Diagnostic, Program
from tasks.settings import RepairSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = Path(__file__).parent / "pages"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[Servers]:
    async with Servers(RepairSettings()) as pool:
        yield pool


def program_in(folder: Path) -> Program:
    return Program.of((path.name, path.read_text("utf-8")) for path in folder.iterdir())


def page(script: str = "", body: str = "", style: str = "") -> Program:
    html = (
        '<!DOCTYPE html>\n<html lang="en"><head><title>t</title><link rel="stylesheet" href="style.css"></head>\n'
        f'<body><p id="x"></p>{body}\n<script src="script.js"></script></body></html>\n'
    )
    return Program.of([("index.html", html), ("style.css", style), ("script.js", script)])


async def errors(servers: Servers, program: Program) -> tuple[Diagnostic, ...]:
    return (await servers.diagnose(program)).errors


def told(found: tuple[Diagnostic, ...]) -> list[tuple[str, int, str]]:
    return [(d.file, d.line, d.code) for d in found]


@pytest.mark.parametrize("name", sorted(path.name for path in PAGES.iterdir()))
async def test_a_page_that_works_gives_no_error(servers: Servers, name: str) -> None:
    found = await errors(servers, program_in(PAGES / name))
    assert found == ()


@pytest.mark.parametrize(
    ("script", "line", "code", "words"),
    [
        ("let score = 0;\nscroe += 1;", 2, "TS2552", "score"),
        ("const a = 1;\n\na = 2;", 3, "TS2588", "constant"),
        ("function f() {\n  if (true) {\n}\nf();", 4, "TS1005", "'}' expected"),
        ("let a = 1;\nlet a = 2;", 1, "TS2451", "redeclare"),
        ("const a = 'x';\na();", 2, "TS2349", "not callable"),
        ("const list = [1];\nlist.length();", 2, "TS2349", "not callable"),
        ("console.log(late);\nconst late = 1;", 1, "TS2448", "before its declaration"),
        ("const ctx = document.createElement('canvas').getContext('2d');\nctx.fillRect(0, 0, 1);", 2, "TS2554", "4"),
        ("document.body.addEventListener('click');", 1, "TS2554", "2-3"),
        ("document.getElementByID('x');", 1, "TS2551", "getElementById"),
        ("document.querySelectorAll('p').map((p) => p);", 1, "TS2339", "map"),
        (
            "const c = document.createElement('canvas').getContext('2d');\nc.fillStlye = 'red';",
            2,
            "TS2551",
            "fillStyle",
        ),
        ("const n = 5;\n[1].foreach((x) => x + n);", 2, "TS2551", "forEach"),
        ("class A { go() { return 1; } }\nnew A().goo();", 2, "TS2339", "goo"),
        ("class A {}\nclass B extends A { constructor() { this.x = 1; } }\nnew B();", 2, "TS17009", "super"),
        ("const o = { missing };", 1, "TS18004", "missing"),
        ("await Promise.resolve();", 1, "module-only", "await"),
        ("let n: number = 1;", 1, "TS8010", "TypeScript"),
        ("function add(points) { return points * 2; }\nadd();", 2, "missing-argument", "points"),
        ("function a(o) { return b(o); }\nfunction b(o) { return o.x; }\na();", 3, "missing-argument", "`o`"),
    ],
)
async def test_a_script_that_can_not_run_is_told_with_its_place(
    servers: Servers, script: str, line: int, code: str, words: str
) -> None:
    found = await errors(servers, page(script))
    assert ("script.js", line, code) in told(found)
    assert any(words in d.message for d in found)
    assert all(d.source == "script" for d in found)


@pytest.mark.parametrize(
    "script",
    [
        "const box = document.getElementById('x'); box.value = 1; box.getContext('2d').fillRect(0, 0, 1, 1);",
        "const name = 1, status = 2, event = 3; console.log(name, status, event);",
        "class Node { constructor(a) { this.a = a; } } new Node(1).a;",
        "window.go = () => 1; go(); globalThis['stop'] = () => 2; stop(); Object.assign(window, { run() {} }); run();",
        "x.textContent = 'an element with an id is a global';",
        "count = 1; count += 1; for (key in { a: 1 }) console.log(key);",
        "if (typeof Chart !== 'undefined') new Chart(1);",
        "function f() { return arguments.length; } f(1, 2, 3);",
        "function f(a, b) { return b === undefined ? a : b; } f(1);",
        "function f(a, b) { b = b || 2; return a + b; } f(1);",
        "function f(a, event) { if (event) event.preventDefault(); return a; } f(1);",
        "let cb = () => {}; cb = (n) => n; cb(5);",
        "let picked = ''; picked = [{ go() {} }].find(Boolean); picked.go();",
        "/** @type {Wrong} */ let a = 1; /** @param {number} b */ function f(b) { return b ?? 0; } f(); f('x');",
        "// @ts-check\nconst d = new Date() - new Date(0); console.log(d.foo);",
        "const o = { a: 1, a: 2 }; o.b = 3; o.c?.(); if (o.a);",
        "function Point(x) { this.x = x; } Point.prototype.get = function () { return this.x; }; new Point(1).get();",
        "if (true) { function inner() { return 1; } } inner();",
        "!function () { window.lib = 1; }(); lib.toFixed();",
        "class A { constructor() { Object.assign(this, { go() {} }); } run() { this.go(); } } new A().run();",
        "const re = /[\\w-.]+@|]|{|\\-/g; re.test('a'); const n = 010;",
        "new Promise((resolve) => resolve()).then(() => {}); parseInt(5.5); isNaN('x');",
        "document.startFancyThing && document.startFancyThing(); document.webkitExitFullscreen?.();",
    ],
)
async def test_untidy_code_that_runs_is_no_error(servers: Servers, script: str) -> None:
    assert await errors(servers, page(script)) == ()


async def test_scripts_of_one_page_share_their_names(servers: Servers) -> None:
    body = "<script>const speed = 2;</script>\n<script>function boost() { return speed + base; }</script>"
    assert await errors(servers, page("const base = speed; boost();", body)) == ()


async def test_a_fault_in_an_inline_script_is_told_in_the_page_s_lines(servers: Servers) -> None:
    body = "<script>\n  const a = 1;\n  a = 2;</script><script>let ok = 1; 'é😀'; nope(ok);</script>"
    found = await errors(servers, page("", body))
    assert told(found) == [("index.html", 5, "TS2588"), ("index.html", 5, "TS2304")]
    line = page("", body).files[0].content.split("\n")[4]
    assert line[found[1].column - 1 :].startswith("nope(ok)")


async def test_an_open_bracket_is_not_blamed_on_the_next_script(servers: Servers) -> None:
    found = await errors(servers, page("const fine = 1;", "<script>function f() {</script>"))
    assert {d.file for d in found} == {"index.html"}
    assert found[0].line == 3


async def test_a_module_has_its_own_names_and_sees_the_globals(servers: Servers) -> None:
    body = "<script>const shared = 1;</script><script type='module'>const own = shared; await own;</script>"
    assert await errors(servers, page("", body)) == ()
    found = await errors(servers, page("console.log(own);", body))
    assert told(found) == [("script.js", 1, "TS2304")]


async def test_a_handler_that_no_script_defines(servers: Servers) -> None:
    body = '<button\n onclick="start(1)">a</button><button onclick="strat(\'a&quot;b\')">b</button>'
    found = await errors(servers, page("function start(n) { return n; }", body))
    assert [(d.file, d.line, d.code, d.source) for d in found] == [("index.html", 4, "unknown-handler", "cross")]
    assert "strat" in found[0].message


async def test_a_handler_hidden_in_a_function_is_not_found(servers: Servers) -> None:
    body = '<button onclick="go()">a</button>'
    found = await errors(servers, page("(() => { function go() {} go(); })();", body))
    assert [d.code for d in found] == ["unknown-handler"]


async def test_names_that_a_strict_script_never_declares(servers: Servers) -> None:
    assert [d.code for d in await errors(servers, page("'use strict';\ntotal = 1;"))] == ["TS2304"]


async def test_style_faults_in_files_and_in_the_page(servers: Servers) -> None:
    body = "<style>\n.a { color: ; }</style>"
    found = await errors(servers, page("", body, ".b { color: red\n.c { }"))
    assert ("index.html", 4, "css-propertyvalueexpected") in told(found)
    assert any(d.file == "style.css" and d.line == 2 for d in found)
    assert {d.source for d in found} == {"style"}


async def test_an_unknown_property_is_a_warning_and_a_slip_an_error(servers: Servers) -> None:
    findings = await servers.diagnose(page("", "", "p { corner-colouring: red; }\np { colour: red; }"))
    told = {d.line: (d.code, d.severity) for d in findings.diagnostics}
    assert told == {1: ("unknownProperties", "warning"), 2: ("unknownProperties", "error")}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<div><span>open</div>", "unclosed-tag"),
        ("<button>a</buton>", "unclosed-tag"),
        ("a</section>", "stray-end-tag"),
        ('<p class="a>b</p>', "broken-tag"),
    ],
)
async def test_tags_that_do_not_match(servers: Servers, body: str, code: str) -> None:
    found = await errors(servers, page("", body))
    assert code in [d.code for d in found if d.source == "markup" and d.line in (1, 3)]


async def test_no_page_at_all(servers: Servers) -> None:
    found = await errors(servers, Program.of([("script.js", "let a;")]))
    assert "no-page" in [d.code for d in found]


async def test_the_same_program_gives_the_same_findings(servers: Servers) -> None:
    program = page("scroe();\nconst a = 1; a = 2;", "<i id='x'></i>", "p { color: }")
    assert await servers.diagnose(program) == await servers.diagnose(program)


async def test_no_server_installs_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TypeScript's server asks npm for types at its start, unless it is told not to."""
    called, npm = tmp_path / "called", tmp_path / "npm"
    npm.write_text(f'#!/bin/sh\necho "$@" >> "{called}"\n', "utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    async with Servers(RepairSettings()) as fresh:
        for size in range(60):
            assert await errors(fresh, page(f"const $ = require('lodash'); $.chunk([], {size}); nope();"))
    assert not called.exists(), called.read_text("utf-8")


async def test_a_killed_server_is_replaced(servers: Servers) -> None:
    before = servers.pids
    for pids in before.values():
        os.kill(pids[0], signal.SIGKILL)
    assert told(await errors(servers, page("nope();"))) == [("script.js", 1, "TS2304")]
    after = servers.pids
    assert all(len(after[kind]) == 1 and after[kind] != before[kind] for kind in before)


async def test_a_text_that_no_server_survives_is_an_error_of_the_sample(servers: Servers) -> None:
    program = page("let a = 1;")

    async def kill() -> None:
        """Kill each script server as soon as it is there, twice."""
        killed: set[int] = set()
        while len(killed) < 2:
            for pid in set(servers.pids["script"]) - killed:
                killed.add(pid)
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.001)

    killer = asyncio.create_task(kill())
    try:
        found = (await servers.diagnose(program)).errors
        assert [d.code for d in found] in (["unchecked"], [])
    except ServerDown as error:
        assert "does not start" in str(error)
    await killer
    assert await errors(servers, program) == ()


@pytest.mark.parametrize(
    "script",
    [
        "a = " + "(" * 3000,
        "el.id = " + "'a' + " * 3000 + "b;",
        "if (" + "a && " * 3000 + "b) go();",
        "\ud800 = '\udfff'",
    ],
)
async def test_odd_texts_never_raise(servers: Servers, script: str) -> None:
    findings = await servers.diagnose(page(script, "<div " * 500, "{" * 500))
    assert findings.errors


async def test_a_cancelled_request_leaves_the_pool_usable(servers: Servers) -> None:
    task = asyncio.create_task(servers.diagnose(page("let a = 1;")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await errors(servers, page("let a = 1;")) == ()


async def test_a_hundred_programs_leave_nothing_open(servers: Servers) -> None:
    program = page("", '<button onclick="go()">a</button>', "p { color: red; }")
    took = []
    for number in range(100):
        started = time.perf_counter()
        await servers.diagnose(program.replaced("script.js", f"function go() {{ return {number}; }}\n" * 20))
        took.append(time.perf_counter() - started)
        if number == 20:
            early = {kind: resident(pids[0]) for kind, pids in servers.pids.items()}
    late = {kind: resident(pids[0]) for kind, pids in servers.pids.items()}
    print(f"\nmedian {statistics.median(took) * 1000:.0f} ms a program; resident MB {early} -> {late}")
    assert servers.open_documents == 0
    assert all(late[kind] < early[kind] * 2 + 50 for kind in late)


def resident(pid: int) -> float:
    """MB of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def test_servers_that_are_not_installed_are_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="make setup"):
        find_commands(tmp_path)
