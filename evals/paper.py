"""What an eval leaves behind: a table as CSV and Markdown, plots as SVG, and a page that holds it all."""

import csv
import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2

from tasks.errors import BadInput
from tasks.rows import write_whole

GOOD, BAD = "#1f7a5c", "#b3402e"


@dataclass(frozen=True)
class Table:
    """Rows of text under headings."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    """What a reader has to know to read it."""

    @property
    def markdown(self) -> str:
        """As GitHub reads it: the first column to the left, the others to the right."""
        lines = [self.headings, ("---", *("---:" for _ in self.headings[1:])), *self.rows]
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)

    @property
    def plain(self) -> str:
        """In columns, for a terminal."""
        lines = [self.headings, *self.rows]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.headings))]
        padded = [[cell.rjust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
        for line, cells in zip(lines, padded, strict=True):
            cells[0] = line[0].ljust(widths[0])
        return "\n".join("  ".join(cells).rstrip() for cells in padded)


@dataclass(frozen=True)
class Paper:
    """An eval's outcome."""

    title: str
    lead: str
    """What was looked at, in one sentence."""
    facts: dict[str, str]
    """Label to value, the few that matter most."""
    tables: tuple[Table, ...]
    """The first is `table.md`."""
    plots: dict[str, str]
    """Caption to SVG."""
    records: tuple[dict[str, Any], ...]
    """Of `table.csv`: every figure unrounded; all with the same keys."""
    remarks: tuple[str, ...] = field(default=())
    """What was left out or could not be had, one sentence each."""


def check_folder(out: Path) -> None:
    """Refuse a folder that can't be written to, before the work is done.

    Raises:
        BadInput: it is a file, or can't be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"--out {out} can't be used as a folder ({error.strerror}); name another.") from error


def check_file(json: Path | None) -> None:
    """Refuse a file for the figures that can't be written, before the work is done.

    Raises:
        BadInput: it is a folder, its folder can't be made, or nothing can be written there.
    """
    if json is None:
        return
    why = "it is a folder" if json.is_dir() else ""
    try:
        json.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"{json.parent} is no folder" if isinstance(error, FileExistsError | NotADirectoryError) else ""
        why = why or f"there is no folder {json.parent}, and none can be made ({error.strerror})"
    if not why and not os.access(json.parent, os.W_OK):
        why = f"nothing can be written in {json.parent}"
    if why:
        raise BadInput(f"--json {json} can't be written: {why}; name another file.")


def publish(paper: Paper, out: Path) -> Path:
    """Write `table.csv`, `table.md`, one SVG a plot and `index.html` into a folder; gives the page's path."""
    write_csv(paper.records, out / "table.csv")
    texts = [f"{table.note}\n\n{table.markdown}".strip() for table in paper.tables]
    write_whole(out / "table.md", ("\n\n".join([*texts, *paper.remarks]) + "\n").encode())
    for caption, plot in paper.plots.items():
        write_whole(out / f"{re.sub(r'[^a-z0-9]+', '-', caption.lower()).strip('-')}.svg", plot.encode())
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = out / "index.html"
    write_whole(page, environment.get_template("page.html").render(paper=paper).encode())
    return page


def write_csv(records: Sequence[Mapping[str, object]], path: Path) -> None:
    """Records with the same keys as CSV, whole or not at all."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(records[0]) if records else [])
    writer.writeheader()
    writer.writerows(records)
    write_whole(path, stream.getvalue().encode())
