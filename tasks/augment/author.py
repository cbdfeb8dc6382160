"""A model as an author of edits: spans of a clean program, and what a weaker programmer would have written there.

Patches, never a program: a reply names a span by its text and says only what could stand there instead. How much harm
the model expects of it is a guess that orders the search; what counts is what the browser measures.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from tasks.augment.place import Place, find_place
from tasks.augment.syntax import read_regions
from tasks.check import spell_checks
from tasks.model.gateway import Gateway
from tasks.record import FAMILIES, Family, Program, Proven, Record, Usage

WANTED = 6
"""Places that the model is asked for; a ladder uses about as many sites of each author."""
MOST_PLACES = 12
"""Looked at in one reply."""
MOST = 4
"""Wordings of a place that are kept."""
MOST_SHOWN = 120_000
"""Bytes of a program that is shown to the model, some 30,000 tokens; a larger one costs more than it is worth."""
_LONGEST_NOTE = 200


class Wording(Record):
    """A text that could stand at a place."""

    text: str
    """May be empty: what stood there is left out."""
    strength: int = Field(ge=1, le=3)
    """As its author means it, rising harm. What counts is what gets measured."""
    note: str
    """What it does to a person, in one sentence."""


class Proposal(Record):
    """A place and its wordings, held to the rules: they differ from the place's text and from one another."""

    family: Family
    file: str
    find: str
    """The place's text, which occurs exactly once in the file."""
    wordings: tuple[Wording, ...]
    """One to `MOST`."""


class Authored(Record):
    """What a model proposed for one program."""

    index: int
    """The candidate's."""
    proposals: tuple[Proposal, ...]
    usage: Usage
    """Of this one request, its re-asks included."""
    refused: tuple[str, ...]
    """Why what else it proposed was dropped, a sentence each."""


class WordingReply(BaseModel):
    """A wording, as the model gives it."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(description="what stands there instead; empty to leave it out")
    strength: int = Field(description="1 a nuisance, 2 a fault, 3 makes it useless", json_schema_extra={"maximum": 3})
    note: str = Field(description="what a person notices, at most 10 words")


class PlaceReply(BaseModel):
    """A place, as the model gives it. Rules are kept one place at a time: a re-ask would pay for all of them again."""

    model_config = ConfigDict(frozen=True)

    family: str = Field(json_schema_extra={"enum": list(FAMILIES)})
    file: str
    find: str = Field(description="copied exactly, one or several lines; occurs once in the file")
    wordings: tuple[WordingReply, ...] = Field(description="1 to 3, the mildest first")


class EditsReply(BaseModel):
    """What the model is asked for."""

    model_config = ConfigDict(frozen=True)

    places: tuple[PlaceReply, ...]


async def author_edits(proven: Proven, gateway: Gateway) -> Authored:
    """Have edits proposed for a clean program, and keep those that can be made. None at all is an answer too.

    Raises:
        ModelDown: the model's endpoint can't be used.
    """
    index = proven.candidate.index
    size = sum(len(file.content.encode()) for file in proven.program.files)
    if size > MOST_SHOWN:
        why = f"The program's {size:,} bytes are too many to show to a model; {MOST_SHOWN:,} are the most."
        return Authored(index=index, proposals=(), usage=Usage(), refused=(why,))
    answer = await gateway.ask(
        "edits", prompt_data(proven), EditsReply, seed=proven.candidate.seed, candidate=proven.candidate
    )
    if answer.value is None:
        why = f"There was no valid reply: {answer.fault}"
        return Authored(index=index, proposals=(), usage=answer.usage, refused=(why,))
    proposals, refused = sift(proven.program, answer.value.places)
    return Authored(index=index, proposals=proposals, usage=answer.usage, refused=refused)


def prompt_data(proven: Proven) -> dict[str, object]:
    """What `prompts/edits.md` is filled with."""
    return {
        "problem": proven.problem.prompt,
        "checks": spell_checks(proven.problem.checks),
        "files": [{"name": file.filename, "text": file.content} for file in proven.program.files],
        "wanted": WANTED,
    }


def sift(program: Program, places: Sequence[PlaceReply]) -> tuple[tuple[Proposal, ...], tuple[str, ...]]:
    """The proposals that keep the rules, and a sentence for each of the others."""
    regions = read_regions(program)
    kept: list[Proposal] = []
    taken: list[Place] = []
    refused: list[str] = []
    for number, reply in enumerate(places, 1):
        file, find = reply.file.strip().removeprefix("./"), reply.find.strip()
        where = f"Place {number}, {_short(find)} in {_short(file)}"
        if number > MOST_PLACES:
            refused.append(f"{where}: {MOST_PLACES} places are the most.")
            continue
        if reply.family not in FAMILIES:
            refused.append(f"{where}: there is no family {_short(reply.family)}.")
            continue
        place = find_place(program, regions, file, find)
        if isinstance(place, str):
            refused.append(f"{where}: {place}.")
            continue
        if any(place.overlaps(other) for other in taken):
            refused.append(f"{where}: it overlaps a place named before.")
            continue
        wordings, reason = _sifted(place, find, reply)
        if reason:
            refused.append(f"{where}: {reason}.")
            continue
        taken.append(place)
        kept.append(Proposal(family=reply.family, file=file, find=find, wordings=wordings))
    return tuple(kept), tuple(refused)


def _sifted(place: Place, find: str, reply: PlaceReply) -> tuple[tuple[Wording, ...], str]:
    """The wordings that can stand at a place, or why there are none."""
    seen = {_bare(find)}
    kept: list[Wording] = []
    reasons: list[str] = []
    for offered in reply.wordings:
        text, note = offered.text.strip(), _sentence(offered.note)
        reason = place.refuses(text)
        if not reason and _bare(text) in seen:
            reason = "is there already"
        if not reason and not 1 <= offered.strength <= 3:
            reason = f"has the strength {offered.strength}, which is not 1 to 3"
        if not reason and not note:
            reason = "does not say what it does to a person"
        if reason:
            reasons.append(f"{_short(text)} {reason}")
        elif len(kept) < MOST:
            seen.add(_bare(text))
            kept.append(Wording(text=text, strength=offered.strength, note=note))
    return tuple(kept), "" if kept else "; ".join(reasons[:3]) or "it has no wordings"


def _bare(text: str) -> str:
    return " ".join(text.split())


def _sentence(note: str) -> str:
    """A note on one line, of printable characters, with a full stop."""
    line = " ".join("".join(c for c in note if c.isprintable() or c.isspace()).split())[:_LONGEST_NOTE]
    return line if not line or line.endswith((".", "!", "?")) else f"{line}."


def _short(text: str) -> str:
    line = _bare(text)
    return repr(line if len(line) <= 60 else line[:57] + "...")
