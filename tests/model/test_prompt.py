import importlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tasks.augment.author import prompt_data as edits_data
from tasks.diagnose.strategy.reading import outline
from tasks.diagnose.strategy.rewoo import MOST_CALLS
from tasks.diagnose.strategy.tools import listed, offered
from tasks.errors import BadInput, BrokenRun
from tasks.model.prompt import OURS, PromptBook, fence, load_prompt
from tasks.model.specimen import SPECIMENS
from tests.model.test_prompt_injection import all_repair_data, page, proven

NAMES = PromptBook().names

GOOD = """---
role: poser
version: 7
---
## system
You set problems.
## user
{{ fence("topic", topic) }}
{{ fence("persona", persona) }}
"""


def folder_of(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
    return tmp_path


def refused(folder):
    with pytest.raises(BadInput) as told:
        PromptBook(folder)
    assert "\n" not in str(told.value)
    return str(told.value)


@given(st.text(), st.text())
def test_a_fenced_text_stands_whole_between_its_tags_and_holds_neither(text, other):
    fenced = fence("persona", text)
    tag = re.match(r"<(persona-[0-9a-f]{16})>\n", fenced)[1]
    assert fenced == f"<{tag}>\n{text}\n</{tag}>"
    assert f"</{tag}>" not in text
    assert fence("persona", f"{text}</{tag}>{other}").count(f"</{tag}>") == 1


def test_a_name_can_not_break_out_of_its_attribute():
    opening = fence("file", "", name='a" onload="b').splitlines()[0]
    assert re.fullmatch(r'<file-[0-9a-f]{16} name="a&quot; onload=&quot;b">', opening)


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_has_a_role_and_a_version_that_names_its_content(name):
    prompt = load_prompt(name)
    assert prompt.role in {"poser", "author", "repairer", "editor", "judge"}
    assert re.fullmatch(r"[0-9a-f]{16}", prompt.version)


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_names_its_revision_and_the_record_that_its_answer_becomes(name):
    prompt = load_prompt(name)
    module, _, kind = prompt.schema.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), kind), BaseModel)
    assert prompt.revision >= 1


def test_template_syntax_in_a_value_is_only_text():
    system, user = load_prompt("problem").messages({"topic": "games", "persona": "{{ topic }}{% include 'x' %}"})
    assert "{{ topic }}{% include 'x' %}" in user["content"]
    assert "include 'x'" not in system["content"]


def test_a_prompt_that_is_not_there_is_named():
    with pytest.raises(BadInput, match="nowhere"):
        load_prompt("nowhere")


@pytest.mark.parametrize("name", ["../README", "_problem", "", "problem/../program"])
def test_a_name_is_no_path(name):
    with pytest.raises(BadInput):
        load_prompt(name)


def test_a_folder_stands_in_for_what_it_has_and_ours_is_there_for_the_rest(tmp_path):
    book = PromptBook(folder_of(tmp_path, problem=GOOD))
    system, user = book.load("problem").messages({"topic": "games", "persona": "A glazier"})
    assert system["content"] == "You set problems."
    assert "A glazier" in user["content"]
    assert book.load("problem").revision == 7
    assert book.overrides("problem") and not book.overrides("program")
    assert book.load("program") == load_prompt("program")


def test_the_version_follows_what_the_prompts_say_and_not_where_they_lie(tmp_path):
    ours = PromptBook()
    text = folder_of(tmp_path, problem=GOOD)
    changed = PromptBook(text).version
    assert changed != ours.version
    folder_of(tmp_path, problem=GOOD.replace("set", "pose"))
    assert PromptBook(text).version not in (changed, ours.version)


def test_a_copy_of_ours_is_ours(tmp_path):
    for name in NAMES:
        (tmp_path / f"{name}.md").write_text((OURS / f"{name}.md").read_text("utf-8"), "utf-8")
    assert PromptBook(tmp_path).version == PromptBook().version


def test_a_book_is_read_once(tmp_path):
    book = PromptBook(folder_of(tmp_path, problem=GOOD))
    before = book.version
    folder_of(tmp_path, problem="broken")
    assert book.version == before
    assert "You set problems." in book.load("problem").messages({"topic": "", "persona": ""})[0]["content"]


def test_parts_are_included_and_the_version_covers_them(tmp_path):
    text = GOOD.replace("You set problems.", 'You set problems. {% include "_tone.md" %}')
    folder_of(tmp_path, problem=text, _tone='Be {{ topic }}. {% include "_end.md" %}', _end="Thanks.")
    first = PromptBook(tmp_path).load("problem")
    assert first.messages({"topic": "kind", "persona": ""})[0]["content"] == "You set problems. Be kind. Thanks."
    folder_of(tmp_path, _end="Many thanks.")
    second = PromptBook(tmp_path).load("problem")
    assert "Many thanks." in second.messages({"topic": "kind", "persona": ""})[0]["content"]
    assert first.version != second.version


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/etc/passwd", "/etc/passwd"),
        ("../problem.md", "../problem.md"),
        ("program.md", "program.md"),
        ("_sub/../../x.md", "_sub"),
        ("_nowhere.md", "_nowhere.md"),
    ],
)
def test_only_parts_that_lie_beside_are_included(tmp_path, name, said):
    assert said in refused(folder_of(tmp_path, problem=GOOD.replace("You", f'{{% include "{name}" %}}You')))


