"""Tables that pyktok saves."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Comment, Record, Refused, Video
from harvester.sources.base import Options
from harvester.sources.reading import read_again

SHAPES = [
    Shape("pyktok_comments.csv", "pyktok_comments", comments=5, refused=("damaged_cell", "ruined_id")),
    Shape("pyktok_videos.csv", "pyktok_videos", videos=3, promoted=1, refused=("ruined_id",)),
]

USER = {"uid": "6800000000000000000", "unique_id": "ann.shop", "nickname": 'Ann\'s "nick.name"', "verified": False}
INLINE = {
    "cid": "7591000000000001009", "aweme_id": "7591000000000000123", "text": "no", "create_time": 1767226140,
    "reply_id": "7591000000000001001", "reply_comment": None, "user": {"unique_id": "bob"},
}  # fmt: skip
COMMENT: dict[str, Any] = {
    "cid": "7591000000000001001", "text": "look", "aweme_id": "7591000000000000123", "create_time": 1767225600,
    "digg_count": 3, "user": USER, "reply_id": 0, "reply_comment": "", "reply_comment_total": 1,
    "is_author_digged": False, "author_pin": True, "share_info": {"desc": "ann: look at never.example.com"},
    "comment_language": "en",
}  # fmt: skip
VIDEO: dict[str, Any] = {
    "": 0, "video_id": "7591000000000000123", "video_timestamp": "2026-01-01T09:30:00", "video_duration": 31.0,
    "video_locationcreated": "US", "video_diggcount": 21.0, "video_sharecount": 3.0, "video_commentcount": 1.0,
    "video_playcount": 880.0, "video_description": "Look at news.example.com", "video_is_ad": False,
    "video_stickers": "one;two", "author_username": "newsdesk", "author_name": "shop.example", "poi_name": "",
}  # fmt: skip


def read(*rows: dict[str, Any]) -> tuple[str, list[Record]]:
    """The records of rows as pandas writes them: lists and objects as Python shows them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return records_of(out.getvalue())


def test_a_row_is_a_comment_and_its_handle_stands_in_the_cell_of_the_user() -> None:
    name, (record,) = read(COMMENT)
    assert name == "pyktok_comments"
    assert record == Comment(
        "7591000000000001001", "7591000000000000123", "look", username="ann.shop", like_count=3, reply_count=1,
        posted_at=datetime(2026, 1, 1, tzinfo=UTC), metadata={"language": "en", "pinned": True},
    )  # fmt: skip


def test_inline_replies_are_comments_of_their_own() -> None:
    _, (_, reply) = read({**COMMENT, "reply_comment": [INLINE]})
    assert isinstance(reply, Comment)
    assert (reply.comment_id, reply.parent_ref, reply.username) == ("7591000000000001009", "7591000000000001001", "bob")


@pytest.mark.parametrize("cell", ["{'uid': '68", "nan", "", "None", "[1, 2]", "{'unique_id': nan}"])
def test_a_damaged_user_does_not_lose_the_comment(cell: str) -> None:
    _, (record,) = read({**COMMENT, "user": cell, "share_info": "{'desc': \"cut o"})
    assert isinstance(record, Comment)
    assert (record.text, record.username) == ("look", None)


@pytest.mark.parametrize("cell", ["", "nan", "None", "[]", "0.0"])
def test_no_inline_replies_are_nothing_to_report(cell: str) -> None:
    _, records = read({**COMMENT, "reply_comment": cell})
    assert len(records) == 1


def test_damaged_inline_replies_are_counted_once_beside_their_comment_and_can_be_read_again() -> None:
    whole = str([INLINE])
    _, (comment, refused) = read({**COMMENT, "reply_comment": whole[:80]})
    assert isinstance(comment, Comment)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.raw) == ("damaged_cell", whole[:80].encode())
    (reply,) = read_again("pyktok_comments", whole.encode(), refused.context, Options())
    assert isinstance(reply, Comment)
    assert (reply.text, reply.parent_ref) == ("no", "7591000000000001001")


def test_an_inline_reply_that_is_damaged_or_no_object_leaves_the_others() -> None:
    _, records = read({**COMMENT, "reply_comment": [{**INLINE, "cid": 7.5e18}, 5, INLINE]})
    assert [record.reason if isinstance(record, Refused) else type(record) for record in records] == [
        Comment, "ruined_id", "not_an_object", Comment,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cid": 7.591e18}, "ruined_id"),
        ({"aweme_id": 7.591e18}, "ruined_id"),
        ({"cid": ""}, "missing_id"),
        ({"cid": "a text that slipped into this column"}, "ruined_id"),
    ],
    ids=str,
)
def test_a_row_without_sound_ids_is_refused(changes: dict[str, Any], reason: str) -> None:
    _, (refused,) = read({**COMMENT, **changes})
    assert isinstance(refused, Refused)
    assert refused.reason == reason


def test_a_reply_whose_parent_lost_its_digits_is_kept() -> None:
    _, (record,) = read({**COMMENT, "reply_id": 7.591e18})
    assert isinstance(record, Comment)
    assert record.parent_ref is None


def test_a_refused_comment_can_be_read_again_once_it_is_mended() -> None:
    _, (refused,) = read({**COMMENT, "cid": 7.591e18})
    assert isinstance(refused, Refused)
    mended = refused.raw.replace(b"7.591e+18", b"7591000000000001001")
    (record,) = read_again("pyktok_comments", mended, refused.context, Options())
    assert record == read(COMMENT)[1][0]


def test_a_video_is_read_and_the_number_of_its_row_is_not_kept() -> None:
    name, (record,) = read(VIDEO)
    assert name == "pyktok_videos"
    assert record == Video(
        "7591000000000000123", username="newsdesk", caption="Look at news.example.com", view_count=880, like_count=21,
        comment_count=1, share_count=3, posted_at=datetime(2026, 1, 1, 9, 30, tzinfo=UTC),
        metadata={"duration_seconds": 31, "location_created": "US", "stickers": ["one", "two"]},
    )  # fmt: skip


@pytest.mark.parametrize(("cell", "promoted"), [(True, True), ("True", True), (False, False), ("", False)])
def test_an_advertisement_is_promoted(cell: Any, promoted: bool) -> None:
    _, (record,) = read({**VIDEO, "video_is_ad": cell})
    assert isinstance(record, Video)
    assert record.is_promoted is promoted
    assert record.promotion == ({"flag": "video_is_ad", "label": "Advertisement"} if promoted else None)


def test_the_columns_of_older_versions_are_read_too() -> None:
    older = {name: value for name, value in VIDEO.items() if name not in {"video_duration", "video_description"}}
    _, (record,) = read({**older, "video_length": 31, "video_title": "Look", "video_fn": "newsdesk_video_1.mp4"})
    assert isinstance(record, Video)
    assert (record.caption, record.metadata["duration_seconds"]) == ("Look", 31)


def test_a_video_whose_id_lost_its_digits_is_refused() -> None:
    _, (refused,) = read({**VIDEO, "video_id": 7.34e18})
    assert isinstance(refused, Refused)
    assert refused.reason == "ruined_id"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
