"""What a row says beside the fields of its format: kept with the record, within bounds.

Collectors add fields of their own, and TikTok adds new ones: they may matter later. Pictures and signed
addresses, which expire and may name the collector, are left out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Set
from typing import Any

MOST_BYTES = 8_192
"""Of JSON, for all unknown fields of one record together."""
_NAMES_BYTES = 1_024
"""Of these, what the names of fields that no longer fit may take."""
_MOST_NAMES = 20
_MOST_FIELDS = 1_000
"""Fields of one record that are looked at; the longest known export has some hundred columns."""
_DEEPEST = 6
_LONGEST_NUMBER = 1_024
"""Bits; Python does not write numbers of any length."""
_PICTURES = re.compile(r"avatar|thumb|cover|picture|photo|image|icon", re.IGNORECASE)
_SIGNED = re.compile(
    r"[?&](?:x-expires|x-signature|x-amz-\w+|signature|expires?|token|sig|verify\w*|ms_?token)=", re.IGNORECASE
)


class _TooLarge(Exception):
    """A value that cannot fit, whatever it holds."""


def unknown_fields(row: Mapping[str, Any], known: Set[str]) -> dict[str, Any]:
    """The fields of `row` that are not `known` and say something, at most 8 KiB of them.

    What no longer fits is named in `left_out`, so that a reader knows that there was more.

    >>> unknown_fields({"cid": "1", "mood": "angry", "avatar": "x.jpg", "odd": None}, {"cid"})
    {'mood': 'angry'}
    """
    extra = row.keys() - known
    if not extra:
        return {}
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    free = MOST_BYTES - _NAMES_BYTES
    for name in sorted(map(str, extra))[:_MOST_FIELDS]:
        try:
            value = None if _PICTURES.search(name) else _plain(row.get(name), 0)
        except _TooLarge:
            left_out.append(name[:40])
            continue
        if value in (None, "", [], {}):
            continue
        size = len(json.dumps({name: value}))
        if size > free:
            left_out.append(name[:40])
            continue
        free -= size
        kept[name] = value
    if left_out:
        kept["left_out"] = _that_fit(left_out[:_MOST_NAMES])
    return kept


def _that_fit(names: list[str]) -> list[str]:
    while len(json.dumps({"left_out": names})) > _NAMES_BYTES:
        names.pop()
    return names


def _plain(value: Any, depth: int) -> Any:
    """The value as JSON can hold it, without signed addresses; None for what it cannot hold."""
    if isinstance(value, str | list | Mapping) and len(value) > MOST_BYTES:
        raise _TooLarge
    if isinstance(value, str):
        return None if _SIGNED.search(value) else value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= _LONGEST_NUMBER else None
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _compound(value, depth) if depth < _DEEPEST else None


def _compound(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        pairs = {str(name): _plain(each, depth + 1) for name, each in value.items() if not _PICTURES.search(str(name))}
        return {name: each for name, each in pairs.items() if each not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [each for each in (_plain(part, depth + 1) for part in value) if each is not None]
    return None
