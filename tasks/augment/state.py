"""All there is to know about a search for a ladder: store it, and it goes on where it was."""

from typing import Literal

from tasks.augment.site import Pick, Picks, Site, edited, edits_of
from tasks.record import Findings, Ladder, Program, Proven, Record, Render, Seal
from tasks.settings import LadderRules, QualityWeights

Status = Literal["open", "found", "failed"]


class Trial(Record):
    """A program to render now, with the problem's checks."""

    program: Program
    """Natural, or a sealed page."""
    screenshot: str | None = None
    """The PNG's file name, if one is wanted: the completion's id with `.png`."""
    diagnose: Program | None = None
    """What the language servers should look at: the natural files."""


class Measured(Record):
    """A version that was rendered."""

    picks: Picks
    program_id: str
    """Of its natural files."""
    render: Render
    findings: Findings | None = None
    """None while no language server has looked at it."""
    apart: str = ""
    """How it is another page when it is sealed; empty if it is not, or was never sealed."""

    @property
    def sound(self) -> bool:
        """Whether it runs to its end and no language server calls it an error, as far as is known."""
        return self.render.outcome == "ok" and not (self.findings and self.findings.errors)

    @property
    def usable(self) -> bool:
        """Whether it may be part of a ladder, as far as is known."""
        return self.sound and not self.apart


class Sealed(Record):
    """Four versions that would be a ladder, sealed and to be measured so."""

    picks: tuple[Picks, Picks, Picks, Picks]
    """Best first."""
    seal: Seal
    pages: tuple[Program, Program, Program, Program]


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
    sealed: Sealed | None = None
    """To render now, in place of the pending ones."""
    measured: tuple[Measured, ...] = ()
    """The clean program first."""
    refused: tuple[tuple[Picks, ...], ...] = ()
    """Quartets that broke a rule when they were sealed."""
    banned: tuple[Pick, ...] = ()
    """Variants that a language server calls an error or that end a page."""
    idle: tuple[int, ...] = ()
    """Sites given up."""
    renders: int = 0
    """Of edited and sealed versions."""
    rounds: int = 0
    ladder: Ladder | None = None
    """What was found."""

    def program(self, picks: Picks) -> Program:
        """The natural program of a version."""
        return edited(self.proven.program, edits_of(self.sites, picks))


def failed(search: Search, reason: str = "", detail: str = "") -> Search:
    """Over, with the reason; by default, that the renders are used up or nothing is left to try."""
    qs = [one.render.quality.q for one in search.measured]
    least = f"q of {len(qs)} versions from {max(qs):.3f} to {min(qs):.3f} after {search.renders} renders" if qs else ""
    return search.model_copy(
        update={
            "status": "failed",
            "reason": reason or f"no even ladder within {search.rules.max_renders} renders",
            "detail": detail or "; ".join(part for part in (least, search.detail) if part),
            "pending": (),
            "sealed": None,
        }
    )
