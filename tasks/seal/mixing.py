"""What a nonce comes to: four 32-bit words, mixed in rounds of multiplications, shifts and exclusive ors.

A reader who wants a single digit of the stream has to do all the rounds by hand; who runs them needs milliseconds.
The constants are those of known integer hashes (C. Wellons, 'Prospecting for Hash Functions', 2018); nothing here has
to hold against cryptanalysis, for whoever can compute needs none: the loader computes it for him.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDS = 8_000
"""Before the first digit."""
STEPS = 17 * ROUNDS
"""Elementary steps: 4 multiplications, 4 shifts, 8 exclusive ors and an addition a round."""
NONCE = 32
"""Hex digits of a nonce."""


def streams(nonces: Sequence[str], digits: int) -> "NDArray[np.uint8]":
    """For each nonce, in hex, a row of so many numbers of 0 to 15. Keys are mixed side by side."""
    import numpy as np

    words = np.array(
        [[int(nonce[at : at + 8], 16) for at in range(0, NONCE, 8)] for nonce in nonces], dtype=np.uint32
    ).reshape(len(nonces), 4)
    a, b, c, d = (words[:, column].copy() for column in range(4))
    found: list[NDArray[np.uint32]] = []
    for n in range(ROUNDS + max(1, -(-digits // 8))):
        a = (a ^ (a >> np.uint32(15)) ^ d) * np.uint32(0x2C1B3C6D) + np.uint32(n)
        b = (b ^ (b >> np.uint32(13)) ^ a) * np.uint32(0x297A2D39)
        c = (c ^ (c >> np.uint32(16)) ^ b) * np.uint32(0x1B56C4E9)
        d = (d ^ (d >> np.uint32(14)) ^ c) * np.uint32(0x7FEB352D)
        if n >= ROUNDS:
            word = a ^ c
            found += [word >> np.uint32(at) & np.uint32(15) for at in range(0, 32, 4)]
    return np.stack(found, axis=1)[:, :digits].astype(np.uint8)
