"""A model that is shown the four texts and nothing else, and asked for their order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, field_validator

from evals.leaks.restore import Texts
from evals.lines import adding, read_lines
from evals.pace import Pace, Tell
from tasks.bundle import bundle
from tasks.gather import gather
from tasks.model.gateway import Gateway
from tasks.model.prompt import load_prompt
from tasks.record import Record, content_id
from tasks.settings import ModelSettings

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


async def judged(
    texts: Sequence[Texts], settings: ModelSettings, kept: Path, tell: Tell, *, url: str | None = None
) -> Floats:
    """Scores by a model's order, shape (ladders, 4); a ladder without a usable answer gets four equal ones.

    Answers are kept line by line in a file and not asked for again.

    Args:
        texts: of each ladder.
        settings: the model's.
        kept: a file of JSON lines, made or added to.
        tell: hears how far it is.
        url: base URL of the offline model, if it is that.

    Raises:
        ModelDown: the model can't be used.
    """
    gateway = Gateway(settings, url)
    version = load_prompt(PROMPT).version
    keys = [content_id(settings.name, version, *(page.program_id for page in one.programs)) for one in texts]
    known = {row.key: row for row in read_lines(kept, Said)}
    waiting = {key: one for key, one in zip(keys, texts, strict=True) if key not in known}
    pace = Pace("ladders shown to the model", len(waiting), tell)
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
