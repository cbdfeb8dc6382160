import json

import pytest
from pydantic import ValidationError

from tasks.check import Check, Drag, SeeCount, SeeValue, Type, meaning
from tasks.model.gateway import Gateway
from tasks.program.author import write
from tasks.program.reply import MAX_BYTES, ProgramReply
from tasks.record import Candidate, Persona, Posed, Problem, Rejected, Usage, Written
from tasks.settings import ModelSettings
from tests.model.scripted import says, scripted_model

PAGE = "<!doctype html><title>Lamp</title>"


def reply(*files):
    return {"files": [{"filename": name, "content": content} for name, content in files]}


def posed():
    persona = Persona(persona_id="p", text="A ferry pilot.", source="test")
    problem = Problem(
        problem_id="q", topic="tools", title="Lamp", statement="s", features=("f",), user_actions=("u",), checks=()
    )
    return Posed(
        candidate=Candidate(index=0, seed=3, topic="tools", persona=persona),
        problem=problem,
        usage=Usage(calls=1, prompt_tokens=100),
    )


async def written_from(content):
    with scripted_model(says(content)) as model:
        return await write(Gateway(ModelSettings(attempts=1), model.url), posed())


async def test_three_files_make_a_program_and_costs_add_up():
    written = await written_from(
        json.dumps(reply(("script.js", "let a;"), ("index.html", PAGE), ("style.css", "p {}")))
    )
    assert isinstance(written, Written)
    assert [file.filename for file in written.program.files] == ["index.html", "style.css", "script.js"]
    assert written.usage.prompt_tokens == 110


async def test_a_reply_without_a_page_rejects_the_candidate_and_keeps_its_problem():
    rejected = await written_from(json.dumps(reply(("script.js", "let a;"))))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "no valid program: wrong shape"
    assert rejected.problem is not None


async def test_the_programmer_reads_what_the_words_of_the_checks_mean_and_that_a_value_is_to_be_empty():
    emptied = {"see": "value", "target": {"label": "Amount"}, "how": "equals", "value": ""}
    none = {"see": "count", "target": {"role": "listitem"}, "how": "equals", "n": 0}
    steps = [{"do": "type", "target": {"label": "Amount"}, "text": ""}]
    given = {"id": "c", "title": "it empties", "severity": "major", "steps": steps, "expect": [emptied, none]}
    problem = posed().problem.model_copy(update={"checks": (Check.model_validate(given),)})
    with scripted_model(says(json.dumps(reply(("index.html", PAGE))))) as model:
        await write(Gateway(ModelSettings(attempts=1), model.url), posed().model_copy(update={"problem": problem}))
        asked = model.requests[0]["messages"][-1]["content"]
    assert '"value":""' in asked
    assert '"n":0' in asked
    for word in (Check, Type, SeeValue, SeeCount):
        assert meaning(word) in asked
    assert meaning(Drag) not in asked


def test_one_html_file_under_another_name_in_a_code_fence_works_as_well():
    program = ProgramReply.model_validate(reply(("./page.html", f"```html\n{PAGE}\n```"))).program()
    assert program.text("index.html") == PAGE + "\n"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([("../index.html", PAGE)], "no name for a page's file"),
        ([("index.html", PAGE), ("a/b.js", "")], "no name for a page's file"),
        ([("index.html", PAGE), ("other.html", PAGE)], "exactly one HTML file"),
        ([("index.html", PAGE), ("index.html", PAGE)], "same name"),
        ([("index.html", "<" * (MAX_BYTES + 1))], "are the most"),
        ([("index.html", "I can't do that.")], "holds no HTML"),
    ],
)
def test_a_reply_that_is_no_page_says_why(files, why):
    with pytest.raises(ValidationError, match=why):
        ProgramReply.model_validate(reply(*files))


def test_text_files_of_other_kinds_are_taken_by_name():
    names = ["index.html", "app.min.js", "store.mjs", "theme-dark.css", "icons.svg", "levels.json"]
    program = ProgramReply.model_validate(reply(*((name, PAGE) for name in names))).program()
    assert {file.filename for file in program.files} == set(names)


@pytest.mark.parametrize("name", ["logo.png", "font.woff2", "a..svg", ".svg", "x/y.svg", "icons.svg.exe", "C:x.svg"])
def test_binary_files_and_paths_are_not(name):
    with pytest.raises(ValidationError, match="plain names of text files without folders"):
        ProgramReply.model_validate(reply(("index.html", PAGE), (name, "")))


def test_fenced_blocks_may_hold_an_image():
    text = f"`index.html`\n```html\n{PAGE}\n```\n\n**sun.svg**\n```svg\n<svg/>\n```\n"
    fields = ProgramReply.otherwise(text)
    assert [file["filename"] for file in fields["files"]] == ["index.html", "sun.svg"]
