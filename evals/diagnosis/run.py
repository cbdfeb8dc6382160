"""`dojo eval diagnose`: recall on the bank's faults, and false alarms on clean programs."""

import json
from collections.abc import Sequence
from pathlib import Path

from evals.bench.pages import offline_orders, read_pages
from evals.diagnosis.looks import look
from evals.diagnosis.outcome import OURS, THEIRS, Outcome, figures_of, place
from evals.diagnosis.page import paper_of
from evals.experiment import Case, Experiment, Tried, fault_case, record
from evals.faults.bank import BANK, read_bank
from evals.pace import Tell
from evals.paper import Paper, publish
from tasks.record import Diagnostic, Program
from tasks.rows import write_whole

CLEAN = 104
"""Programs of the offline model's that are looked at for false alarms: eight of each archetype."""


def run(
    pages: Path | None,
    out: Path,
    tell: Tell,
    *,
    clean: int = CLEAN,
    figures: Path | None = None,
    bank: Path = BANK,
) -> Paper:
    """Diagnose the bank and the clean programs, and write what came of it into a folder.

    Args:
        pages: a folder of pages that work, to be flagged as seldom, as `read_pages` takes them; one that can't be read
            is named and left out.
        out: for tables, plot and page.
        tell: hears how far it is.
        clean: programs of the offline model's, the archetypes in turn.
        figures: a file for the figures in JSON.
        bank: the file of faults.

    Raises:
        BadInput: there is no bank, it is older than its archetypes, or the folder has no page that can be read.
        Missing, ServerDown: the language servers can't be used.
    """
    sources: dict[str, dict[str, Program]] = {
        OURS: {f"offline {n}": order.program for n, order in enumerate(offline_orders(clean))}
    }
    unread: dict[str, str] = {}
    if pages is not None:
        given = read_pages(pages)
        sources[THEIRS] = {name: order.program for name, order in given.orders.items()}
        unread = given.unread
    flat = {f"{source}/{name}": program for source, listed in sources.items() for name, program in listed.items()}
    hits, said = look(read_bank(bank), flat, tell)
    clean_said = {source: {name: said[f"{source}/{name}"] for name in sources[source]} for source in sources}
    found = Outcome(tuple(hits), clean_said, unread)
    paper = paper_of(found)
    publish(paper, out)
    if figures is not None:
        write_whole(figures, (json.dumps(figures_of(found), indent=2, ensure_ascii=False) + "\n").encode())
    record([_experiment(found)], tell)
    return paper


def _experiment(found: Outcome) -> Experiment:
    """What the servers said, as a run over the bank's faults and the clean programs."""
    tried = [
        Tried(
            fault_case(hit.fault),
            {"errors": _told(hit.errors), "warnings": _told(hit.warnings)},
            {"seen": float(hit.seen), "in its lines": float(hit.placed)} if hit.fault.visibility == "server" else {},
        )
        for hit in found.hits
    ]
    for source, programs in found.clean.items():
        for name, said in programs.items():
            errors = [one for one in said if one.severity == "error"]
            case = Case(f"{source}/{name}", {"clean program": name, "from": source}, "nothing is said")
            tried.append(Tried(case, {"errors": _told(errors)}, {"false alarm": float(bool(errors))}))
    return Experiment(
        dataset="dojo eval diagnose",
        name=f"{len(found.hits)} faults, {sum(map(len, found.clean.values()))} clean programs",
        settings={"false alarms on": found.judged},
        tried=tried,
        scores={"recall": found.recall.value, "false alarm rate": found.alarms(found.judged).value},
    )


def _told(said: Sequence[Diagnostic]) -> list[str]:
    return [f"{one.code} {place(one)} {one.message}" for one in said]
