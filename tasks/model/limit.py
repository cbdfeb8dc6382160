"""How many calls an endpoint bears: found by trying, additive increase and multiplicative decrease.

Two things are sought, because an endpoint may mind either: how many calls are under way at once (the window), and how
many begin in a second (the pace). The window starts small and doubles with each round of answers until the first
refusal; from then on it grows with the square of time, whatever a round takes, as in CUBIC (RFC 9438). A call refused
beside more others than were ever borne, at a pace that had been borne, makes the window what was borne; any other
refusal is for the rate, and sets the pace to 0.95 of what was borne, from where it grows. TCP's rule (Chiu and Jain
1989, "Analysis of the increase and decrease algorithms for congestion avoidance") with a gentler decrease, since a
refused call costs nothing but itself, and halving would use three quarters of what an endpoint allows.
"""

from collections import deque
from dataclasses import dataclass

GENTLE = 2.0
"""The window at first, where nobody knows better."""

DECREASE = 0.95
"""Of the rate that was borne, after a refusal."""

PACE_GAIN, PACE_GAIN_3 = 0.02, 0.0005
"""By which the pace grows in a second, and in a second cubed, as shares of what it was set to. Of a pace below one call
a second, the time between two calls counts as a second."""

_WINDOW_S = 8.0
"""Seconds after a refusal in which the window grows by one call; it grows with the square of time."""

_UNUSED = 2.0
"""The pace does not grow beyond this many times the rate at which calls do begin: what is not used is not tried."""

_RETRY = 0.15
"""After a refusal, the share of the time between two calls after which it is tried again."""

_MEASURED_S = (2.0, 10.0)
"""How far back it is looked for the rate that was borne; the larger one counts, as there may have been no calls."""

_TRIED = 1.05
"""A refusal at a pace so much above the one that was set is for the rate."""

_UNKNOWN = 1.0
"""The pace after a first call that was refused, calls a second."""

