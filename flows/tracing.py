"""What a candidate tells the tracer: when each stage of its way began and ended, and what came of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tasks.model.trace import Tracer
from tasks.record import Candidate, Ranked, Rejected


class CandidateTrace:
    """The times of one candidate."""

    def __init__(self, tracer: Tracer, candidate: Candidate, shard: int) -> None:
        """`shard`: the number of the one that it belongs to."""
        self._tracer, self._candidate, self._shard = tracer, candidate, shard
        self._times: dict[str, tuple[float, float]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Within, the candidate is in a stage; one that it comes to twice counts from the first time to the last."""
        began = time.time()
        try:
            yield
        finally:
            first, _ = self._times.get(name, (began, began))
            self._times[name] = (first, time.time())

    def tell(self, end: Ranked | Rejected) -> None:
        """Its way is over."""
        if not self._tracer.traced:
            return
        for stage, (began, ended) in self._times.items():
            self._tracer.stage(self._candidate, stage, began, ended, self._shard)
        if self._times:
            began, ended = min(one for one, _ in self._times.values()), max(one for _, one in self._times.values())
            outcome = "accepted" if isinstance(end, Ranked) else end.reason
            self._tracer.candidate(self._candidate, began, ended, outcome)
        self._tracer.scores(self._candidate, _scores(end) if isinstance(end, Ranked) else {"accepted": 0.0})


def _scores(row: Ranked) -> dict[str, float]:
    """q, and the share of checks passed, of each rank."""
    scores = {"accepted": 1.0}
    for version in row.ladder.versions:
        scores[f"q_rank{version.rank}"] = version.render.quality.q
        if version.render.verdicts:
            scores[f"checks_rank{version.rank}"] = version.render.passed / len(version.render.verdicts)
    return scores
