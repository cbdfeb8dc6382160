"""The difference between two texts of a file, as reviewers read it and `patch` takes it."""

import re
from collections.abc import Iterable, Mapping
from difflib import unified_diff

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
"""As `patch` and `git apply` count lines; `splitlines` also ends one at U+2028, a form feed or a lone CR."""


def file_diff(name: str, before: str, after: str) -> str:
    """A unified diff of one file, with three lines round each change; empty if the texts are equal."""
    lines = unified_diff(_LINE.findall(before), _LINE.findall(after), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def files_diff(before: Mapping[str, str], after: Iterable[tuple[str, str]]) -> str:
    """The diffs of all files that differ, by name and content; a file that was not there was empty."""
    return "".join(file_diff(name, before.get(name, ""), text) for name, text in after)
