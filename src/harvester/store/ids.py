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
    milliseconds = time.time_ns() // 1_000_000
    number = next(_sequence) & 0xFFF
    chance = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=(milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | number << 64 | 0b10 << 62 | chance)
