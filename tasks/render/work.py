"""What a callback of a page keeps a processor busy with, as a count: milliseconds of a nominal machine.

Nothing here is timed but for one bound, so the same page comes to the same number on every machine, busy or not.
The argument is in docs/decisions/0016-work-is-counted.md.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WORD_NS = 0.25
"""Of one word of a script, each time it runs. Optimised arithmetic takes about 0.1 ns a word on a 3 GHz server, code
that runs for the first time or builds objects 0.5 to 5."""
ENTRY_WORDS = 8
"""Words that entering a block or calling a function counts for: the test, the jump, the frame."""
STYLE_NS = 5_000
LAYOUT_NS = 15_000
"""Of one recalculation of styles, one layout, whatever the page's size."""
STYLE_ELEMENT_NS = 50
LAYOUT_ELEMENT_NS = 250
"""Further, for each element of the document. Measured on pages of 100 to 8,000 elements: 25 microseconds for a text
that moves nothing, 0.3 to 0.5 for each element of a list in which one row changes, 4 where everything does."""
UNSEEN = 16.0
"""Processor time beyond so many times what was counted, and only that, counts as well: work that no count sees (a
pattern that goes astray, a filter) can't hide. A load that counts takes 3 to 8 times the processor of another."""
SCREEN_MS = 16.0
"""A callback that takes less of a real processor is not counted. So much work passes in less only on a processor that
is three times as quick as the nominal one; `shim.js` has the same number, and looks at the real clock first."""
LONG_TASK_MS = 50.0
"""W3C Long Tasks: what a callback takes beyond it is blocked time."""

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_WORD = re.compile(
    r"""//[^\n]*|/\*.*?\*/|\s+|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[\w$]+|[^\w\s])""".replace("//", "(?<!:)//"),
    re.S,
)


@dataclass(frozen=True)
class Reading:
    """What the browser has counted between two moments of a load."""

    scripts: Sequence[dict[str, Any]]
    """The protocol's `ScriptCoverage` of the page's own scripts."""
    styles: int
    """Recalculations of styles."""
    layouts: int
    processor_ms: float
    """Of the page's main thread."""


class Source:
    """A script's text, of which any part can be measured in words."""

    def __init__(self, text: str) -> None:
        """Places are in UTF-16 units, as V8 counts."""
        text = _ASTRAL.sub("__", text)
        self._words = [match.start() for match in _WORD.finditer(text) if match[1]]

    def words(self, start: int, end: int) -> int:
        """Names, numbers, strings and signs that begin in the part; neither comments nor spaces."""
        return bisect_left(self._words, end) - bisect_left(self._words, start)


def script_ns(scripts: Sequence[dict[str, Any]], sources: Mapping[str, Source]) -> float:
    """Sum over all blocks of how often each ran, times its own words."""
    total = 0
    for script in scripts:
        source = sources[script["scriptId"]]
        blocks = [block for function in script["functions"] for block in function["ranges"]]
        blocks.sort(key=lambda block: (block["startOffset"], -block["endOffset"]))
        open_: list[tuple[int, int]] = []
        for block in blocks:
            start, end, count = block["startOffset"], block["endOffset"], block["count"]
            while open_ and open_[-1][0] <= start:
                open_.pop()
            words = source.words(start, end)
            total += count * (words + ENTRY_WORDS)
            if open_:
                total -= open_[-1][1] * words  # the inner block's words have a count of their own
            open_.append((end, count))
    return total * WORD_NS


def work_ms(reading: Reading, sources: Mapping[str, Source], tally_ns: float, elements: int) -> float:
    """Milliseconds that the nominal machine takes for a callback: its script, the browser's functions that it called
    (`tally_ns`, see tally.js), and styles and layout of a document of so many elements."""
    styles = reading.styles * (STYLE_NS + STYLE_ELEMENT_NS * elements)
    layouts = reading.layouts * (LAYOUT_NS + LAYOUT_ELEMENT_NS * elements)
    if reading.processor_ms < SCREEN_MS:
        return 0.0
    counted = (script_ns(reading.scripts, sources) + tally_ns + styles + layouts) / 1e6
    return max(counted, reading.processor_ms / UNSEEN)


def blocked_ms(passed: float, worked: float) -> float:
    """What work adds to the blocked time of a callback in which the page's clock moved by `passed`."""
    return max(0.0, passed + worked - LONG_TASK_MS) - max(0.0, passed - LONG_TASK_MS)
