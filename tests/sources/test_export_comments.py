"""Tables of exportcomments.com."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.errors import UnknownFormat
from harvester.model import Comment, Refused

SHAPES = [
    Shape("export_comments.xlsx", "export_comments", comments=5),
    Shape("export_comments.csv", "export_comments", comments=3, refused=("ruined_id",)),
]

URL = "https://www.tiktok.com/@lamp.workshop/video/7591000000000000123"
HEADER = ",,Name (click to view profile),Unique ID,Date,Likes,Comment,Id,SubId"
ROW = "1,,Ines,ines.reads,2026-01-04 09:30:00,1.2K,see lamps.example.com,,"


def table(*rows: str, header: str = HEADER, above: str = f"URL,{URL}") -> str:
    return "\n".join(["Exported by https://exportcomments.com", "", above, "", "Comments,1", "", header, *rows]) + "\n"


def read_one(content: str) -> Comment | Refused:
    name, (record,) = records_of(content)
    assert name == "export_comments"
    assert isinstance(record, Comment | Refused)
    return record


def test_a_comment_is_read_with_the_video_that_stands_above_the_header() -> None:
    assert read_one(table(ROW)) == Comment(
        None, "7591000000000000123", "see lamps.example.com", username="ines.reads", like_count=1200,
        posted_at=datetime(2026, 1, 4, 9, 30, tzinfo=UTC), video_username="lamp.workshop",
    )  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        ",,Name (click to view profile),Username,Date,Likes,Comment,Id,SubId",
        "Unnamed: 0,Unnamed: 1,Name (click to view profile),User name,Date created,Like count,Comment text,ID,Sub ID",
        ",,NAME (CLICK TO VIEW PROFILE),UNIQUE ID,DATE,DIGG COUNT,COMMENT (VIEW SOURCE),ID,SUBID",
    ],
)
def test_columns_are_told_by_parts_of_their_names(header: str) -> None:
    record, plain = read_one(table(ROW, header=header)), read_one(table(ROW))
    assert isinstance(record, Comment)
    assert isinstance(plain, Comment)
    assert (record.text, record.username, record.like_count, record.posted_at) == (
        plain.text, plain.username, plain.like_count, plain.posted_at,
    )  # fmt: skip


def test_a_profiles_name_is_no_handle() -> None:
    record = read_one(table("1,,Ines,2026-01-04,hello", header=",,Name (click to view profile),Date,Comment"))
    assert isinstance(record, Comment)
    assert (record.username, record.metadata) == (None, {"nickname": "Ines"})


@pytest.mark.parametrize(
    ("row", "comment_id", "metadata"),
    [
        ("2,,Tom,tom_44,2026-01-05,0,no,7591431000000000001,", "7591431000000000001", {}),
        ("2,,Tom,tom_44,2026-01-05,0,no,2,", None, {}),
        ("1-1,,Tom,tom_44,2026-01-05,0,no,,", None, {"is_reply": True, "reply_number": "1-1"}),
        (",1-2,Tom,tom_44,2026-01-05,0,no,,", None, {"is_reply": True, "reply_number": "1-2"}),
        (
            ",,Tom,tom_44,2026-01-05,0,no,7591431000000000001,7591431000000000002", None,
            {"is_reply": True, "id": "7591431000000000001", "sub_id": "7591431000000000002"},
        ),
    ],
)  # fmt: skip
def test_ids_and_numbers_of_replies_are_taken_for_no_more_than_they_say(
    row: str, comment_id: str | None, metadata: dict[str, Any]
) -> None:
    record = read_one(table(row))
    assert isinstance(record, Comment)
    assert (record.comment_id, record.parent_ref, record.metadata) == (comment_id, None, metadata)


@pytest.mark.parametrize(
    ("above", "video_id"),
    [
        (f"URL,{URL}?lang=en", "7591000000000000123"),
        (f'Caption,"see https://shop.example.com, at {URL}"', "7591000000000000123"),
        ("URL,https://vm.tiktok.com/ZMexample1/", None),
        ("Exported,2026-01-10", None),
    ],
)
def test_the_video_is_the_one_named_above_or_unknown(above: str, video_id: str | None) -> None:
    record = read_one(table(ROW, above=above))
    assert isinstance(record, Comment)
    assert record.video_id == video_id


def test_a_link_in_the_row_names_its_own_video() -> None:
    record = read_one(table(f"{ROW},{URL.replace('123', '456')}", header=f"{HEADER},Video link"))
    assert isinstance(record, Comment)
    assert record.video_id == "7591000000000000456"


def test_an_export_of_another_platform_is_refused_row_by_row() -> None:
    record = read_one(table(ROW, above="URL,https://www.pictures.example.com/p/abc/"))
    assert isinstance(record, Refused)
    assert record.reason == "other_platform"


def test_an_export_of_posts_is_not_taken_for_comments() -> None:
    with pytest.raises(UnknownFormat):
        records_of(table("1,,Ines,A caption,3", header=",,Name (click to view profile),Description,Comment count"))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
