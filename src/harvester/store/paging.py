"""Keyset paging: a page goes on behind the last row of the one before, however deep."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from harvester.errors import InvalidCursor

_HINT = "Take `next` from the page before, unchanged, or leave the cursor out to begin anew."


def encode_cursor(*position: Any) -> str:
    """An opaque text for the sort values of the last row of a page.

    >>> decode_cursor(encode_cursor("mentions", 17, UUID(int=5)), "mentions", int)
    (17, UUID('00000000-0000-0000-0000-000000000005'))
    """
    listed = [value.isoformat() if isinstance(value, datetime) else value for value in position]
    return base64.urlsafe_b64encode(json.dumps(listed, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, sort: str, kind: type[int] | type[str] | type[datetime]) -> tuple[Any, UUID]:
    """The sort value and the id in a cursor of the same sort; raises InvalidCursor for any other text."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        name, value, key = json.loads(base64.urlsafe_b64decode(padded))
        if name != sort:
            raise InvalidCursor(f"The cursor belongs to the order {name!r}, not {sort!r}.", hint=_HINT)
        if kind is datetime:
            value = datetime.fromisoformat(value)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise InvalidCursor("The cursor cannot be read.", hint=_HINT)
        if isinstance(value, str) and b"\0" in value.encode():
            # PostgreSQL holds neither NUL nor lone surrogates; `encode` refuses the latter.
            raise InvalidCursor("The cursor cannot be read.", hint=_HINT)
        return value, UUID(key)
    except (binascii.Error, UnicodeError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidCursor("The cursor cannot be read.", hint=_HINT) from error
