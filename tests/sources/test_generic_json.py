"""Objects of collectors that nobody has described."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.errors import UnknownFormat
from harvester.model import Comment, Refused
from harvester.sources.base import Options
from harvester.sources.lines import LONGEST

SHAPES = [
    Shape("generic_comments.json", "generic_json", comments=3, refused=("missing_id", "ruined_id", "source_error")),
    Shape("generic_threads.json", "generic_json", comments=3, refused=("not_an_object",)),
]
VIDEO = "7591000000000000123"
URL = f"https://www.tiktok.com/@newsdesk/video/{VIDEO}"
COMMENT = {
    "commentId": "7591000000000001001", "text": "look", "createdAt": "2026-01-01T00:01:00.000Z", "likes": 3,
    "replyCount": 1, "isReply": False, "parentCommentId": None, "videoId": VIDEO, "videoUrl": URL,
    "authorUsername": "shop.online", "authorNickname": "Ann",
}  # fmt: skip
READ = Comment(
    "7591000000000001001", VIDEO, "look", username="shop.online", like_count=3, reply_count=1,
    posted_at=datetime(2026, 1, 1, 0, 1, tzinfo=UTC), video_username="newsdesk",
    metadata={"authorNickname": "Ann", "isReply": False},
)  # fmt: skip


def comments(content: Any) -> list[Any]:
    name, records = records_of(content)
    assert name == "generic_json"
    return records


def test_a_comment_is_read_and_what_is_not_used_is_kept() -> None:
    assert comments([COMMENT]) == [READ]


@pytest.mark.parametrize(
    "row",
    [
        {"id": "7591000000000001001", "videoId": VIDEO, "text": "look", "createdAt": "2026-01-01T00:01:00Z",
         "likes": 3, "replies": 1, "author": "shop.online", "url": URL},
        {"commentId": "7591000000000001001", "content": "look", "publishedAt": "2026-01-01T00:01:00Z", "likeCount": 3,
         "replyCount": 1, "authorUniqueId": "shop.online", "videoUrl": URL},
        {"comment_id": "7591000000000001001", "comment_text": "look", "created_at": 1767225660, "like_count": "3",
         "reply_count": "1", "user": {"uniqueId": "shop.online", "signature": "bio.example.com"}, "post_url": URL},
        {"cid": "7591000000000001001", "body": "look", "timestamp": "1767225660", "digg_count": 3, "reply_total": 1,
         "author": {"handle": "@shop.online"}, "video": {"id": VIDEO, "url": URL}},
    ],
)  # fmt: skip
def test_collectors_give_the_same_fields_different_names(row: dict[str, Any]) -> None:
    (record,) = comments([row])
    assert record == Comment(
        READ.comment_id, VIDEO, "look", username="shop.online", like_count=3, reply_count=1, posted_at=READ.posted_at,
        video_username="newsdesk", metadata=record.metadata,
    )  # fmt: skip
    assert not record.metadata.keys() & {"text", "user", "author", "video"}


@pytest.mark.parametrize(
    "content",
    [
        {"some": "object"},
        [{"text": "alone"}],
        [{"text": {"deep": "one"}, "id": "7591000000000001001"}],
        [{"text": None, "username": "ann"}],
        [{"text": "a caption", "id": VIDEO, "author": "ann", "playCount": 7}],
        [{"username": "ann", "videoId": VIDEO}],
        {"comments": [{"likes": 1}]},
        {"comments": None, "replies": "none"},
    ],
)
def test_what_is_no_comment_is_not_taken(content: Any) -> None:
    with pytest.raises(UnknownFormat):
        records_of(content)


@pytest.mark.parametrize("field", ["commentId", "videoId", "videoUrl", "authorUsername"])
def test_a_text_and_one_thing_more_are_enough(field: str) -> None:
    assert comments([{"text": "look", field: COMMENT[field]}])[0].text == "look"


def test_a_file_without_videos_has_comments_without() -> None:
    (record,) = comments([{"text": "look", "username": "ann", "url": "https://www.tiktok.com/@ann"}])
    assert (record.video_id, record.metadata) == (None, {"url": "https://www.tiktok.com/@ann"})


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"commentId": 7.591e18}, "ruined_id"),
        ({"videoId": "7.591e+18", "videoUrl": None}, "ruined_id"),
        ({"videoId": "7.591e+18"}, "look"),
        ({"videoId": None, "videoUrl": "https://vm.tiktok.com/ZMexample/"}, "missing_id"),
        ({"videoId": None, "videoUrl": "https://video.example.com/watch?v=1"}, "missing_id"),
        ({"videoId": None, "videoUrl": None}, "missing_id"),
        ({"text": None}, "missing_text"),
        ({"text": None, "error": "Comments are off"}, "source_error"),
        ({"text": ""}, ""),
        ({"commentId": 1, "likes": [], "replyCount": {}, "createdAt": []}, "look"),
    ],
)
def test_a_damaged_row_does_not_take_the_others_along(damage: dict[str, Any], reason: str) -> None:
    records = comments([COMMENT, {**COMMENT, **damage}, COMMENT])
    said = [record.reason if isinstance(record, Refused) else record.text for record in records]
    assert said == ["look", reason, "look"]


def test_replies_inside_a_comment_know_their_parent_and_the_video() -> None:
    reply = {"commentId": "7591000000000001002", "text": "thanks", "videoId": None}
    first, second, third = comments([{**COMMENT, "replies": [reply, {**reply, "replies": [reply]}]}])[:3]
    assert first == READ
    assert (second.parent_ref, second.video_id, second.video_username) == (READ.comment_id, VIDEO, "newsdesk")
    assert third.parent_ref == READ.comment_id


@pytest.mark.parametrize(
    "around",
    [
        {"videoUrl": URL, "title": "lamps"},
        {"video": {"id": VIDEO, "url": URL}},
        {"post_url": URL, "text": "a caption that is no comment", "author": "newsdesk"},
        {"id": VIDEO, "url": URL},
        {"data": {"videoUrl": URL}, "cursor": 20, "videoUrl": URL},
    ],
)
def test_comments_inside_an_object_are_told_the_video_that_it_names(around: dict[str, Any]) -> None:
    listed = [{"username": "ann", "comment": "look"}, {"username": "bob", "comment": "where?"}]
    records = comments({**around, "comments": listed})
    assert [(record.text, record.video_id, record.video_username) for record in records] == [
        ("look", VIDEO, "newsdesk"), ("where?", VIDEO, "newsdesk"),
    ]  # fmt: skip


def test_comments_of_an_object_that_is_too_large_are_told_the_video_too() -> None:
    listed = [{"username": "ann", "comment": "look", "padding": "x" * 4000}] * (LONGEST * 3 // 4000)
    records = comments({"videoUrl": URL, "comments": listed})
    assert {(record.text, record.video_id) for record in records} == {("look", VIDEO)}
    assert len(records) == len(listed)


def test_columns_cannot_be_named_in_json() -> None:
    with pytest.raises(UnknownFormat, match="--map"):
        records_of([COMMENT], Options({"text": "content"}))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*COMMENT, "replies", "comments", "author", "video", "url", "error"]), _VALUES))
def test_no_retyped_field_breaks_a_record(damage: dict[str, object]) -> None:
    assert READ in comments([COMMENT, {**COMMENT, **damage}])


def test_python_literals_with_keys_that_are_no_text_are_read() -> None:
    (record,) = comments("{'username': 'ann', 'text': 'look', 5: {6: 'odd'}, None: [1]}\n")
    assert (record.text, record.username) == ("look", "ann")


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
