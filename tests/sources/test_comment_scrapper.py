"""JSON of tiktok-comment-scrapper and its forks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Comment, Refused, Video

SHAPES = [
    Shape(
        "comment_scrapper.json", "comment_scrapper", comments=4, videos=1,
        refused=("missing_text", "not_an_object", "ruined_id"),
    ),
    Shape("comment_scrapper_newest.json", "comment_scrapper", comments=4, videos=1, refused=("missing_text",)),
    Shape("comment_scrapper_videos.json", "comment_scrapper", comments=4, videos=2, refused=("missing_id",) * 2),
]  # fmt: skip

MADE_AT = datetime(2026, 1, 4, 9, 30, tzinfo=UTC)
FIRST, REPLY = "7591436261672353793", "7591443992613486594"
"""Made at 09:29:51 and at 09:59:51 of that day, as their first bits tell."""


def row(comment_id: Any = FIRST, create_time: str = "2026-01-04T16:30:00", **changes: Any) -> dict[str, Any]:
    return {
        "comment_id": comment_id, "username": "ines.reads", "nickname": "buy at nick.name",
        "comment": "see lamps.example.com", "create_time": create_time, "total_reply": 0, "replies": [],
        "avatar": "https://pictures.example.com/a.jpg?x-expires=1&x-signature=abc", **changes,
    }  # fmt: skip


def video(*comments: Any, **changes: Any) -> dict[str, Any]:
    url = f"https://t.tiktok.com/i18n/share/video/7591000000000000123/?_d=0&share_comment_id={FIRST}&u_code=0"
    return {
        "caption": "New lamps", "date_now": "2026-01-11T00:30:05", "video_url": url, "comments": list(comments),
        **changes,
    }  # fmt: skip


def underscored(comment: dict[str, Any]) -> dict[str, Any]:
    changed = {
        "replies": [underscored(reply) for reply in comment["replies"]], "total_reply": str(comment["total_reply"]),
    }  # fmt: skip
    return {f"_{name}": value for name, value in {**comment, **changed}.items()}


def outline(records: list[Any]) -> list[Any]:
    """Ids of videos and comments, and reasons of what is refused."""
    return [
        each.reason if isinstance(each, Refused) else each.comment_id if isinstance(each, Comment) else each.video_id
        for each in records
    ]


def test_a_video_and_its_comments_are_read_and_the_collectors_zone_is_found_out() -> None:
    name, records = records_of(video(row(total_reply=2)))
    seen_at = datetime(2026, 1, 10, 17, 30, 5, tzinfo=UTC)
    assert name == "comment_scrapper"
    assert records == [
        Video("7591000000000000123", caption="New lamps", observed_at=seen_at),
        Comment(
            FIRST, "7591000000000000123", "see lamps.example.com", username="ines.reads", reply_count=2,
            posted_at=MADE_AT, observed_at=seen_at,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("minutes", [0, 60, 345, 840, -570])
def test_a_clock_of_any_zone_comes_to_the_same_time(minutes: int) -> None:
    clock = (MADE_AT + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S")
    _, (_, record) = records_of(video(row(create_time=clock)))
    assert isinstance(record, Comment)
    assert record.posted_at == MADE_AT


def test_a_clock_that_is_far_from_the_ids_time_is_taken_as_it_stands() -> None:
    _, (_, record) = records_of(video(row(create_time="2025-06-01T12:00:00")))
    assert isinstance(record, Comment)
    assert record.posted_at == datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("fork", [False, True], ids=["tool", "fork with underscores"])
def test_replies_follow_their_comment_and_name_it(fork: bool) -> None:
    comment = row(replies=[row(REPLY)], total_reply=1)
    content = {
        "metadata": {},
        "videos": [
            {
                "original_url": "https://www.tiktok.com/@lamp.workshop/video/7591000000000000123",
                "video_id": "7591000000000000123", "description": "New lamps", "comments": [underscored(comment)],
            }
        ],
    }  # fmt: skip
    _, (told, first, reply) = records_of(content if fork else video(comment))
    assert isinstance(told, Video)
    assert isinstance(first, Comment)
    assert isinstance(reply, Comment)
    assert (told.video_id, told.caption, first.reply_count) == ("7591000000000000123", "New lamps", 1)
    assert (reply.comment_id, reply.parent_ref, reply.video_id) == (REPLY, FIRST, "7591000000000000123")


def test_a_reply_whose_comment_lost_its_digits_is_kept() -> None:
    _, records = records_of(video(row(7.5914e18, replies=[row(REPLY), "no object"])))
    assert outline(records) == ["7591000000000000123", "ruined_id", REPLY, "not_an_object"]
    (reply,) = (record for record in records if isinstance(record, Comment))
    assert reply.parent_ref is None


def test_the_newest_version_gives_its_video_once() -> None:
    _, records = records_of(video(row(), row(REPLY), has_more=0))
    assert outline(records) == ["7591000000000000123", FIRST, REPLY]
    (told,) = (record for record in records if isinstance(record, Video))
    assert told.caption == "New lamps"


def test_a_file_that_names_no_video_gives_comments_of_an_unknown_one() -> None:
    _, (record,) = records_of(video(row(), video_url=""))
    assert isinstance(record, Comment)
    assert record.video_id is None


def test_a_video_of_several_must_have_its_id() -> None:
    named = {"video_id": "7591000000000000124", "comments": [row()]}
    _, records = records_of({"videos": [named, {"video_id": None, "comments": [row(REPLY)]}, None]})
    assert outline(records) == ["7591000000000000124", FIRST, "missing_id", "missing_id", "not_an_object"]


def test_the_oldest_version_has_no_ids_of_comments() -> None:
    old = {"username": "ines.reads", "nickname": "Ines", "comment": "hello", "total_reply": 0, "replies": []}
    _, (_, record) = records_of(video(old))
    assert record == Comment(
        None, "7591000000000000123", "hello", username="ines.reads", reply_count=0,
        observed_at=datetime(2026, 1, 11, 0, 30, 5, tzinfo=UTC),
    )  # fmt: skip


def test_a_video_without_comments_is_a_video() -> None:
    assert outline(records_of(video())[1]) == ["7591000000000000123"]


def test_a_file_too_large_to_be_read_whole_gives_comments_one_by_one_and_the_video_last() -> None:
    many = [row(str(int(FIRST) + number), comment="x" * 50_000) for number in range(180)]
    _, records = records_of(video(*many))
    assert outline(records) == [each["comment_id"] for each in many] + ["7591000000000000123"]
    assert {record.video_id for record in records} == {"7591000000000000123"}  # type: ignore[union-attr]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
