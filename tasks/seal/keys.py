"""Keys for any number of copies of a version, and whose copy a key is.

A key is a nonce, which the owner's secret makes of task, rank and copy number, and for each site the number of its
alternative, hidden by what the nonce is mixed to. Digits without a site are as random as the others.
"""

import hmac
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tasks.errors import BadInput
from tasks.record import Seal
from tasks.seal.mixing import NONCE, streams
from tasks.seal.page import digits_for, key_in, with_key


class Traced(NamedTuple):
    """Whose a copy is."""

    task_id: str
    rank: int
    copy: int
    """Its number; 0 is the one in the public shard."""


class Copy(NamedTuple):
    """A copy of one version of a task that is wanted."""

    seal: Seal
    task_id: str
    rank: int
    number: int = 0


def make_copies(order_key: bytes, wanted: Sequence[Copy]) -> list[str]:
    """The texts of copies; the same one is the same again. Mixing many keys at once costs hardly more than one.

    Args:
        order_key: the owner's secret.
        wanted: of any tasks and versions.
    """
    choices = [one.seal.choices[one.rank] for one in wanted]
    drawn = [
        _drawn(order_key, f"{one.task_id} {one.rank} {one.number}", digits_for(choice))
        for one, choice in zip(wanted, choices, strict=True)
    ]
    keys = _keys(choices, drawn)
    return [with_key(one.seal, key) for one, key in zip(wanted, keys, strict=True)]


def provisional(seal: Seal, version: int, seed: int) -> str:
    """A copy to be measured before the dataset's secret is known, from a seed; what it does is what any copy does."""
    return make_copies(str(seed).encode(), [Copy(seal, "provisional", version)])[0]


def trace(text_or_key: str, order_key: bytes, tasks: Iterable[tuple[str, Seal]], copies: int) -> Traced | None:
    """The task, rank and number of a copy, given its text or its key; None if it is none of the first `copies`.

    Raises:
        BadInput: it is neither a sealed page nor a key, or the key was changed.
    """
    key = text_or_key.strip().lower()
    if len(key) < 2 * NONCE or set(key) - set("0123456789abcdef"):
        key = key_in(text_or_key)
    for task_id, seal in tasks:
        for rank, choice in enumerate(seal.choices):
            for copy in range(copies):
                name = f"{task_id} {rank} {copy}"
                if _drawn(order_key, name, NONCE) != key[:NONCE]:
                    continue
                if _keys([choice], [_drawn(order_key, name, digits_for(choice))]) != [key]:
                    raise BadInput(
                        f"The copy was made as number {copy} of version {rank} of task {task_id}, but its key was "
                        "changed since."
                    )
                return Traced(task_id, rank, copy)
    return None


def _drawn(secret: bytes, name: str, digits: int) -> str:
    """So many hex digits that look random to who does not have the secret."""
    text, block = "", 0
    while len(text) < digits:
        text += hmac.new(secret, f"seal {name} {block}".encode(), "sha256").hexdigest()
        block += 1
    return text[:digits]


def _keys(choices: Sequence[Sequence[int]], drawn: Sequence[str]) -> list[str]:
    """For each choice a key that begins with the nonce of its text of random digits, and holds the choice."""
    if not drawn:
        return []
    hiding = streams([text[:NONCE] for text in drawn], max(len(choice) for choice in choices))
    keys = []
    for choice, text, stream in zip(choices, drawn, hiding, strict=True):
        held = "".join(f"{index ^ int(own):x}" for index, own in zip(choice, stream[: len(choice)], strict=True))
        keys.append(text[:NONCE] + held + text[NONCE + len(choice) :])
    return keys
