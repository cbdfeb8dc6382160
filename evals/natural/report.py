"""What came of the edits, by mutator and by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from evals.diagnosis.shares import Share
from evals.natural.trial import Made, Offered
from evals.paper import Paper, Table, write_csv
from tasks.augment.find import MUTATORS

_SHOWN = 20
"""Edits with errors that the page lists; `edits.csv` has all."""


@dataclass(frozen=True)
class Outcome:
    """Of all pages."""

    offered: Sequence[Offered]
    made: Sequence[Made]
    told: Share | None
    """How often a model named the edited program of two; None if none was asked."""
    remarks: tuple[str, ...]


def paper_of(outcome: Outcome) -> Paper:
    """The page and all that goes with it."""
    made = outcome.made
    rows = [_row(mutator.name, mutator.family, outcome) for mutator in MUTATORS]
    wrong = [one for one in made if one.errors]
    facts = {
        "mutators": f"{sum(bool(row['sites']) for row in rows)} of {len(rows)} find a place",
        "edits": str(len(made)),
        "with new errors": str(len(wrong)),
        "formatting kept": f"{sum(not one.habits for one in made)} of {len(made)}",
        "at the place that they name": f"{sum(one.placed for one in made)} of {len(made)}",
    }
    if outcome.told:
        facts["edited program told by its style"] = " ".join(outcome.told.cells[2:])
    return Paper(
        title="Natural edits: could a programmer have written them?",
        lead=f"{len(made)} edits of {len(rows)} mutators on {len(outcome.offered)} pages, one at a time.",
        facts=facts,
        tables=(_mutators(rows), _pages(outcome), *_judged(outcome)),
        plots={},
        records=tuple(rows),
        remarks=(
            *(
                f"New error on {one.page}, {one.edit.file} line {one.edit.line}, by {one.edit.mutator}: "
                f"{one.errors[0].code} {one.errors[0].message}"
                for one in wrong[:_SHOWN]
            ),
            *outcome.remarks,
        ),
    )


def write_edits(outcome: Outcome, out: Path) -> None:
    """Every edit, as `edits.csv`."""
    rows = [
        {
            "page": one.page,
            "mutator": one.edit.mutator,
            "family": one.edit.family,
            "strength": one.edit.strength,
            "file": one.edit.file,
            "line": one.edit.line,
            "removed": one.removed,
            "added": one.added,
            "placed": one.placed,
            "habits": "; ".join(one.habits),
            "errors": "; ".join(f"{said.code} {said.message}" for said in one.errors),
            "before": one.edit.before,
            "after": one.edit.after,
        }
        for one in outcome.made
    ]
    write_csv(rows, out / "edits.csv")


def _row(mutator: str, family: str, outcome: Outcome) -> dict[str, Any]:
    own = [one for one in outcome.made if one.edit.mutator == mutator]
    lines = [one.removed + one.added for one in own]
    return {
        "mutator": mutator,
        "family": family,
        "pages": sum(one.sites[mutator] > 0 for one in outcome.offered),
        "sites": sum(one.sites[mutator] for one in outcome.offered),
        "edits": len(own),
        "new errors": sum(bool(one.errors) for one in own),
        "misplaced": sum(not one.placed for one in own),
        "lines, median": median(lines) if lines else 0,
        "lines, most": max(lines, default=0),
        "formatting kept": sum(not one.habits for one in own),
        "habits broken": ", ".join(sorted({habit for one in own for habit in one.habits})),
    }


def _mutators(rows: Sequence[dict[str, Any]]) -> Table:
    return Table(
        title="Mutators",
        headings=tuple(rows[0]),
        rows=tuple(
            tuple(f"{value:g}" if isinstance(value, float) else str(value) for value in row.values()) for row in rows
        ),
        note="Sites: all that a mutator offers, overlapping ones too. Edits: those that were made, one at a time, and "
        "diagnosed. New errors: edits after which the language servers find an error that the clean program has not. "
        "Misplaced: the text that the edit replaces is not what it says. Lines: removed and added, as a diff shows "
        "them. Formatting kept: edits that go against no habit that 95 % of the file keep (indent, quotes, semicolons, "
        "spaces, blank lines, line ends).",
    )


def _pages(outcome: Outcome) -> Table:
    rows = [(one.page, str(one.sites.total()), str(one.kept), str(one.kinds)) for one in outcome.offered]
    return Table(
        title="Pages",
        headings=("page", "sites", "sites that a search takes", "mutators of these"),
        rows=tuple(rows),
        note="A search takes sites that don't overlap, 64 at the most.",
    )


def _judged(outcome: Outcome) -> tuple[Table, ...]:
    if outcome.told is None:
        return ()
    return (
        Table(
            title="Told by a model",
            headings=("", "right", "of", "share", "95 %"),
            rows=(("edited program named, of two", *outcome.told.cells),),
            note="A model is shown a page with some edits and an untouched program of another page, and asked by the "
            "style alone which one was edited; chance .5. Wilson's interval.",
        ),
    )
