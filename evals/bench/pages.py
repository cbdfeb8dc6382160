"""Pages to try: the offline model's, or those of a folder."""

import json
import random
from pathlib import Path

from pydantic import ValidationError

from tasks.check import Check
from tasks.errors import BadInput
from tasks.model.offline import archetype as offline
from tasks.record import Program, RenderOrder

FILES = (".html", ".css", ".js")


def offline_orders(count: int) -> list[RenderOrder]:
    """So many different pages of the offline model, each with its checks; the archetypes in turn."""
    orders = []
    slugs = [*offline.slugs()]
    for n in range(count):
        brief = offline.draw_brief(random.Random(n), slugs[n % len(slugs)])
        checks = tuple(Check.model_validate(one) for one in offline.pose(brief)["checks"])
        orders.append(RenderOrder(program=Program.of(offline.render(brief).items()), checks=checks))
    return orders


def folder_orders(folder: Path) -> list[RenderOrder]:
    """The pages of a folder: each a folder with index.html and what it links, and checks.json if it has checks.

    Raises:
        BadInput: there are no pages, or a page's files can't be read.
    """
    orders = [_order(path.parent) for path in sorted(folder.glob("*/index.html"))]
    if not orders:
        raise BadInput(f"--pages {folder} has no page: each is a folder with an index.html.")
    return orders


def _order(folder: Path) -> RenderOrder:
    try:
        files = [(path.name, path.read_text("utf-8")) for path in sorted(folder.iterdir()) if path.suffix in FILES]
        listed = folder / "checks.json"
        given = json.loads(listed.read_text("utf-8")) if listed.exists() else []
        return RenderOrder(program=Program.of(files), checks=tuple(Check.model_validate(one) for one in given))
    except (OSError, ValueError, ValidationError) as error:
        raise BadInput(f"The page {folder} can't be read: {str(error).splitlines()[0]}.") from None
