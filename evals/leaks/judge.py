"""A model that is shown four versions, sealed or natural, and asked for their order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, field_validator

from evals.door import Door, plain_door
from evals.ladders import Quad
from evals.lines import adding, read_lines
from evals.pace import Pace, Tell
from tasks.address import home_expanded
from tasks.bundle import bundle
from tasks.content import content_id
from tasks.gather import gather
from tasks.model.prompt import PromptBook
from tasks.model.provider import deployments
from tasks.record import Record
from tasks.seal.align import aligned
from tasks.seal.page import key_in
from tasks.settings import ModelSettings, Settings

Floats = NDArray[np.float64]
Letter = Literal["A", "B", "C", "D"]
LETTERS: tuple[Letter, ...] = ("A", "B", "C", "D")
Form = Literal["sealed", "natural"]


class Order(BaseModel):
    """What the model answers."""

    reasons: str
    best_to_worst: list[Letter]

    @field_validator("best_to_worst")
    @classmethod
    def _each_once(cls, letters: list[Letter]) -> list[Letter]:
        if sorted(letters) != list(LETTERS):
            raise ValueError("best_to_worst must hold each of A, B, C and D once")
        return letters


class Said(Record):
    """One line of the file of answers."""

    key: str
    best_to_worst: tuple[Letter, ...]
    """Empty if the model gave no usable answer."""
    usd: float


def judges(settings: ModelSettings) -> tuple[str, ...]:
    """The models that serve the role, sorted."""
    return tuple(sorted({one.model for one in deployments(settings) if "judge" in one.serves}))


async def judged(
    quads: Sequence[Quad], form: Form, settings: Settings, kept: Path, tell: Tell, door: Door = plain_door
) -> Floats:
    """Scores by a model's order, shape (ladders, 4); a ladder without a usable answer gets four equal ones.

    Answers are kept line by line in a file and not asked for again, unless the settings say that nothing is to be
    reused.

    Args:
        quads: the ladders.
        form: what the model reads: the sealed pages, or the documents that they write.
        settings: which models judge, and how they are called.
        kept: a file of JSON lines, made or added to.
        tell: hears how far it is.
        door: opens the way to the models.

    Raises:
        BadInput: a page is not sealed.
        ModelDown: the model can't be used.
        Stopped: the money is used up, or somebody asks; what was answered is kept.
    """
    book = PromptBook(home_expanded(settings.prompts) if settings.prompts else None)
    named = ", ".join(judges(settings.model)), book.load(f"rank-{form}").version
    keys = [content_id(*named, *texts_of(quad, form)) for quad in quads]
    known = {row.key: row for row in read_lines(kept, Said)} if settings.model.reuse else {}
    waiting = {key: quad for key, quad in zip(keys, quads, strict=True) if key not in known}
    if waiting:
        pace = Pace(f"ladders shown to the model, {form}", len(waiting), tell)
        async with door(settings) as gateway:
            with adding(kept) as add:

                async def ask(key: str, quad: Quad) -> None:
                    data = shown(texts_of(quad, form), form)
                    seed = int(key, 16) % 2**31
                    if form == "sealed":
                        answer = await gateway.ask("rank-sealed", data, Order, seed=seed)
                    else:
                        answer = await gateway.ask("rank-natural", data, Order, seed=seed)
                    order = tuple(answer.value.best_to_worst) if answer.value else ()
                    known[key] = Said(key=key, best_to_worst=order, usd=answer.usage.usd)
                    add(known[key])
                    pace.step()

                await gather(ask(key, quad) for key, quad in waiting.items())
    return np.array([_scores(known[key].best_to_worst) for key in keys])


def texts_of(quad: Quad, form: Form) -> list[str]:
    """The four pages, in their public order."""
    return [rung.sealed if form == "sealed" else bundle(rung.program) for rung in quad.rungs]


def shown(texts: Sequence[str], form: Form) -> dict[str, object]:
    """What the prompt is filled with: of what four texts have in common, one copy."""
    versions = list(zip(LETTERS, texts, strict=True))
    if form == "sealed":
        return {"versions": versions, "keys": [(letter, key_in(text)) for letter, text in versions]}
    places = [
        {"line": line, "texts": list(zip(LETTERS, wordings, strict=True))} for line, wordings in differing_lines(texts)
    ]
    return {"versions": versions, "places": places}


def differing_lines(texts: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Where texts differ, in whole lines: the line of the first text, from 1, and what stands there in each."""
    found: list[tuple[int, list[str]]] = []
    open_place: list[str] = []
    line, begun = 1, ""
    for part in [*aligned(texts), "\n"]:
        if isinstance(part, str):
            head, end, rest = part.partition("\n")
            if open_place and end:
                found.append((line, [text + head for text in open_place]))
                line += found[-1][1][0].count("\n") + 1
                open_place, begun = [], ""
            elif open_place:
                open_place = [text + head for text in open_place]
                continue
            else:
                rest = part
            line += rest.count("\n")
            begun = (begun + rest).rpartition("\n")[2]
        else:
            before = open_place or [begun] * len(texts)
            open_place = [text + own for text, own in zip(before, part, strict=True)]
    return found


def _scores(order: tuple[Letter, ...]) -> list[float]:
    return [-float(order.index(letter)) if order else 0.0 for letter in LETTERS]
