"""Tables of TikTokCommentScraper and its forks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Comment, Refused, Video

SHAPES = [
    Shape("comment_scraper.csv", "comment_scraper", comments=6, videos=1, refused=("missing_text",)),
    Shape("comment_scraper_short_link.xlsx", "comment_scraper", comments=3),
]

NOW = "Sat Jan 10 2026 18:30:05 GMT+0100 (Central European Standard Time)"
URL = "https://www.tiktok.com/@lamp.workshop/video/7591000000000000123"
HEADER = (
    "Comment Number (ID),Nickname,User @,User URL,Comment Text,Time,Likes,Profile Picture URL,"
    "Is 2nd Level Comment,User Replied To,Number of Replies"
)


def table(url: str = URL, now: str = NOW, header: str = HEADER, **changes: str) -> str:
    cells = {
        "number": "2", "nickname": "buy at nick.name", "user": "ines.reads", "address": "N/A", "text": "hello",
        "time": "04-01-2026", "likes": "3", "picture": "N/A", "level": "No", "replied": "---", "replies": "0",
        **changes,
    }  # fmt: skip
    post = (
        f"Now,{now}\n\nPost URL,{url}\nPublisher @,@lamp.workshop\nPublish Time,3-1-2026\nPost Likes,12.4K\n"
        "Description,New lamps, handmade\nTotal Comments (actual),6\nTotal Comments (which TikTok tells you),9\n"
    )
    return f"{post}{header}\n{','.join(cells.values())}\n"


def comment(**cells: str) -> Comment:
    name, records = records_of(table(**cells))
    (record,) = (record for record in records if not isinstance(record, Video))
    assert name == "comment_scraper"
    assert isinstance(record, Comment)
    return record


def test_a_comment_is_read_with_the_video_and_the_time_that_stand_above_the_header() -> None:
    assert comment() == Comment(
        None, "7591000000000000123", "hello", username="ines.reads", like_count=3, reply_count=0,
        posted_at=datetime(2026, 1, 4, tzinfo=UTC), observed_at=datetime(2026, 1, 10, 17, 30, 5, tzinfo=UTC),
        video_username="lamp.workshop",
    )  # fmt: skip


def test_the_first_comment_brings_the_video_along() -> None:
    _, (video, first) = records_of(table(number="1"))
    assert isinstance(first, Comment)
    assert video == Video(
        "7591000000000000123", username="lamp.workshop", caption="New lamps, handmade", like_count=12400,
        comment_count=9, observed_at=datetime(2026, 1, 10, 17, 30, 5, tzinfo=UTC),
        metadata={"posted_day": "2026-01-03"},
    )  # fmt: skip


@pytest.mark.parametrize("url", ["https://vm.tiktok.com/ZMexample1/", "https://www.tiktok.com/t/ZTexample/", "N/A", ""])
def test_an_address_that_names_no_video_leaves_it_unknown(url: str) -> None:
    _, (record,) = records_of(table(url=url, number="1"))
    assert isinstance(record, Comment)
    assert (record.video_id, record.video_username) == (None, "lamp.workshop")


def test_the_table_of_a_fork_for_another_platform_is_refused_row_by_row() -> None:
    _, (record,) = records_of(table(url="https://www.pictures.example.com/p/abc/", number="1"))
    assert isinstance(record, Refused)
    assert record.reason == "other_platform"


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("04-01-2026", 4), ("4-1-2026", 4), ("2026-01-04", 4), ("2026-1-4", 4), ("2026-01-04T00:00:00", 4),
        ("31-02-2026", None), ("3d ago", None), ("No date", None), ("", None),
    ],
)  # fmt: skip
def test_days_are_read_in_either_order(shown: str, day: int | None) -> None:
    assert comment(time=shown).posted_at == (datetime(2026, 1, day, tzinfo=UTC) if day else None)


@pytest.mark.parametrize(
    ("cells", "metadata"),
    [
        ({"level": "Yes", "replied": "Tom", "replies": "---"}, {"is_reply": True, "reply_to": "Tom"}),
        ({"level": "Yes", "replied": "---"}, {"is_reply": True}),
        ({"time": "3d ago"}, {"shown_time": "3d ago"}),
        ({"time": "No date"}, {}),
    ],
    ids=str,
)
def test_what_is_not_known_exactly_is_kept_as_it_was_said(cells: dict[str, str], metadata: dict[str, Any]) -> None:
    record = comment(**cells)
    assert (record.parent_ref, record.metadata) == (None, metadata)


@pytest.mark.parametrize(
    ("now", "seen_at"),
    [
        (NOW, datetime(2026, 1, 10, 17, 30, 5, tzinfo=UTC)),
        ("2026-01-10 17:30:05", datetime(2026, 1, 10, 17, 30, 5, tzinfo=UTC)),
        ("Sat Jan 99 2026 18:30:05 GMT+0100", None),
        ("today", None),
    ],
)
def test_the_browsers_clock_tells_when_it_was_seen(now: str, seen_at: datetime | None) -> None:
    _, (record,) = records_of(table(now=now))
    assert isinstance(record, Comment)
    assert record.observed_at == seen_at


def test_merged_tables_name_the_post_in_each_row_and_older_ones_call_their_columns_otherwise() -> None:
    older = HEADER.replace("User Replied To", "Replied To").replace("Number of Replies", "Number of replies")
    _, (record,) = records_of(table(header=older, level="Yes", replied="tom_44", replies="1"))
    assert isinstance(record, Comment)
    assert (record.metadata["reply_to"], record.reply_count) == ("tom_44", 1)
    merged = f"{HEADER},post_url\n1,Ines,ines.reads,,hello,2026-01-04,3,,No,---,0,{URL}\n"
    _, (record,) = records_of(merged)
    assert isinstance(record, Comment)
    assert record.video_id == "7591000000000000123"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
