"""CSS properties that are no properties, but for one slip of the pen would be."""

import re
from functools import cache

from tasks.settings import ROOT

_DATA = ROOT / "setup/node_modules/vscode-css-languageservice/lib/umd/data/webCustomData.js"
_PROPERTIES = re.compile(r'^ {8}"properties": \[(.*?)^ {8}\]', re.S | re.M)
_NAME = re.compile(r'^ {16}"name": "([a-z-]+)"', re.M)
_QUOTED = re.compile(r"'([^']+)'")
LEAST = 4
"""Letters of a name that is judged: shorter ones are near too many others."""


def is_slip(message: str) -> bool:
    """Whether the property that a message names is one edit (a letter too many, too few, another one, two exchanged)
    from one that the language server knows. A new property that it does not know yet is hardly ever so near."""
    found = _QUOTED.search(message)
    name = found[1].lower() if found else ""
    judged = len(name) >= LEAST and not name.startswith("-") and name not in _known()
    return judged and bool(_edits(name) & _known())


def _edits(name: str) -> set[str]:
    """All that is one edit from a name (Norvig's enumeration of Damerau and Levenshtein's distance 1)."""
    letters = "abcdefghijklmnopqrstuvwxyz-"
    halves = [(name[:at], name[at:]) for at in range(len(name) + 1)]
    return (
        {left + right[1:] for left, right in halves if right}
        | {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
        | {left + letter + right[1:] for left, right in halves if right for letter in letters}
        | {left + letter + right for left, right in halves for letter in letters}
    )


@cache
def _known() -> frozenset[str]:
    """The property names of the server's own data; empty if it keeps them elsewhere."""
    try:
        listed = _PROPERTIES.search(_DATA.read_text("utf-8"))
    except OSError:
        return frozenset()
    return frozenset(_NAME.findall(listed[1])) if listed else frozenset()
