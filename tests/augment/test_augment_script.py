"""Faults of scripts: each writes what one would write by mistake, in the file's own style, and hangs no page."""

import pytest

from tasks.augment.find import offered_sites
from tasks.augment.mutators.content import CONTENT
from tasks.augment.mutators.function import REASONING
from tasks.augment.mutators.interaction import INTERACTION
from tasks.augment.mutators.memory import MEMORY
from tasks.augment.mutators.mutator import Mutator
from tasks.augment.mutators.state import REACTION
from tasks.augment.site import Site, edited
from tasks.augment.syntax import parse, read_regions
from tasks.record import Edit, Program
from tests.augment.styled import NAMES, program_of

SCRIPTED: tuple[Mutator, ...] = (*REASONING, *REACTION, *MEMORY, *CONTENT, *INTERACTION)
MOST_PLACES = 5
PROGRAMS = {name: program_of(name)[0] for name in NAMES}


def sites_of(program: Program) -> list[Site]:
    names = {mutator.name for mutator in SCRIPTED}
    return [site for site in offered_sites(program) if site.mutator in names]


def edits(site: Site) -> list[Edit]:
    return [site.edit(variant) for variant in range(len(site.variants))]


def scripts(program: Program) -> str:
    return "".join(region.text.decode() for region in read_regions(program) if region.tongue == "script")


def written(script: str, name: str) -> list[str]:
    program = Program.of([("index.html", "<p></p>"), ("script.js", script)])
    found = [edit for site in sites_of(program) if site.mutator == name for edit in edits(site)]
    return [edited(program, [edit]).text("script.js") or "" for edit in found]


def test_each_says_what_it_does_to_a_person_and_where_such_faults_are_known_from():
    assert len({mutator.name for mutator in SCRIPTED}) == len(SCRIPTED) >= 40
    for mutator in SCRIPTED:
        told, _, known = (mutator.look.__doc__ or "").partition("\n\n")
        assert told.strip().endswith(".") and known.strip().endswith("."), mutator.name


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_text_parses_and_changes_the_lines_of_its_span_alone(name: str):
    program, seen = PROGRAMS[name], dict.fromkeys((mutator.name for mutator in SCRIPTED), 0)
    for site in sites_of(program):
        seen[site.mutator] += 1
        for edit in edits(site) if seen[site.mutator] <= MOST_PLACES else ():
            changed = edited(program, [edit])
            assert not parse("script", scripts(changed).encode()).has_error, edit
            old, new = (text.splitlines() for text in (program.text(edit.file) or "", changed.text(edit.file) or ""))
            first, rest = edit.line - 1, len(old) - edit.line - edit.before.rstrip("\n").count("\n")
            assert new[:first] == old[:first] and new[len(new) - rest :] == old[len(old) - rest :], edit
            assert len(new) <= len(old) and not any(line != line.rstrip() for line in set(new) - set(old)), edit
            assert 1 <= edit.strength <= 3 and edit.note.endswith(".") and edit.after != edit.before
    assert sum(count > 0 for count in seen.values()) >= 15


def test_the_same_page_has_the_same_offers():
    for name in ("splitter", "tuition-jar"):
        once, again = (sites_of(PROGRAMS[name]) for _ in range(2))
        assert once == again


