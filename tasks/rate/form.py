"""The rating form as one HTML text: everything in it, nothing from outside, and untrusted pages behind a sandbox."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

_HERE = Path(__file__).parent
_SCRIPTS = ("kept.js", "frames.js", "form.js")


def render_form(pack: Mapping[str, Any], pages: Sequence[Sequence[str]]) -> str:
    """The form of a pack.

    Args:
        pack: what `pack.json` holds.
        pages: the texts of each task's pages, in the order of their letters.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("form.html").render(
        pack_id=pack["pack_id"],
        count=len(pages),
        style=(_HERE / "form.css").read_text("utf-8"),
        scripts=[(_HERE / name).read_text("utf-8") for name in _SCRIPTS],
        data=_data({**pack, "texts": pages}),
    )


def _data(value: object) -> str:
    """JSON that no parser of HTML reads anything else into: pages and tasks are untrusted."""
    return (
        json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    )
