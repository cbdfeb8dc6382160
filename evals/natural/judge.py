"""A model that is asked which of two programs was edited, by the style of the code alone."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from evals.door import Door, plain_door
from evals.leaks.judge import judges
from evals.lines import adding, read_lines
from evals.pace import Pace, Tell
from tasks.address import home_expanded
from tasks.augment.find import find_sites
from tasks.augment.site import Site, edited
from tasks.bundle import bundle
from tasks.content import content_id
from tasks.gather import gather
from tasks.model.prompt import PromptBook
from tasks.record import Edit, Program, Record
from tasks.settings import Settings

EDITS = 6
"""Of the edited program: about as many as a version of a ladder has."""
Letter = Literal["A", "B"]


class Answer(BaseModel):
    """What the model answers."""

    reasons: str
    edited: Letter


class Told(Record):
    """One line of the file of answers."""

    key: str
    edited: Letter | None
    """None if the model gave no usable answer."""
    reasons: str
    usd: float


@dataclass(frozen=True)
class Pair:
    """An edited page and an untouched one, of two different pages."""

    name: str
    edited: Program
    untouched: Program

    @property
    def answer(self) -> Letter:
        """Where the edited one is shown: drawn by what the two are."""
        return "A" if int(content_id(self.edited.program_id, self.untouched.program_id), 16) % 2 else "B"

    @property
    def shown(self) -> list[tuple[str, str]]:
        """As the prompt takes them."""
        first, second = (self.edited, self.untouched) if self.answer == "A" else (self.untouched, self.edited)
        return [("A", bundle(first)), ("B", bundle(second))]


def pairs_of(pages: Mapping[str, Program], drafts: Mapping[str, Program], count: int) -> list[Pair]:
    """So many pairs: pages in turn with some edits, each beside an untouched program of another name.

    Args:
        pages: clean ones, by name.
        drafts: untouched programs of like quality, by name; where there are none the clean pages stand for them.
        count: how many are wanted.
    """
    names, pairs = list(pages), list[Pair]()
    for at in range(count):
        name = names[at % len(names)]
        rng = random.Random(f"pair {at} {name}")
        others = [program for other, program in (drafts or pages).items() if other != name]
        edits = _drawn(find_sites(pages[name], at), rng)
        if others and edits:
            pairs.append(Pair(f"{name}, {at}", edited(pages[name], edits), rng.choice(others)))
    return pairs


def _drawn(sites: Sequence[Site], rng: random.Random) -> list[Edit]:
    picked = rng.sample(sites, min(EDITS, len(sites)))
    return [site.edit(rng.randrange(len(site.variants))) for site in picked]


async def told_apart(
    pairs: Sequence[Pair], settings: Settings, kept: Path, tell: Tell, door: Door = plain_door
) -> list[bool | None]:
    """Whether the model names the edited one, pair by pair; None without a usable answer.

    Answers are kept line by line in a file and not asked for again, unless the settings say that nothing is to be
    reused.

    Raises:
        ModelDown: the model can't be used.
        Stopped: the money is used up, or somebody asks; what was answered is kept.
    """
    book = PromptBook(home_expanded(settings.prompts) if settings.prompts else None)
    named = ", ".join(judges(settings.model)), book.load("edited-or-not").version
    keys = [content_id(*named, pair.edited.program_id, pair.untouched.program_id) for pair in pairs]
    known = {row.key: row for row in read_lines(kept, Told)} if settings.model.reuse else {}
    waiting = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in known}
    if waiting:
        pace = Pace("pairs shown to the model", len(waiting), tell)
        async with door(settings) as gateway:
            with adding(kept) as add:

                async def ask(key: str, pair: Pair) -> None:
                    answer = await gateway.ask(
                        "edited-or-not", {"programs": pair.shown}, Answer, seed=int(key, 16) % 2**31
                    )
                    said, why = (answer.value.edited, answer.value.reasons) if answer.value else (None, "")
                    known[key] = Told(key=key, edited=said, reasons=why, usd=answer.usage.usd)
                    add(known[key])
                    pace.step()

                await gather(ask(key, pair) for key, pair in waiting.items())
    said = [known[key].edited for key in keys]
    return [None if one is None else one == pair.answer for one, pair in zip(said, pairs, strict=True)]
