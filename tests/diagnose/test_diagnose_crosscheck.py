"""Ids, classes, files that exist on one side only; and what a page must not do."""

import pytest

from tasks.diagnose import crosscheck, policy
from tasks.diagnose.lookup import look
from tasks.diagnose.page import read
from tasks.record import Diagnostic, Program


def program(body: str, script: str = "", style: str = "") -> Program:
    html = (
        '<!DOCTYPE html><html><head><link rel="stylesheet" href="style.css"></head>\n'
        f'<body>{body}\n<script src="script.js"></script></body></html>'
    )
    return Program.of([("index.html", html), ("style.css", style), ("script.js", script)])


def cross(body: str, script: str = "", style: str = "", severity: str = "error") -> list[Diagnostic]:
    made = program(body, script, style)
    page = read(made)
    return [d for d in crosscheck.check(made, page, look(page)) if d.severity == severity]


def forbidden(body: str, script: str = "", style: str = "") -> list[Diagnostic]:
    return policy.check(read(program(body, script, style)))


@pytest.mark.parametrize(
    "script",
    [
        "document.getElementById('scroe').textContent = 1;",
        "document.querySelector('#scroe').textContent = 1;",
        "document.querySelector('main #scroe > .row').x = 1;",
        "const $ = (id) => document.getElementById(id); $('scroe').x = 1;",
        "function find(selector, root = document) { return root.querySelector(selector); } find('#scroe').x = 1;",
        "const $ = document.querySelector.bind(document); $('#scroe').x = 1;",
        "const label = 'scroe'; document.getElementById('scroe').x = label;",
    ],
)
def test_an_id_that_the_page_does_not_have(script: str) -> None:
    found = cross('<b id="score"></b><i class="row"></i>', "\n" + script)
    assert [(d.file, d.line, d.code) for d in found] == [("script.js", 2, "unknown-id")]
    assert "'scroe'" in found[0].message and "Did you mean 'score'?" in found[0].message


@pytest.mark.parametrize(
    "made",
    [
        "el.id = 'late';",
        "el.setAttribute('id', 'late');",
        "root.innerHTML = '<p id=\"late\"></p>';",
        "root.innerHTML = `<p class=\"a ${b}\" id='late'>${c}</p>`;",
        "el.id = `${kind}te`;",
        "el.id = on ? 'late' : 'early';",
        "el.id = 'la' + rest;",
        "build('p', { id: 'late' });",
        "const ids = ['late']; ids.forEach((id) => { el.id = id; });",
    ],
)
def test_an_id_that_the_script_makes_itself(made: str) -> None:
    assert cross("", f"{made} document.getElementById('late').focus();") == []


@pytest.mark.parametrize(
    "script",
    [
        "document.getElementById('late')?.focus();",
        "const el = document.getElementById('late'); if (el) el.focus();",
        "if (document.getElementById('late')) go();",
        "const el = document.getElementById('late') || document.body;",
    ],
)
def test_an_id_that_the_script_can_do_without_is_a_warning(script: str) -> None:
    assert cross("", script) == []
    assert [d.code for d in cross("", script, severity="warning")] == ["unknown-id"]


@pytest.mark.parametrize(
    ("body", "column"),
    [
        ('<label for="nme">N</label><input id="name">', 18),
        ('<p id="name"></p><div aria-labelledby="name nme"></div>', 45),
        ('<p id="name"></p><a href="#nme">a</a>', 33),
        ('<p id="name"></p><input list="nme">', 36),
    ],
)
def test_a_reference_to_no_id(body: str, column: int) -> None:
    found = cross(body)
    assert [(d.file, d.line, d.code) for d in found] == [("index.html", 2, "unknown-id")]
    assert found[0].column > 6


def test_a_link_to_no_id_is_only_noted_where_scripts_route() -> None:
    assert cross('<a href="#tab">a</a>', "addEventListener('click', (e) => e.preventDefault());") == []
    assert cross('<a href="#">a</a><a href="#/way">b</a>') == []


def test_an_id_given_twice() -> None:
    found = cross('<i id="a"></i>\n<b id="a"></b>')
    assert [(d.line, d.code) for d in found] == [(3, "duplicate-id")]
    assert "line 2" in found[0].message


def test_classes_that_nothing_has() -> None:
    found = cross('<i class="card"></i>', "document.querySelectorAll('.crad').forEach(go);")
    assert [(d.code, d.file) for d in found] == [("unknown-class", "script.js")]
    assert "Did you mean 'card'?" in found[0].message


@pytest.mark.parametrize(
    "made",
    [
        "el.className = 'tile big';",
        "el.classList.add('tile');",
        "el.classList[on ? 'add' : 'remove']('tile');",
        "el.setAttribute('class', 'tile');",
        'root.innerHTML = `<i class="tile ${x}"></i>`;',
        "build('i', { className: 'tile' });",
        "const names = ['tile']; el.classList.add(...names);",
    ],
)
def test_classes_that_the_script_gives(made: str) -> None:
    assert cross("", f"{made} document.querySelector('.tile').focus();") == []


