"""What a run has done so far: kept in `progress.json` while it goes on, and shown by whoever listens."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from pydantic import Field

from flows.meter import Meter, Spell
from tasks.record import Ranked, Record, Rejected, Usage
from tasks.rows import write_whole

NEWS_S = 0.25
"""Seconds between two snapshots while candidates go from stage to stage."""

STAGES = ("persona", "problem", "program", "diagnose", "render", "augment", "dedupe", "shard")
"""As the display lists them: in the order of the data's path, the loops' stages among them."""


class Snapshot(Record):
    """A run at one moment."""

    run_id: str
    wanted: int
    accepted: int = 0
    candidates: int = 0
    under_way: dict[str, int] = Field(default_factory=dict)
    """Candidates in each stage now."""
    done: dict[str, int] = Field(default_factory=dict)
    """Candidates that each stage has seen through; a stage in a loop counts each pass."""
    rejected: dict[str, int] = Field(default_factory=dict)
    """Candidates by reason, the most frequent first."""
    usage: Usage = Usage()
    """Of this session's model calls."""
    seconds: float = 0.0
    spells: dict[str, Spell] = Field(default_factory=dict)

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None before the first task is accepted."""
        return self.seconds / self.accepted * (self.wanted - self.accepted) if self.accepted else None


Listener = Callable[[Snapshot], None]

listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
"""Who wants to see each snapshot, if anyone: the command line sets it, a deployment leaves it."""


class Progress:
    """Counts for one run, and tells its listener and `progress.json` of every candidate that is over and,
    now and then, of those that are under way."""

    def __init__(self, run_id: str, wanted: int, path: Path, spent: Callable[[], Usage]) -> None:
        """`spent`: what this session's model calls have cost so far."""
        self._run_id, self._wanted, self._path, self._spent = run_id, wanted, path, spent
        self._began = time.monotonic()
        self._meter = Meter()
        self._accepted = self._candidates = 0
        self._under_way: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._told = float("-inf")

    @contextmanager
    def stage(self, name: str, candidates: int) -> Iterator[None]:
        """So many candidates are in the named stage for as long as the context lasts."""
        self._under_way[name] += candidates
        self._tell_now_and_then()
        try:
            with self._meter.stage(name):
                yield
            self._done[name] += candidates
        finally:
            self._under_way[name] -= candidates
            self._tell_now_and_then()

    def launch(self, candidates: int) -> None:
        """So many candidates have been drawn."""
        self._candidates += candidates

    def conclude(self, end: Ranked | Rejected) -> None:
        """A candidate's way is over."""
        if isinstance(end, Rejected):
            self._rejected[end.reason] += 1
        else:
            self._accepted += 1
        self.tell()

    def _tell_now_and_then(self) -> None:
        if time.monotonic() - self._told > NEWS_S:
            self.tell()

    def snapshot(self) -> Snapshot:
        """The run now."""
        return Snapshot(
            run_id=self._run_id,
            wanted=self._wanted,
            accepted=self._accepted,
            candidates=self._candidates,
            under_way={name: self._under_way[name] for name in STAGES},
            done={name: self._done[name] for name in STAGES},
            rejected=dict(self._rejected.most_common()),
            usage=self._spent(),
            seconds=time.monotonic() - self._began,
            spells=self._meter.spells(),
        )

    def tell(self) -> None:
        """Write `progress.json`, and call the listener."""
        self._told = time.monotonic()
        now = self.snapshot()
        write_whole(self._path, (now.model_dump_json(indent=2) + "\n").encode())
        if heard := listener.get():
            heard(now)
