"""What is asked for: conditions, days, ids."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import RequestRefused
from harvester.sources.api.query import research_query, windows

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(DAYS, st.integers(-3, 400), st.booleans())
def test_windows_miss_no_day_whether_the_last_one_counts_or_not(start: date, days: int, is_last_included: bool) -> None:
    end = start + timedelta(days=days)
    pieces = list(windows(start, end))
    covered = {
        first + timedelta(days=day) for first, last in pieces for day in range((last - first).days + is_last_included)
    }
    assert {start + timedelta(days=day) for day in range(days + 1)} <= covered
    assert all(timedelta(0) < last - first <= timedelta(days=29) for first, last in pieces)
    assert pieces == sorted(pieces, reverse=True)
    assert all(first >= start and last <= end + timedelta(days=1) for first, last in pieces)


def test_what_says_nothing_asks_for_nothing() -> None:
    with pytest.raises(RequestRefused, match="asks for nothing"):
        research_query(keywords=["  "], hashtags=["#"], usernames=["@"], regions=[""])


def test_what_is_said_twice_is_asked_once() -> None:
    query = research_query(hashtags=["#Glow", "glow", " GLOW "])
    assert query == {"and": [{"operation": "IN", "field_name": "hashtag_name", "field_values": ["glow"]}]}
