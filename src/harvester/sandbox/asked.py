"""One request as an endpoint sees it, and what the endpoint gives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from harvester.sandbox.refusal import Refusal, invalid
from harvester.sandbox.world import Row

_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was let in: its body, the fields that it wants, and the faults that bend its answer."""

    body: Mapping[str, Any]
    fields: Sequence[str]
    chance: Random
    bends: frozenset[str] = frozenset()
    strange: float = 0.0
    """The share of rows with NUL and emoji in their texts."""
    today: int = 0
    """The day in UTC, as its eight digits."""

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number of the body, also as its digits. Raises Refusal where it is none, negative or too large."""
        return whole(self.body, name, default)

    def size(self, default: int, greatest: int) -> int:
        """The rows that the page may have. Raises Refusal beyond the greatest number."""
        count = self.whole("max_count", default)
        if not 1 <= count <= greatest:
            raise invalid(f"The max_count {count} is invalid: it must be from 1 to {greatest}.")
        return count


@dataclass(slots=True)
class Given:
    """The data of an answer, and the rows in it."""

    data: dict[str, Any]
    records: int
    comments: Sequence[Row] = field(default_factory=tuple)
    """Those whose first service is noted."""


def whole(body: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number of an object, also as its digits. Raises Refusal where it is none, negative or too large."""
    value = body.get(name, default)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _INT64:
        raise invalid(f"The {name} is invalid.")
    return value


def read_body(raw: bytes) -> Mapping[str, Any]:
    """The JSON object that a request holds. Raises Refusal where it holds none."""
    try:
        body = json.loads(raw)
        # Half a character can be written in JSON, and nowhere else.
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "invalid_request", "The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise Refusal(400, "invalid_request", "The request body is not an object.")
    return body


def read_fields(given: str, known: frozenset[str]) -> list[str]:
    """The names in `fields`, with or without spaces. Raises Refusal where there are none, or others than known."""
    names = list(dict.fromkeys(name for part in given.split(",") if (name := part.strip())))
    if not names:
        raise invalid("The fields query parameter is required.")
    strangers = [name for name in names if name not in known]
    if strangers:
        raise invalid(f"The fields {', '.join(strangers)[:200]} are invalid.")
    return names
