"""Pages to try: the offline model's, or those of a folder."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from tasks.check import Check
from tasks.errors import BadInput
from tasks.model.offline import archetype as offline
from tasks.record import Problem, Program, RenderOrder

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


@dataclass(frozen=True)
class Given:
    """The pages that somebody gave."""

    orders: dict[str, RenderOrder]
    """By name."""
    unread: dict[str, str]
    """Why a page could not be read, by name."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """A line for each that could not be read."""
        return tuple(f"The page {name} was left out, it can't be read: {why}." for name, why in self.unread.items())


def read_pages(folder: Path) -> Given:
    """The pages of a folder: each a folder with index.html, what it links, and checks.json or problem.json if it has
    checks; or the folder itself if it is such a page, else each file *.html in it, with those of its style sheets and
    scripts that the file names.

    Raises:
        BadInput: there are no pages, or none of them can be read.
    """
    pages = {path.parent.name: path for path in sorted(folder.glob("*/index.html"))}
    if (folder / "index.html").is_file():
        pages[folder.resolve().name] = folder / "index.html"
    else:
        pages |= {path.name: path for path in sorted(folder.glob("*.html")) if path.is_file()}
    if not pages:
        raise BadInput(
            f"--pages {folder} has no page: each is a folder with an index.html, or a file that ends in .html."
        )
    orders: dict[str, RenderOrder] = {}
    unread: dict[str, str] = {}
    for name, path in pages.items():
        try:
            orders[name] = _order(path) if path.name == "index.html" else _single(path)
        except (OSError, ValueError) as error:
            unread[name] = _why(error)
    if not orders:
        name, why = next(iter(unread.items()))
        raise BadInput(f"--pages {folder} has no page that can be read; {name}: {why}.")
    return Given(orders, unread)


def _order(page: Path) -> RenderOrder:
    """A page with a folder of its own."""
    files = [(path.name, path.read_text("utf-8")) for path in _files(page.parent)]
    listed, problem = page.with_name("checks.json"), page.with_name("problem.json")
    checks: tuple[Check, ...] = ()
    if listed.exists():
        checks = tuple(Check.model_validate(one) for one in json.loads(listed.read_text("utf-8")))
    elif problem.exists():
        checks = Problem.model_validate(json.loads(problem.read_text("utf-8"))).checks
    return RenderOrder(program=Program.of(files), checks=checks)


def _single(page: Path) -> RenderOrder:
    """A page that lies among others."""
    text = page.read_text("utf-8")
    beside = [path for path in _files(page.parent) if path.suffix != ".html" and path.name in text]
    files = [("index.html", text), *((path.name, path.read_text("utf-8")) for path in beside)]
    return RenderOrder(program=Program.of(files), checks=())


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.suffix in FILES and path.is_file()]


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"it is not in UTF-8 (byte {error.start})"
    return (error.strerror if isinstance(error, OSError) else None) or str(error).splitlines()[0].rstrip(".")
