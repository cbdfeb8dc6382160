"""What tells one dataset from another, wherever its folder is."""

import hashlib
import hmac

from tasks.address import open_address
from tasks.errors import BadInput
from tasks.shard.write import KEY

_LONGEST_KEY = 1_000
"""Bytes of the key that count; it has 64."""


def identify_dataset(dataset: str) -> str:
    """The id of a dataset: 16 hexadecimal digits, or an empty text if the dataset has no key.

    HMAC-SHA256 of the dataset's key, which does not give the key away: the id goes into what is published.

    Raises:
        BadInput: the key is there and can't be read.
    """
    key = _read_key(dataset).strip()
    return hmac.new(key, b"dataset id", hashlib.sha256).hexdigest()[:16] if key else ""


def order_key(dataset: str) -> bytes:
    """The secret that ids and keys of a dataset are made with.

    Raises:
        BadInput: the dataset has none, or it can't be read.
    """
    key = _read_key(dataset)
    if not key:
        raise BadInput(f"There is no {KEY} in {dataset}; name the dataset that the copy was made from.")
    return key


def _read_key(dataset: str) -> bytes:
    """What the key's file holds; nothing if it is not there."""
    files, root = open_address(dataset)
    path = f"{root}/{KEY}"
    try:
        key: bytes = files.cat_file(path, end=_LONGEST_KEY) if files.isfile(path) else b""
    except OSError as error:
        raise BadInput(f"{KEY} in {dataset} can't be read ({error.strerror or error}); mend that.") from error
    return key
