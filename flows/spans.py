"""Ranges: what lies between the 10th and the 90th percentile of draws, and how it is told."""

import numpy as np

from flows.yields import Floats
from tasks.record import Record


class Span(Record):
    """10th percentile, median and 90th percentile."""

    low: float
    middle: float
    high: float


def span_of(values: Floats) -> Span:
    """Of draws."""
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return Span(low=float(low), middle=float(middle), high=float(high))


def counted(span: Span) -> str:
    """In three figures, `1,230 .. 1,450 .. 1,800`; one number, if it is the same throughout."""
    told = list(dict.fromkeys(_rounded(value) for value in (span.low, span.middle, span.high)))
    return told[0] if len(told) == 1 else f"{told[0]} .. {_rounded(span.middle)} .. {told[-1]}"


def _rounded(value: float) -> str:
    return f"{float(f'{value:.3g}'):,.10g}"


def priced(span: Span | None) -> str:
    """The same of dollars, which may be unknown."""
    return "unknown" if span is None else counted(span)
