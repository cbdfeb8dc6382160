"""`dojo cache`: the replies that were paid for and are kept."""

from pathlib import Path
from typing import Annotated

import typer

from tasks.errors import BadInput

cache = typer.Typer(help="The replies that were paid for and are kept.", no_args_is_help=True)

_DAY_S = 86_400

Folder = Annotated[Path | None, typer.Option(help="Folder of the replies; without one, data/replies.")]


@cache.command()
def size(folder: Folder = None) -> None:
    """Say how many replies are kept, their size, and what they cost."""
    from datetime import datetime

    from tasks.model.store import Store

    with Store(_there(folder)) as store:
        extent = store.extent()
        since = f", the oldest of {datetime.fromtimestamp(extent.oldest):%Y-%m-%d %H:%M}" if extent.oldest else ""
        typer.echo(
            f"{extent.replies:,} replies that cost ${extent.usd:.2f}, {extent.bytes / 1e6:.1f} MB{since}\n{store.path}"
        )


@cache.command()
def prune(
    days: Annotated[float, typer.Option(min=0, help="Drop what nobody has used for so many days.")] = 30,
    folder: Folder = None,
) -> None:
    """Drop replies that nobody has used for a while."""
    from tasks.model.store import Store

    with Store(_there(folder)) as store:
        gone = store.prune(days * _DAY_S)
        typer.echo(f"{gone:,} replies dropped, {store.extent().replies:,} are left.")


@cache.command()
def clear(folder: Folder = None) -> None:
    """Drop all replies: what is asked for again is paid for again."""
    from tasks.model.store import Store

    with Store(_there(folder)) as store:
        typer.echo(f"{store.clear():,} replies dropped.")


def _there(folder: Path | None) -> Path:
    from flows.order import REPLIES

    place = folder or REPLIES
    if not place.is_dir():
        raise BadInput(f"{place} keeps no replies; a run makes the folder, or name another one with --folder.")
    return place
