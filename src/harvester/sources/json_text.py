"""One JSON text as Python values: exact integers, and tolerant of what exporters really write."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import msgspec

PYTHON_OBJECT = re.compile(r"\s*\[?\s*\{\s*u?'")
"""How the text of a Python dictionary begins, as logs hold it: `{'cid': '75…', 'user': None}`."""


class Duplicates:
    """Whether an object that was decoded had the same key twice; the last value counts."""

    def __init__(self) -> None:
        self.found = False

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        self.found = self.found or len(value) != len(pairs)
        return value

    def taken(self) -> bool:
        """Whether there was one since the last time this was asked."""
        found, self.found = self.found, False
        return found


def decode(text: str | bytes) -> Any:
    """A JSON text, or that of a Python literal, as values; raises ValueError where it is neither.

    NaN and the infinities, which some exporters write, become None; bytes that are no UTF-8, lone surrogates.

    >>> decode('{"id": 7386111312293610270, "likes": NaN}')
    {'id': 7386111312293610270, 'likes': None}
    >>> decode("{'cid': '7386111312293610270', 'user': None}")
    {'cid': '7386111312293610270', 'user': None}
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        pass
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    if PYTHON_OBJECT.match(text):
        return python_literal(text.strip())
    # The standard library reads what the faster parser refuses: NaN, lone surrogates, huge integers, raw tabs.
    try:
        return json.loads(text, parse_constant=lambda _: None, strict=False)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def python_literal(text: str) -> Any:
    """The value of a Python literal: dictionaries, lists, texts, numbers, True, False, None.

    Raises ValueError for anything else.
    """
    try:
        return ast.literal_eval(text)
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(f"it is no Python literal either: {str(error)[:80]}") from error


def has_duplicates(line: bytes, value: Any) -> bool:
    """Whether an object within the line has the same key twice.

    >>> has_duplicates(b'{"a":1,"b":{"a":2}}', {"a": 1, "b": {"a": 2}}), has_duplicates(b'{"a":1,"a":2}', {"a": 2})
    (False, True)
    """
    if line.count(b'":') <= _key_count(value):
        return False
    # A text may hold the same two characters: only a second reading tells.
    duplicates = Duplicates()
    try:
        json.loads(line, object_pairs_hook=duplicates.pairs, strict=False)
    except (ValueError, RecursionError):
        return False
    return duplicates.found


def _key_count(value: Any) -> int:
    if type(value) is dict:
        count = len(value)
        for each in value.values():
            if type(each) in (dict, list):
                count += _key_count(each)
        return count
    return sum(_key_count(each) for each in value if type(each) in (dict, list)) if type(value) is list else 0


def raw_form(value: Any) -> bytes:
    """The form in which a decoded item is kept in quarantine: JSON, in ASCII."""
    try:
        return json.dumps(value, ensure_ascii=True, default=str).encode()
    except (ValueError, RecursionError):
        return repr(value)[:65_536].encode("utf-8", "replace")