_LATE = 0.1
"""What a call that came late for its turn makes up for, as a share of the time between two."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0
"""After the second refusal in a row, doubled with each, where the endpoint does not say how long to wait."""

LONGEST_RETRY_AFTER_S = 600.0
"""What is believed of an endpoint that says so."""


@dataclass(frozen=True)
class Begun:
    """A call that is under way."""

    at: float
    beside: int
    """How many were under way then, this one included."""


class Limit:
    """What is known of one endpoint. Times are seconds of any clock that only goes forward."""

    def __init__(self, most: int | None = None, rpm: int | None = None, at_first: int | None = None) -> None:
        """`most`: calls under way at once, never exceeded; `rpm`: calls begun in any 60 seconds, never exceeded;
        `at_first`: the window at first, where somebody knows what the endpoint bears."""
        self._most = float("inf") if most is None else most
        self._window = min(GENTLE if at_first is None else float(at_first), self._most)
        self._rpm = rpm
        self._calls: deque[Begun] = deque()
        """Those that were not refused, and for `rpm` the refused too, as far back as is needed."""
        self._set_pace: float | None = None
        """As set by the last refusal that was for the rate, calls a second."""
        self._slowed = float("-inf")
        """When there was a refusal last, of those that count."""
        self._paced = float("-inf")
        """When the pace was set last."""
        self._next = float("-inf")
        """When the next call may begin, by the pace."""
        self._paused = float("-inf")
        self._wanted = float("-inf")
        """When the window was last too small for those who wait."""
        self._safe = 0
        """The most calls that were under way beside each other and answered."""
        self._gentle = True
        """Until the first refusal."""
        self._refused = 0
        """Refusals that count, with no answer between."""
        self.under_way = 0

    def free_at(self, now: float) -> float | None:
        """When a call may begin: `now` if at once; None if another has to end first."""
        lacking = self.under_way + 1 - self._window
        if self.under_way + 1 > self._most or (lacking > 0 and self._gentle):
            self._wanted = now
            return None
        at = max(now, self._paused, self._next)
        if lacking > 0:
            at = max(at, self._slowed + _WINDOW_S * lacking**0.5)
        if self._rpm is not None:
            self._forget(now)
            minute = [call.at for call in self._calls if call.at > now - 60]
            if len(minute) >= self._rpm:
                at = max(at, minute[-self._rpm] + 60)
        return at

    def begin(self, now: float) -> Begun:
        """A call begins; what is given back is for telling how it ended."""
        self.under_way += 1
        self._forget(now)
        call = Begun(now, self.under_way)
        self._calls.append(call)
        if (pace := self.pace(now)) is not None:
            self._next = max(self._next, now - _LATE / pace) + 1 / pace
        return call

    def answered(self, call: Begun) -> None:
        """A call has ended well."""
        self.under_way -= 1
        self._refused = 0
        self._safe = max(self._safe, call.beside)
        if self._gentle and self._wanted >= call.at:
            self._window += 1

    def failed(self) -> None:
        """A call has ended without an answer, and that says nothing of how many the endpoint bears."""
        self.under_way -= 1

    def refused(self, call: Begun, now: float, retry_after: float | None) -> None:
        """The endpoint has said that it is too much.

        Of several calls that were under way together only the first one that is refused counts.

        Args:
            call: which.
            now: when it said so.
            retry_after: seconds that it wants to be left alone; None if it did not say.
        """
        self.under_way -= 1
        if self._rpm is None and call in self._calls:
            self._calls.remove(call)
        if call.at >= self._slowed:
            self._window, self._slowed, self._gentle = self._grown(now), now, False
            self._refused += 1
            pace = self.pace(now)
            tried = pace is not None and pace > _TRIED * (self._set_pace or pace)
            if call.beside > max(self._safe, 1) and not tried:
                self._window = float(max(1, min(self._window, self.under_way)))
                self._slow(now, self._borne(now) if pace is None else DECREASE * pace)
            else:
                self._slow(now, DECREASE * self._borne(now))
            if self._refused > 1:
                pause = min(_FIRST_PAUSE_S * 2.0 ** (self._refused - 2), _LONGEST_PAUSE_S)
                self._paused = max(self._paused, now + pause)
        if retry_after is not None:
            self._paused = max(self._paused, now + min(retry_after, LONGEST_RETRY_AFTER_S))

    def pace(self, now: float) -> float | None:
        """Calls that may begin in a second; None if that was never too much."""
        if self._set_pace is None:
            return None
        since = max(0.0, now - self._paced) * min(1.0, self._set_pace)
        grown = self._set_pace * (1 + PACE_GAIN * since + PACE_GAIN_3 * since**3)
        return max(self._set_pace, min(grown, _UNUSED * self._rate(now, max(_MEASURED_S))))

    def _grown(self, now: float) -> float:
        """The window as it has grown since the last refusal."""
        return self._window if self._gentle else self._window + ((now - self._slowed) / _WINDOW_S) ** 2

    def _slow(self, now: float, pace: float) -> None:
        self._set_pace = max(pace, 1 / _LONGEST_PAUSE_S)
        self._paced = now
        self._next = now + _RETRY / self._set_pace

    def _borne(self, now: float) -> float:
        """The rate that was borne until now."""
        rate, pace = max(self._rate(now, back) for back in _MEASURED_S), self.pace(now)
        if rate:
            return rate if pace is None else min(rate, pace)
        return _UNKNOWN if pace is None else pace / 2

    def _rate(self, now: float, back: float) -> float:
        """Calls a second that were begun in the last `back` seconds and not refused."""
        recent = [call.at for call in self._calls if call.at > now - back]
        return len(recent) / max(now - recent[0], 1.0) if recent else 0.0

    def _forget(self, now: float) -> None:
        oldest = now - max(*_MEASURED_S, 60.0 if self._rpm is not None else 0.0)
        while self._calls and self._calls[0].at <= oldest:
            self._calls.popleft()
