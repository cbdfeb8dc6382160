"""What a stage has done, kept row by row: a run that is started again does not do it again."""

from pathlib import Path
from typing import Generic, TypeVar

from tasks.record import Posed, Proven, Ranked, Rejected, Written
from tasks.rows import add_row, load_rows, open_lines, writing

R = TypeVar("R", Posed, Written, Proven, Ranked, Rejected)


class Journal(Generic[R]):
    """A file of JSON lines, one row a candidate, in the order in which they were done."""

    def __init__(self, path: Path, kind: type[R]) -> None:
        """Read what there is; a last line that a kill has cut off is dropped.

        Raises:
            BrokenRun: the disk does not take it.
        """
        self.path = path
        if path.exists():
            _drop_torn_line(path)
        self._rows: dict[int, R] = {row.candidate.index: row for row in load_rows(path, kind)} if path.exists() else {}

    def get(self, index: int) -> R | None:
        """The row of the candidate with this index, if it is done."""
        return self._rows.get(index)

    def add(self, row: R) -> None:
        """Keep a row; it is in the system's hands when this returns.

        Raises:
            BrokenRun: the disk does not take it.
        """
        with open_lines(self.path) as lines:
            add_row(lines, row)
        self._rows[row.candidate.index] = row


def _drop_torn_line(path: Path) -> None:
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        with writing(path), path.open("r+b") as lines:
            lines.truncate(data.rfind(b"\n") + 1)
