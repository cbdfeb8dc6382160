"""What a report is made of, and the figures that follow from it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from statistics import mean

from tasks.record import FAMILIES, Amendment, Edit, Family
from tasks.report.changes import Change

STAGE_ORDER = ("persona", "problem", "dedupe", "program", "diagnose", "render", "augment", "shard")
"""In which a candidate meets them; programs meet dedupe a second time before augment."""


@dataclass(frozen=True)
class VersionFacts:
    """One of four versions."""

    completion_id: str
    rank: int
    q: float
    parts: dict[Family, float]
    passed: int
    checks: int
    picture: str
    """The screenshot as a data URI; empty if there is none."""
    page: str
    """What runs in the frame: the sealed page."""
    changes: tuple[Change, ...] = ()
    """How its natural files differ from the clean program's; none if they don't."""
    lacks: str = ""
    """Why that is not known, in a sentence."""

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All that the changes show."""
        return tuple(edit for change in self.changes for edit in change.edits)


@dataclass(frozen=True)
class TaskFacts:
    """One accepted task."""

    task_id: str
    title: str
    topic: str
    prompt: str
    persona: str
    repair_rounds: int
    nearest: float | None
    """Cosine to the nearest accepted task before it."""
    tokens: int
    usd: float
    versions: tuple[VersionFacts, ...]
    """In rank order."""
    amendments: tuple[Amendment, ...] = ()
    """Checks that were looked at again."""

    @property
    def span(self) -> float:
        """q of the best less q of the worst."""
        return self.versions[0].q - self.versions[-1].q

    @property
    def gaps(self) -> list[float]:
        """q lost from rank to rank."""
        return [a.q - b.q for a, b in zip(self.versions, self.versions[1:], strict=False)]

    @property
    def off_line(self) -> float:
        """Largest distance of a q from the line between best and worst, as a share of the span."""
        top = self.versions[0].q
        return max(abs(v.q - (top - self.span * v.rank / 3)) for v in self.versions) / self.span


@dataclass(frozen=True)
class LossFacts:
    """One rejected candidate."""

    candidate: int
    stage: str
    reason: str
    detail: str
    title: str
    tokens: int
    usd: float
    amendments: tuple[Amendment, ...] = ()


@dataclass(frozen=True)
class SpellFacts:
    """What a stage took."""

    stage: str
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class CallFacts:
    """What the calls of one stage to one model came to, all sessions."""

    stage: str
    model: str
    calls: int
    """Answered, those that were taken from the store included."""
    reused: int
    useless: tuple[tuple[str, int], ...]
    """What was wrong with replies that no answer could be made of, and with how many; the most frequent first."""
    failed: int
    """Tries that got no reply."""
    prompt_tokens: int
    """Paid for, as the two below; a reused reply costs nothing, a try that timed out may."""
    completion_tokens: int
    usd: float
    counted: int
    """Paid tries whose tokens were counted here, because the endpoint did not say how many they were."""
    seconds: float
    """Of a call that was answered, on the average."""


@dataclass(frozen=True)
class RunFacts:
    """One run."""

    run_id: str
    dataset: str
    status: str
    model: str
    personas: str
    seed: int
    wanted: int
    config_hash: str
    created_at: datetime
    tasks: tuple[TaskFacts, ...]
    losses: tuple[LossFacts, ...]
    spells: tuple[SpellFacts, ...]
    """Of the last session only, if the run was resumed."""
    tasks_timed: int
    """Tasks accepted in the session that the spells are of."""
    calls: tuple[CallFacts, ...] = ()
    left_out: str = ""
    """How many personas of the source could not be used, and why; empty if all could."""

    @property
    def candidates(self) -> int:
        """All that came to an end."""
        return len(self.tasks) + len(self.losses)

    @property
    def tokens(self) -> int:
        """In and out, of accepted and rejected."""
        return sum(t.tokens for t in self.tasks) + sum(r.tokens for r in self.losses)

    @property
    def usd(self) -> float:
        """Of accepted and rejected."""
        return sum(t.usd for t in self.tasks) + sum(r.usd for r in self.losses)

    @property
    def strict(self) -> int:
        """Tasks whose q falls strictly from rank to rank."""
        return sum(min(task.gaps) > 0 for task in self.tasks)

    @property
    def mean_span(self) -> float:
        """Mean q between best and worst."""
        return mean(task.span for task in self.tasks)

    @property
    def worst_off_line(self) -> float:
        """Of all tasks."""
        return max(task.off_line for task in self.tasks)

    @property
    def funnel(self) -> list[tuple[str, int, int]]:
        """For each stage that a candidate meets: its name, how many came to it, how many went on."""
        lost = Counter(loss.stage for loss in self.losses)
        rows, here = [], self.candidates
        for stage in STAGE_ORDER:
            rows.append((stage, here, here - lost[stage]))
            here -= lost[stage]
        return rows

    @cached_property
    def reasons(self) -> list[tuple[str, str, int, float, str]]:
        """Stage, reason, how many, dollars, and one case's detail; the most frequent first."""
        counts = Counter((loss.stage, loss.reason) for loss in self.losses)
        rows = []
        for (stage, reason), count in counts.most_common():
            cases = [loss for loss in self.losses if (loss.stage, loss.reason) == (stage, reason)]
            rows.append((stage, reason, count, sum(case.usd for case in cases), cases[0].detail))
        return rows

    @property
    def disputed(self) -> dict[str, int]:
        """Checks that a repair said were at fault and that were looked at again, by what became of them; of accepted
        and rejected."""
        lists = [*(task.amendments for task in self.tasks), *(loss.amendments for loss in self.losses)]
        found = Counter(one.verdict for amendments in lists for one in amendments)
        return {verdict: found[verdict] for verdict in ("corrected", "dropped", "kept") if found[verdict]}

    @property
    def harm(self) -> dict[Family, float]:
        """Each part's share in all the quality that was taken away, best to worst, by the parts' own falls."""
        falls = {f: sum(t.versions[0].parts[f] - t.versions[-1].parts[f] for t in self.tasks) for f in FAMILIES}
        total = sum(falls.values())
        return {family: fall / total for family, fall in falls.items()} if total else dict.fromkeys(FAMILIES, 0.0)