WRITTEN: dict[str, tuple[str, list[str]]] = {
    "comparison": ("const f = (n) => n < MOST;", ["const f = (n) => n <= MOST;", "const f = (n) => n > MOST;"]),
    "condition": ("function f() { if (isOver()) stop(); }", ["function f() { if (!isOver()) stop(); }"]),
    "logic": ("if (a && b) go();", ["if (a) go();", "if (b) go();", "if (a || b) go();"]),
    "arithmetic": ("const each = (a + b) / 3;", ["const each = a + b;", "const each = (a + b) * 3;"]),
    "bounds": ("x = 2 * Math.max(0, a - b);", ["x = 2 * (a - b);", "x = 2 * Math.min(0, a - b);"]),
    "step-size": ("function f() { n += 2 }", ["function f() { n = 2 }", "function f() { n -= 2 }"]),
    "constant": ("const MOST = 12;", ["const MOST = 13;", "const MOST = 6;", "const MOST = 120;"]),
    "call": (
        "function g() {}\nfunction f() {\n\tn = 1;\n\tg();\n}",
        ["function g() {}\nfunction f() {\n\tn = 1;\n}"],
    ),
    "event-type": ("b.addEventListener('click', f)", ["b.addEventListener('dblclick', f)"]),
    "shown-text": ("\nb.textContent = n\nf()", ["\nb.textContent += n\nf()", "\nf()"]),
    "flag": ("over = true;", ["over = false;"]),
    "switched": ("b.disabled = !list.length;", ["b.disabled = list.length;"]),
    "key-name": ("if (e.key === 'Escape') f();", ["if (e.key === 'Esc') f();"]),
    "added": ("list = [...list, one];", ["list = [one, ...list];", "list = [one];"]),
    "attribute-set": (
        'f();\nb.setAttribute("aria-busy", String(on));\n',
        ["f();\n", 'f();\nb.setAttribute("aria-busy", "true");\n'],
    ),
    "reset-forgets": (
        "function reset() {\n  n = 0;\n  form.reset();\n  render();\n}",
        ["function reset() {\n  form.reset();\n  render();\n}", "function reset() {\n  n = 0;\n  render();\n}"],
    ),
    "undo-too-far": ("const one = list.slice(0, -1);", [f"const one = list.slice({of});" for of in ("0, -2", "1")]),
    "limit": ("if (n >= MOST) f();", ["if (n >= MOST - 1) f();", "if (n >= MOST + 1) f();"]),
    "wrong-end": ("f(list[list.length - 1]);", ["f(list[0]);"]),
    "one-way": ("s.on = !s.on;", ["s.on = true;"]),
    "wrong-field": (
        "function f() { a(ui.name.value); b(ui.size.value); }",
        [
            "function f() { a(ui.size.value); b(ui.size.value); }",
            "function f() { a(ui.name.value); b(ui.name.value); }",
        ],
    ),
    "unit": ("t = `${n} km away`;", ["t = `${n} m away`;"]),
    "decimals": (
        "t = (a / 9).toFixed(1);",
        ["t = (a / 9).toFixed(2);", "t = (a / 9).toFixed(0);", "t = Math.floor(a / 9);"],
    ),
    "stale-readout": ("f();\nsetText(b, n);\n", ["f();\n"]),
    "message-stays": ("b.hidden = n > 3;\n", ["if (n <= 3) b.hidden = false;\n"]),
    "numbering": ("t = `Round ${i + 1}`;", ["t = `Round ${i}`;", "t = `Round ${i + 2}`;"]),
    "fixed-label": ("t = on ? 'Stop' : 'Go';", ["t = 'Go';", "t = 'Stop';", "t = on ? 'Go' : 'Stop';"]),
    "as-typed": ("t = b.value.trim();", ["t = b.value;"]),
    "list-order": ("t = list\n  .sort((a, b) => a - b);", ["t = list\n  .sort();", "t = list;"]),
    "text-for-number": ("n = Number(b.value);", ["n = b.value;"]),
    "focus-lost": ("f();\nif (b) b.focus();\n", ["f();\n"]),
    "key-left-out": ("function f(e) {\n  if (e.key === 'Enter') g();\n}", ["function f(e) {\n}"]),
    "wrong-element": (
        "a.addEventListener('click', f);\nb.addEventListener('click', (e) => g(e));",
        [
            "b.addEventListener('click', f);\nb.addEventListener('click', (e) => g(e));",
            "a.addEventListener('click', f);\na.addEventListener('click', (e) => g(e));",
        ],
    ),
    "one-of-two": (
        "a.addEventListener('click', f);\nb.addEventListener('click', g);",
        [
            "a.addEventListener('click', g);\nb.addEventListener('click', g);",
            "a.addEventListener('click', f);\nb.addEventListener('click', f);",
        ],
    ),
    "stays-locked": ("b.disabled = isOver();", ["if (isOver()) b.disabled = true;"]),
    "unguarded": ("function f() {\n  if (busy) return;\n  send();\n}", ["function f() {\n  send();\n}"]),
    "late-event": ("b.addEventListener('input', f)", ["b.addEventListener('change', f)"]),
    "heard-once": ("b.addEventListener('click', f)", ["b.addEventListener('click', f, { once: true })"]),
    "not-stopped": ("f();\nclearInterval(timer);\n", ["f();\n"]),
    "key-scrolls": (
        "function f(e) {\n  if (e.key !== 'a') return;\n  e.preventDefault();\n}",
        ["function f(e) {\n  if (e.key !== 'a') return;\n}"],
    ),
}


