"""One round of repair, by whichever strategy: what the model proposes is applied, and what could not be is kept.

What it says against checks is only passed on: another room decides about checks.
"""

from collections.abc import Awaitable, Callable, Iterable

from tasks.diagnose.patch import apply
from tasks.diagnose.strategy.case import MOST_DISPUTES, Case, Look, Proposal, prompt_data
from tasks.diagnose.strategy.rewoo import rewoo
from tasks.diagnose.strategy.single import cot, direct
from tasks.diagnose.verdict import faults
from tasks.diff import files_diff
from tasks.model.gateway import Gateway
from tasks.record import Dispute, Findings, Render, Repair, Written
from tasks.settings import Strategy

_ASKING: dict[Strategy, Callable[[Case], Awaitable[Proposal]]] = {"direct": direct, "cot": cot, "rewoo": rewoo}
"""The strategies that ask a model: all but `none`."""


_MOST_IDLE = 6
"""Disputes without effect that are told to the next round."""


async def repair(
    gateway: Gateway,
    written: Written,
    findings: Findings,
    render: Render | None,
    round_: int,
    rounds: int,
    *,
    strategy: Strategy = "cot",
    look: Look | None = None,
) -> Written:
    """The program after one round (`round_` of `rounds`, from 1).

    With `none` it is what it was. Otherwise `rounds` and `usage` have grown in any case: a reply that is none leaves
    the program as it was and is paid for. What could not be applied is kept in `refused`, for the next round to see.
    `disputes` are those of checks that failed in `render`, one a check, `MOST_DISPUTES` at the most.
    `look` runs the page for `rewoo`, whose plan can only read without it.

    Raises:
        ModelDown: the model's endpoint can't be used.
        BrowserDown: `look` has no browser.
    """
    asking = _ASKING.get(strategy)
    if asking is None:
        return written
    material = prompt_data(written, findings, render, round_, rounds)
    proposal = await asking(Case(gateway, written, material, round_, look))
    program, repairs = written.program, written.repairs
    refused: tuple[str, ...] = (f"There was no valid reply: {proposal.fault}",)
    if proposal.patches is not None:
        applied = apply(program, proposal.patches)
        program, refused = applied.program, applied.refused
        if program != written.program:
            before = {file.filename: file.content for file in written.program.files}
            patch = files_diff(before, ((file.filename, file.content) for file in program.files))
            repairs = (*repairs, Repair(draft=written.program, findings=faults(findings, render), patch=patch))
    disputes, idle = _disputes(proposal.disputes, render)
    return written.model_copy(
        update={
            "program": program,
            "usage": written.usage + proposal.usage,
            "rounds": written.rounds + 1,
            "refused": refused + idle,
            "disputes": disputes,
            "repairs": repairs,
        }
    )


def _disputes(said: Iterable[Dispute], render: Render | None) -> tuple[tuple[Dispute, ...], tuple[str, ...]]:
    """The disputes that count, and of the others why not."""
    failed = {verdict.check_id for verdict in render.verdicts if verdict.value == "fail"} if render else set()
    kept: dict[str, Dispute] = {}
    idle: list[str] = []
    for one in said:
        if one.check_id not in failed:
            idle.append(f"Dispute of {one.check_id[:40]!r}: no check of that id has failed.")
        elif one.check_id not in kept and len(kept) >= MOST_DISPUTES:
            idle.append(f"Dispute of {one.check_id!r}: {MOST_DISPUTES} checks a repair are looked into.")
        else:
            kept.setdefault(one.check_id, one)
    return tuple(kept.values()), tuple(idle[:_MOST_IDLE])
