"""The strategies of one call: patches at once (`direct`), and patches after reasoning (`cot`).

They differ in one field of the reply. A model writes its reply from left to right, so `cot` has the causes before it
when it comes to the patches (chain of thought, arXiv 2201.11903), and pays for them in tokens.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tasks.diagnose.patch import Patch
from tasks.diagnose.strategy.case import MOST_DISPUTES, Case, Proposal
from tasks.model.gateway import Answer
from tasks.record import Dispute, Usage

MOST_PATCHES = 40
"""In one reply; a page that needs more is not repaired but written anew."""


_LONGEST_WHY = 600
"""Characters of what is said against a check that are kept."""


class DisputeReply(BaseModel):
    """A failed check that the model says is at fault."""

    model_config = ConfigDict(frozen=True)

    check: str = Field(description="id of the failed check")
    why: str = Field(description="the problem's words that it contradicts, or why no sound page can pass it")


def _disputes_in(said: Any) -> Any:
    """What is no dispute is left out: a re-ask would cost the patches once more."""
    keys = DisputeReply.model_fields
    items = said if isinstance(said, list | tuple) else ()
    return [one for one in items if isinstance(one, dict) and all(isinstance(one.get(key), str) for key in keys)]


Disputes = Annotated[
    tuple[DisputeReply, ...],
    BeforeValidator(_disputes_in),
    Field(description=f"failed checks that are themselves at fault, {MOST_DISPUTES} at the most; usually none"),
]


class PatchesReply(BaseModel):
    """What the model is asked for where it shall not reason."""

    model_config = ConfigDict(frozen=True)

    disputes: Disputes = ()
    patches: tuple[Patch, ...] = Field(max_length=MOST_PATCHES)


class RepairReply(BaseModel):
    """What the model is asked for where it shall: the reasoning comes first, so that the patches follow from it."""

    model_config = ConfigDict(frozen=True)

    reasoning: str = Field(description="what causes each finding, and what has to change")
    disputes: Disputes = ()
    patches: tuple[Patch, ...] = Field(max_length=MOST_PATCHES)


async def direct(case: Case) -> Proposal:
    """Findings in, patches out.

    Raises:
        ModelDown: the model's endpoint can't be used.
    """
    return proposed(await case.ask("repair-direct", case.material, PatchesReply))


async def cot(case: Case) -> Proposal:
    """Findings in; the causes, then the patches out.

    Raises:
        ModelDown: the model's endpoint can't be used.
    """
    return proposed(await case.ask("repair", case.material, RepairReply))


def proposed(answer: Answer[PatchesReply] | Answer[RepairReply], before: Usage | None = None) -> Proposal:
    """The patches and disputes of an answer, or why there are none. `before`: what led to the question cost so much."""
    usage = answer.usage if before is None else before + answer.usage
    if answer.value is None:
        return Proposal(None, answer.fault, usage)
    disputes = tuple(Dispute(check_id=one.check.strip(), why=one.why[:_LONGEST_WHY]) for one in answer.value.disputes)
    return Proposal(answer.value.patches, answer.fault, usage, disputes)
