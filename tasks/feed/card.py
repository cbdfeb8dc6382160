"""What we have to say in a dataset card: keys of its front matter and a part of its text, from the data alone."""

import json
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from huggingface_hub import DatasetCardData
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tasks.feed.front import dumped
from tasks.feed.manifest import Purpose
from tasks.feed.part import Part
from tasks.record import Record

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_TAGS = {"labelling": ["human-feedback", "preference"], "training": ["preference", "dpo", "sft", "kto"]}


class Rung(Record):
    """One rank over all ladders."""

    rank: int
    low: float
    middle: float
    high: float
    """Least, median and greatest q."""
    checks: float
    """Share of the checks passed, in [0, 1]."""


class Facts(Record):
    """What the card says of the data."""

    tasks: int
    rejected: int
    topics: tuple[tuple[str, int], ...]
    rungs: tuple[Rung, ...]
    spans: tuple[float, float, float]
    """Least, median and greatest q of the best less q of the worst."""
    models: tuple[tuple[str, int], ...]
    """Names, and how many tasks each had a part in."""
    prompt_tokens: int
    completion_tokens: int
    usd: float
    first: str
    last: str
    """Dates of the first and the last run, ISO 8601."""


class Census:
    """Facts gathered task by task."""

    def __init__(self) -> None:
        """No task yet."""
        self._topics: Counter[str] = Counter()
        self._models: Counter[str] = Counter()
        self._qs: tuple[array[float], ...] = tuple(array("d") for _ in range(4))
        self._passed = [0.0] * 4
        self._prompt_tokens = self._completion_tokens = 0
        self._usd = 0.0
        self._days: set[str] = set()

    def note(self, public: Mapping[str, Any], private: Mapping[str, Any]) -> None:
        """Take in a task."""
        self._topics[public["topic"]] += 1
        self._models.update(json.loads(private["models"]))
        for rank, rung in enumerate(private["ladder"]):
            self._qs[rank].append(rung["q"])
            self._passed[rank] += rung["checks_passed"] / max(1, rung["checks_total"])
        self._prompt_tokens += private["prompt_tokens"]
        self._completion_tokens += private["completion_tokens"]
        self._usd += private["usd"]
        self._days.add(private["created_at"].date().isoformat())

    def facts(self, rejected: int) -> Facts:
        """Of one task at least; `rejected`: how many candidates did not make it."""
        spans = [best - worst for best, worst in zip(self._qs[0], self._qs[3], strict=True)]
        return Facts(
            tasks=len(spans),
            rejected=rejected,
            topics=tuple(sorted(self._topics.items())),
            rungs=tuple(
                Rung(rank=rank, low=min(qs), middle=median(qs), high=max(qs), checks=passed / len(qs))
                for rank, (qs, passed) in enumerate(zip(self._qs, self._passed, strict=True))
            ),
            spans=(min(spans), median(spans), max(spans)),
            models=tuple(sorted(self._models.items())),
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
            usd=self._usd,
            first=min(self._days),
            last=max(self._days),
        )


@dataclass
class Lacking:
    """What tasks of schema 1 do not give: their versions had tables of alternatives, menus, in their texts."""

    tasks: int = 0
    versions: int = 0
    """Those whose natural files can't be had."""

    def note(self, private: Mapping[str, Any]) -> None:
        """Take in a task."""
        self.tasks += private["seal_template"] is None
        self.versions += sum(rung["files"] is None for rung in private["ladder"])

    def sentence(self, purpose: Purpose) -> str:
        """What it means for those who take the dataset; empty if nothing lacks."""
        if not self.tasks:
            return ""
        if purpose == "labelling":
            return (
                f"{self.tasks} tasks are of schema 1: their pages are not sealed, and who reads the menus in the texts "
                "of a task's four versions can tell the best of them without using the pages."
            )
        return (
            f"{self.tasks} tasks are of schema 1: q of their clean programs and their repairs are not known, and "
            f"{self.versions} of their versions are left out, which can't be had without the menus in their texts."
        )


class Said(Record):
    """What a card says of a publication."""

    front: dict[str, Any]
    """Keys of the front matter, in their order."""
    text: str
    """Markdown, with the line breaks of Unix and one at its end."""

    @property
    def whole(self) -> str:
        """The card as it was before it had a part of its own in it."""
        return f"---\n{dumped(self.front)}---\n\n{self.text}"


def compose_card(name: str, purpose: Purpose, parts: Sequence[Part], facts: Facts, lacking: Lacking) -> Said:
    """What to say of a dataset that is published under a name."""
    text = _template().render(
        name=name, purpose=purpose, parts=parts, facts=facts, lacks=lacking.sentence(purpose), old=lacking.tasks
    )
    return Said(front=_front_matter(name, purpose, parts), text=text.rstrip("\n") + "\n")


def _front_matter(name: str, purpose: Purpose, parts: Sequence[Part]) -> dict[str, Any]:
    rows = sum(part.rows for part in parts)
    configs = [
        {
            "config_name": config,
            "data_files": [{"split": p.split, "path": p.pattern} for p in parts if p.config == config],
        }
        for config in dict.fromkeys(part.config for part in parts)
    ]
    data = DatasetCardData(
        license="mit",
        language=["en"],
        pretty_name=name,
        task_categories=["text-generation"],
        size_categories=[next((label for limit, label in _SIZES if rows < limit), "n>1M")],
        tags=["dojo-synth", "synthetic", "code", "html", *_TAGS[purpose]],
        configs=configs,
    )
    front: dict[str, Any] = data.to_dict()  # type: ignore[no-untyped-call]
    return front


def _template() -> Any:
    loader = FileSystemLoader(Path(__file__).parent)
    # Markdown, not HTML: what is filled in is counts, our own words, and names, which go through `cell`
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["cell"] = lambda text: "".join(
        c if c.isprintable() and c not in '|`<>"\\' else " " for c in text
    )
    return environment.get_template("card.md.jinja")
