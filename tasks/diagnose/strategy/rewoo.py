"""The strategy that plans what to look at, looks, and then solves: two calls, whatever is looked at.

After ReWOO, reasoning without observation (arXiv 2305.18323): a Planner writes all tool calls at once, a Worker makes
them without asking a model again, a Solver has the evidence. What differs here:

- The Solver is given the error, unlike the predecessor's: the same findings, checks and files as the other strategies,
  and the evidence beside them.
- The Planner is given an outline of the files instead of their text. What it wants to read it asks for, so a plan costs
  a small part of what a repair does.
- No call takes another's result (ReWOO's `#E1`): a place is known from the findings and the outline, or searched for.
- A plan that can't be followed does not end the round. A wrong call is evidence like any other, and without any valid
  plan the Solver goes by the findings alone.
"""

import asyncio
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from tasks.diagnose.strategy.case import Case, Proposal
from tasks.diagnose.strategy.reading import outline
from tasks.diagnose.strategy.single import PatchesReply, proposed
from tasks.diagnose.strategy.tools import Worker, listed, offered, quoted

MOST_CALLS = 8
"""Of a plan; the others are not made."""

_MOST_THOUGHT = 2_000
"""Characters of a plan's reasoning that the Solver is shown."""

_MOST_WHY = 300
"""Characters of what a call is said to be for."""


class ToolCall(BaseModel):
    """One look. Whatever a model says here is taken as a call, if need be of no tool that there is: a re-ask would cost
    more than one look."""

    model_config = ConfigDict(frozen=True)

    why: str = Field("", description="what you expect to learn, in one sentence")
    tool: str = Field(description="name of the tool")
    arguments: dict[str, JsonValue] = Field(default_factory=dict, description="by name, as the tool is listed")

    @model_validator(mode="before")
    @classmethod
    def _lenient(cls, said: Any) -> Any:
        """A bare name is a call without arguments; arguments beside the name are arguments."""
        if not isinstance(said, dict):
            return {"tool": str(said)}
        given = said.get("arguments")
        beside = {key: value for key, value in said.items() if key not in cls.model_fields}
        return {
            "why": str(said.get("why") or ""),
            "tool": str(said.get("tool")),
            "arguments": given if isinstance(given, dict) else {"given": given} if given else beside,
        }


class PlanReply(BaseModel):
    """What the Planner is asked for."""

    model_config = ConfigDict(frozen=True)

    reasoning: str = Field("", description="what may cause the findings, and what would tell one cause from another")
    calls: tuple[ToolCall, ...] = Field(description=f"what to look at, {MOST_CALLS} calls at the most")


async def rewoo(case: Case) -> Proposal:
    """Findings in, a plan of looks; findings and evidence in, patches out.

    Raises:
        ModelDown: the model's endpoint can't be used.
        BrowserDown: there is no browser to run the page in.
    """
    tools = listed(offered(case.look))
    sketched = await asyncio.to_thread(outline, case.program)
    sketch = {"outline": sketched, "tools": tools, "most_calls": MOST_CALLS}
    planned = await case.ask("repair-plan", {**case.material, **sketch}, PlanReply)
    plan = planned.value
    evidence = [f"There was no valid plan: {planned.fault}"] if plan is None else await _follow(plan, case)
    found = {
        "plan": plan.reasoning[:_MOST_THOUGHT] if plan else "",
        "evidence": [{"number": str(number), "text": text} for number, text in enumerate(evidence, 1)],
    }
    solved = await case.ask("repair-solve", {**case.material, **found}, PatchesReply)
    return proposed(solved, planned.usage)


async def _follow(plan: PlanReply, case: Case) -> list[str]:
    """The evidence of each call, in the plan's order."""
    worker = Worker(case.program, case.checks, case.look)
    evidence = []
    for call in plan.calls[:MOST_CALLS]:
        head = [quoted(call.tool, call.arguments), " ".join(call.why[:_MOST_WHY].split())]
        evidence.append("\n".join([*filter(None, head), "", await worker.call(call.tool, call.arguments)]))
    if len(plan.calls) > MOST_CALLS:
        evidence.append(f"The plan had {len(plan.calls)} calls; the first {MOST_CALLS} were made.")
    return evidence or ["The plan had no calls."]
