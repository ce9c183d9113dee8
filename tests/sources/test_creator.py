"""Creators, as `user/info` describes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harvester.model import Creator
from harvester.sources.creator import creator_of

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_a_creator_has_what_the_answer_says() -> None:
    row = {
        "display_name": "Kim ✨", "bio_description": "all at glow.shop\ncollabs by mail", "bio_url": "glow.shop/kim",
        "is_verified": False, "follower_count": 1200, "following_count": 7, "likes_count": 2**40, "video_count": 3,
        "avatar_url": "https://p16-sign-va.tiktokcdn.com/a.jpeg?x-expires=1", "mood": "calm",
    }  # fmt: skip
    assert creator_of(row, "@Kim.Studio", NOW) == Creator(
        "kim.studio", "Kim ✨", "all at glow.shop\ncollabs by mail", "glow.shop/kim", is_verified=False,
        follower_count=1200, following_count=7, like_count=2**40, video_count=3, observed_at=NOW,
        metadata={"mood": "calm"},
    )  # fmt: skip


def test_what_the_answer_leaves_out_is_not_known() -> None:
    assert creator_of({}, "kim", None) == Creator("kim")


@given(
    st.dictionaries(
        st.sampled_from(["display_name", "bio_description", "bio_url", "is_verified", "follower_count", "likes_count"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()),
    )
)
def test_no_answer_about_a_creator_is_beyond_reading(row: dict[str, Any]) -> None:
    creator = creator_of(row, "kim", NOW)
    assert isinstance(creator.bio_url, str | None)
    assert isinstance(creator.is_verified, bool | None)
    assert isinstance(creator.follower_count, int | None)
