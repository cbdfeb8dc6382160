"""A version's diff against its clean program, hunk by hunk, each with the edits that it shows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import inf

from tasks.diff import file_diff
from tasks.record import Edit

_HUNK = re.compile(r"^(?=@@ )", re.MULTILINE)
_RANGE = re.compile(r"@@ -(\d+)(?:,(\d+))? ")


@dataclass(frozen=True)
class Change:
    """One hunk."""

    head: str
    """The two lines that name the file, before its first hunk; empty before the others."""
    hunk: str
    edits: tuple[Edit, ...]
    """In the order of their lines."""


def list_changes(
    before: Mapping[str, str], after: Iterable[tuple[str, str]], edits: Sequence[Edit]
) -> tuple[Change, ...]:
    """The hunks of all files that differ, in order; none if no file does.

    Args:
        before: the clean program's files, by name.
        after: name and content of the version's.
        edits: those that made the version of the clean program.
    """
    found = []
    for name, text in after:
        head, *hunks = _HUNK.split(file_diff(name, before.get(name, ""), text))
        rest = sorted((edit for edit in edits if edit.file == name), key=_first_line)
        for hunk in hunks:
            last = _last_line(hunk) if hunk is not hunks[-1] else inf
            found.append(Change(head, hunk, tuple(edit for edit in rest if _first_line(edit) <= last)))
            head, rest = "", [edit for edit in rest if _first_line(edit) > last]
    return tuple(found)


def _first_line(edit: Edit) -> int:
    """The first line that an edit changes; its text may begin with lines that stay."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(edit.before, edit.after, strict=False))
    return edit.line + sum(one == "\n" for one, _ in same)


def _last_line(hunk: str) -> int:
    """In the file before."""
    start, count = _RANGE.match(hunk).groups("1")  # type: ignore[union-attr]
    return int(start) + int(count) - 1
