"""`dojo eval generate`: two settings on the same candidates, from their runs' folders to a page."""

from pathlib import Path

from evals.paper import Paper, publish
from evals.sides.figures import compare
from evals.sides.page import paper_of
from evals.sides.side import read_side


def run(runs: dict[str, Path], models: dict[str, tuple[str, ...]], out: Path) -> Paper:
    """Compare two runs, and write what came of it into a folder.

    Args:
        runs: the two sides' names and their runs' folders.
        models: the models that each side may call, by its name.
        out: for table and page.

    Raises:
        BadInput: a side has too few candidates that were done with.
    """
    one, other = (read_side(name, folder, models[name]) for name, folder in runs.items())
    paper = paper_of(one, other, compare(one, other))
    publish(paper, out)
    return paper
