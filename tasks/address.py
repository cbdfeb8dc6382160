"""Where a dataset is: a folder of this machine, or behind an fsspec address. Nothing else decides that.

An address begins with `PROTOCOL://`, or is a chain of protocols before one that does (`simplecache::s3://bucket/data`).
`file://` and `local://` lead to a folder. Every other text is the name of a folder, whatever is in it: `a:b`,
`pages::v2`, `C:data`, `file.zip`, `50%20`. A name that does look like an address is written as `./s3:/x`, or with its
whole path. A `~` or `~user` in front is that user's home, if there is one.
"""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tasks.errors import BadInput

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_PROTOCOL = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+)://")
"""Of two characters at least, as in fsspec: `C://x` is the name of a folder."""
READ_ONLY = frozenset({"data", "gist", "git", "github", "http", "https", "libarchive", "reference", "tar", "zip"})
"""Protocols to read a dataset by, and not to write one."""
_LOCAL = ("file", "local")
_LINKS = frozenset({"simplecache", "filecache", "blockcache", "cached", "dir", "zip", "tar", "libarchive"})
"""Protocols that a chain may name without `://`."""


def local_folder(address: str) -> Path | None:
    """The absolute path of a folder of this machine; None for what is behind an address.

    Raises:
        BadInput: it is empty.
    """
    if not address.strip():
        raise BadInput("The name of a folder is empty; name one, or leave the option out.")
    if is_remote(address):
        return None
    found = _PROTOCOL.match(address)
    return home_expanded(address[found.end() :] if found else address).absolute()


def is_remote(address: str) -> bool:
    """Whether a dataset is behind an fsspec address and not in a folder of this machine."""
    begins = _PROTOCOL.match(address)
    if begins:
        return begins[1].lower() not in _LOCAL
    *links, last = address.split("::")
    chained = all(link in _LINKS or _PROTOCOL.match(link) for link in links)
    return bool(links) and chained and bool(_PROTOCOL.match(last))


def open_address(address: str) -> "tuple[AbstractFileSystem, str]":
    """The file system, and the dataset's path there without a slash at its end.

    Raises:
        BadInput: no such protocol, or what it needs is not installed, or it can't be reached.
    """
    import fsspec

    folder = local_folder(address)
    if folder is not None:
        _check_readable(folder, address)
        return fsspec.filesystem("file"), str(folder).rstrip("/")
    try:
        files, root = fsspec.url_to_fs(address)
    except ImportError as error:
        raise BadInput(f"{address} needs a package that is not installed: {_sentence(error)}.") from error
    except ValueError as error:
        raise BadInput(f"{address} can't be opened: {_sentence(error)}; for a folder write ./{address}.") from error
    except (OSError, TypeError, KeyError) as error:
        raise BadInput(f"{address} can't be opened: {_sentence(error)}.") from error
    try:
        files.isdir(root)
    except Exception as error:
        raise BadInput(f"{address} can't be reached: {_sentence(error)}.") from error
    return files, str(root).rstrip("/")


def spelled(address: str) -> str:
    """One spelling for all that lead to the same dataset, for an index that several share."""
    folder = local_folder(address)
    if folder is not None:
        return f"file://{folder}"
    files, root = open_address(address)
    return str(files.unstrip_protocol(root)).rstrip("/")


def home_expanded(name: str) -> Path:
    """The path of a name; a `~` in front stays where there is no such home."""
    return Path(os.path.expanduser(name))  # noqa: PTH111  pathlib's raises where there is no such user


def shown_name(address: str) -> str:
    """The last part of an address or path, to name a dataset by."""
    folder = local_folder(address)
    return folder.name if folder is not None else unquote(address.rstrip("/").rsplit("/", 1)[-1])


def is_text(name: str) -> bool:
    """Whether a name that the system gave can be written as UTF-8; bytes that were none are surrogates in it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_readable(folder: Path, address: str) -> None:
    try:
        if folder.is_dir():
            next(folder.iterdir(), None)
    except OSError as error:
        raise BadInput(f"{address} can't be read: {error.strerror}.") from error


def _sentence(error: Exception) -> str:
    said = (getattr(error, "strerror", None) or str(error)).strip().splitlines() or [type(error).__name__]
    return said[0].rstrip(".")[:200]
