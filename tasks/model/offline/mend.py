"""Repair by patches: what the findings point at, put back as the clean program has it; some at the second try.

For every difference one draw, from the problem and the place, decides: `NEVER` of them are not understood
at all, `FIRST` are mended in the first round that points at them, the others from the second round on.
"""

import json
import re
from collections.abc import Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from tasks.errors import BadInput
from tasks.model.offline.archetype import Brief, render, rng_of
from tasks.model.offline.author import lay_out

NEVER = 0.03
FIRST = 0.70
_STRAY = 0.08
"""Share of replies with a patch too many, that quotes a line wrongly and is refused."""
_OWN = 0.5
"""Least likeness of lines from which a file counts as a version of the clean one."""


@dataclass(frozen=True)
class Hunk:
    """Lines `start`..`end` (from 0, end excluded) of a file that differ from the clean one, and what belongs there."""

    file: str
    start: int
    end: int
    given: tuple[str, ...]
    clean: tuple[str, ...]


def mend(
    brief: Brief,
    files: dict[str, str],
    findings: str,
    round_: int,
    key: tuple[str, ...],
    seen: Set[tuple[str, int]] = frozenset(),
) -> dict[str, Any]:
    """The reply to a repair request: `reasoning`, and `patches` whose `search` occurs once when its turn comes.

    `seen` are lines (file, number from 1) that were looked at for this repair: a fault there is found as well.

    Raises:
        BadInput: the findings are not a JSON object of lists.
    """
    said = read_findings(findings)
    clean = lay_out(brief, render(brief))
    hunks = [hunk for name in sorted(files) if name in clean for hunk in differences(name, files[name], clean[name])]
    pointed = [hunk for hunk in hunks if _points_at(said, hunk) or _shows(seen, hunk)]
    mended = [hunk for hunk in pointed if _understood(brief, hunk, round_)]
    patches = _patches(files, mended)
    rng = rng_of("stray", *key, str(round_))
    if (not patches and pointed) or rng.random() < _STRAY:
        patches += _misquote(files, pointed)
    return {"reasoning": _reason(said, mended, pointed, hunks), "patches": patches}


