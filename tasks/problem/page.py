"""A problem for a page that exists already, written by a model that reads the page."""

from tasks.model.gateway import Gateway
from tasks.problem.author import ProblemReply, settle
from tasks.record import Candidate, Posed, Program, Rejected


async def pose_for(gateway: Gateway, candidate: Candidate, program: Program) -> Posed | Rejected:
    """Have the problem written that a page solves; a reply that breaks the rules after all re-asks rejects the
    candidate, and its page is kept."""
    answer = await gateway.ask(
        "problem-for-page",
        prompt_data(program),
        ProblemReply,
        seed=candidate.seed,
        candidate=candidate,
    )
    outcome = settle(answer, candidate)
    return outcome.model_copy(update={"program": program}) if isinstance(outcome, Rejected) else outcome


def prompt_data(program: Program) -> dict[str, object]:
    """What the prompt is filled with."""
    return {"files": [{"name": file.filename, "text": file.content} for file in program.files]}
