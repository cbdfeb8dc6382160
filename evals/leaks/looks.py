"""Attackers that score a text by one thing about it. Higher means 'looks better'; which way round an attacker is wrong
does not matter, as its sign is turned too.
"""

import gzip
import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from evals.leaks.columns import Column
from evals.leaks.text import Reading, is_number, number
from tasks.diagnose import arity, crosscheck, markup, policy, triage
from tasks.diagnose.lookup import look
from tasks.diagnose.page import read as read_page
from tasks.record import Program

BAD_WORDS = (
    "abort", "auxclick", "bad", "blur(", "broken", "bug", "busy", "contextmenu", "dblclick", "delay",
    "disabled", "error", "fail", "fake", "filter", "fixme", "freeze", "hidden", "hide", "ignore", "invalid",
    "lag", "mouseleave", "negative", "none", "noop", "null", "overflow", "performance.now", "presentation",
    "preventdefault", "random", "remove", "return;", "settimeout", "skip", "slow", "stoppropagation",
    "tabindex", "todo", "transparent", "undefined", "void 0", "wait", "while", "wrong", "xxx", "-1", "000",
    "999",
)  # fmt: skip
"""What someone looking for a spoilt page would search for."""
GOOD_WORDS = (
    "aria-label", "aria-live", "auto", "button", "click", "focus-visible", "for=", "label", "main", "pointerup",
    "polite", "visible",
)  # fmt: skip
"""What they would take for care."""

_INDENT = re.compile(r"^[ \t]*(?=\S)", re.M)
_DECLARATION = re.compile(r"(?<=[;{\s])(-{0,2}[a-z][a-z-]*)\s*:[^;{}]*[;}]")
_ERROR_WEIGHT = 10


def raw_looks(reading: Reading) -> dict[str, float]:
    """Attackers that look at a text as it is, or at its tokens: one score each."""
    whole = "\n".join(reading.contents)
    lowered = whole.lower()
    quotes = Counter(char for char in whole if char in "'\"`")
    return {
        "length in characters": float(len(whole)),
        "length in tokens": float(len(reading.words)),
        "length in lines": float(whole.count("\n")),
        "gzip size": float(len(gzip.compress(reading.text.encode("utf-8", "replace"), mtime=0))),
        "comments": float(sum(map(len, reading.comments)) + len(reading.comments)),
        "telltale words, listed": float(
            sum(lowered.count(word) for word in GOOD_WORDS) - sum(lowered.count(word) for word in BAD_WORDS)
        ),
        "entropy of names": entropy(reading.names),
        "style: indent": fmean(map(len, indents)) if (indents := _INDENT.findall(whole)) else 0.0,
        "style: order of properties": _alphabetic(_DECLARATION.findall(whole)),
        "style: quotes": quotes["'"] / max(1, quotes.total()),
    }


def place_looks(columns: Sequence[Column], readings: Sequence[Reading]) -> dict[str, list[float]]:
    """Attackers that look only where the four texts differ: four scores each."""
    common = Counter(readings[0].words)
    values = [[abs(value) for value in _numbers(columns, text)] for text in range(4)]
    return {
        "literals: sum": [-math.fsum(some) for some in values],
        "literals: largest": [-max(some, default=0.0) for some in values],
        "literals: digits": [-float(_digits(columns, text)) for text in range(4)],
        "familiar words": [
            math.fsum(math.log1p(common[word]) for column in columns for word in column.words[text])
            for text in range(4)
        ],
    }


def lint(program: Program) -> float:
    """Minus what the house's own checks, language servers left out, find wrong; an error counts as ten warnings."""
    page = read_page(program)
    found = [
        *markup.check(page),
        *crosscheck.check(program, page, look(page)),
        *policy.check(page),
        *triage.misplaced(page),
        *arity.check(page),
    ]
    return -float(sum(_ERROR_WEIGHT if one.severity == "error" else 1 for one in found))


def entropy(names: Sequence[str]) -> float:
    """Shannon's entropy of the names' frequencies, in bits."""
    total = len(names)
    return -math.fsum(n / total * math.log2(n / total) for n in Counter(names).values()) if total else 0.0


def _numbers(columns: Sequence[Column], text: int) -> list[float]:
    found = []
    for column in columns:
        for word, kind in zip(column.words[text], column.kinds[text], strict=True):
            value = number(word) if is_number(kind) or word[:1].isdigit() else None
            if value is not None:
                found.append(value)
    return found


def _digits(columns: Sequence[Column], text: int) -> int:
    return sum(int(char) for column in columns for word in column.words[text] for char in word if char in "0123456789")


def _alphabetic(properties: Sequence[str]) -> float:
    """Share of neighbouring declarations in the order of the alphabet."""
    return fmean(a <= b for a, b in pairwise(properties)) if len(properties) > 1 else 0.0
