"""One round of repair: the model sees what is wrong, reasons, and returns patches."""

from collections import Counter
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tasks.diagnose.patch import Patch, apply
from tasks.diagnose.verdict import FATAL
from tasks.model.gateway import Gateway
from tasks.record import Diagnostic, Findings, Program, Render, Written, canonical_json

MOST_DIAGNOSTICS = 40
"""Shown at once; a page with more has one fault with many echoes."""

MOST_PER_KIND = 6
"""Of one code in one file."""

_WIDEST_LINE = 240
"""Characters of a source line that are quoted."""


class RepairReply(BaseModel):
    """What the model is asked for: the reasoning comes first, so that the patches follow from it."""

    model_config = ConfigDict(frozen=True)

    reasoning: str = Field(description="what causes each finding, and what has to change")
    patches: tuple[Patch, ...] = Field(max_length=40)


async def repair(
    gateway: Gateway, written: Written, findings: Findings, render: Render | None, round_: int, rounds: int
) -> Written:
    """The program after one round (`round_` of `rounds`, from 1); `rounds` and `usage` have grown in any case.

    A reply that is none leaves the program as it was. What could not be applied is kept in `refused`, for the next
    round to see.

    Raises:
        ModelDown: the model's endpoint can't be used.
    """
    answer = await gateway.ask(
        "repair",
        prompt_data(written, findings, render, round_, rounds),
        RepairReply,
        seed=written.candidate.seed + round_,
    )
    program = written.program
    refused: tuple[str, ...] = (f"There was no valid reply: {answer.fault}",)
    if answer.value is not None:
        applied = apply(program, answer.value.patches)
        program, refused = applied.program, applied.refused
    return written.model_copy(
        update={
            "program": program,
            "usage": written.usage + answer.usage,
            "rounds": written.rounds + 1,
            "refused": refused,
        }
    )


def prompt_data(
    written: Written, findings: Findings, render: Render | None, round_: int, rounds: int
) -> dict[str, object]:
    """What `prompts/repair.md` is filled with."""
    checks = [check.model_dump(mode="json", exclude_defaults=True) for check in written.problem.checks]
    return {
        "problem": written.problem.prompt,
        "checks": canonical_json(checks),
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
