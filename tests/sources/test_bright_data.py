"""Bright Data's comments and posts, in both shapes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Comment, Record, Refused, Video
from harvester.sources.base import Options
from harvester.sources.reading import read_again

SHAPES = [
    Shape("bright_data_comments.json", "bright_data_comments", comments=3, refused=("missing_id", "source_error")),
    Shape("bright_data_comments.csv", "bright_data_comments", comments=3, refused=("damaged_cell", "source_error")),
    Shape("bright_data_comments_plain.csv", "bright_data_comments", comments=2, refused=("other_platform",)),
    Shape("bright_data_failures.json", "bright_data_comments", refused=("source_error",)),
    Shape("bright_data_posts.ndjson", "bright_data_posts", videos=3, refused=("source_error",)),
    Shape("bright_data_posts_plain.json", "bright_data_posts", videos=1),
]

URL = "https://www.tiktok.com/@newsdesk/video/7580280925297184007"
COLLECTED = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
COMMENT: dict[str, Any] = {
    "url": f"{URL}?q=news", "post_url": f"{URL}?q=news", "post_id": "7580280925297184007",
    "post_date_created": "2025-12-05T07:33:20.000Z", "date_created": "2025-12-05T08:48:27.000Z", "comment_text": "fine",
    "num_likes": 4, "num_replies": 1, "commenter_user_name": "ann***hop***", "commenter_id": "6800539606575282224",
    "commenter_url": "https://www.tiktok.com/@ann.shop", "comment_id": "7580293006230930184",
    "comment_url": f"{URL}?comment_id=7580293006230930184", "replies": None, "timestamp": "2026-01-02T03:04:05.678Z",
    "input": {"url": URL},
}  # fmt: skip
REPLY = {"comment_id": "7580293006230930999", "comment_text": "no", "commenter_url": "https://www.tiktok.com/@bob"}
PLAIN_COMMENT: dict[str, Any] = {
    "url": URL, "comment_user": "ann.shop", "comment_user_url": "https://www.tiktok.com/@ann.shop",
    "comment_date": "2025-12-05T08:48:27.000Z", "comment": "fine", "likes": 4, "replies": 1,
}  # fmt: skip
POST: dict[str, Any] = {
    "url": f"{URL}?q=news", "post_id": "7580280925297184007", "description": "Look at news.example.com #news",
    "create_time": "2025-12-05T07:33:20.000Z", "digg_count": 5, "share_count": "2", "comment_count": 1,
    "play_count": 900, "video_duration": 30, "hashtags": ["#news"], "profile_username": "The News Desk",
    "profile_url": "https://www.tiktok.com/@newsdesk", "account_id": "newsdesk", "region": "US",
    "profile_avatar": "https://p16.example/x.jpg", "timestamp": "2026-01-02T03:04:05.678Z", "input": {"url": URL},
}  # fmt: skip
PLAIN_POST: dict[str, Any] = {
    "url": URL, "author": "newsdesk", "description": "Look at news.example.com #news", "likes": 5, "comments": 1,
    "shares": 2, "views": 900, "date_posted": "2025-12-05T07:33:20.000Z", "hashtags": ["news"],
    "video_url": "https://v16.example/x.mp4",
}  # fmt: skip
FAILURE: dict[str, Any] = {
    "timestamp": "2026-01-02T03:04:06.000Z", "input": {"url": URL}, "error": "Crawler error: no page.",
    "error_code": "crawl_error",
}  # fmt: skip


def one(record: dict[str, Any]) -> Record:
    _, (found,) = records_of([record])
    return found


def outcome(record: Record) -> Any:
    return record.reason if isinstance(record, Refused) else getattr(record, "comment_id", None)


def test_a_comment_is_read_with_the_time_it_was_collected() -> None:
    name, (record,) = records_of([COMMENT])
    assert name == "bright_data_comments"
    assert record == Comment(
        "7580293006230930184", "7580280925297184007", "fine", username="ann.shop", like_count=4, reply_count=1,
        posted_at=datetime(2025, 12, 5, 8, 48, 27, tzinfo=UTC), observed_at=COLLECTED, video_username="newsdesk",
    )  # fmt: skip


def test_the_plainer_shape_gives_a_comment_without_an_id() -> None:
    name, (record,) = records_of([PLAIN_COMMENT])
    assert name == "bright_data_comments"
    assert record == Comment(
        None, "7580280925297184007", "fine", username="ann.shop", like_count=4, reply_count=1,
        posted_at=datetime(2025, 12, 5, 8, 48, 27, tzinfo=UTC), video_username="newsdesk",
    )  # fmt: skip


def test_lines_give_what_the_list_gives() -> None:
    _, of_list = records_of([COMMENT, FAILURE])
    _, of_lines = records_of(json.dumps(COMMENT) + "\n" + json.dumps(FAILURE) + "\n")
    assert [outcome(record) for record in of_lines] == [outcome(record) for record in of_list]


def test_nested_replies_are_comments_of_the_same_video() -> None:
    keyed_otherwise = {
        "reply_id": "7580293006230930998", "reply": "yes", "user_replying": "eve", "date_of_reply": "2025-12-06",
        "user_url": None, "comment_url": COMMENT["comment_url"],
    }  # fmt: skip
    _, (_, first, second, not_one) = records_of([{**COMMENT, "replies": [REPLY, keyed_otherwise, "none"]}])
    for record, username in ((first, "bob"), (second, "eve")):
        assert isinstance(record, Comment)
        assert record.username == username
        assert record.video_id == "7580280925297184007"
        assert record.parent_ref == "7580293006230930184"
        assert record.observed_at == COLLECTED
    assert outcome(not_one) == "not_an_object"


def test_a_reply_whose_comment_is_refused_is_kept_with_its_parent_unknown() -> None:
    ruined = {**COMMENT, "comment_id": 7.5e18, "comment_url": None, "replies": [REPLY]}
    _, (refused, reply) = records_of([ruined])
    assert outcome(refused) == "ruined_id"
    assert isinstance(reply, Comment)
    assert (reply.comment_id, reply.parent_ref) == ("7580293006230930999", None)


def test_a_refused_reply_can_be_read_again_once_it_is_mended() -> None:
    _, (_, refused) = records_of([{**COMMENT, "replies": [{**REPLY, "comment_id": 7.5e18}]}])
    assert isinstance(refused, Refused)
    mended = json.dumps({**json.loads(refused.raw), **REPLY}).encode()
    (reply,) = read_again("bright_data_comments", mended, refused.context, Options())
    assert isinstance(reply, Comment)
    assert (reply.video_id, reply.parent_ref) == ("7580280925297184007", "7580293006230930184")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"comment_id": "7.58E+18"}, "7580293006230930184"),
        ({"comment_id": None, "comment_url": f"{URL}?comment=7580293006230930184"}, "7580293006230930184"),
        ({"comment_id": "7.58E+18", "comment_url": URL}, "ruined_id"),
        ({"comment_id": None, "comment_url": None}, "missing_id"),
        ({"post_id": "7.58E+18"}, "7580293006230930184"),
        ({"post_id": "7.58E+18", "url": "https://www.tiktok.com/t/ZT1/", "post_url": None, "input": None}, "ruined_id"),
        ({"url": "https://www.tiktok.com/t/ZT1/", "post_url": None, "input": None}, "7580293006230930184"),
        ({"url": None, "post_url": None, "post_id": None, "input": None}, "missing_id"),
        ({"url": "https://www.instagram.com/p/1/", "post_url": None, "input": None}, "other_platform"),
        ({"comment_text": None}, "missing_text"),
        ({"comment_text": ""}, "7580293006230930184"),
    ],
    ids=str,
)
def test_addresses_keep_the_ids_that_a_spreadsheet_ruined(changes: dict[str, Any], expected: str) -> None:
    assert outcome(one({**COMMENT, **changes})) == expected


@pytest.mark.parametrize(
    ("changes", "username"),
    [
        ({"commenter_url": "https://www.tiktok.com/@ann.shop?lang=en"}, "ann.shop"),
        ({"commenter_url": None}, None),
        ({"commenter_url": None, "commenter_user_name": "ann.shop"}, "ann.shop"),
        ({"commenter_url": None, "commenter_user_name": "Ann of the shop"}, None),
    ],
    ids=str,
)
def test_a_masked_name_or_a_display_name_is_no_handle(changes: dict[str, Any], username: str | None) -> None:
    record = one({**COMMENT, **changes})
    assert isinstance(record, Comment)
    assert record.username == username


@pytest.mark.parametrize("whole", [COMMENT, POST], ids=["comments", "posts"])
@pytest.mark.parametrize("first", [True, False])
def test_a_record_of_a_failure_is_refused_with_the_words_of_the_vendor(whole: dict[str, Any], first: bool) -> None:
    _, records = records_of([FAILURE, whole] if first else [whole, FAILURE])
    (refused,) = [record for record in records if isinstance(record, Refused)]
    assert refused.reason == "source_error"
    assert refused.detail == "Bright Data says: crawl_error: Crawler error: no page."


def test_a_warning_refuses_nothing() -> None:
    record = one({**COMMENT, "warning": "some replies are missing", "warning_code": "partial", "error": None})
    assert isinstance(record, Comment)
    assert record.metadata == {}


def test_a_post_is_a_video_and_its_author_is_not_the_display_name() -> None:
    name, (record,) = records_of([POST])
    assert name == "bright_data_posts"
    assert record == Video(
        "7580280925297184007", username="newsdesk", caption="Look at news.example.com #news", video_url=URL,
        region_code="US", view_count=900, like_count=5, comment_count=1, share_count=2,
        posted_at=datetime(2025, 12, 5, 7, 33, 20, tzinfo=UTC), observed_at=COLLECTED,
        metadata={"hashtags": ["news"], "duration_seconds": 30},
    )  # fmt: skip


def test_the_plainer_shape_of_a_post_gives_the_same_numbers() -> None:
    name, (record,) = records_of([PLAIN_POST])
    assert name == "bright_data_posts"
    assert record == Video(
        "7580280925297184007", username="newsdesk", caption="Look at news.example.com #news", video_url=URL,
        view_count=900, like_count=5, comment_count=1, share_count=2,
        posted_at=datetime(2025, 12, 5, 7, 33, 20, tzinfo=UTC), metadata={"hashtags": ["news"]},
    )  # fmt: skip


def test_a_time_that_was_counted_in_the_wrong_unit_is_left_out() -> None:
    record = one({**POST, "create_time": "1970-01-20T20:36:19.329Z"})
    assert isinstance(record, Video)
    assert record.posted_at is None


def test_what_the_vendor_does_not_explain_is_kept() -> None:
    record = one({**POST, "commerce_info": {"adv_promotable": True}})
    assert isinstance(record, Video)
    assert record.metadata["commerce_info"] == {"adv_promotable": True}
    assert not record.is_promoted


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
