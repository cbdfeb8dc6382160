import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import BadInput
from tasks.model.prompt import fence, load_prompt


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


@pytest.mark.parametrize("name", ["problem", "program", "repair", "edits"])
def test_a_prompt_has_a_role_and_a_version_that_names_its_content(name):
    prompt = load_prompt(name)
    assert prompt.role in {"poser", "author", "repairer", "editor", "judge"}
    assert re.fullmatch(r"[0-9a-f]{16}", prompt.version)


def test_template_syntax_in_a_value_is_only_text():
    system, user = load_prompt("problem").messages({"topic": "games", "persona": "{{ topic }}{% include 'x' %}"})
    assert "{{ topic }}{% include 'x' %}" in user["content"]
    assert "include 'x'" not in system["content"]


def test_a_prompt_that_is_not_there_is_named():
    with pytest.raises(BadInput, match="nowhere"):
        load_prompt("nowhere")
