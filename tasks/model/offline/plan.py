"""A plan of what to look at before a repair: where the findings point, the names they quote, the checks that fail.

Now and then one call is of a tool that there is not, as models write them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tasks.model.offline.archetype import rng_of
from tasks.model.offline.mend import quoted_names, read_findings

_ROUND = 4
"""Lines looked at before and after the one that a finding names."""
_STRAY = 0.08
"""Share of plans with a call of a tool that is not on the list."""

_TOOL = re.compile(r"^(\w+)\(", re.M)
_LINES = re.compile(r'lines \{"file":"([^"\\]+)"')
_HIT = re.compile(r"([^\s:]{1,80}):(\d{1,7}): ")


def plan_looks(findings: str, tools: str, most: int, key: tuple[str, ...]) -> dict[str, Any]:
    """The reply to a plan request: `reasoning`, and at most `most` `calls` of the listed tools.

    Raises:
        BadInput: the findings are not a JSON object of lists.
    """
    said = read_findings(findings)
    there = set(_TOOL.findall(tools))
    wanted = {json.dumps(call, sort_keys=True): call for call in _looks(said) if call["tool"] in there}
    calls = list(wanted.values())[:most]
    if calls and rng_of("stray-call", *key).random() < _STRAY:
        calls[-1] = {"why": "To see the whole file.", "tool": "open_file", "arguments": {"file": "script.js"}}
    causes = [str(item.get("message") or item.get("reason")) for kind in said.values() for item in kind]
    return {"reasoning": " ".join(causes)[:600] or "Nothing is said to be wrong.", "calls": calls}


def seen_lines(evidence: Iterable[str]) -> frozenset[tuple[str, int]]:
    """The lines (file, number from 1) that the evidence of a plan shows: those of `lines`, and the hits of a search."""
    seen: set[tuple[str, int]] = set()
    for text in evidence:
        head, _, shown = text.partition("\n")
        if asked := _LINES.match(head):
            seen.update((asked[1], int(number)) for number in re.findall(r"^(\d{1,7}) \| ", shown, re.M))
        elif head.startswith("search "):
            seen.update((hit[1], int(hit[2])) for line in shown.split("\n") if (hit := _HIT.match(line)))
    return frozenset(seen)


def _looks(said: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """What would tell more about each finding, the surest first."""
    places = [item for item in (*said.get("diagnostics", []), *said.get("errors", [])) if item.get("file")]
    for item in places[:3]:
        line = max(int(item.get("line") or 1), 1)
        around = {"file": item["file"], "from": max(1, line - _ROUND), "to": line + _ROUND}
        yield _call("lines", around, f"What stands where it says: {item.get('message')}")
    for item in places:
        if re.search(r"expected|unexpected|unterminated|syntax|closed|closes", str(item.get("message")), re.I):
            here = {"file": item["file"], "line": max(int(item.get("line") or 1), 1)}
            yield _call("syntax", here, "Where the bracket is missing.")
            break
    names = [name for item in said.get("diagnostics", []) for name in quoted_names(str(item.get("message", "")))]
    for name in list(dict.fromkeys(names))[:3]:
        yield _call("search", {"text": name}, f"How the files spell {name}.")
    failed = [str(item.get("id")) for item in said.get("failed_checks", [])]
    if failed:
        yield _call("run_checks", {"ids": failed[:3]}, "What the page throws while they fail.")
    if said.get("errors") or not places:
        yield _call("run_page", {}, "Whether it fails before anyone touches it.")


def _call(tool: str, arguments: dict[str, Any], why: str) -> dict[str, Any]:
    return {"why": " ".join(why.split())[:200], "tool": tool, "arguments": arguments}
