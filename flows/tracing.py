"""What a batch tells the tracer of its candidates: when each stage began and ended, and what came of them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tasks.model.trace import Tracer
from tasks.record import Candidate, Ranked, Rejected

_LOST_IN = {"problem": "problem", "program": "program", "dedupe": "dedupe", "augment": "augment"}
"""The part of a batch's way in which a loss of that stage happens; all other losses are the proof's, which has been
to the servers and to the browser."""


class BatchTrace:
    """The times of one batch. Its candidates go through each stage together, so that they share them."""

    def __init__(self, tracer: Tracer, number: int) -> None:
        """`number`: the batch's."""
        self._tracer, self._number = tracer, number
        self._times: dict[str, tuple[float, float]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Within, the batch is in a stage; one that it comes to twice counts from the first time to the last."""
        began = time.time()
        try:
            yield
        finally:
            first, _ = self._times.get(name, (began, began))
            self._times[name] = (first, time.time())

    def tell(self, ranked: Sequence[Ranked], lost: Sequence[Rejected]) -> None:
        """The batch is settled."""
        if not self._tracer.traced:
            return
        for row in ranked:
            self._way(row.candidate, list(self._times), "accepted")
            self._tracer.scores(row.candidate, _scores(row))
        for loss in lost:
            late = loss.stage == "dedupe" and loss.program is not None
            last = "render" if late else _LOST_IN.get(loss.stage, "render")
            stages = list(self._times)
            self._way(loss.candidate, stages[: stages.index(last) + 1] if last in stages else stages, loss.reason)
            self._tracer.scores(loss.candidate, {"accepted": 0.0})

    def _way(self, candidate: Candidate, stages: Sequence[str], outcome: str) -> None:
        for stage in stages:
            self._tracer.stage(candidate, stage, *self._times[stage], self._number)
        if stages:
            began, ended = self._times[stages[0]][0], max(self._times[stage][1] for stage in stages)
            self._tracer.candidate(candidate, began, ended, outcome)


def _scores(row: Ranked) -> dict[str, float]:
    """q, and the share of checks passed, of each rank."""
    scores = {"accepted": 1.0}
    for version in row.ladder.versions:
        scores[f"q_rank{version.rank}"] = version.render.quality.q
        if version.render.verdicts:
            scores[f"checks_rank{version.rank}"] = version.render.passed / len(version.render.verdicts)
    return scores
