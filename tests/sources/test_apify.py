"""Apify's CSV of comments, as exported and as saved again by other programs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.sources.reading import records_of

from harvester.model import Comment, Refused

HEADER = (
    "videoWebUrl,submittedVideoUrl,input,cid,createTime,createTimeISO,text,diggCount,likedByAuthor,pinnedByAuthor,"
    "repliesToId,replyCommentTotal,uid,uniqueId,avatarThumbnail,mentions,detailedMentions"
)
URL = "https://www.tiktok.com/@newsdesk/video/7580280925297184007"


def row(text: str = "fine", *, cid: str = "7580293006230930184", replies_to: str = "", url: str = URL) -> str:
    return (
        f"{url},{url}?_r=1,{url},{cid},1764924507,2025-12-05T08:48:27.000Z,{text},503.0,False,True,{replies_to},3,"
        "6800539606575282224,ann.shop,https://p16.example/x.jpg,[],[]"
    )


def test_a_row_is_a_comment_under_the_video_that_its_address_names() -> None:
    name, (record,) = records_of(f"{HEADER}\n{row()}\n")
    assert name == "apify_comments"
    assert record == Comment(
        "7580293006230930184", "7580280925297184007", "fine", username="ann.shop", like_count=503, reply_count=3,
        posted_at=datetime(2025, 12, 5, 8, 48, 27, tzinfo=UTC), video_username="newsdesk", metadata={"pinned": True},
    )  # fmt: skip


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_byte_order_mark_and_line_breaks_of_either_kind_and_inside_a_text_are_read(bom: bytes, newline: str) -> None:
    content = bom + newline.join([HEADER, row('"two\nlines, and ""quotes"""'), row("next")]).encode()
    _, (first, second) = records_of(content)
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.text, second.text) == ('two\nlines, and "quotes"', "next")


def test_a_table_in_utf_16_as_spreadsheets_save_it_is_read() -> None:
    _, (record,) = records_of(b"\xff\xfe" + f"{HEADER}\n{row('grün')}\n".encode("utf-16-le"))
    assert isinstance(record, Comment)
    assert record.text == "grün"


def test_columns_in_another_order_are_read_by_their_names() -> None:
    _, (record,) = records_of(f"text,cid,videoWebUrl,diggCount\nfine,7580293006230930184,{URL},1\n")
    assert isinstance(record, Comment)
    assert (record.text, record.like_count, record.username) == ("fine", 1, None)


def test_a_reply_whose_parent_lost_its_digits_is_kept_and_a_row_that_lost_its_own_is_refused() -> None:
    rows = [row(replies_to="7.484473690283279e+18"), row(cid="7.58e+18"), row(url="https://vm.tiktok.com/ZM1/")]
    _, (reply, ruined, nowhere) = records_of("\n".join([HEADER, *rows]))
    assert isinstance(reply, Comment)
    assert reply.parent_ref is None
    assert isinstance(ruined, Refused)
    assert ruined.reason == "ruined_id"
    assert isinstance(nowhere, Refused)
    assert nowhere.reason == "missing_id"
