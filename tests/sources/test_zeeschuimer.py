"""Lines of Zeeschuimer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of

from harvester.errors import UnknownFormat
from harvester.model import Refused, Video

DATA = {
    "id": "7288995634328177926", "desc": "a caption", "createTime": 1697101549,
    "author": {"uniqueId": "leo.books", "nickname": "Leo"}, "challenges": [{"title": "books"}],
    "stats": {"diggCount": 59, "shareCount": 1, "commentCount": 3, "playCount": 3597},
    "isAd": False, "adAuthorization": False,
}  # fmt: skip


def line(data: Any = DATA, **changes: Any) -> str:
    return json.dumps(
        {
            "nav_index": "1:4:0", "item_id": "7288995634328177926", "timestamp_collected": 1697108706245,
            "source_platform": "tiktok.com", "source_url": "https://www.tiktok.com/api/", "data": data, **changes,
        }
    )  # fmt: skip


def test_a_post_is_a_video_seen_when_the_browser_met_it() -> None:
    name, (record,) = records_of(line() + "\n")
    assert name == "zeeschuimer_posts"
    assert record == Video(
        "7288995634328177926", username="leo.books", caption="a caption", view_count=3597, like_count=59,
        comment_count=3, share_count=1, posted_at=datetime(2023, 10, 12, 9, 5, 49, tzinfo=UTC),
        observed_at=datetime(2023, 10, 12, 11, 5, 6, 245000, tzinfo=UTC), metadata={"hashtags": ["books"]},
    )  # fmt: skip


def test_the_author_may_be_a_bare_handle_and_counts_may_be_texts() -> None:
    data = {**DATA, "author": "leo.books", "createTime": "1697101549", "statsV2": {"playCount": "12"}}
    _, (record,) = records_of(line(data))
    assert isinstance(record, Video)
    assert (record.username, record.view_count, record.posted_at is None) == ("leo.books", 12, False)


@pytest.mark.parametrize(
    ("changes", "promotion"),
    [
        ({}, None),
        ({"isAd": True}, {"flag": "isAd", "label": "Advertisement"}),
        ({"adAuthorization": True}, {"flag": "adAuthorization", "label": "Paid partnership"}),
    ],
    ids=str,
)
def test_an_advertisement_is_promoted_and_the_flag_is_kept(changes: dict[str, Any], promotion: Any) -> None:
    _, (record,) = records_of(line({**DATA, **changes}))
    assert isinstance(record, Video)
    assert (record.is_promoted, record.promotion) == (promotion is not None, promotion)


def test_a_line_of_another_platform_or_without_data_is_refused_and_the_others_are_read() -> None:
    lines = [line(), line(source_platform="instagram.com"), line(data=None), "{broken", "", line()[:-40]]
    _, records = records_of("\n".join(lines))
    assert [record.reason if isinstance(record, Refused) else "video" for record in records] == [
        "video", "other_platform", "missing_data", "bad_json", "bad_json",
    ]  # fmt: skip


def test_a_capture_of_another_platform_alone_is_no_known_format() -> None:
    with pytest.raises(UnknownFormat):
        records_of(line(source_platform="instagram.com") + "\n")


def test_a_caption_with_a_line_separator_of_unicode_stays_one_line() -> None:
    raw = line({**DATA, "desc": "one\u2028two\x85three"}).replace("\\u2028", "\u2028").replace("\\u0085", "\x85")
    _, (record,) = records_of(raw + "\n")
    assert isinstance(record, Video)
    assert record.caption == "one\u2028two\x85three"
