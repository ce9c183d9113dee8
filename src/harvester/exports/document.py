"""One value of ours as one JSON document."""

from __future__ import annotations

from typing import Any

import msgspec


def write_json(value: Any) -> str:
    """A dataclass, or whatever holds them, as JSON on one line.

    Fields stand in the order they are declared, times are ISO 8601 in UTC with Z, UUIDs are strings.

    >>> from datetime import UTC, datetime
    >>> write_json({"seen": datetime(2025, 9, 6, 12, tzinfo=UTC), "name": "größe.de"})
    '{"seen":"2025-09-06T12:00:00Z","name":"größe.de"}'
    """
    return msgspec.json.encode(value).decode()
