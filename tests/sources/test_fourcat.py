"""4CAT's tables, and the same tables as Zeeschuimer exports them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Comment, Refused, Video

SHAPES = [
    Shape("fourcat_comments.csv", "4cat_comments", comments=5, refused=("ruined_id",)),
    Shape("fourcat_posts.csv", "4cat_posts", videos=4, promoted=2, refused=("ruined_id",)),
    Shape("fourcat_posts_old.csv", "4cat_posts", videos=2, promoted=1),
    Shape("zeeschuimer_comments.csv", "4cat_comments", comments=4),
    Shape("zeeschuimer_posts.csv", "4cat_posts", videos=3, promoted=2),
]

COMMENT = {
    "id": "7591000000000002001", "thread_id": "7591000000000000123", "author": "ivo_k", "body": "where is this?",
    "timestamp": "2026-01-01 09:00:01", "unix_timestamp": "1767225601", "likes": "3", "replies": "1",
    "post_id": "7591000000000000123", "post_url": "https://m.tiktok.com/v/7591000000000000123",
    "post_body": "see never.example.com", "is_liked_by_post_author": "yes", "is_sticky": "no",
    "is_comment_on_comment": "no", "language_guess": "en",
}  # fmt: skip
POST = {
    "id": "7591000000000000123", "thread_id": "7591000000000000123", "author": "mira.plants", "body": "a stall",
    "timestamp": "2025-12-31 16:53:20", "unix_timestamp": "1767200000", "is_ad": "no", "is_paid_partnership": "no",
    "tiktok_url": "https://www.tiktok.com/@mira.plants/video/7591000000000000123", "plays": "3597", "likes": "59",
    "comments": "3", "shares": "1", "hashtags": "stall", "challenges": "stall,plants",
}  # fmt: skip


def record(row: dict[str, str], delimiter: str = ",", **changes: str) -> Any:
    row = {**row, **changes}
    cells = (f'"{cell}"' for cell in row.values())
    _, (only,) = records_of(f"{delimiter.join(row)}\n{delimiter.join(cells)}\n")
    return only


def test_a_comment_is_read_and_its_video_is_the_post() -> None:
    assert record(COMMENT) == Comment(
        "7591000000000002001", "7591000000000000123", "where is this?", username="ivo_k", like_count=3, reply_count=1,
        posted_at=datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC), metadata={"language": "en"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "parent"),
    [
        ({}, None),
        ({"is_comment_on_comment": "yes", "thread_id": "7591000000000002009"}, "7591000000000002009"),
        ({"is_comment_on_comment": "yes", "thread_id": "7.59e+18"}, None),
        ({"is_comment_on_comment": "yes", "thread_id": ""}, None),
        ({"is_comment_on_comment": "yes"}, None),
        ({"thread_id": "7591000000000002009"}, None),
    ],
    ids=str,
)
def test_the_thread_of_a_reply_is_its_parent_where_its_digits_are_whole(
    changes: dict[str, str], parent: str | None
) -> None:
    assert record(COMMENT, **changes).parent_ref == parent


def test_the_time_of_the_server_is_asked_only_where_there_is_no_other() -> None:
    assert record(COMMENT, unix_timestamp="").posted_at == datetime(2026, 1, 1, 9, 0, 1, tzinfo=UTC)


def test_the_number_of_an_account_is_no_handle_and_the_words_for_nothing_may_be_somebodys_own() -> None:
    read = record(
        COMMENT, ";", author="@6800000000000000031", body="undefined", likes="undefined", language_guess="null"
    )
    assert (read.username, read.text, read.like_count, read.metadata) == (None, "undefined", None, {})


def test_an_annotation_is_kept_and_what_repeats_other_texts_is_not() -> None:
    assert record(COMMENT, mood="curious").metadata == {"mood": "curious", "language": "en"}


def test_a_post_is_a_video() -> None:
    assert record(POST) == Video(
        "7591000000000000123", username="mira.plants", caption="a stall", view_count=3597, like_count=59,
        comment_count=3, share_count=1, posted_at=datetime(2025, 12, 31, 16, 53, 20, tzinfo=UTC),
        metadata={"hashtags": ["stall", "plants"]},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "promotion"),
    [
        ({}, None),
        ({"is_ad": "yes"}, {"flag": "is_ad", "label": "Advertisement"}),
        ({"is_paid_partnership": "yes"}, {"flag": "is_paid_partnership", "label": "Paid partnership"}),
        ({"is_ad": "undefined"}, None),
    ],
    ids=str,
)
def test_an_advertisement_or_a_paid_partnership_is_promoted(changes: dict[str, str], promotion: Any) -> None:
    read = record(POST, **changes)
    assert (read.is_promoted, read.promotion) == (promotion is not None, promotion)


@pytest.mark.parametrize(
    ("row", "column", "address"),
    [(POST, "id", "tiktok_url"), (COMMENT, "post_id", "post_url")],
    ids=["post", "comment"],
)
def test_a_videos_ruined_id_is_taken_from_its_address_and_refused_without_one(
    row: dict[str, str], column: str, address: str
) -> None:
    assert record(row, **{column: "7.591E+18"}).video_id == "7591000000000000123"
    lost = record(row, **{column: "7.591E+18", address: "https://vm.tiktok.com/ZM1234567/"})
    assert isinstance(lost, Refused)
    assert lost.reason == "ruined_id"
    missing = record(row, **{column: "undefined", address: ""})
    assert isinstance(missing, Refused)
    assert missing.reason == "missing_id"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
