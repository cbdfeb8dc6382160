"""`dojo cache`: the replies that were paid for and are kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasks.errors import BadInput
from tasks.output import print_line

if TYPE_CHECKING:
    from tasks.model.store import Store

cache = typer.Typer(help="The replies that were paid for and are kept.", no_args_is_help=True)

_DAY_S = 86_400

Folder = Annotated[Path | None, typer.Option(help="Folder of the replies; without one, data/replies.")]


@cache.command()
def size(folder: Folder = None) -> None:
    """Say how many replies are kept, their size, and what they cost."""
    from datetime import datetime

    with _opened(folder) as store:
        extent = store.extent()
        since = f", the oldest of {datetime.fromtimestamp(extent.oldest):%Y-%m-%d %H:%M}" if extent.oldest else ""
        print_line(
            f"{extent.replies:,} replies that cost ${extent.usd:.2f}, {extent.bytes / 1e6:.1f} MB{since}\n{store.path}"
        )


@cache.command()
def prune(
    days: Annotated[float, typer.Option(min=0, help="Drop what nobody has used for so many days.")] = 30,
    folder: Folder = None,
) -> None:
    """Drop replies that nobody has used for a while."""
    if not days >= 0:
        raise BadInput(f"--days is {days:g}; it is a number of days, 0 or more.")
    with _opened(folder) as store:
        gone = store.prune(days * _DAY_S)
        print_line(f"{gone:,} replies dropped, {store.extent().replies:,} are left.")


@cache.command()
def clear(folder: Folder = None) -> None:
    """Drop all replies: what is asked for again is paid for again."""
    with _opened(folder) as store:
        print_line(f"{store.clear():,} replies dropped.")


def _opened(folder: Path | None) -> "Store":
    """The store of a folder that has one; none is made."""
    from tasks.caches import cache_folder
    from tasks.model.store import FILE, Store

    place = folder or cache_folder("data", "replies")
    if not (place / FILE).is_file():
        raise BadInput(f"{place} keeps no replies; a run makes {FILE}, or name another folder with --folder.")
    return Store(place, way_out="name another folder with --folder")
