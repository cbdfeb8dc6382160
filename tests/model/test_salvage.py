import json
import random
from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError

from tasks.diagnose.strategy.single import PatchesReply
from tasks.model.salvage import LONGEST, Fault, salvage, words_for
from tasks.program.reply import ProgramReply
from tests.model.spoilers import HARMLESS, HOPELESS, spoilt

PAGE = '<!DOCTYPE html>\n<html lang="de">\n<head><title>Fähre — «x»</title></head>\n<body>{[1, 2]}</body>\n</html>\n'
FILES = [
    {"filename": "index.html", "content": PAGE},
    {"filename": "style.css", "content": "p {\n\tcolor: #123;\n}\n"},
    {"filename": "script.js", "content": 'const a = [];\nconst b = {};\nconst s = "```";\n'},
]
REPLY = json.dumps({"files": FILES})


class Verse(BaseModel):
    title: str
    lines: int


def read(content, finish="stop", refusal=None, kind=ProgramReply):
    """The record that comes of a reply, and its fault."""
    found = salvage(content, finish, refusal, kind)
    if found.fault:
        return None, found.fault
    try:
        return kind.model_validate_json(found.text), ""
    except ValidationError:
        return None, "wrong shape"


WHOLE = ProgramReply.model_validate_json(REPLY)


def test_a_good_reply_is_left_as_it_is():
    found = salvage(REPLY, "stop", None, ProgramReply)
    assert json.loads(found.text) == json.loads(REPLY)
    assert found.mended == ()


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_what_can_be_undone_is(name):
    got, fault = read(HARMLESS[name](random.Random(3), REPLY))
    assert (got, fault) == (WHOLE, "")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("truncated", "truncated"), ("ends early", "truncated"), ("cut in a fence", "truncated"), ("empty", "empty"),
        ("all thoughts", "truncated"), ("refusal", "refusal"), ("refused aside", "refusal"), ("filtered", "refusal"),
        ("broken", "invalid JSON"), ("foreign", "wrong language"), ("five megabytes", "too large"),
        ("deep", "invalid JSON"), ("other shape", "wrong shape"), ("prose only", "invalid JSON"),
    ],
)  # fmt: skip
def test_what_can_not_be_undone_is_a_fault_of_its_kind(name, fault):
    rng = random.Random(5)
    for _ in range(20):
        one = HOPELESS[name](rng, REPLY)
        assert read(one.content, one.finish, one.refusal) == (None, fault)


def test_a_page_in_other_forms_is_read():
    html, css, _ = (file["content"] for file in FILES)
    blocks = (
        f"Here:\n\n**index.html**\n```html\n{html}```\n### style.css\n```css\n{css}```\n\n```js\n// script.js\n```\n"
    )
    forms = {
        "one document": (html, {"index.html": html}),
        "a document in a fence": (f"Sure!\n```html\n{html}```\nDone.", {"index.html": html}),
        "names and contents": (json.dumps({f["filename"]: f["content"] for f in FILES}), WHOLE),
        "the same below files": (json.dumps({"files": {f["filename"]: f["content"] for f in FILES}}), WHOLE),
        "only the list": (json.dumps(FILES), WHOLE),
        "blocks": (blocks, {"index.html": html, "style.css": css, "script.js": "// script.js\n"}),
    }
    for form, (text, wanted) in forms.items():
        got, fault = read(text)
        assert fault == "", form
        names = {file.filename: file.content for file in got.files}
        assert names == (wanted if isinstance(wanted, dict) else {f.filename: f.content for f in WHOLE.files}), form


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>\n<html><body><p>Half a pa",
        "```html\n<!DOCTYPE html><p>Half",
        "**index.html**\n```html\n<p>Hi</p>\n```\n**script.js**\n```js\nconst a = 1;",
        '{"index.html": "<p>',
    ],
)
def test_a_page_that_ends_in_the_middle_is_none(text):
    assert read(text)[0] is None
    assert read(text, "length") == (None, "truncated")


def test_a_fragment_within_a_cut_reply_is_not_taken_for_the_reply():
    rng = random.Random(1)
    patches = json.dumps({"patches": [{"filename": "a.js", "search": "const a = [];", "replace": "const a = {};"}]})
    for kind, text in ((ProgramReply, REPLY), (PatchesReply, patches)):
        whole = kind.model_validate_json(text) if kind is ProgramReply else None
        for _ in range(200):
            got, fault = read(text[: rng.randrange(1, len(text) - 1)], kind=kind)
            assert got is None or got == whole
            assert fault


def test_letters_that_only_look_misread_are_left():
    text = json.dumps({"title": "Ã la carte — façade", "lines": 3}, ensure_ascii=False)
    assert read(text, kind=Verse)[0].title == "Ã la carte — façade"


def test_every_fault_but_a_refusal_has_words_for_the_next_try():
    for fault in get_args(Fault):
        words = words_for(fault, "line 3 is odd")
        assert (words is None) == (fault in ("", "refusal"))
    assert "line 3 is odd" in (words_for("wrong shape", "line 3 is odd") or "")


@pytest.mark.parametrize("char", [*'{["`<,', '{"a":', ',"', "\n", "```\n", "<think>", "&quot;"])
def test_long_nonsense_takes_no_time_to_speak_of(char):
    text = "{" + char * (LONGEST // len(char) - 1)
    assert salvage(text, "stop", None, ProgramReply).fault


def test_two_thousand_spoilt_replies_are_right_or_have_a_fault():
    rng = random.Random(7)
    verse = json.dumps({"title": "Ebbe — und Flut", "lines": 4})
    patches = json.dumps(
        {"patches": [{"filename": "script.js", "search": "const a = [];", "replace": "const a = {};"}]}
    )
    texts = [(ProgramReply, REPLY), (Verse, verse), (PatchesReply, patches)]
    assert all(read(text, kind=kind)[0] is not None for kind, text in texts)
    undone = 0
    for _ in range(2000):
        kind, text = rng.choice(texts)
        one, harmless = spoilt(rng, text)
        got, fault = read(one.content, one.finish, one.refusal, kind)
        assert (got is None) == bool(fault), one.name
        wanted, reason = read(text, kind=kind)
        if harmless:
            assert (got, fault) == (wanted, reason), one.name
            undone += got is not None
        elif got is not None:
            assert got == wanted, one.name
    assert undone > 400
