"""A model that is shown the four texts and nothing else, and asked for their order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, field_validator

from evals.door import Door, plain_door
from evals.leaks.restore import Texts
from evals.lines import adding, read_lines
from evals.pace import Pace, Tell
from tasks.address import home_expanded
from tasks.bundle import bundle
from tasks.content import content_id
from tasks.gather import gather
from tasks.model.prompt import PromptBook
from tasks.model.provider import deployments
from tasks.record import Record
from tasks.settings import ModelSettings, Settings

Floats = NDArray[np.float64]
Letter = Literal["A", "B", "C", "D"]
LETTERS: tuple[Letter, ...] = ("A", "B", "C", "D")
PROMPT = "rank-texts"


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


async def judged(texts: Sequence[Texts], settings: Settings, kept: Path, tell: Tell, door: Door = plain_door) -> Floats:
    """Scores by a model's order, shape (ladders, 4); a ladder without a usable answer gets four equal ones.

    Answers are kept line by line in a file and not asked for again, unless the settings say that nothing is to be
    reused.

    Args:
        texts: of each ladder.
        settings: which models judge, and how they are called.
        kept: a file of JSON lines, made or added to.
        tell: hears how far it is.
        door: opens the way to the models.

    Raises:
        ModelDown: the model can't be used.
        Stopped: the money is used up, or somebody asks; what was answered is kept.
    """
    book = PromptBook(home_expanded(settings.prompts) if settings.prompts else None)
    named = ", ".join(judges(settings.model)), book.load(PROMPT).version
    keys = [content_id(*named, *(page.program_id for page in one.programs)) for one in texts]
    known = {row.key: row for row in read_lines(kept, Said)} if settings.model.reuse else {}
    waiting = {key: one for key, one in zip(keys, texts, strict=True) if key not in known}
    if waiting:
        pace = Pace("ladders shown to the model", len(waiting), tell)
        async with door(settings) as gateway:
            with adding(kept) as add:

                async def ask(key: str, one: Texts) -> None:
                    versions = [(letter, bundle(page)) for letter, page in zip(LETTERS, one.programs, strict=True)]
                    answer = await gateway.ask(PROMPT, {"versions": versions}, Order, seed=int(key, 16) % 2**31)
                    order = tuple(answer.value.best_to_worst) if answer.value else ()
                    known[key] = Said(key=key, best_to_worst=order, usd=answer.usage.usd)
                    add(known[key])
                    pace.step()

                await gather(ask(key, one) for key, one in waiting.items())
    return np.array([_scores(known[key].best_to_worst) for key in keys])


def _scores(order: tuple[Letter, ...]) -> list[float]:
    return [-float(order.index(letter)) if order else 0.0 for letter in LETTERS]
