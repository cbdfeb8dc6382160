"""The work of one load, job by job: what the protocol tells before and after each, as blocked time."""

from typing import Any

from tasks.render.work import Reading, Source, blocked_ms, work_ms


class Counter:
    """Takes in readings while the page waits, and adds up what the jobs between them block."""

    def __init__(self, desk: int) -> None:
        """`desk`: the execution context of our own page, whose scripts are not counted."""
        self._desk = desk
        self._before: dict[str, float] = {}
        self.worlds: dict[str, int] = {}
        """The execution context of each script."""
        self.sources: dict[str, Source] = {}
        """By the script's name in the protocol."""
        self.blocked: list[float] = []
        """Milliseconds that the work of each job adds to the blocked time."""

    def is_ours(self, script: dict[str, Any], probe: int) -> bool:
        """Whether it is the probe's, or the shim, which is the first in the page's own world."""
        world = self.worlds.get(script["scriptId"])
        if world is None or world in (probe, self._desk):
            return True
        first = min((int(name) for name, other in self.worlds.items() if other == world), default=0)
        return int(script["scriptId"]) == first

    def note(self, scripts: list[dict[str, Any]], metrics: dict[str, float], told: dict[str, Any]) -> None:
        """Take in what was read before or after a job."""
        if told["over"]:
            reading = Reading(
                scripts=scripts,
                styles=0 if told["framed"] else int(metrics["RecalcStyleCount"] - self._before["RecalcStyleCount"]),
                layouts=0 if told["framed"] else int(metrics["LayoutCount"] - self._before["LayoutCount"]),
                processor_ms=(metrics["ThreadTime"] - self._before["ThreadTime"]) * 1000,
            )
            worked = work_ms(reading, self.sources, told["tally"], told["elements"])
            self.blocked.append(blocked_ms(told["passed"], worked))
        self._before = metrics
