"""What was found, as tables and a plot."""

from collections.abc import Sequence
from typing import Any

from evals.diagnosis.looks import NEAR, Hit
from evals.diagnosis.outcome import LEAST_RECALL, MOST_ALARMS, Outcome, place, said_by, shares
from evals.diagnosis.shares import Share
from evals.paper import BAD, GOOD, Paper, Table
from tasks.report import plot


def paper_of(found: Outcome) -> Paper:
    """The page."""
    kinds = shares(found.visible, lambda hit: hit.fault.kind)
    alarms = found.alarms(found.judged)
    programs = {hit.fault.clean_id for hit in found.visible}
    missed = [hit for hit in found.visible if not hit.seen]
    return Paper(
        title="Diagnosis: what is seen, and what is seen that is not there",
        lead=f"{len(found.visible)} planted faults that a language server can see, in {len(programs)} programs, and "
        f"{sum(map(len, found.clean.values()))} clean programs.",
        facts={
            "recall": f"{found.recall.value:.3f} (goal ≥ {LEAST_RECALL})",
            "false alarms": f"{alarms.value:.3f} (goal ≤ {MOST_ALARMS})",
            "faults missed": f"{len(missed)} of {found.recall.of}",
            "clean programs flagged": f"{alarms.hits} of {alarms.of}",
        },
        tables=(
            Table(
                title="Recall by kind of fault",
                headings=("kind", "seen", "of", "recall", "95 % interval", "in its lines"),
                rows=(
                    *((kind, *share.cells, _placed(found.visible, kind)) for kind, share in kinds.items()),
                    ("all", *found.recall.cells, _placed(found.visible, "")),
                    ("all, warnings counted", *found.noted.cells, "–"),
                ),
                note="Seen: an error diagnostic that the clean program does not have, so that it goes to repair. In "
                f"its lines: one of them points at most {NEAR} lines beside what was changed. That a fault breaks the "
                "page was found out in the browser, whatever the servers said of it.",
            ),
            Table(
                title="Recall by form",
                headings=("form", "seen", "of", "recall", "95 % interval", "warned only"),
                rows=tuple(
                    (form, *share.cells, str(sum(_warned(hit) for hit in found.visible if _form(hit) == form)))
                    for form, share in shares(found.visible, _form).items()
                ),
                note="Warned only: there is a new diagnostic, but no error; it is noted and not repaired.",
            ),
            Table(
                title="False alarms",
                headings=("clean programs", "flagged", "of", "share", "95 % interval"),
                rows=(
                    *((source, *found.alarms(source).cells) for source in found.clean),
                    *((f"{source}, without rules of the house", *found.broken(source).cells) for source in found.clean),
                    *(
                        (f"{source}, warnings counted", *found.alarms(source, "error", "warning").cells)
                        for source in found.clean
                    ),
                ),
                note="Flagged: at least one error diagnostic. A rule of the house says what no page of ours may do "
                "(store, leave itself, evaluate, interrupt): a page that does it may work.",
            ),
            _flagged(found),
            _missed(missed),
        ),
        plots={"Recall by kind": _bars(kinds)},
        records=tuple(_record(hit) for hit in found.hits),
        remarks=_remarks(found),
    )


def _form(hit: Hit) -> str:
    return f"{hit.fault.kind}: {hit.fault.form}"


def _warned(hit: Hit) -> bool:
    return hit.noted and not hit.seen


def _placed(hits: Sequence[Hit], kind: str) -> str:
    of = [hit.placed for hit in hits if kind in ("", hit.fault.kind)]
    return f"{sum(of)} of {len(of)}"


def _flagged(found: Outcome) -> Table:
    rows = [
        (f"{source}: {name}", said_by(one), one.code, place(one), one.message) for source, name, one in found.flagged
    ]
    return Table(
        title="Flagged clean programs",
        headings=("program", "said by", "code", "place", "message"),
        rows=tuple(rows),
        note="" if rows else "None.",
    )


def _missed(missed: Sequence[Hit]) -> Table:
    return Table(
        title="Faults missed",
        headings=("kind and form", "program", "what was done", "what the browser shows", "warning"),
        rows=tuple(
            (
                _form(hit),
                f"{hit.fault.slug} {hit.fault.seed}",
                hit.fault.done,
                "; ".join((*hit.fault.evidence.said, *(f"check {name} fails" for name in hit.fault.evidence.failed)))[
                    :160
                ]
                or "it looks otherwise",
                hit.warnings[0].code if hit.warnings else "–",
            )
            for hit in missed
        ),
        note="" if missed else "None.",
    )


def _remarks(found: Outcome) -> tuple[str, ...]:
    others = [hit for hit in found.hits if hit.fault.visibility != "server"]
    said = [
        f"Not counted: {len(others)} faults of the bank that no server can see; they are in the bank because servers "
        "say nothing of them, so that their recall would be 0 by construction."
    ]
    said += [f"The page {name} was left out, it can't be read: {why}." for name, why in found.unread.items()]
    if any(hit.seen for hit in others):
        now = ", ".join(hit.fault.fault_id for hit in others if hit.seen)
        said.append(f"The servers have learnt to see some of these since the bank was made: {now}.")
    return tuple(said)


def _record(hit: Hit) -> dict[str, Any]:
    return {
        "fault": hit.fault.fault_id,
        "kind": hit.fault.kind,
        "form": hit.fault.form,
        "visibility": hit.fault.visibility,
        "page": f"{hit.fault.slug} {hit.fault.seed}",
        "file": hit.fault.file,
        "seen": hit.seen,
        "in_its_lines": hit.placed,
        "codes": " ".join(dict.fromkeys(one.code for one in hit.errors)),
        "warnings": " ".join(dict.fromkeys(one.code for one in hit.warnings)),
        "done": hit.fault.done,
    }


def _bars(kinds: dict[str, Share]) -> str:
    drawn, axes = plot.figure(5.4, 3.4)
    places = list(range(len(kinds)))
    values = [share.value for share in kinds.values()]
    ends = [[share.value - share.interval[0], share.interval[1] - share.value] for share in kinds.values()]
    axes.barh(places, values, 0.6, color=[GOOD if value >= LEAST_RECALL else BAD for value in values])
    axes.errorbar(values, places, xerr=list(zip(*ends, strict=True)), fmt="none", ecolor=plot.INK, linewidth=1)
    axes.axvline(LEAST_RECALL, color=plot.INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(places, list(kinds))
    axes.invert_yaxis()
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("recall, with 95 % intervals")
    return plot.svg(drawn)
