"""A program for a problem, written by a model."""

from tasks.check import meanings, spell_checks
from tasks.model.gateway import Gateway
from tasks.program.reply import ProgramReply
from tasks.record import Posed, Rejected, Written


async def write(gateway: Gateway, posed: Posed) -> Written | Rejected:
    """Have a page written for a posed problem; a reply that is no page after all re-asks rejects the candidate."""
    answer = await gateway.ask(
        "program",
        {
            "problem": posed.problem.prompt,
            "checks": spell_checks(posed.problem.checks),
            "words": meanings(posed.problem.checks),
        },
        ProgramReply,
        seed=posed.candidate.seed,
        candidate=posed.candidate,
    )
    usage = posed.usage + answer.usage
    if answer.value is None:
        return Rejected(
            candidate=posed.candidate,
            stage="program",
            reason=f"no valid program: {answer.kind or 'declined'}",
            detail=answer.fault,
            usage=usage,
            problem=posed.problem,
        )
    return Written(candidate=posed.candidate, problem=posed.problem, program=answer.value.program(), usage=usage)
