"""What every strategy is given and gives back, and what the prompts are filled with."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from tasks.check import Check, meanings, spell_checks
from tasks.content import canonical_json
from tasks.diagnose.patch import Patch
from tasks.diagnose.verdict import FATAL
from tasks.model.gateway import Answer, Gateway
from tasks.record import Diagnostic, Dispute, Findings, Program, Render, Usage, Written

MOST_DIAGNOSTICS = 40
"""Shown at once; a page with more has one fault with many echoes."""

MOST_PER_KIND = 6
"""Of one code in one file."""

MOST_DISPUTES = 2
"""Of one repair that are looked into; a problem with more wrong checks is not worth its repair."""

_WIDEST_LINE = 240
"""Characters of a source line that are quoted."""

T = TypeVar("T", bound=BaseModel)

Look = Callable[[Program, Sequence[Check]], Awaitable[Render]]
"""Loads a program in the browser and runs these checks on it, none to load it only. Another room does it, so it is the
flow that gives it."""


@dataclass(frozen=True)
class Case:
    """A program with what is wrong with it, and who can be asked."""

    gateway: Gateway
    written: Written
    material: Mapping[str, object]
    """What `prompt_data` made of it."""
    round_: int
    look: Look | None
    """None where no browser is at hand."""

    @property
    def program(self) -> Program:
        """The program as it is before this round."""
        return self.written.program

    @property
    def checks(self) -> tuple[Check, ...]:
        """The acceptance checks of its problem."""
        return self.written.problem.checks

    async def ask(self, prompt: str, data: Mapping[str, object], kind: type[T]) -> Answer[T]:
        """Ask the model, for this candidate and round; see `Gateway.ask`."""
        candidate = self.written.candidate
        return await self.gateway.ask(prompt, data, kind, seed=candidate.seed + self.round_, candidate=candidate)


@dataclass(frozen=True)
class Proposal:
    """What a strategy came to."""

    patches: tuple[Patch, ...] | None
    """None if the model gave no valid reply."""
    fault: str
    """Why not."""
    usage: Usage
    """Of all its calls."""
    disputes: tuple[Dispute, ...] = ()
    """As the model gave them: of any check, any number."""


def prompt_data(
    written: Written, findings: Findings, render: Render | None, round_: int, rounds: int
) -> dict[str, object]:
    """What all of `prompts/repair*.md` are filled with; `rewoo` adds to it."""
    return {
        "problem": written.problem.prompt,
        "checks": spell_checks(written.problem.checks),
        "words": meanings(written.problem.checks),
        "files": [{"name": file.filename, "text": file.content} for file in written.program.files],
        "findings": canonical_json(
            {
                "diagnostics": _diagnostics(written.program, findings.errors),
                "errors": _errors(render),
                "failed_checks": _failed_checks(written, render),
                "refused": [{"reason": reason} for reason in written.refused],
            }
        ),
        "round": round_,
        "rounds": rounds,
    }


def _diagnostics(program: Program, errors: tuple[Diagnostic, ...]) -> list[dict[str, Any]]:
    """The errors with the line that each is about, fewer of those that echo one another."""
    seen: Counter[tuple[str, str]] = Counter()
    shown: list[dict[str, Any]] = []
    for error in errors:
        seen[error.file, error.code] += 1
        if seen[error.file, error.code] > MOST_PER_KIND or len(shown) >= MOST_DIAGNOSTICS:
            continue
        shown.append(
            {
                "where": f"{error.file}:{error.line}:{error.column}",
                "file": error.file,
                "line": error.line,
                "code": error.code,
                "message": error.message,
                "quoted": _line(program, error),
            }
        )
    return shown


def _line(program: Program, error: Diagnostic) -> str:
    lines = (program.text(error.file) or "").split("\n")
    return lines[error.line - 1].strip()[:_WIDEST_LINE] if 0 < error.line <= len(lines) else ""


def _errors(render: Render | None) -> list[dict[str, Any]]:
    """What the browser said, and what of it could not go on."""
    if render is None:
        return []
    said: list[dict[str, Any]] = []
    if render.outcome != "ok":
        said.append({"kind": render.outcome, "message": f"the page could not be judged: {render.outcome}"})
    for error in render.errors:
        if error.kind in FATAL or error.kind == "blocked":
            place = {"file": error.file, "line": error.line} if error.file else {}
            said.append({"kind": error.kind, "message": error.message, **place})
    return said[:20]


def _failed_checks(written: Written, render: Render | None) -> list[dict[str, Any]]:
    if render is None:
        return []
    titles = {check.id: check.title for check in written.problem.checks}
    return [
        {"id": verdict.check_id, "title": titles.get(verdict.check_id, ""), "reason": verdict.reason}
        for verdict in render.verdicts
        if verdict.value != "pass"
    ]
