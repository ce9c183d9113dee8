"""The `query` of `video/query`, as a condition on the rows of the world.

Source: developers.tiktok.com/doc/research-api-specs-query-videos. Names compare without regard to case, a keyword may
stand anywhere in the description, hashtags included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harvester.sandbox.refusal import invalid
from harvester.sandbox.times import read_day

Where = tuple[str, list[Any]]
"""SQL with its values."""

_ORDERS = {"GT": ">", "GTE": ">=", "LT": "<", "LTE": "<="}
_MOST_VALUES = 500
_LENGTHS = {"SHORT", "MID", "LONG", "EXTRA_LONG"}


def _number(value: str) -> int:
    number = int(value)
    if abs(number) >= 2**63:
        raise ValueError(value)
    return number


def _day(value: str) -> int:
    if read_day(value) is None:
        raise ValueError(value)
    return int(value)


def _length(value: str) -> str:
    if value not in _LENGTHS:
        raise ValueError(value)
    return value


_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "create_date": ("day = ?", _day),
    "username": ("username = ?", str.lower),
    "region_code": ("region = ?", str.upper),
    "video_id": ("id = ?", _number),
    "hashtag_name": ("instr(hashtags, ?) > 0", lambda value: f" {value.casefold()} "),
    "keyword": ("instr(words, ?) > 0", str.casefold),
    "music_id": ("music_id = ?", _number),
    "effect_id": ("? is null", _number),
    "video_length": ("length = ?", _length),
    "view_count": ("views = ?", _number),
    "comment_count": ("comments = ?", _number),
}
_ORDERED = {"create_date", "view_count", "comment_count"}


def where(query: Any) -> Where:
    """The condition that a query stands for. Raises Refusal where it is not one."""
    if not isinstance(query, Mapping) or not any(query.get(part) for part in ("and", "or", "not")):
        raise invalid("The query needs at least one condition in and, or, not.")
    parts, values = [], []
    for part, joint in (("and", " and "), ("or", " or "), ("not", " or ")):
        conditions = query.get(part) or []
        if not isinstance(conditions, list):
            raise invalid(f"The query's {part} is not a list of conditions.")
        if conditions:
            tests = [_test(condition) for condition in conditions]
            joined = joint.join(sql for sql, _ in tests)
            parts.append(f"not ({joined})" if part == "not" else f"({joined})")
            values += [value for _, those in tests for value in those]
    if len(values) > _MOST_VALUES:
        raise invalid(f"The query has more than {_MOST_VALUES} values.")
    return " and ".join(parts), values


def _test(condition: Any) -> Where:
    if not isinstance(condition, Mapping):
        raise invalid("A condition of the query is not an object.")
    name, operation, given = (condition.get(key) for key in ("field_name", "operation", "field_values"))
    if not isinstance(name, str) or name not in _FIELDS:
        raise invalid(f"The field_name {str(name)[:60]} is invalid.")
    if not isinstance(given, list) or not given:
        raise invalid(f"The field_values of {name} are invalid.")
    test, read = _FIELDS[name]
    try:
        values = [read(str(value)) for value in given]
    except ValueError as error:
        raise invalid(f"The field_values of {name} are invalid.") from error
    if operation == "IN" or (operation == "EQ" and len(values) == 1):
        return f"({' or '.join([test] * len(values))})", values
    if isinstance(operation, str) and operation in _ORDERS and name in _ORDERED and len(values) == 1:
        return test.replace("=", _ORDERS[operation]), values
    raise invalid(f"The operation {str(operation)[:20]} on {name} is invalid.")
