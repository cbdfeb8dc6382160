"""What prompts are filled with, by example, and what a template can raise: it is tried before a run depends on it."""

from collections.abc import Mapping

import jinja2

FAULTS = (
    jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, SyntaxError,
    TypeError, ValueError,
)  # fmt: skip
"""Jinja2's own, and Python's of what a template computes."""

SPECIMENS: Mapping[str, object] = {
    "topic": "tools",
    "persona": "A glazier who measures twice.",
    "problem": "# Glass cutter\n\nA page that says how many panes a sheet gives.",
    "checks": '[{"id":"c1","title":"It counts","severity":"major"}]',
    "words": "- do click: Click the middle of the target.",
    "files": [
        {"name": "index.html", "text": "<!doctype html>\n<title>Panes</title>\n"},
        {"name": "style.css", "text": "body { margin: 0 }\n"},
        {"name": "script.js", "text": "let panes = 0;\n"},
    ],
    "wanted": 12,
    "findings": '{"diagnostics":[],"errors":[],"failed_checks":[],"refused":[]}',
    "round": 1,
    "rounds": 3,
    "outline": "script.js\n  1 let panes\n",
    "tools": "lines(file, first, last): lines of a file",
    "most_calls": 6,
    "plan": "Look at where panes are counted.",
    "evidence": [{"number": "1", "text": "1 | let panes = 0;"}, {"number": "2", "text": "nothing was thrown"}],
    "disputed": [
        {"id": "c1", "check": '[{"id":"c1","title":"It counts","severity":"major"}]', "why": "It says 3.", "seen": "2"}
    ],
    "drops": 1,
    "keys": [("A", "0f"), ("B", "1e"), ("C", "2d"), ("D", "3c")],
    "places": [{"line": 1, "texts": [("A", "Panes"), ("B", "Panes"), ("C", "1"), ("D", "2")]}],
    "programs": [("A", "<title>Panes</title>"), ("B", "<title>Frames</title>")],
    "versions": [("A", "<title>Panes</title>"), ("B", "<title>Panes</title>"), ("C", "<b>1</b>"), ("D", "<b>2</b>")],
}
"""Value by name, of the types that the code fills in."""


def told(error: Exception) -> str:
    """What such an error says, in a line."""
    return " ".join(str(error).split()).rstrip(".")[:300] or type(error).__name__
