"""Pages and problems as people keep them, for the tests of `--programs`."""

import json
from pathlib import Path

import pytest

from tasks.errors import BadInput
from tasks.program.given.read import Programs, read_programs
from tasks.record import Problem
from tests.shard.specimens import problem

HTML = """<!doctype html>
<title>Lamp</title>
<link rel="stylesheet" href="style.css">
<script src="script.js"></script>
"""
FILES = {"index.html": HTML, "style.css": "body { margin: 0 }\n", "script.js": "let lamps = 0;\n"}


def told(number: int = 0, **changes: object) -> dict[str, object]:
    """A problem as JSON; a change to None leaves the field out."""
    fields = problem(number).model_dump(mode="json") | changes
    return {key: value for key, value in fields.items() if value is not None}


def put(folder: Path, files: dict[str, str | bytes] | None = None, posed: object = None) -> Path:
    """A page in a folder."""
    for name, content in (FILES if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    if posed is not None:
        (folder / "problem.json").write_text(posed if isinstance(posed, str) else json.dumps(posed), "utf-8")
    return folder


def files_of(programs: Programs, at: int = 0) -> dict[str, str]:
    return {file.filename: file.content for file in programs.items[at].program.files}


def problems_of(programs: Programs) -> list[Problem | None]:
    return [page.problem for page in programs.items]


def refusal(place: Path | str) -> str:
    """The one sentence with which a place is refused."""
    with pytest.raises(BadInput) as caught:
        read_programs(str(place))
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    for strange in ("Traceback", "Errno", "Value error", "Input should", "Tuple", "dictionary"):
        assert strange not in said
    return said
