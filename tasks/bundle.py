"""A program as one self-contained page: the form in which it is rendered, served and shown."""

import re
from collections.abc import Callable

from tasks.record import Program

_LINK = re.compile(r"<link\b[^>]*>", re.I)
_SCRIPT = re.compile(r"<script\b([^>]*)>\s*</script\s*>", re.I)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def bundle(program: Program) -> str:
    """One HTML text with the program's own style sheets and scripts put in where the page links them.

    What is linked but not in the program, or in the program but not linked, stays as it is: both are faults of the
    page, for diagnosis to name. Scripts carry a `sourceURL`, so that the browser's errors name the author's file and
    line.
    """
    page = program.text("index.html") or ""
    page = _LINK.sub(lambda match: _inlined(match, program, "href", _as_style), page)
    return _SCRIPT.sub(lambda match: _inlined(match, program, "src", _as_script), page)


def linked_files(page: str) -> set[str]:
    """Names of the files of its own that a page links as style sheet or script, relative prefixes removed."""
    tags = [(match.group(0), "href") for match in _LINK.finditer(page)]
    tags += [(match.group(0), "src") for match in _SCRIPT.finditer(page)]
    return {_own_name(attributes(tag).get(key, "")) for tag, key in tags} - {""}


def attributes(tag: str) -> dict[str, str]:
    """The attributes of one start tag that have a value, names in lower case."""
    return {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(tag)}


def _inlined(match: re.Match[str], program: Program, key: str, wrap: Callable[[str, str, dict[str, str]], str]) -> str:
    given = attributes(match.group(0))
    name = _own_name(given.get(key, ""))
    content = program.text(name) if name else None
    return match.group(0) if content is None else wrap(name, content, given)


def _own_name(reference: str) -> str:
    return "" if "//" in reference or ":" in reference else reference.removeprefix("./").removeprefix("/")


def _as_style(name: str, content: str, given: dict[str, str]) -> str:
    media = f' media="{given["media"]}"' if given.get("media") else ""
    return f"<style{media}>\n" + re.sub(r"</(style)", r"<\\/\1", content, flags=re.I) + "\n</style>"


def _as_script(name: str, content: str, given: dict[str, str]) -> str:
    module = ' type="module"' if given.get("type") == "module" else ""
    safe = re.sub(r"<(/script|!--)", r"<\\\1", content, flags=re.I)
    return f"<script{module}>{safe}\n//# sourceURL={name}\n</script>"
