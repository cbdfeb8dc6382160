"""A program that was not given as JSON of files: one HTML document, fenced blocks, an object of names and contents."""

import json
import re
from itertools import islice

from tasks.model.embedded import once

_DECODER = json.JSONDecoder(strict=False, object_pairs_hook=once)
_DOCUMENT = re.compile(r"<!doctype\s+html\b|<html\b", re.I)
_END = re.compile(r"</html\s*>", re.I)
_JSON = re.compile(r'[{\[]\s*["{]')
_QUOTES = ('"', "'", "`", ";")
"""What ends before a document that stands in a string, in prose about it, or behind an entity for a quote."""
_MARK = re.compile(r"^[ \t]{0,3}```[ \t]*(?P<info>[^\n`]*)$", re.M)
_MOST_MARKS = 100
"""Fences of blocks; a reply with more of them explains, or runs in circles."""
KINDS = ("html", "css", "js", "mjs", "svg", "json")
"""Endings of a page's files: text, which a reply can hold and a bundle can carry."""
NAME = rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,39}}(?:\.[A-Za-z0-9_-]{{1,20}}){{0,2}}\.(?:{'|'.join(KINDS)})"
_NAME = re.compile(rf"\b({NAME})\b(?!\.\w)")
_NAMES = {
    "html": "index.html", "htm": "index.html", "css": "style.css", "js": "script.js", "javascript": "script.js"
}  # fmt: skip


def read_loose(text: str) -> dict[str, object] | None:
    """The fields of a `ProgramReply`, or None if the text is no such form, or ends in the middle."""
    files = _mapping(text) or _blocks(text) or _document(text)
    if not files:
        return None
    return {"files": [{"filename": name, "content": content} for name, content in files]}


def _mapping(text: str) -> list[tuple[str, str]]:
    """`{"index.html": "…", …}`, or the same below `files`."""
    start = text.find("{")
    if start < 0:
        return []
    try:
        found, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return []
    if _JSON.search(text, end):
        return []
    if isinstance(found, dict) and isinstance(found.get("files"), dict):
        found = found["files"]
    if not isinstance(found, dict):
        return []
    items = [(name, content) for name, content in found.items() if isinstance(content, str)]
    return items if len(items) == len(found) and all(_NAME.fullmatch(name) for name, _ in items) else []


def _blocks(text: str) -> list[tuple[str, str]]:
    """Fenced blocks, each named by the line before it, by its own first line, or by its language."""
    marks = list(islice(_MARK.finditer(text), _MOST_MARKS + 1))
    if not marks or len(marks) % 2 or len(marks) > _MOST_MARKS:
        return []
    files: list[tuple[str, str]] = []
    before = 0
    for opening, closing in zip(marks[::2], marks[1::2], strict=True):
        content = text[opening.end() + 1 : closing.start()]
        if closing["info"].strip() or _JSON.match(content):
            return []
        lines = text[before : opening.start()].strip().splitlines()
        near = (opening["info"], lines[-1] if lines else "", content.split("\n", 1)[0])
        named = next((found[1] for line in near if len(line) <= 200 and (found := _NAME.search(line))), None)
        language = re.split(r"[\s:]", opening["info"].strip().lower(), maxsplit=1)[0]
        name = named or _NAMES.get(language)
        if name is not None:
            files.append((name, content))
        before = closing.end()
    return files


def _document(text: str) -> list[tuple[str, str]]:
    """One HTML document, to its end."""
    start, ends = _DOCUMENT.search(text), list(_END.finditer(text))
    if start is None or not ends or ends[-1].end() < start.start() or _JSON.search(text, 0, start.start()):
        return []
    if text.endswith(_QUOTES, 0, start.start()):
        return []
    return [("index.html", text[start.start() : ends[-1].end()] + "\n")]