def differences(name: str, given: str, clean: str) -> list[Hunk]:
    """Where a file differs from the clean one, top to bottom; none if it is not a version of it."""
    old, new = given.split("\n"), clean.split("\n")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _OWN:
        return []
    return [
        Hunk(name, a, b, tuple(old[a:b]), tuple(new[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def read_findings(findings: str) -> dict[str, list[Any]]:
    """The block `findings`: lists of objects, by kind.

    Raises:
        BadInput: it is not a JSON object of lists.
    """
    try:
        said = json.loads(findings or "{}")
    except ValueError:
        raise BadInput("The block `findings` is not JSON.") from None
    if not isinstance(said, dict) or not all(isinstance(value, list) for value in said.values()):
        raise BadInput("The block `findings` is a JSON object of lists: diagnostics, errors, failed_checks, refused.")
    return {key: [item for item in value if isinstance(item, dict)] for key, value in said.items()}


def _points_at(said: dict[str, list[Any]], hunk: Hunk) -> bool:
    """Whether a finding leads to the place: what the browser or a failed check says leads anywhere, a diagnostic to
    its lines, to the names it quotes, and, if it is one of syntax, to its file."""
    if said.get("errors") or said.get("failed_checks"):
        return True
    for item in said.get("diagnostics", []):
        message, same = str(item.get("message", "")), item.get("file") == hunk.file
        if same and hunk.start - 1 <= int(item.get("line") or 0) <= hunk.end + 2:
            return True
        if same and re.search(r"expected|unexpected|unterminated|syntax", message, re.I):
            return True
        lines = "\n".join((*hunk.given, *hunk.clean))
        if any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", lines) for name in quoted_names(message)):
            return True
    return False


def _shows(seen: Set[tuple[str, int]], hunk: Hunk) -> bool:
    """Whether one of the hunk's lines, or the one before which something is missing, was looked at."""
    return any((hunk.file, number) in seen for number in range(hunk.start + 1, max(hunk.end, hunk.start + 1) + 1))


def quoted_names(message: str) -> list[str]:
    """The names that a message puts in quotes."""
    return [name for name in re.findall(r"""['"`‘“][#.]?([\w-]{2,60})(?:\(\))?['"`’”]""", message) if name]


def _understood(brief: Brief, hunk: Hunk, round_: int) -> bool:
    draw = rng_of("mend", brief.title, brief.setting, hunk.file, *hunk.given, "|", *hunk.clean).random()
    return draw >= NEVER and (draw < NEVER + FIRST or round_ > 1)


def _patches(files: dict[str, str], hunks: list[Hunk]) -> list[dict[str, str]]:
    """A patch for each hunk, bottom up, so that lines above keep their numbers; unique if applied in order."""
    patches = []
    texts = {name: text.split("\n") for name, text in files.items()}
    for hunk in sorted(hunks, key=lambda hunk: (hunk.file, -hunk.start)):
        lines = texts[hunk.file]
        start, end = _widen(lines, hunk.start, hunk.end, whole=bool(hunk.given and hunk.clean))
        above, below = lines[start : hunk.start], lines[hunk.end : end]
        patches.append(
            {
                "filename": hunk.file,
                "search": "\n".join(lines[start:end]),
                "replace": "\n".join((*above, *hunk.clean, *below)),
            }
        )
        lines[hunk.start : hunk.end] = hunk.clean
    return patches


def _widen(lines: list[str], start: int, end: int, whole: bool) -> tuple[int, int]:
    """The smallest range round the lines whose text is unique; if lines only come or go, with a line of context."""
    text = "\n".join(lines)
    if not whole:
        start, end = (start - 1, end) if start else (start, end + 1)
    while (start > 0 or end < len(lines)) and (
        not "".join(lines[start:end]).strip() or text.count("\n".join(lines[start:end])) > 1
    ):
        start, end = max(0, start - 1), min(len(lines), end + 1)
    return start, end


def _misquote(files: dict[str, str], hunks: list[Hunk]) -> list[dict[str, str]]:
    """A patch that quotes what is not there, near the first thing pointed at."""
    if not hunks:
        return []
    hunk = hunks[0]
    line = next((line for line in (*hunk.given, *hunk.clean) if line.strip()), "").strip() or "state"
    search = f"{line} // see above"
    return [] if search in files[hunk.file] else [{"filename": hunk.file, "search": search, "replace": line}]


def _reason(said: dict[str, list[Any]], mended: list[Hunk], pointed: list[Hunk], hunks: list[Hunk]) -> str:
    """What it makes of the findings, in words."""
    words = []
    for item in said.get("diagnostics", [])[:6]:
        words.append(f"{item.get('file')} line {item.get('line')}: {_end(item.get('message'))}")
    for item in said.get("errors", [])[:4]:
        words.append(f"The browser reports ({item.get('kind')}): {_end(item.get('message'))}")
    for item in said.get("failed_checks", [])[:6]:
        words.append(f"The check '{item.get('id')}' fails: {_end(item.get('reason') or item.get('title'))}")
    if said.get("refused"):
        words.append("My last patch was refused, so I quote the lines again.")
    for hunk in mended:
        place = f"{hunk.file} near line {hunk.start + 1}"
        if not any(line.strip() for line in hunk.given):
            words.append(f"In {place} something was left out; I add it.")
        elif not any(line.strip() for line in hunk.clean):
            words.append(f"In {place} a line has no place there; I take it out.")
        else:
            words.append(f"I correct {place}.")
    if pointed and not mended:
        words.append("I believe the fault lies near there, and try one change.")
    if not hunks:
        words.append("I can't find a cause for this in the files.")
    elif not pointed:
        words.append("None of this leads me to a place in the files.")
    return " ".join(words)


def _end(value: object) -> str:
    text = " ".join(str(value or "").split())[:200]
    return text if text.endswith((".", "!", "?")) else f"{text}."
