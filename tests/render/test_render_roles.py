"""The tags that may have a role, as the probe has them, hold all that aria-api gives it to."""

import re
from pathlib import Path

from tasks.render.serve import _MODULES

HERE = Path(__file__).parent.parent.parent / "tasks" / "render"


def native_tags() -> dict[str, set[str]]:
    """The probe's table."""
    table = re.search(r"Object\.entries\(\{(.*?)\}\)", (HERE / "find.js").read_text("utf-8"), re.S)
    return {role: set(tags.split()) for role, tags in re.findall(r'(\w+): "([^"]*)"', table[1])}


def aria_tags() -> dict[str, set[str]]:
    """The first tag of each selector that aria-api has for a role; none for a role that is only given by attribute."""
    source = (_MODULES / "aria-api" / "lib" / "constants.js").read_text("utf-8")
    roles = source[source.index("export const roles") :]
    found: dict[str, set[str]] = {}
    for role, body in re.findall(r"^\t'?([\w-]+)'?: \{(.*?)^\t\},?$|^\t[\w-]+: \{\},$", roles, re.M | re.S):
        selectors = re.search(r"selectors: \[(.*?)\n?\t*\],\n", body, re.S)
        listed = re.findall(r"'([^']*)'|`([^`]*)`", selectors[1]) if selectors else []
        found[role] = {re.match(r"[a-z0-9]*", one or other)[0] for one, other in listed}
    return found


def test_no_element_that_has_a_role_unasked_is_passed_over():
    ours, theirs = native_tags(), aria_tags()
    assert {"button", "heading", "slider", "tab"} <= ours.keys()
    assert theirs["button"] == {"button", "input", "summary"} and theirs["heading"] == {f"h{n}" for n in range(1, 7)}
    for role, tags in ours.items():
        assert theirs.get(role, set()) <= tags, role
        assert "" not in theirs.get(role, set()), role
