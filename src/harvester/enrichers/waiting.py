"""How long whoever was asked wants to be left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

LONGEST = 7 * 24 * 3600.0
"""Seconds; who wants more of it gets a week."""
_BUSY = frozenset({429, 503})


def seconds_to_wait(status: int | None, headers: Mapping[str, str], now: datetime) -> float | None:
    """What the header `Retry-After` of a refusal says (RFC 9110, section 10.2.3), in seconds from now.

    None where nobody asks for it, or where it cannot be read. The names of the headers are in lower case.

    >>> from datetime import UTC
    >>> seconds_to_wait(429, {"retry-after": "Mon, 02 Nov 2026 00:00:10 GMT"}, datetime(2026, 11, 2, tzinfo=UTC))
    10.0
    """
    said = headers.get("retry-after", "").strip() if status in _BUSY else ""
    if re.fullmatch(r"[0-9]{1,15}", said):
        return min(float(said), LONGEST)
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=now.tzinfo)
    return min(max((until - now).total_seconds(), 0.0), LONGEST)
