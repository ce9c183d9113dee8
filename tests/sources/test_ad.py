"""Ads of the ad library, in either spelling of its documentation."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.model import Ad, Refused
from harvester.sources.ad import ad_of
from harvester.sources.base import Options, RecordRefused
from harvester.sources.reading import read_again

NOW = datetime(2026, 11, 26, tzinfo=UTC)
TABLES = {
    "ad": {
        "id": 1923845247192304, "first_shown_date": "20210101", "last_shown_date": "20210131", "status": "active",
        "reach": {"unique_users_seen": "11K"}, "title": "Glow up", "external_url": "https://glow.shop/a?b=c",
        "videos": [{"url": "https://asdfcdn.com/1/?mime_type=video_mp4"}], "call_to_action": "Shop now",
    },
    "advertiser": {
        "business_id": 3847236290405, "business_name": "Awe Food Co.", "paid_for_by": "Awe Co.",
        "profile_url": "https://www.tiktok.com/@Awesome_Co", "follower_count": 900,
    },
}  # fmt: skip
EXAMPLES = {
    "ad": {
        **TABLES["ad"], "first_shown_date": 20210101, "last_shown_date": 20210131,
        "reach": {"unique_user_seen": "11K"},
    },
    "advertiser": {
        "buisness_id": 3847236290405, "business_name": "Awe Food Co.", "paid_by": "Awe Co.",
        "profile_url": "https://www.tiktok.com/@awesome_co", "follower_count": 900,
    },
}  # fmt: skip
READ = Ad(
    "1923845247192304", "Glow up", "https://glow.shop/a?b=c", "3847236290405", "Awe Food Co.", "Awe Co.", "awesome_co",
    "active", date(2021, 1, 1), date(2021, 1, 31), "11K", NOW,
    metadata={"call_to_action": "Shop now", "follower_count": 900},
)  # fmt: skip


@pytest.mark.parametrize("row", [TABLES, EXAMPLES], ids=["tables", "examples"])
def test_both_spellings_of_an_ad_are_read_alike(row: dict[str, Any]) -> None:
    assert ad_of(row, NOW) == READ


@pytest.mark.parametrize("row", [{}, {"ad": None}, {"ad": {"id": "1.9e+15"}}, {"ad": 7, "advertiser": []}])
def test_an_ad_without_an_id_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(RecordRefused):
        ad_of(row, NOW)


def test_an_ad_that_was_refused_is_read_again_by_its_raw_form() -> None:
    options = Options(observed_at=NOW)
    assert list(read_again("ads", json.dumps(TABLES).encode(), {"form": "item"}, options)) == [READ]
    (refused,) = read_again("ads", b'{"ad": {}, "advertiser": {}}', {"form": "item"}, options)
    assert isinstance(refused, Refused)
    assert refused.reason == "missing_id"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(
    st.dictionaries(st.sampled_from(list(TABLES["ad"])), _VALUES),
    st.dictionaries(st.sampled_from(list(TABLES["advertiser"])), _VALUES),
)
def test_no_ad_is_beyond_reading(ad: dict[str, Any], advertiser: dict[str, Any]) -> None:
    found = ad_of({"ad": {**ad, "id": 7}, "advertiser": advertiser}, NOW)
    assert found.ad_id == "7"
    assert isinstance(found.first_shown_on, date | None)
