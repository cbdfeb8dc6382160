"""All there is to know about a search for a ladder: store it, and it goes on where it was."""

from typing import Literal

from tasks.augment.site import Pick, Picks, Site, edited
from tasks.record import Findings, Program, Proven, Record, Render
from tasks.settings import LadderRules, QualityWeights

Status = Literal["open", "found", "failed"]


class Trial(Record):
    """A program to render now, with the problem's checks."""

    program: Program
    screenshot: str | None
    """The PNG's file name, if one is wanted: the completion's id with `.png`."""
    diagnose: bool
    """Whether the language servers should look at it."""


class Measured(Record):
    """A version that was rendered, once or more."""

    picks: Picks
    program_id: str
    renders: tuple[Render, ...]
    findings: Findings | None = None
    """None while no language server has looked at it."""

    @property
    def usable(self) -> bool:
        """Whether it may be part of a ladder, as far as is known."""
        return all(r.outcome == "ok" for r in self.renders) and not (self.findings and self.findings.errors)


class Search(Record):
    """One program's search."""

    proven: Proven
    rules: LadderRules
    weights: QualityWeights
    sites: tuple[Site, ...]
    reach: tuple[int, ...]
    """By site, the checks that its harm can fail, a bit each."""
    status: Status = "open"
    reason: str = ""
    """A short fixed phrase, if it failed."""
    detail: str = ""
    pending: tuple[Picks, ...] = ()
    """Versions to render now."""
    confirming: bool = False
    """Whether the pending four are a ladder already and rendered for the spread."""
    quartet: tuple[Picks, ...] = ()
    """The four that were found, best first."""
    measured: tuple[Measured, ...] = ()
    refused: tuple[tuple[str, ...], ...] = ()
    """Program ids of quartets that broke a rule when rendered again."""
    banned: tuple[Pick, ...] = ()
    """Variants that broke what they must not: a twin that fails a check, an edit that a language server calls an
    error."""
    idle: tuple[int, ...] = ()
    """Sites given up."""
    renders: int = 0
    rounds: int = 0

    def program(self, picks: Picks) -> Program:
        """The program of a version."""
        return edited(self.proven.program, self.sites, picks)


def failed(search: Search, reason: str = "", detail: str = "") -> Search:
    """Over, with the reason; by default, that the renders are used up or nothing is left to try."""
    best = max((one.renders[-1].quality.q for one in search.measured), default=0.0)
    worst = min((one.renders[-1].quality.q for one in search.measured), default=0.0)
    least = f"q of {len(search.measured)} versions from {best:.3f} to {worst:.3f} after {search.renders} renders"
    return search.model_copy(
        update={
            "status": "failed",
            "reason": reason or f"no even ladder within {search.rules.max_renders} renders",
            "detail": detail or "; ".join(part for part in (least, search.detail) if part),
            "pending": (),
            "confirming": False,
        }
    )
