"""Whose a sealed page is that was given out."""

from pathlib import Path

from tasks.errors import BadInput
from tasks.seal.keys import trace
from tasks.shard.identity import order_key
from tasks.shard.read import need_tasks, read_seals

_MOST_BYTES = 20_000_000
"""Of a sealed page; the largest programs come to about three million."""


def trace_copy(copy: str, dataset: str, copies: int) -> str:
    """What a copy is, in a sentence.

    Args:
        copy: path of a sealed page, or its key.
        dataset: the dataset that it was made from: a path or an fsspec URL.
        copies: how many numbers are tried, from 0.

    Raises:
        BadInput: it is no sealed page and no key, its key was changed, or it is none of this dataset's copies.
    """
    text = _read(copy)
    need_tasks(dataset)
    found = trace(text, order_key(dataset), read_seals(dataset), copies)
    if found is None:
        raise BadInput(
            f"It is none of the first {copies:,} copies of any version in {dataset}; name another dataset, or give a "
            "larger --copies."
        )
    return f"Copy {found.copy} of rank {found.rank} of task {found.task_id}."


def _read(copy: str) -> str:
    path = Path(copy)
    try:
        if not path.is_file():
            return copy
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{copy} has more than {_MOST_BYTES:,} bytes; no sealed page is so large.")
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{copy} is no text in UTF-8; give a sealed page or its key.") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{copy[:80]} can't be read ({error}); give a sealed page or its key.") from error
