"""Where the Hub is. Without its library: that one can't even be imported with a malformed address."""

import os
from urllib.parse import urlsplit

from tasks.errors import BadInput


def check_endpoint() -> str | None:
    """The address in `HF_ENDPOINT`; None for the Hub's own.

    Raises:
        BadInput: it is no address.
    """
    address = os.environ.get("HF_ENDPOINT") or None
    if address is None:
        return None
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known:
        raise BadInput(f"HF_ENDPOINT is {address!r}; write it as https://host, or unset it for the Hub's own.")
    return address
