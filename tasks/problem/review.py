"""Checks that a repair says are at fault, looked at again beside the statement: kept, corrected or dropped.

Whoever repairs a page gains by fewer checks, so its word decides nothing: the model that poses problems is asked, and
what it may change is bounded here, whatever it says.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tasks.check import Check, spell_checks
from tasks.model.gateway import Gateway
from tasks.problem.lint import lint
from tasks.record import Amendment, Dispute, Problem, Render, Written

MOST_CHANGED = 2
"""Checks of a problem that are dropped or corrected, over all rounds."""

_LONGEST = 600
"""Characters of what the browser saw that the poser is shown, and of its reason that are kept."""


class Ruling(BaseModel):
    """What is to become of one check."""

    model_config = ConfigDict(frozen=True)

    check: str = Field(description="id of the disputed check")
    reason: str = Field(description="the problem's words that the check agrees with or contradicts")
    verdict: Literal["keep", "correct", "drop"]
    corrected: Check | None = Field(None, description="the whole check as it should be, with the same id; if `correct`")

    @model_validator(mode="after")
    def _corrects_its_own(self) -> Self:
        if self.verdict == "correct" and (self.corrected is None or self.corrected.id != self.check):
            raise ValueError(f"the verdict `correct` on {self.check!r} needs a `corrected` check with that id")
        return self


class ReviewReply(BaseModel):
    """What the model is asked for."""

    model_config = ConfigDict(frozen=True)

    rulings: tuple[Ruling, ...] = Field(description="one for each disputed check", max_length=8)


async def review(gateway: Gateway, written: Written, looks: Sequence[Render], least: int) -> Written:
    """The candidate with what its disputes came to, and none left.

    A check is looked at if it fails on the page as the repair left it, passed on no version of the page, and was not
    looked at before. No more than `MOST_CHANGED` checks of a problem are changed, and none is dropped if fewer than
    `least` would stay. An answer that is none keeps the checks. Without a check to look at nobody is asked.

    Args:
        gateway: the way to the model.
        written: as the repair left it.
        looks: renders of this candidate's program, of all rounds, the first first; the last is of `written.program`
            with the checks as they are.
        least: checks that stay.

    Raises:
        ModelDown: the model's endpoint can't be used.
    """
    disputes = reviewable(written.problem, written.disputes, looks)
    if not disputes:
        return written.model_copy(update={"disputes": ()})
    problem, candidate = written.problem, written.candidate
    checks = {check.id: check for check in problem.checks}
    seen = {verdict.check_id: verdict.reason for verdict in looks[-1].verdicts}
    answer = await gateway.ask(
        "review-check",
        {
            "problem": problem.prompt,
            "disputed": [
                {
                    "id": one.check_id,
                    "check": spell_checks((checks[one.check_id],)),
                    "why": one.why,
                    "seen": seen[one.check_id][:_LONGEST],
                }
                for one in disputes
            ],
            "drops": min(len(disputes), max(0, len(problem.checks) - least)),
        },
        ReviewReply,
        seed=candidate.seed + written.rounds,
        candidate=candidate,
    )
    rulings = {one.check: one for one in reversed(answer.value.rulings)} if answer.value else {}
    missing = answer.fault or "no ruling was given on it"
    amended = amend(problem, disputes, rulings, written.rounds, least, missing)
    kept = amended.amendments[len(problem.amendments) :]
    told = tuple(
        f"Dispute of {one.check_id!r}: the check was looked at again and stays. {one.reason}"
        for one in kept
        if one.verdict == "kept"
    )
    return written.model_copy(
        update={
            "problem": amended,
            "usage": written.usage + answer.usage,
            "refused": written.refused + told,
            "disputes": (),
        }
    )


def reviewable(problem: Problem, disputes: Sequence[Dispute], looks: Sequence[Render]) -> tuple[Dispute, ...]:
    """The disputes that are looked into: one a check, and no more than may still be changed."""
    looked_at = {one.check_id for one in problem.amendments}
    passed = {verdict.check_id for look in looks for verdict in look.verdicts if verdict.value == "pass"}
    fails = {verdict.check_id for look in looks[-1:] for verdict in look.verdicts if verdict.value == "fail"}
    open_ = ({check.id for check in problem.checks} & fails) - passed - looked_at
    wanted: dict[str, Dispute] = {}
    for one in disputes:
        if one.check_id in open_:
            wanted.setdefault(one.check_id, one)
    changed = sum(one.verdict != "kept" for one in problem.amendments)
    return tuple(wanted.values())[: max(0, MOST_CHANGED - changed)]


def amend(
    problem: Problem,
    disputes: Sequence[Dispute],
    rulings: Mapping[str, Ruling],
    round_: int,
    least: int,
    missing: str = "no ruling was given on it",
) -> Problem:
    """The problem with what was ruled on each disputed check, as far as the rules allow it.

    Args:
        problem: its id stays.
        disputes: as `reviewable` gives them.
        rulings: by the check's id.
        round_: of the repair that disputed them.
        least: checks that stay.
        missing: why a ruling is missing.
    """
    words = (problem.title, problem.statement, *problem.features, *problem.user_actions)
    checks = {check.id: check for check in problem.checks}
    amendments = list(problem.amendments)
    for one in disputes:
        before, ruling = checks[one.check_id], rulings.get(one.check_id)
        after: Check | None = None
        verdict: Literal["kept", "corrected", "dropped"] = "kept"
        reason = missing if ruling is None else ruling.reason[:_LONGEST]
        if ruling is not None and ruling.verdict == "drop":
            if len(checks) > least:
                verdict = "dropped"
                del checks[one.check_id]
            else:
                reason = f"It would leave fewer than {least} checks. {reason}"
        elif ruling is not None and ruling.verdict == "correct" and ruling.corrected is not None:
            broken = "; ".join(said for said in lint((ruling.corrected,), words) if said not in lint((), words))
            if ruling.corrected.id != before.id:
                broken = "the correction has another id"
            if broken:
                reason = f"The correction breaks a rule: {broken}. {reason}"
            elif ruling.corrected != before:
                verdict, after = "corrected", ruling.corrected
                checks[one.check_id] = after
        amendments.append(
            Amendment(
                check_id=one.check_id,
                round=round_,
                why=one.why,
                verdict=verdict,
                reason=reason,
                before=before,
                after=after,
            )
        )
    return problem.model_copy(update={"checks": tuple(checks.values()), "amendments": tuple(amendments)})
