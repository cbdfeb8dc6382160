"""Pages that exist already, on their way into a run: candidates without a persona, problems, `Written` rows."""

from functools import lru_cache
from random import Random

from tasks.content import content_id
from tasks.errors import BadInput
from tasks.persona.draw import SEED_BITS
from tasks.persona.source import STARTER
from tasks.program.given.page import Page
from tasks.program.given.problem import TOPIC
from tasks.program.given.read import Programs, read_programs
from tasks.record import Candidate, Persona, Posed, Usage, Written


def read_given(place: str, tasks: int | None, personas: str) -> Programs:
    """The pages of a place, enough for so many tasks.

    Args:
        place: what `--programs` names.
        tasks: how many accepted ones are wanted; None wants all.
        personas: what `--personas` says; the default counts as nothing.

    Raises:
        BadInput: as `read_programs`, there are fewer pages than tasks are wanted, or personas are named as well.
    """
    if personas != STARTER:
        raise BadInput(f"--programs and --personas {personas} exclude each other; leave one of the two out.")
    programs = _read(place)
    pages = len(programs.items)
    if tasks is not None and tasks > pages:
        there = "is 1 page" if pages == 1 else f"are {pages} pages"
        raise BadInput(f"--tasks is {tasks} and there {there} in {place}; name {pages} at the most, or leave it out.")
    return programs


def given_candidates(programs: Programs, seed: int, start: int, count: int) -> list[Candidate]:
    """The candidates `start` to `start + count` of a run, fewer where the pages end: candidate i is page i.

    The persona is empty; its source is the page's name. The seed is derived from the run's and from what the page
    holds, so that it is the same whatever the page is called.
    """
    return [_candidate(page, seed, start + at) for at, page in enumerate(programs.items[start : start + count])]


def given_problem(candidate: Candidate, page: Page) -> Posed | None:
    """The candidate with the problem that its page brings, at no cost; None if it brings none."""
    return Posed(candidate=candidate, problem=page.problem, usage=Usage()) if page.problem else None


def given_program(posed: Posed, page: Page) -> Written:
    """What the program's author would have handed in, had it written this page."""
    return Written(candidate=posed.candidate, problem=posed.problem, program=page.program, usage=posed.usage)


def _candidate(page: Page, seed: int, index: int) -> Candidate:
    return Candidate(
        index=index,
        seed=Random(content_id(str(seed), page.page_id)).getrandbits(SEED_BITS),
        topic=page.problem.topic if page.problem else TOPIC,
        persona=Persona(persona_id="", text="", source=page.name),
    )


@lru_cache(maxsize=1)
def _read(place: str) -> Programs:
    """Read once a process: the command line looks before the flow does, and there may be many pages."""
    return read_programs(place)
