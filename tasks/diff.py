"""The difference between two texts of a file, as reviewers read it and `patch` takes it."""

from collections.abc import Iterable, Mapping
from difflib import unified_diff


def file_diff(name: str, before: str, after: str) -> str:
    """A unified diff of one file, with three lines round each change; empty if the texts are equal."""
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def files_diff(before: Mapping[str, str], after: Iterable[tuple[str, str]]) -> str:
    """The diffs of all files that differ, by name and content; a file that was not there was empty."""
    return "".join(file_diff(name, before.get(name, ""), text) for name, text in after)
