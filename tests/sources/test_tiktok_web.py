"""Pages of TikTok's own web API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Comment, Refused

SHAPES = [
    Shape("tiktok_web_comments.json", "tiktok_web_comments", comments=4, refused=("ruined_id",)),
    Shape("tiktok_web_videos.json", "tiktok_web_videos", videos=3, promoted=2),
    Shape("tiktok_web_state.json", "tiktok_web_videos", videos=2, comments=1),
    Shape("tiktok_api_repr.txt", "tiktok_web_comments", comments=2, refused=("bad_json",)),
]

USER = {"uid": "6800000000000000000", "unique_id": "shop.online", "nickname": "buy at nick.name"}
REPLY = {
    "cid": "7591000000000001009", "aweme_id": "7591000000000000123", "text": "no", "create_time": 1767226140,
    "reply_id": "7591000000000001001", "user": USER,
}  # fmt: skip
COMMENT = {
    "cid": "7591000000000001001", "aweme_id": "7591000000000000123", "text": "look", "create_time": 1767225600,
    "digg_count": 3, "reply_id": "0", "reply_comment_total": 1, "reply_comment": [REPLY], "user": USER,
    "share_info": {"desc": "comment: look at never.example.com"}, "comment_language": "en",
}  # fmt: skip
PAGE = {"comments": [COMMENT], "cursor": 20, "has_more": 0, "status_code": 0, "total": 2}


def ids(records: list[Any]) -> list[Any]:
    return [record.comment_id if isinstance(record, Comment) else record.reason for record in records]


def test_inline_replies_are_records_of_their_own() -> None:
    name, records = records_of(PAGE)
    assert name == "tiktok_web_comments"
    first, reply = records
    assert isinstance(first, Comment)
    assert isinstance(reply, Comment)
    assert (first.comment_id, first.video_id, first.text, first.username, first.parent_ref, first.like_count) == (
        "7591000000000001001", "7591000000000000123", "look", "shop.online", None, 3,
    )  # fmt: skip
    assert reply.parent_ref == first.comment_id


def test_a_damaged_inline_reply_does_not_take_its_comment_along() -> None:
    damaged = {**COMMENT, "reply_comment": [{**REPLY, "cid": "7.59e+18"}, "no object", REPLY]}
    _, records = records_of({**PAGE, "comments": [damaged]})
    assert ids(records) == ["7591000000000001001", "ruined_id", "not_an_object", "7591000000000001009"]


def test_the_page_tells_when_it_was_answered() -> None:
    _, records = records_of({**PAGE, "extra": {"now": 1770291785000}})
    assert {record.observed_at for record in records if isinstance(record, Comment)} == {
        datetime(2026, 2, 5, 11, 43, 5, tzinfo=UTC)
    }


def test_pages_in_an_envelope_in_a_list_or_a_line_each_are_read_alike() -> None:
    import json

    _, plain = records_of(PAGE)
    assert records_of({"code": 200, "data": PAGE})[1] == plain
    assert records_of([PAGE, PAGE])[1] == plain * 2
    assert records_of(json.dumps(PAGE) + "\n" + json.dumps(PAGE) + "\n")[1] == plain * 2
    assert records_of([COMMENT])[1] == plain


def test_an_entry_that_is_no_object_is_refused_and_a_null_list_is_no_comment() -> None:
    _, records = records_of({**PAGE, "comments": [None, 5, COMMENT]})
    assert [record.reason for record in records if isinstance(record, Refused)] == ["not_an_object"] * 2
    _, records = records_of([PAGE, {**PAGE, "comments": None}])
    assert ids(records) == ["7591000000000001001", "7591000000000001009", "missing_id"]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
