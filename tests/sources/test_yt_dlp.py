"""What yt-dlp writes of videos and playlists."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.errors import UnknownFormat
from harvester.model import Comment, Refused, Video

SHAPES = [
    Shape("yt_dlp.info.json", "yt_dlp", comments=3, videos=1, refused=("missing_text", "not_an_object", "ruined_id")),
    Shape("yt_dlp_playlist.json", "yt_dlp", videos=3, refused=("not_an_object", "other_platform")),
    Shape("yt_dlp.ndjson", "yt_dlp", videos=2, refused=("ruined_id",)),
]

COMMENT = {
    "id": "7591431000000000001", "text": "see lamps.example.com", "author": "ines.reads", "timestamp": 1767517800,
    "like_count": 12, "parent": "root", "author_thumbnail": "https://pictures.example.com/a.jpeg",
}  # fmt: skip
INFO = {
    "id": "7591000000000000123", "title": "New lamps", "description": "New lamps are here", "timestamp": 1767417428,
    "duration": 18, "uploader": "lamp.workshop", "view_count": 5120, "like_count": 412, "comment_count": 4,
    "repost_count": 7, "cookies": "tt_chain_token=invented", "http_headers": {"Referer": "https://www.tiktok.com/"},
    "webpage_url": "https://www.tiktok.com/@lamp.workshop/video/7591000000000000123", "extractor": "TikTok",
    "extractor_key": "TikTok", "epoch": 1768066205, "_type": "video",
}  # fmt: skip
PLAYLIST = {"_type": "playlist", "id": "6800000000000000009", "title": "lamp.workshop", "extractor_key": "TikTokUser"}
SEEN_AT = datetime(2026, 1, 10, 17, 30, 5, tzinfo=UTC)


def outline(records: list[Any]) -> list[Any]:
    """Ids of videos and comments, and reasons of what is refused."""
    return [
        each.reason if isinstance(each, Refused) else each.comment_id if isinstance(each, Comment) else each.video_id
        for each in records
    ]


def test_a_video_is_read_with_the_time_of_its_download_and_nothing_of_who_downloaded() -> None:
    name, (record,) = records_of(INFO)
    assert name == "yt_dlp"
    assert record == Video(
        "7591000000000000123", username="lamp.workshop", caption="New lamps are here", view_count=5120,
        like_count=412, comment_count=4, share_count=7, posted_at=datetime(2026, 1, 3, 5, 17, 8, tzinfo=UTC),
        observed_at=SEEN_AT, metadata={"duration_seconds": 18},
    )  # fmt: skip


def test_a_refused_video_is_kept_without_cookies() -> None:
    _, (record,) = records_of({**INFO, "id": 7.591e18, "comments": []})
    assert isinstance(record, Refused)
    assert b"invented" not in record.raw


def test_a_comment_of_a_fork_is_read_with_its_video() -> None:
    _, (_, record) = records_of({**INFO, "comments": [{**COMMENT, "is_pinned": True, "is_favorited": False}]})
    assert record == Comment(
        "7591431000000000001", "7591000000000000123", "see lamps.example.com", username="ines.reads", like_count=12,
        posted_at=datetime(2026, 1, 4, 9, 10, tzinfo=UTC), observed_at=SEEN_AT, video_username="lamp.workshop",
        metadata={"pinned": True},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parent", "parent_ref"),
    [("root", None), ("7591431000000000009", "7591431000000000009"), (7.591431e18, None), (None, None)],
)
def test_a_reply_names_its_parent_and_a_ruined_one_is_unknown(parent: Any, parent_ref: str | None) -> None:
    _, (_, record) = records_of({**INFO, "comments": [{**COMMENT, "parent": parent}]})
    assert isinstance(record, Comment)
    assert record.parent_ref == parent_ref


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<br>b<br/>c", "a\nb\nc"),
        ('see <a href="https://never.example.com">lamps.example.com</a> &amp; more', "see lamps.example.com & more"),
        ("<p>1 &lt; 2</p>", "1 < 2"),
        ("2 < 3 > 1", "2 < 3 > 1"),
    ],
)
def test_markup_is_read_as_it_is_shown(markup: str, text: str) -> None:
    row = {name: value for name, value in COMMENT.items() if name != "text"}
    _, (_, record) = records_of({**INFO, "comments": [{**row, "html": markup}]})
    assert isinstance(record, Comment)
    assert record.text == text


def test_a_title_stands_in_where_no_description_is_known_but_not_where_it_is_empty() -> None:
    flat = {"_type": "url", "ie_key": "TikTok", "id": "7591000000000000124", "title": "Second lamp"}
    _, records = records_of([flat, {**INFO, "description": ""}])
    assert [record.caption for record in records if isinstance(record, Video)] == ["Second lamp", None]


def test_playlists_are_read_entry_by_entry_however_they_are_nested() -> None:
    inner = {**PLAYLIST, "entries": [INFO, {"id": "7591000000000000125", "title": "bare"}]}
    _, records = records_of({**PLAYLIST, "entries": [inner, None, {**INFO, "comments": [COMMENT]}]})
    assert outline(records) == [
        "7591000000000000123", "7591000000000000125", "not_an_object", "7591000000000000123", "7591431000000000001",
    ]  # fmt: skip


def test_a_playlist_without_entries_gives_nothing_to_read() -> None:
    assert outline(records_of(PLAYLIST)[1]) == ["missing_data"]


def test_lines_of_other_platforms_are_refused_and_the_others_are_read() -> None:
    other = {**INFO, "extractor_key": "Youtube", "id": "dQinvented1", "comments": [COMMENT]}
    lines = [json.dumps(each) for each in (INFO, other, {**INFO, "extractor_key": "TikTokLive"}, {"odd": 1})]
    _, records = records_of("\n".join(lines) + "\n")
    assert outline(records) == ["7591000000000000123", *["other_platform"] * 3, "missing_id"]


def test_a_file_of_another_platform_alone_is_no_known_format() -> None:
    with pytest.raises(UnknownFormat, match="Youtube"):
        records_of({**INFO, "extractor_key": "Youtube"})


@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "in a playlist"])
def test_a_file_too_large_to_be_read_whole_gives_comments_one_by_one_and_the_video_last(wrapped: bool) -> None:
    many = [{**COMMENT, "id": str(7591431000000000000 + number), "text": "x" * 50_000} for number in range(1, 181)]
    info = {**INFO, "comments": [*many, None]}
    _, records = records_of({**PLAYLIST, "entries": [info]} if wrapped else info)
    assert outline(records) == [each["id"] for each in many] + ["not_an_object", "7591000000000000123"]
    assert {record.video_id for record in records if isinstance(record, Comment)} == {"7591000000000000123"}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
