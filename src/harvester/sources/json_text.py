"""One JSON text as Python values: exact integers, and tolerant of what exporters really write."""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from typing import Any

import msgspec

PYTHON_OBJECT = re.compile(r"\s*\[?\s*\{\s*u?'")
"""How the text of a Python dictionary begins, as logs hold it: `{'cid': '75…', 'user': None}`."""


_LONGEST_LITERAL = 262_144
"""Characters of a Python literal: its syntax tree takes hundreds of bytes for each."""
_HUGE_NUMBER = re.compile(r"0[xXoObB][0-9a-fA-F_]{1000}")
"""Python reads it, but cannot write it in decimals again."""


class Duplicates:
    """Whether an object that was decoded had the same key twice; the last value counts."""

    def __init__(self) -> None:
        self.found = False

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        self.found = self.found or len(value) != len(pairs)
        return value


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
    text = text.removeprefix("\ufeff")
    if PYTHON_OBJECT.match(text):
        return python_literal(text.strip())
    # The standard library reads what the faster parser refuses: NaN, lone surrogates, huge integers, raw tabs.
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_float=finite, strict=False)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def finite(text: str) -> float | None:
    """A number with a fraction or an exponent; None for one that is too large to be told from infinity."""
    number = float(text)
    return number if math.isfinite(number) else None


def python_literal(text: str) -> Any:
    """The value of a Python literal: dictionaries, lists, texts, numbers, True, False, None.

    Raises ValueError for anything else, and for one that is very long.
    """
    if len(text) > _LONGEST_LITERAL:
        raise ValueError(f"a Python literal has more than {_LONGEST_LITERAL:,} characters")
    if _HUGE_NUMBER.search(text):
        raise ValueError("it holds a number that is too large")
    try:
        with warnings.catch_warnings():
            # Of escapes in texts that Python does not know: they stay as they are.
            warnings.simplefilter("ignore")
            return ast.literal_eval(text)
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(f"it is no Python literal either: {str(error)[:80]}") from error


def has_duplicates(line: bytes, value: Any) -> bool:
    """Whether an object within the line has the same key twice.

    >>> has_duplicates(b'{"a":1,"b":{"a":2}}', {"a": 1, "b": {"a": 2}}), has_duplicates(b'{"a":1,"a":2}', {"a": 2})
    (False, True)
    """
    if line.count(b'":') + line.count(b'" :') <= _key_count(value):
        return False
    # A text may hold the same two characters: only a second reading tells.
    duplicates = Duplicates()
    try:
        json.loads(line, object_pairs_hook=duplicates.pairs, strict=False)
    except (ValueError, RecursionError):
        return False
    return duplicates.found


def _key_count(value: Any) -> int:
    """The keys of all objects within a value, however deep it is."""
    count = 0
    inner = [value]
    while inner:
        each = inner.pop()
        if type(each) is dict:
            count += len(each)
            each = each.values()
        inner += [part for part in each if type(part) in (dict, list)]
    return count


def raw_form(value: Any) -> bytes:
    """The form in which a decoded item is kept in quarantine: JSON, in ASCII; else how Python writes it."""
    try:
        return json.dumps(value, ensure_ascii=True, default=str).encode()
    except (TypeError, ValueError, RecursionError):
        pass
    try:
        return repr(value)[:65_536].encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return b""
