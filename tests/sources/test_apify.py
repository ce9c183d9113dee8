"""Apify's comments and posts, as exported and as saved again by other programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import FOLDER, Shape, records_in, seen

from harvester.model import Comment, Refused, Video
from harvester.sources.base import Options
from harvester.sources.reading import read_again

SHAPES = [
    Shape("apify_comments.json", "apify_comments", comments=3, refused=("source_error",)),
    Shape("apify_comments.xlsx", "apify_comments", comments=3),
    Shape("apify_comments_overview.csv", "apify_comments", comments=3),
    Shape("apify_comments_saved_again.csv", "apify_comments", comments=3, refused=("ruined_id", "source_error")),
    Shape("apify_posts.json", "apify_posts", videos=3, promoted=2, refused=("source_error",)),
    Shape("apify_posts.csv", "apify_posts", videos=3, promoted=2),
]

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


COMMENT: dict[str, Any] = {
    "videoWebUrl": URL, "submittedVideoUrl": URL, "input": URL, "cid": "7580293006230930184", "createTime": 1764924507,
    "createTimeISO": "2025-12-05T08:48:27.000Z", "text": "fine", "diggCount": 503, "likedByAuthor": False,
    "pinnedByAuthor": True, "repliesToId": None, "replyCommentTotal": 3, "uid": "6800539606575282224",
    "uniqueId": "ann.shop", "avatarThumbnail": "https://p16.example/x.jpg", "mentions": [], "detailedMentions": [],
}  # fmt: skip
POST: dict[str, Any] = {
    "id": "7580280925297184007", "text": "Look at news.example.com #news", "textLanguage": "en",
    "createTime": 1764920000, "createTimeISO": "2025-12-05T07:33:20.000Z", "isAd": False, "isSponsored": False,
    "authorMeta": {"id": "6800000000000000001", "name": "newsdesk", "nickName": "shop.example", "bioLink": None},
    "webVideoUrl": URL, "videoMeta": {"duration": 30}, "diggCount": 5, "shareCount": 2, "playCount": 900,
    "commentCount": 1, "hashtags": [{"id": "1", "name": "news", "title": ""}], "isPinned": False,
    "input": "newsdesk", "commentsDatasetUrl": None,
}  # fmt: skip
FAILURE = {"url": URL, "input": URL, "error": "Post not found or private.", "errorCode": "POST_NOT_FOUND_OR_PRIVATE"}


def test_json_and_json_lines_give_what_the_csv_gives() -> None:
    _, of_csv = records_of(f"{HEADER}\n{row()}\n")
    assert records_of([COMMENT]) == ("apify_comments", of_csv)
    assert records_of(json.dumps(COMMENT) + "\n" + json.dumps(COMMENT) + "\n") == ("apify_comments", of_csv * 2)


def test_the_overview_and_a_table_saved_again_give_the_same_comments_but_for_what_they_lost() -> None:
    def comments(file: str) -> list[tuple[Any, ...]]:
        _, records = records_in(str(FOLDER / file))
        found = [record for record in records if isinstance(record, Comment)]
        return [
            (each.comment_id, each.video_id, each.text, each.username, each.like_count, each.posted_at)
            for each in found
        ]

    whole = comments("apify_comments.json")
    for other in ("apify_comments.xlsx", "apify_comments_overview.csv", "apify_comments_saved_again.csv"):
        assert comments(other) == whole


def test_columns_of_single_mentions_do_not_end_up_as_unknown_fields() -> None:
    header = f"{HEADER},mentions/0,detailedMentions/0/nickName,,Unnamed: 0,mood"
    _, (record,) = records_of(f"{header}\n{row()},@bob,bob.example,1,1,calm\n")
    assert isinstance(record, Comment)
    assert record.metadata.keys() == {"pinned", "mood", "column_20"}


def test_a_second_column_of_text_does_not_replace_the_first() -> None:
    _, (record,) = records_of(f"cid,videoWebUrl,text,text.1\n7580293006230930184,{URL},fine,other\n")
    assert isinstance(record, Comment)
    assert record.text == "fine"


@pytest.mark.parametrize("name", ["videoWebUrl", "submittedVideoUrl", "input"])
def test_any_address_of_the_row_may_name_the_video(name: str) -> None:
    short = "https://vm.tiktok.com/ZMinvent1/"
    addresses = {"videoWebUrl": None, "submittedVideoUrl": short, "input": short, name: URL}
    _, (record,) = records_of([{**COMMENT, **addresses}])
    assert isinstance(record, Comment)
    assert (record.video_id, record.video_username) == ("7580280925297184007", "newsdesk")


def test_a_row_of_a_failure_is_refused_with_the_words_of_apify() -> None:
    for whole, source in ((COMMENT, "apify_comments"), (POST, "apify_posts")):
        name, (_, refused) = records_of([whole, FAILURE])
        assert name == source
        assert isinstance(refused, Refused)
        assert refused.reason == "source_error"
        assert refused.detail == f"Apify says of {URL}: POST_NOT_FOUND_OR_PRIVATE; Post not found or private."


def test_a_row_without_data_and_without_words_lacks_its_id() -> None:
    _, (_, refused) = records_of([COMMENT, {"input": URL}])
    assert isinstance(refused, Refused)
    assert refused.reason == "missing_id"


def test_a_post_is_a_video_with_its_caption_and_its_author() -> None:
    name, (record,) = records_of([POST])
    assert name == "apify_posts"
    assert record == Video(
        "7580280925297184007", username="newsdesk", caption="Look at news.example.com #news", video_url=URL,
        view_count=900, like_count=5, comment_count=1, share_count=2,
        posted_at=datetime(2025, 12, 5, 7, 33, 20, tzinfo=UTC),
        metadata={"language": "en", "hashtags": ["news"], "duration_seconds": 30},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "promotion"),
    [
        ({}, None),
        ({"isAd": True}, {"flag": "isAd", "label": "Advertisement"}),
        ({"isAd": "true"}, {"flag": "isAd", "label": "Advertisement"}),
        ({"isSponsored": True}, {"flag": "isSponsored", "label": "Sponsored"}),
    ],
    ids=str,
)
def test_an_advertisement_or_a_sponsored_post_is_promoted(changes: dict[str, Any], promotion: Any) -> None:
    _, (record,) = records_of([{**POST, **changes}])
    assert isinstance(record, Video)
    assert (record.is_promoted, record.promotion) == (promotion is not None, promotion)


@pytest.mark.parametrize("mark", [".", "/"])
def test_nested_values_may_stand_in_columns_of_their_own(mark: str) -> None:
    header = "text,webVideoUrl,authorMeta.name,authorMeta.avatar,videoMeta.duration,hashtags.0.name,hashtags.1.name"
    name, (record,) = records_of(
        f"{header.replace('.', mark)}\nbread,{URL},newsdesk,https://p16.example/x,30,one,two\n"
    )
    assert name == "apify_posts"
    assert isinstance(record, Video)
    assert record.username == "newsdesk"
    assert record.metadata == {"hashtags": ["one", "two"], "duration_seconds": 30}


@pytest.mark.parametrize("cell", ['{"name": "ann.b"}', "{'name': 'ann.b', 'verified': False}"])
def test_an_object_may_stand_in_its_cell_as_text(cell: str) -> None:
    quoted = cell.replace('"', '""')
    _, (record,) = records_of(f'id,webVideoUrl,text,authorMeta\n7580280925297184007,{URL},x,"{quoted}"\n')
    assert isinstance(record, Video)
    assert record.username == "ann.b"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"id": "7.58e+18"}, "7580280925297184007"),
        ({"id": None}, "7580280925297184007"),
        ({"webVideoUrl": "https://vm.tiktok.com/ZM1/"}, "7580280925297184007"),
        ({"id": 7.58e18, "webVideoUrl": ""}, "ruined_id"),
        ({"id": None, "webVideoUrl": None}, "missing_id"),
    ],
    ids=str,
)
def test_a_posts_address_names_it_where_its_id_does_not(changes: dict[str, Any], outcome: str) -> None:
    _, (record,) = records_of([{**POST, **changes}])
    assert outcome == (record.reason if isinstance(record, Refused) else getattr(record, "video_id", None))


def test_the_address_of_the_comments_is_kept_without_anybodys_token() -> None:
    address = "https://api.apify.com/v2/datasets/invented/items"
    _, (record,) = records_of([{**POST, "commentsDatasetUrl": f"{address}?clean=true&token=secret"}])
    assert isinstance(record, Video)
    assert record.metadata["comments_dataset"] == address


def test_comments_that_were_put_under_their_post_are_read_as_well() -> None:
    bare = {name: value for name, value in COMMENT.items() if name not in {"videoWebUrl", "submittedVideoUrl", "input"}}
    _, (post, comment, not_one, ruined) = records_of([{**POST, "comments": [bare, "none", {**bare, "cid": 7.5e18}]}])
    assert isinstance(post, Video)
    assert isinstance(comment, Comment)
    assert (comment.video_id, comment.video_username) == (post.video_id, "newsdesk")
    assert isinstance(not_one, Refused)
    assert isinstance(ruined, Refused)
    assert (not_one.reason, ruined.reason) == ("not_an_object", "ruined_id")


def test_what_was_refused_under_a_post_can_be_read_again_once_it_is_mended() -> None:
    bare = {"cid": 7.5e18, "text": "fine"}
    _, (_, refused) = records_of([{**POST, "comments": [bare]}])
    assert isinstance(refused, Refused)
    mended = json.dumps({**bare, "cid": "7580293006230930184"}).encode()
    (comment,) = read_again("apify_posts", mended, refused.context, Options())
    assert isinstance(comment, Comment)
    assert comment.video_id == "7580280925297184007"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
