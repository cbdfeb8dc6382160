"""Content by its one spelling and its name: what is the same is named the same, in every room and every run."""

import hashlib
import json


def content_id(*parts: str) -> str:
    """A name for content: the first 16 hex digits of SHA-256 over the parts, with their lengths so that no two splits
    collide."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:16]


def canonical_json(value: object) -> str:
    """JSON with one spelling: sorted keys, no spaces, no escapes of letters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
