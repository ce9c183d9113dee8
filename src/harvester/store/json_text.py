"""JSON as columns take it."""

from __future__ import annotations

from typing import Any

import msgspec

_encode = msgspec.json.Encoder(order="deterministic").encode


def as_json(value: Any) -> str | None:
    """JSON for a column, null for nothing: an empty object says nothing. What JSON has no word for becomes null.

    >>> as_json({"b": 1, "a": float("nan")}), as_json({}), as_json(None)
    ('{"a":null,"b":1}', None, None)
    """
    return _encode(value).decode() if value else None
