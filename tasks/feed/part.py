"""One split of one config, as Parquet files in a dataset's folder."""

from pathlib import Path

from datasets import Dataset

from tasks.record import Record

_FILE_BYTES = 500_000_000
"""Of one Parquet file at the most, before compression: what `datasets` itself takes."""


class Part(Record):
    """What a dataset's folder holds for one split of one config."""

    config: str
    split: str
    rows: int
    bytes: int
    """Of the Parquet files together."""
    pattern: str
    """Of the files' paths, relative to the folder."""


def write_part(rows: Dataset, folder: Path, config: str, split: str) -> Part:
    """Write a split as `<config>/<split>-00000-of-0000N.parquet`."""
    count = max(1, -(-int(rows.data.nbytes) // _FILE_BYTES))
    place = folder / config
    place.mkdir(parents=True, exist_ok=True)
    size = 0
    for at in range(count):
        path = place / f"{split}-{at:05}-of-{count:05}.parquet"
        rows.shard(count, at, contiguous=True).to_parquet(path)
        size += path.stat().st_size
    return Part(config=config, split=split, rows=rows.num_rows, bytes=size, pattern=f"{config}/{split}-*.parquet")