@pytest.mark.parametrize("name", [mutator.name for mutator in SCRIPTED])
def test_what_each_writes(name: str):
    script, wanted = WRITTEN[name]
    assert written(script, name) == wanted


@pytest.mark.parametrize(("name", "found"), [("onReset", 1), ("start_over", 1), ("makePreset", 0), ("nuclear", 0)])
def test_what_sets_back_is_told_by_whole_words(name: str, found: int):
    assert len(written(f"function {name}() {{\n  n = 0;\n  render();\n}}", "reset-forgets")) == found


@pytest.mark.parametrize(
    "script",
    [
        "while (list.length < 9) { list.push(one()); }",
        "while (n > 0) { n -= 1; if (n === 3) break; }",
        "do { go(); n++; } while (n < 9);",
        "for (let i = 0; i < 9; i += 1) { }",
        "function left() { return n > 0 && m > 0; } while (left()) take();\nfunction take() {\n  n -= 1;\n  m = 0;\n}",
        "while (n > 0) next();\nfunction next() { end(); }\nfunction end() {\n  n -= 1;\n  if (n > m) on = false;\n}",
        "while (left < 0) enter();\nfunction enter() { left = 9; }\nfunction start() { if (phase === 0) enter(); }",
        "function walk(n) { if (n > 9) return; walk(n + 1); }",
    ],
)
def test_nothing_is_offered_on_which_the_end_of_a_loop_may_hang(script: str):
    risky = {"comparison", "condition", "logic", "step-size", "call", "added", "limit", "unguarded", "flag"}
    assert not [name for name in risky if written(script, name)]


def test_a_statement_that_the_syntax_needs_is_not_left_out():
    script = "function g() {}\nfunction f(e) {\n  if (a) b.setAttribute('x', y);\n  else g();\n}"
    assert not written(script, "attribute-set") and not written(script, "call")


def test_no_parentheses_are_left_round_a_single_name():
    assert written("x = t + (a * b) / 9;", "arithmetic")[2:4] == ["x = t + a / 9;", "x = t + (a / b) / 9;"]
    assert written("if (n > 1 && (a || b)) f();", "logic")[-3:] == [
        *("if (n > 1 && a) f();", "if (n > 1 && b) f();", "if (n > 1 && (a && b)) f();")
    ]


def test_parentheses_stay_where_the_syntax_needs_them():
    assert written("t = (1 / n).toFixed(2);", "arithmetic")[0] == "t = (1).toFixed(2);"
    assert written("t = 9 * Math.max(0, a - b);", "bounds")[0] == "t = 9 * (a - b);"


def test_a_guard_of_something_that_may_be_missing_is_kept():
    script = (
        "function f(leg) {\n  if (!leg) return;\n  if (leg === null || done) return;\n  g(leg.end && leg.end.x);\n}"
    )
    assert not [name for name in ("condition", "comparison", "logic", "unguarded") if written(script, name)]