def test_an_include_by_value_and_one_in_a_ring_are_refused(tmp_path):
    assert "what a value names" in refused(folder_of(tmp_path, problem=GOOD + "{% include topic %}"))
    ring = {"problem": GOOD + '{% include "_a.md" %}', "_a": '{% include "_b.md" %}', "_b": '{% include "_a.md" %}'}
    assert "includes it again" in refused(folder_of(tmp_path, **ring))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## system\na\n## user\nb\n", "front matter"),
        (GOOD.replace("role: poser\n", ""), "role"),
        (GOOD.replace("poser", "president"), "poser, author"),
        (GOOD.replace("poser", "author"), "'author'"),
        (GOOD.replace("version: 7", "version: new"), "'new'"),
        (GOOD.replace("version: 7", "schema: os.system"), "os.system"),
        (GOOD.replace("version: 7", "schema: ../x"), "dotted"),
        (GOOD.replace("version: 7", "colour: red"), "colour"),
        (GOOD.replace("version: 7", "a line without a colon"), "a line without a colon"),
        (GOOD.replace("## user", "## users"), "## user"),
        (GOOD + "{% if topic %}", "line 10"),
        (GOOD + "{{ weather }}", "'weather'; there are persona, topic"),
    ],
)
def test_a_file_out_of_form_is_refused_before_anything_is_asked(tmp_path, text, said):
    told = refused(folder_of(tmp_path, problem=text))
    assert said in told
    assert "problem.md" in told


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "problem.md").write_bytes(b"\xff\xfe\x00")
    assert "problem.md" in refused(tmp_path)


@pytest.mark.parametrize("stray", ["problems.md", "README.txt", "_unused.md", "more"])
def test_a_file_that_stands_in_for_nothing_is_named(tmp_path, stray):
    folder_of(tmp_path, problem=GOOD)
    (tmp_path / stray).write_text("x", "utf-8")
    told = refused(tmp_path)
    assert stray in told
    assert "program" in told or stray == "_unused.md"


def test_hidden_files_are_nobodys_prompts(tmp_path):
    (tmp_path / ".swp").write_text("x", "utf-8")
    assert PromptBook(folder_of(tmp_path, problem=GOOD)).overrides("problem")


def test_a_folder_that_is_none_or_empty_is_named(tmp_path):
    assert "nowhere" in refused(tmp_path / "nowhere")
    assert "empty" in refused(tmp_path)


@pytest.mark.parametrize(
    "attack",
    ["{{ topic.__class__.__mro__ }}", "{{ fence.__globals__ }}", "{{ cycler.__init__.__globals__.os.popen('id') }}"],
)
def test_a_stand_in_can_only_fill_in_values(tmp_path, attack):
    assert "problem.md can't be filled" in refused(folder_of(tmp_path, problem=GOOD + attack))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ topic | nofilter }}", "line 10, is no Jinja2: No filter named 'nofilter'"),
        ("{{ topic is notest }}", "No test named 'notest'"),
        ("{{ persona.foo.bar() }}", "has no attribute 'foo'"),
        ("{{ persona['foo'] }}", "foo"),
        ("{{ 1 // 0 }}", "zero"),
        ("{{ persona + 1 }}", "can only concatenate str"),
        ("{{ topic * 100000000000000000000 }}", "fit"),
        ("{{ topic * 1000000000000000 }}", "can't be filled: MemoryError"),
        ("{{ 10 ** 10 ** 10 }}", "** is no operator of prompts"),
        ("{{ '%d' % topic }}", "a real number is required"),
        ("{{ range(1000000000) | list }}", "Range too big"),
        ("{{ topic() }}", "not callable"),
        ("{{ fence(topic) }}", "missing 1 required"),
        ("{% for a, b in topic %}{% endfor %}", "unpack"),
        ("{% for one in topic %}" * 30 + "{% endfor %}" * 30, "nested too deep"),
        ("{% extends '_part.md' %}{{ super() }}", "neither beside it nor in prompts/"),
        ("{{ self.nothing() }}", "nothing"),
        ("{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}", "recursion"),
    ],
)
def test_what_a_template_cannot_do_is_said_before_a_run_depends_on_it(tmp_path, text, said):
    told = refused(folder_of(tmp_path, problem=GOOD + text))
    assert said in told
    assert str(tmp_path) in told


def test_a_part_is_tried_with_the_prompt_that_includes_it(tmp_path):
    part = GOOD + '{% include "_tone.md" %}'
    assert "_tone.md, line 2" in refused(folder_of(tmp_path, problem=part, _tone="Be\n{{ topic | nofilter }}"))
    assert "problem.md can't be filled" in refused(folder_of(tmp_path, problem=part, _tone="{{ topic.foo }}"))


@pytest.mark.parametrize("name", NAMES)
def test_ours_can_be_filled_with_the_specimens_as_a_stand_in_is(tmp_path, name):
    (tmp_path / f"{name}.md").write_text((OURS / f"{name}.md").read_text("utf-8"), "utf-8")
    assert PromptBook(tmp_path).overrides(name)


def shape(value):
    """The types that a template meets."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value)


def test_specimens_are_of_the_types_that_the_code_fills_in():
    filled = {
        **edits_data(proven("a", "b")),
        **all_repair_data("a"),
        "outline": outline(page("let a")),
        "tools": listed(offered(None)),
        "most_calls": MOST_CALLS,
    }
    assert {name: shape(value) for name, value in filled.items()} == {name: shape(SPECIMENS[name]) for name in filled}


def test_what_fails_only_with_other_values_breaks_the_run_with_one_sentence(tmp_path):
    text = GOOD + "{% if topic == 'games' %}{{ persona.foo.bar }}{% endif %}"
    prompt = PromptBook(folder_of(tmp_path, problem=text)).load("problem")
    assert prompt.messages({"topic": "tools", "persona": "A glazier"})
    with pytest.raises(BrokenRun, match="prompt problem can't be filled: 'str object' has no attribute 'foo'"):
        prompt.messages({"topic": "games", "persona": "A glazier"})
