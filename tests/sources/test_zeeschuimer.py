"""Lines of Zeeschuimer, and the same objects as 4CAT gives them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import FOLDER, Shape, records_in, seen

from harvester.errors import UnknownFormat
from harvester.model import Comment, Refused, Video
from harvester.sources.base import Options
from harvester.sources.reading import read_again

SHAPES = [
    Shape("zeeschuimer_posts.ndjson", "zeeschuimer_posts", videos=4, promoted=2, refused=("missing_data", "ruined_id")),
    Shape("zeeschuimer_comments.ndjson", "zeeschuimer_comments", comments=6, refused=("ruined_id",)),
    Shape(
        "zeeschuimer_mixed.ndjson", "zeeschuimer_posts", videos=1, comments=3,
        refused=("other_platform", "other_platform"),
    ),
    Shape("fourcat_posts.ndjson", "4cat_items", videos=2, promoted=1),
    Shape("fourcat_comments.ndjson", "4cat_items", comments=3, refused=("missing_text",)),
    Shape(
        "fourcat_urls.ndjson", "4cat_items", videos=2, promoted=1, comments=2, refused=("not_an_object", "ruined_id")
    ),
]  # fmt: skip

DATA = {
    "id": "7288995634328177926", "desc": "a caption", "createTime": 1697101549,
    "author": {"uniqueId": "leo.books", "nickname": "Leo"}, "challenges": [{"title": "books"}],
    "stats": {"diggCount": 59, "shareCount": 1, "commentCount": 3, "playCount": 3597},
    "isAd": False, "adAuthorization": False,
}  # fmt: skip


def line(data: Any = DATA, **changes: Any) -> str:
    return json.dumps(
        {
            "nav_index": "1:4:0", "item_id": "7288995634328177926", "timestamp_collected": 1697108706245,
            "source_platform": "tiktok.com", "source_url": "https://www.tiktok.com/api/", "data": data, **changes,
        }
    )  # fmt: skip


def test_a_post_is_a_video_seen_when_the_browser_met_it() -> None:
    name, (record,) = records_of(line() + "\n")
    assert name == "zeeschuimer_posts"
    assert record == Video(
        "7288995634328177926", username="leo.books", caption="a caption", view_count=3597, like_count=59,
        comment_count=3, share_count=1, posted_at=datetime(2023, 10, 12, 9, 5, 49, tzinfo=UTC),
        observed_at=datetime(2023, 10, 12, 11, 5, 6, 245000, tzinfo=UTC), metadata={"hashtags": ["books"]},
    )  # fmt: skip


def test_the_author_may_be_a_bare_handle_and_counts_may_be_texts() -> None:
    data = {**DATA, "author": "leo.books", "createTime": "1697101549", "statsV2": {"playCount": "12"}}
    _, (record,) = records_of(line(data))
    assert isinstance(record, Video)
    assert (record.username, record.view_count, record.posted_at is None) == ("leo.books", 12, False)


@pytest.mark.parametrize(
    ("changes", "promotion"),
    [
        ({}, None),
        ({"isAd": True}, {"flag": "isAd", "label": "Advertisement"}),
        ({"adAuthorization": True}, {"flag": "adAuthorization", "label": "Paid partnership"}),
    ],
    ids=str,
)
def test_an_advertisement_is_promoted_and_the_flag_is_kept(changes: dict[str, Any], promotion: Any) -> None:
    _, (record,) = records_of(line({**DATA, **changes}))
    assert isinstance(record, Video)
    assert (record.is_promoted, record.promotion) == (promotion is not None, promotion)


def test_a_line_of_another_platform_or_without_data_is_refused_and_the_others_are_read() -> None:
    lines = [line(), line(source_platform="instagram.com"), line(data=None), "{broken", "", line()[:-40]]
    _, records = records_of("\n".join(lines))
    assert [record.reason if isinstance(record, Refused) else "video" for record in records] == [
        "video", "other_platform", "missing_data", "bad_json", "bad_json",
    ]  # fmt: skip


def test_a_capture_of_other_platforms_alone_is_refused_by_their_names() -> None:
    with pytest.raises(UnknownFormat, match=r"Zeeschuimer's capture of instagram\.com, twitter\.com, not of TikTok"):
        records_in(str(FOLDER / "zeeschuimer_other_platforms.ndjson"))
    imported = {"id": "37", "caption": "elsewhere", "__import_meta": {"source_platform": "instagram.com"}}
    with pytest.raises(UnknownFormat, match=r"4CAT's import of instagram\.com, not of TikTok"):
        records_of(json.dumps(imported) + "\n")


@pytest.mark.parametrize("platform", [None, [], {"name": "tiktok.com"}, 5], ids=str)
def test_a_platform_that_is_no_name_refuses_its_line_alone(platform: Any) -> None:
    _, (video, refused) = records_of(line() + "\n" + line(source_platform=platform))
    assert isinstance(video, Video)
    assert isinstance(refused, Refused)
    assert refused.reason == "other_platform"


def test_a_comment_of_a_capture_is_read_with_its_inline_replies_and_without_the_text_it_is_shared_by() -> None:
    name, records = records_in(str(FOLDER / "zeeschuimer_comments.ndjson"))
    first, reply = records[:2]
    assert name == "zeeschuimer_comments"
    assert isinstance(first, Comment)
    assert isinstance(reply, Comment)
    assert (first.username, first.parent_ref, first.metadata) == ("ivo_k", None, {"language": "en", "pinned": True})
    assert (reply.username, reply.parent_ref) == ("tom.bakes", first.comment_id)
    assert first.observed_at == reply.observed_at == datetime(2026, 1, 1, 1, 13, 20, tzinfo=UTC)


def test_what_4cat_imported_was_seen_when_the_browser_met_it() -> None:
    for file in ("fourcat_posts.ndjson", "fourcat_comments.ndjson"):
        _, records = records_in(str(FOLDER / file))
        times = {record.observed_at for record in records if isinstance(record, Video | Comment)}
        assert times == {datetime(2026, 1, 1, 1, 13, 20, tzinfo=UTC)}


def test_the_author_of_a_comment_that_4cat_collected_is_an_account_or_a_bare_handle() -> None:
    _, records = records_in(str(FOLDER / "fourcat_urls.ndjson"))
    comments = [record for record in records if isinstance(record, Comment)]
    assert [(comment.username, comment.video_id) for comment in comments] == [
        ("ivo_k", "7591000000000000123"), ("nils", "7591000000000000123"),
    ]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_what_was_refused_is_refused_for_the_same_reason_when_it_is_read_again(shape: Shape) -> None:
    source, records = records_in(str(FOLDER / shape.file))
    for refused in records:
        if isinstance(refused, Refused):
            again = read_again(source, refused.raw, refused.context, Options())
            assert [each.reason for each in again if isinstance(each, Refused)] == [refused.reason]


def test_a_caption_with_a_line_separator_of_unicode_stays_one_line() -> None:
    raw = line({**DATA, "desc": "one\u2028two\x85three"}).replace("\\u2028", "\u2028").replace("\\u0085", "\x85")
    _, (record,) = records_of(raw + "\n")
    assert isinstance(record, Video)
    assert record.caption == "one\u2028two\x85three"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
