"""What was found: recall, false alarms, and what of both is to be looked at."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.diagnosis.looks import Hit
from evals.diagnosis.shares import Share
from evals.faults.fault import KINDS
from tasks.record import Diagnostic

LEAST_RECALL = 0.95
MOST_ALARMS = 0.03

OURS, THEIRS = "archetypes", "pages"

RULES = "policy"
"""The source of a diagnostic that says what the house does not allow, in a page that may well work."""


@dataclass(frozen=True)
class Outcome:
    """What was found."""

    hits: tuple[Hit, ...]
    """Of every fault of the bank."""
    clean: dict[str, dict[str, tuple[Diagnostic, ...]]]
    """Diagnostics of each clean program, by where it is from and by name."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Why a page that was given could not be read, by name."""

    @property
    def visible(self) -> tuple[Hit, ...]:
        """Those faults that a language server can see."""
        return tuple(hit for hit in self.hits if hit.fault.visibility == "server")

    @property
    def recall(self) -> Share:
        """Of what a server can see: with an error diagnostic that the clean program does not have."""
        return Share.of_all(hit.seen for hit in self.visible)

    def alarms(self, source: str, *severities: str) -> Share:
        """Clean programs from there with a diagnostic of one of these severities; of errors, if none is named."""
        counted = severities or ("error",)
        return Share.of_all(any(one.severity in counted for one in said) for said in self.clean[source].values())

    def broken(self, source: str) -> Share:
        """Clean programs from there of which an error is said that is no rule of the house."""
        return Share.of_all(
            any(one.severity == "error" and one.source != RULES for one in said) for said in self.clean[source].values()
        )

    @property
    def flagged(self) -> tuple[tuple[str, str, Diagnostic], ...]:
        """Every error of a clean program: where it is from, its name, and what is said."""
        return tuple(
            (source, name, one)
            for source, programs in self.clean.items()
            for name, said in programs.items()
            for one in said
            if one.severity == "error"
        )

    @property
    def noted(self) -> Share:
        """Recall, if a warning counted as well."""
        return Share.of_all(hit.noted for hit in self.visible)

    @property
    def judged(self) -> str:
        """Where the false alarms are counted: the pages that were given, if any."""
        return THEIRS if THEIRS in self.clean else OURS


def figures_of(found: Outcome) -> dict[str, Any]:
    """The figures for a machine: `recall` and `false_alarm_rate` with their intervals, what was missed and flagged."""
    alarms = found.alarms(found.judged)
    return {
        "recall": found.recall.value,
        "recall_interval": found.recall.interval,
        "recall_with_warnings": found.noted.value,
        "false_alarm_rate": alarms.value,
        "false_alarm_interval": alarms.interval,
        "false_alarm_rate_with_warnings": found.alarms(found.judged, "error", "warning").value,
        "false_alarm_rate_without_rules": found.broken(found.judged).value,
        "false_alarms_on": found.judged,
        "false_alarms": {
            source: {"flagged": found.alarms(source).hits, "programs": found.alarms(source).of}
            for source in found.clean
        },
        "recall_by_kind": {
            name: share.value for name, share in shares(found.visible, lambda hit: hit.fault.kind).items()
        },
        "faults": len(found.visible),
        "missed": [
            {"fault": hit.fault.fault_id, "kind": hit.fault.kind, "form": hit.fault.form, "done": hit.fault.done}
            for hit in found.visible
            if not hit.seen
        ],
        "flagged": [
            {
                "from": source,
                "page": name,
                "said_by": said_by(one),
                "where": place(one),
                "code": one.code,
                "message": one.message,
            }
            for source, name, one in found.flagged
        ],
        "unread": dict(found.unread),
    }


def shares(hits: Sequence[Hit], key: Callable[[Hit], str]) -> dict[str, Share]:
    """Recall by group, in the order of the kinds."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: list(KINDS).index(hit.fault.kind)):
        groups[key(hit)].append(hit.seen)
    return {name: Share.of_all(seen) for name, seen in groups.items()}


def said_by(one: Diagnostic) -> str:
    """Whose word it is: a language server's, that of our own look at the page, or a rule of the house."""
    if one.source == RULES:
        return "rule of the house"
    return "server" if one.source == "style" or one.code.startswith("TS") else "own look"


def place(one: Diagnostic) -> str:
    """Where a diagnostic points."""
    return f"{one.file}:{one.line}:{one.column}"