def test_negated_and_alternative_selectors_need_nothing() -> None:
    assert cross("<i></i>", "document.querySelector('i:not(.gone)').x; document.querySelector('.a, i').x;") == []


def test_a_class_that_is_given_under_another_name_than_it_is_styled() -> None:
    found = cross("<i></i>", "document.body.classList.add('actve');", ".active { color: red; }")
    assert [d.code for d in found] == ["misspelt-class"]


def test_a_class_that_nothing_refers_to_is_a_warning() -> None:
    script = "document.body.classList.toggle('ready'); document.body.classList.remove('gone');"
    assert cross("", script) == []
    assert [d.code for d in cross("", script, severity="warning")] == ["idle-class"]


def test_files_that_are_not_there_or_not_linked() -> None:
    made = Program.of(
        [("index.html", '<link rel="stylesheet" href="styles.css"><img src="cat.png">'), ("style.css", "p {}")]
    )
    page = read(made)
    found = crosscheck.check(made, page, look(page))
    assert [(d.file, d.code) for d in found] == [
        ("index.html", "missing-file"),
        ("index.html", "missing-file"),
        ("style.css", "unlinked-file"),
    ]


@pytest.mark.parametrize(
    ("body", "script", "style", "code"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "", "", "external"),
        ('<img src="//cdn.example/x.png">', "", "", "external"),
        ('<img srcset="a.png 1x, https://cdn.example/x.png 2x">', "", "", "external"),
        ('<a href="https://example.com">a</a>', "", "", "external"),
        ('<p style="background: url(https://example.com/a.png)"></p>', "", "", "external"),
        ("<iframe></iframe>", "", "", "frame"),
        ('<base href="/x">', "", "", "base"),
        ('<meta http-equiv="Refresh" content="1">', "", "", "refresh"),
        ('<a href="javascript:alert(1)">a</a>', "", "", "eval"),
        ("", "", "@import 'other.css';", "external"),
        ("", "", "@font-face { src: url('https://fonts.example/a.woff'); }", "external"),
        ("", "", "p { background: url(cat.png); }", "external"),
        ("", "localStorage.setItem('a', 1);", "", "storage"),
        ("", "window.sessionStorage.a = 1;", "", "storage"),
        ("", "document.cookie = 'a=1';", "", "storage"),
        ("", "indexedDB.open('a');", "", "storage"),
        ("", "fetch('data.json');", "", "external"),
        ("", "new WebSocket('ws://a');", "", "external"),
        ("", "navigator.sendBeacon('/a');", "", "external"),
        ("", "const m = import('./a.js');", "", "external"),
        ("", "import a from './a.js';", "", "external"),
        ("", "img.src = 'https://example.com/a.png';", "", "external"),
        ("", "el.setAttribute('href', '//example.com');", "", "external"),
        ("", "root.innerHTML = '<img src=\"https://example.com/a.png\">';", "", "external"),
        ("", "eval('1');", "", "eval"),
        ("", "new Function('return 1')();", "", "eval"),
        ("", "setTimeout('go()', 10);", "", "eval"),
        ("", "alert('x');", "", "dialog"),
        ("", "if (window.confirm('x')) go();", "", "dialog"),
        ("", "window.open('a');", "", "window"),
        ("", "document.write('a');", "", "document-write"),
        ("", "navigator.serviceWorker.register('sw.js');", "", "external"),
        ("", "document.createElement('iframe');", "", "frame"),
        ('<button onclick="alert(1)">a</button>', "", "", "dialog"),
    ],
)
def test_what_a_page_must_not_do(body: str, script: str, style: str, code: str) -> None:
    found = forbidden(body, script, style)
    assert [(d.code, d.severity, d.source) for d in found] == [(code, "error", "policy")]
    assert found[0].line == (2 if body else 1)


@pytest.mark.parametrize(
    ("body", "script", "style"),
    [
        ("<p>Call alert() or see https://example.com</p><!-- <iframe> -->", "", ""),
        ('<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>', "", ""),
        ('<img src="data:image/png;base64,AA==" alt=""><a href="mailto:a@b.c">a</a>', "", ""),
        ('<a href="javascript:void(0)">a</a>', "", ""),
        ("", "// localStorage eval(1) fetch\nconst text = 'alert(1) https://example.com';", ""),
        ("", "document.createElementNS('http://www.w3.org/2000/svg', 'svg');", ""),
        ("", "function open() {} open(); function confirm(x) { return x; } confirm(1);", ""),
        ("", "dialog.open(); editor.prompt('x'); cache.fetch(1); const o = { alert: 1 }; o.alert;", ""),
        ("", "const fetch = (x) => x; fetch(1);", ""),
        ("", "if (typeof localStorage === 'object') go();", ""),
        ("", "setTimeout(() => go(), 10);", ""),
        ("", "", "p { background: url(data:image/png;base64,AA==); filter: url(#blur); } /* @import */"),
    ],
)
def test_words_that_only_look_forbidden(body: str, script: str, style: str) -> None:
    assert forbidden(body, script, style) == []
