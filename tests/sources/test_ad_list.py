"""The list of videos of a browser extension."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Refused, Video

SHAPES = [Shape("ad_list.json", "ad_list", videos=3, promoted=2, refused=("ruined_id",))]
URL = "https://www.tiktok.com/@creator/video/7591000000000000123"
VIDEO = {
    "author": "creator", "id": "7591000000000000123", "cover": "https://p16.example.com/c.jpeg", "duration": 15,
    "createTime": "2026-01-03 10:05:00", "desc": "lamps at lamps.example.com", "isAd": True, "playCount": 1000,
    "diggCount": 100, "commentCount": 10, "shareCount": 1, "diversification": "Home", "hashtags": ["lamp"], "url": URL,
}  # fmt: skip


def video(**changes: Any) -> Video:
    name, (record,) = records_of([{**VIDEO, **changes}])
    assert name == "ad_list"
    assert isinstance(record, Video)
    return record


def test_an_advertisement_is_a_promoted_video() -> None:
    assert video() == Video(
        "7591000000000000123", username="creator", caption="lamps at lamps.example.com", video_url=URL,
        view_count=1000, like_count=100, comment_count=10, share_count=1, is_promoted=True,
        promotion={"flag": "isAd", "label": "Advertisement"}, posted_at=datetime(2026, 1, 3, 10, 5, tzinfo=UTC),
        metadata={"hashtags": ["lamp"], "duration_seconds": 15, "diversification": "Home"},
    )  # fmt: skip


@pytest.mark.parametrize("flag", [False, None, "false", 0])
def test_a_video_that_is_none_is_not(flag: object) -> None:
    assert (video(isAd=flag).is_promoted, video(isAd=flag).promotion) == (False, None)


def test_the_address_stands_in_for_what_the_row_lacks_and_is_kept_without_its_query() -> None:
    found = video(id=7.591e18, author=None, url=URL + "?_r=1&u_code=0")
    assert (found.video_id, found.username, found.video_url) == ("7591000000000000123", "creator", URL)


def test_an_author_and_hashtags_may_be_objects() -> None:
    found = video(author={"uniqueId": "creator.two"}, hashtags=[{"name": "lamp"}, {"title": "home"}, None, 5])
    assert (found.username, found.metadata["hashtags"]) == ("creator.two", ["lamp", "home"])


@pytest.mark.parametrize(("own_id", "reason"), [("7.591e+18", "ruined_id"), (None, "missing_id")])
def test_a_row_that_names_no_video_at_all_is_refused(own_id: object, reason: str) -> None:
    _, records = records_of([VIDEO, {**VIDEO, "id": own_id, "url": "https://vm.tiktok.com/ZMexample/"}])
    assert [record.reason for record in records if isinstance(record, Refused)] == [reason]


def test_tiktoks_own_object_with_the_same_keys_is_left_to_its_own_format() -> None:
    own = {key: value for key, value in VIDEO.items() if key != "url"}
    name, _ = records_of([{**own, "createTime": 1767434700, "stats": {"playCount": 1}}])
    assert name == "tiktok_web_videos"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
