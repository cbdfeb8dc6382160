"""A problem and its acceptance checks, written by a model from a persona and a topic."""

import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tasks.check import Check, Target
from tasks.content import canonical_json, content_id
from tasks.model.gateway import Answer, Gateway
from tasks.record import Candidate, Posed, Problem, Rejected

_QUOTED_RUN = 6
"""Words of a persona in a row that make a statement a quotation of it."""

_Line = Annotated[str, Field(min_length=8, max_length=600)]


class ProblemReply(BaseModel):
    """What the model is asked for."""

    model_config = ConfigDict(frozen=True)

    title: str = Field(min_length=3, max_length=80)
    statement: str = Field(min_length=120, max_length=6000)
    features: tuple[_Line, ...] = Field(min_length=3, max_length=8)
    user_actions: tuple[_Line, ...] = Field(min_length=2, max_length=8)
    checks: tuple[Check, ...] = Field(min_length=5, max_length=10)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        ids = [check.id for check in self.checks]
        if len(set(ids)) < len(ids):
            raise ValueError("every check needs an id of its own")
        return self

    @model_validator(mode="after")
    def _names_are_told(self) -> Self:
        """The programmer sees only the words: a name that a step uses and no word tells can't be met."""
        told = _folded(" ".join((self.title, self.statement, *self.features, *self.user_actions)))
        for check in self.checks:
            for target in _targets(check):
                for name in (target.name, target.label, target.text):
                    if name and _folded(name) not in told:
                        raise ValueError(
                            f"check {check.id!r} relies on {name!r}, which neither the statement, the features nor the "
                            "user actions name"
                        )
        return self


async def pose(gateway: Gateway, candidate: Candidate) -> Posed | Rejected:
    """Have a problem written for a candidate; a reply that breaks the rules after all re-asks rejects the candidate."""
    answer = await gateway.ask(
        "problem",
        {"topic": candidate.topic, "persona": candidate.persona.text},
        ProblemReply,
        seed=candidate.seed,
        candidate=candidate,
    )
    return settle(answer, candidate)


def settle(answer: Answer[ProblemReply], candidate: Candidate) -> Posed | Rejected:
    """What a reply makes of a candidate: posed, or rejected for a reply that is none or that quotes the persona."""
    reply = answer.value
    if reply is None:
        return Rejected(
            candidate=candidate,
            stage="problem",
            reason=f"no valid problem: {answer.kind or 'declined'}",
            detail=answer.fault,
            usage=answer.usage,
        )
    problem = Problem(
        problem_id=content_id(canonical_json(reply.model_dump(mode="json"))),
        topic=candidate.topic,
        title=reply.title,
        statement=reply.statement,
        features=reply.features,
        user_actions=reply.user_actions,
        checks=reply.checks,
    )
    if quotation := _quotes(problem.prompt, candidate.persona.text):
        return Rejected(
            candidate=candidate,
            stage="problem",
            reason="problem quotes its persona",
            detail=f"it says: {quotation!r}",
            usage=answer.usage,
            problem=problem,
        )
    return Posed(candidate=candidate, problem=problem, usage=answer.usage)


def _targets(check: Check) -> Iterator[Target]:
    """The elements that the steps act on; an expectation may look for what only a result brings."""
    for step in check.steps:
        for key in ("target", "to"):
            target = getattr(step, key, None)
            if target is not None:
                yield target


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _quotes(text: str, persona: str) -> str:
    """The first run of the persona's words that the text repeats; empty if there is none."""
    words = re.findall(r"\w+", persona.casefold())
    said = " ".join(re.findall(r"\w+", text.casefold()))
    runs = (" ".join(words[i : i + _QUOTED_RUN]) for i in range(len(words) - _QUOTED_RUN + 1))
    return next((run for run in runs if f" {run} " in f" {said} "), "")
