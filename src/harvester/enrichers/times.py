"""Times as look-ups take and write them."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """This machine's clock."""
    return datetime.now(UTC)


def written(time: datetime) -> str:
    """A time with its zone as the blocks of `domain.metadata` hold it, in whole seconds.

    >>> written(datetime(2026, 11, 1, 9, 30, tzinfo=UTC))
    '2026-11-01T09:30:00Z'
    """
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
