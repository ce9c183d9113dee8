"""What the APIs are asked for: the conditions of `video/query`, the days that one of these may span, and ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from harvester.errors import RequestRefused

_SPAN = timedelta(days=29)
"""Thirty days where the last one counts, and the API takes no more than thirty."""


def research_query(
    *,
    keywords: Sequence[str] = (),
    hashtags: Sequence[str] = (),
    regions: Sequence[str] = (),
    usernames: Sequence[str] = (),
    video_ids: Sequence[str] = (),
) -> dict[str, Any]:
    """The query of videos that have any of the keywords or hashtags, and fit each of the other lists in any entry.

    Raises RequestRefused where nothing is asked for.

    Source of facts: developers.tiktok.com/doc/research-api-specs-query-videos.

    >>> research_query(hashtags=["#Glow"], regions=["de", "at"])  # doctest: +NORMALIZE_WHITESPACE
    {'and': [{'operation': 'IN', 'field_name': 'hashtag_name', 'field_values': ['glow']},
             {'operation': 'IN', 'field_name': 'region_code', 'field_values': ['DE', 'AT']}]}
    >>> research_query(keywords=["promo code"], hashtags=["ad"], usernames=["@Ann"])  # doctest: +NORMALIZE_WHITESPACE
    {'and': [{'operation': 'IN', 'field_name': 'username', 'field_values': ['ann']}],
     'or': [{'operation': 'IN', 'field_name': 'keyword', 'field_values': ['promo code']},
            {'operation': 'IN', 'field_name': 'hashtag_name', 'field_values': ['ad']}]}
    >>> research_query(video_ids=["7385291383449439519"])
    {'and': [{'operation': 'IN', 'field_name': 'video_id', 'field_values': ['7385291383449439519']}]}
    """
    wide = [
        *_condition("keyword", [each.strip() for each in keywords]),
        *_condition("hashtag_name", [each.strip().removeprefix("#").lower() for each in hashtags]),
    ]
    narrow = [
        *_condition("region_code", [each.strip().upper() for each in regions]),
        *_condition("username", [each.strip().removeprefix("@").lower() for each in usernames]),
        *_condition("video_id", [each.strip() for each in video_ids]),
    ]
    if not wide and not narrow:
        raise RequestRefused(
            "A query of videos asks for nothing.", hint="Name keywords, hashtags, regions, usernames or ids of videos."
        )
    if len(wide) < 2:
        return {"and": wide + narrow}
    return {"and": narrow, "or": wide} if narrow else {"or": wide}


def _condition(name: str, values: Sequence[str]) -> list[dict[str, Any]]:
    values = list(dict.fromkeys(filter(None, values)))
    return [{"operation": "IN", "field_name": name, "field_values": values}] if values else []


def windows(start: date, end: date) -> Iterator[tuple[date, date]]:
    """Pieces of the days from `start` to `end`, both included, as start and end of a query; the newest comes first.

    TikTok's documentation says that a query includes its last day, clients have seen that it does not. So the last
    piece ends a day later, and each begins on the day on which the one before it ends: no day is missed, and where
    the last day counts, one in thirty is asked for twice.

    Source of facts: developers.tiktok.com/doc/research-api-specs-query-videos; the client tiktok-library.

    >>> [(str(first), str(last)) for first, last in windows(date(2026, 1, 1), date(2026, 2, 15))]
    [('2026-01-18', '2026-02-16'), ('2026-01-01', '2026-01-18')]
    >>> [(str(first), str(last)) for first, last in windows(date(2026, 1, 1), date(2026, 1, 1))]
    [('2026-01-01', '2026-01-02')]
    >>> list(windows(date(2026, 1, 2), date(2026, 1, 1)))
    []
    """
    last = end + timedelta(days=1)
    while last > start:
        first = max(start, last - _SPAN)
        yield first, last
        last = first


def whole_id(name: str, identifier: str) -> int:
    """An id as the APIs want it, a number; raises RequestRefused for what is no id of TikTok's.

    >>> whole_id("video_id", "7385291383449439519")
    7385291383449439519
    """
    if re.fullmatch(r"[1-9][0-9]{0,19}", identifier) is None:
        raise RequestRefused(f"{identifier[:80]!r} is no {name} of TikTok's.")
    return int(identifier)
