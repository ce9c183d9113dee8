"""Keys for new rows: UUID version 7, so that rows inserted together stand together in the index."""

from __future__ import annotations

import os
import time
from itertools import count
from uuid import UUID

_sequence = count(int.from_bytes(os.urandom(2)))


def uuid7() -> UUID:
    """A new time-ordered key (RFC 9562, version 7).

    Two keys of one process and one millisecond differ in a running number of 12 bits; two processes
    differ in 62 random bits.

    >>> one, other = uuid7(), uuid7()
    >>> one.version, one.variant, one != other
    (7, 'specified in RFC 4122', True)
    """
    return UUID(uuid7s(1)[0])


def uuid7s(number: int) -> list[str]:
    """So many new keys, in rising order as long as the clock does not go back, each as 32 hexadecimal digits.

    >>> keys = uuid7s(5000)
    >>> len(set(keys)), {(key[12], key[16] in "89ab") for key in keys}
    (5000, {('7', True)})
    """
    chance = os.urandom(8 * number).hex()
    milliseconds = time.time_ns() // 1_000_000
    keys = []
    for place in range(0, 16 * number, 16):
        running = next(_sequence) & 0xFFF
        if not running:
            # The running number begins anew: so does the millisecond, so that the order holds.
            milliseconds = max(milliseconds + 1, time.time_ns() // 1_000_000)
        variant = "89ab"[int(chance[place], 16) & 3]
        keys.append(f"{milliseconds:012x}7{running:03x}{variant}{chance[place + 1 : place + 16]}")
    return keys
