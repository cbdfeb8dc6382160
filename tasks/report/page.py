"""The report as one HTML text: everything in it, nothing from outside, and untrusted pages behind a sandbox."""

from pathlib import Path

import jinja2

from tasks.content import canonical_json
from tasks.record import FAMILIES
from tasks.report import plot
from tasks.report.facts import RunFacts

GALLERY = 120
"""Tasks shown with their versions at the most, so that a browser still opens the page; figures are over all."""

KINDS = {"+": "in", "-": "out", "@": "at", "\\": "at"}
"""Classes of a hunk's lines by how they begin."""


def render_report(run: RunFacts) -> str:
    """The page. Texts of models and personas are escaped; pages to try run in frames without origin or network."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["check"] = lambda check: canonical_json(check.model_dump(mode="json", exclude_defaults=True))
    plots = (
        {
            "Quality by rank": plot.ladders(run.tasks),
            "Spacing of the gaps": plot.spacing(run.tasks),
            "Time by stage": plot.timings(run.spells, run.tasks_timed) if run.spells and run.tasks_timed else "",
        }
        if run.tasks
        else {}
    )
    return environment.get_template("page.html").render(
        run=run, plots=plots, shown=run.tasks[:GALLERY], families=FAMILIES, most=GALLERY, kinds=KINDS
    )
