"""The strategies of one call: patches at once (`direct`), and patches after reasoning (`cot`).

They differ in one field of the reply. A model writes its reply from left to right, so `cot` has the causes before it
when it comes to the patches (chain of thought, arXiv 2201.11903), and pays for them in tokens.
"""

from pydantic import BaseModel, ConfigDict, Field

from tasks.diagnose.patch import Patch
from tasks.diagnose.strategy.case import Case, Proposal
from tasks.model.gateway import Answer

MOST_PATCHES = 40
"""In one reply; a page that needs more is not repaired but written anew."""


class PatchesReply(BaseModel):
    """What the model is asked for where it shall not reason."""

    model_config = ConfigDict(frozen=True)

    patches: tuple[Patch, ...] = Field(max_length=MOST_PATCHES)


class RepairReply(BaseModel):
    """What the model is asked for where it shall: the reasoning comes first, so that the patches follow from it."""

    model_config = ConfigDict(frozen=True)

    reasoning: str = Field(description="what causes each finding, and what has to change")
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


def proposed(answer: Answer[PatchesReply] | Answer[RepairReply]) -> Proposal:
    """The patches of an answer, or why there are none."""
    return Proposal(None if answer.value is None else answer.value.patches, answer.fault, answer.usage)
