"""Whether a run can write where it is told to, found out without writing."""

import os
import re
from pathlib import Path

from tasks.address import READ_ONLY, is_remote, is_text
from tasks.errors import BadInput


def check_place(out: str, folder: Path) -> None:
    """Refuse a dataset that can't be made.

    Args:
        out: as the user named it.
        folder: where that is on this machine.

    Raises:
        BadInput: a file is in the way, or the folder may not be written.
    """
    if not is_text(out):
        raise BadInput(f"--out {out} is not in UTF-8, in which a run is recorded; name another folder.")
    for protocol in re.findall(r"^\w+(?=://|::)", out) if is_remote(out) else ():
        if protocol in READ_ONLY:
            raise BadInput(f"--out {out} can't be written: {protocol} only reads; name a folder, or another address.")
    try:
        nearest = next(place for place in (folder, *folder.parents) if place.exists())
    except OSError as error:
        raise BadInput(f"--out {out} can't be a folder: {error.strerror}; name another one.") from error
    if not nearest.is_dir():
        raise BadInput(f"--out {out} can't be a folder: {nearest} is a file; name another one.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise BadInput(f"--out {out} can't be written: nothing may be made in {nearest}; name another one.")
