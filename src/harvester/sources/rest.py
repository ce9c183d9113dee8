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
_DEEPEST = 6
_PICTURES = re.compile(r"avatar|thumb|cover|picture|photo|image|icon", re.IGNORECASE)
_SIGNED = re.compile(
    r"[?&](?:x-expires|x-signature|x-amz-\w+|signature|expires?|token|sig|verify\w*|ms_?token)=", re.IGNORECASE
)


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
    free = MOST_BYTES
    for name in sorted(map(str, extra)):
        value = None if _PICTURES.search(name) else _plain(row.get(name), 0)
        if value in (None, "", [], {}):
            continue
        size = len(json.dumps({name: value}))
        if size > free:
            left_out.append(name[:100])
            continue
        free -= size
        kept[name] = value
    if left_out:
        kept["left_out"] = left_out[:20]
    return kept


def _plain(value: Any, depth: int) -> Any:
    """The value as JSON can hold it, without signed addresses; None for what it cannot hold."""
    if isinstance(value, str):
        return None if _SIGNED.search(value) else value
    if value is None or isinstance(value, bool | int):
        return value
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
