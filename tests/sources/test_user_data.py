"""TikTok's own data download, in its versions and forms."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import FOLDER, Shape, records_in, seen

from harvester.errors import UnknownFormat
from harvester.model import Comment, Refused
from harvester.sources.base import Options
from harvester.sources.documents import documents
from harvester.sources.lines import LONGEST
from harvester.sources.reading import read_again

SHAPES = [
    Shape("user_data_tiktok.json", "user_data", comments=3, refused=("missing_text",)),
    Shape("user_data_older.json", "user_data", comments=2, refused=("not_an_object",)),
    Shape("user_data_comments.txt", "user_data", comments=3),
    Shape("user_data_reacties.txt", "user_data", comments=2),
]
ENTRY = {"date": "2026-01-01 00:01:00", "comment": "hello, you", "photo": "N/A", "url": ""}
OLDER = {"Date": "2026-01-01 00:01:00", "Comment": "hello, you", "Photo": "N/A", "Url": ""}
WATCHED = {"Date": "2026-01-01 00:00:00", "Link": "https://www.tiktokv.com/share/video/7591000000000000123/"}
PROFILE = {"Profile Info": {"ProfileMap": {"userName": "mira.lights", "emailAddress": "mira@example.com"}}}
READ = Comment(None, None, "hello, you", username="mira.lights", posted_at=datetime(2026, 1, 1, 0, 1, tzinfo=UTC))


def comments(content: Any) -> list[Any]:
    name, records = records_of(content)
    assert name == "user_data"
    return records


def too_many(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """So many entries that no window for reading holds them."""
    return [{**entry, "photo": "x" * 4000}] * (LONGEST * 3 // 4000)


@pytest.mark.parametrize(
    "document",
    [
        {"Comment": {"Comments": {"CommentsList": [ENTRY]}}, "Profile": PROFILE},
        {"Comment": {"Comments": {"CommentsList": [OLDER]}}, "Profile And Settings": PROFILE},
        {"Comment": {"CommentsList": [OLDER]}, "Profile": {"Profile Information": PROFILE["Profile Info"]}},
        {"Your Activity": {"Comments": {"CommentsList": [ENTRY]}}, "Profile": PROFILE},
        {"Activity": {"Comments": {"CommentsList": [OLDER]}}, "App Settings": None, "Profile": PROFILE},
    ],
)
def test_every_version_gives_the_comments_and_who_wrote_them(document: dict[str, Any]) -> None:
    assert comments(document) == [READ]


@pytest.mark.parametrize("document", [{"CommentsList": [ENTRY]}, [ENTRY], [OLDER, OLDER]])
def test_a_list_that_was_taken_out_of_a_download_is_read_without_a_writer(document: Any) -> None:
    assert {(record.text, record.username) for record in comments(document)} == {("hello, you", None)}


@pytest.mark.parametrize("listed", [None, []])
def test_a_person_who_never_commented_has_no_records(listed: object) -> None:
    assert comments({"Comment": {"Comments": {"CommentsList": listed}}, "Profile": PROFILE}) == []
    assert comments({"Comment": listed, "Profile": PROFILE}) == []


@pytest.mark.parametrize(
    "document",
    [
        {"Likes and Favorites": {"Like List": {"ItemFavoriteList": [WATCHED]}}},
        {"Profile And Settings": PROFILE, "Your Activity": {}},
    ],
)
def test_a_download_that_was_made_without_comments_says_so(document: dict[str, Any]) -> None:
    with pytest.raises(UnknownFormat, match="download without comments") as refusal:
        records_of(document)
    assert refusal.value.hint


def test_the_newest_downloads_name_the_video() -> None:
    (record,) = comments([{**ENTRY, "originalPostUrl": "https://www.tiktok.com/@newsdesk/video/7591000000000000123"}])
    assert (record.video_id, record.video_username) == ("7591000000000000123", "newsdesk")


def test_damaged_entries_are_refused_one_by_one_without_the_profile() -> None:
    listed = [ENTRY, {**ENTRY, "comment": None}, {}, "torn", None, {**ENTRY, "date": "soon"}]
    records = comments({"Comment": {"Comments": {"CommentsList": listed}}, "Profile": PROFILE})
    refused = [record for record in records if isinstance(record, Refused)]
    assert [record.reason for record in refused] == ["missing_text", "missing_text", "not_an_object", "not_an_object"]
    assert not any("mira@" in str(record) for record in records)
    assert [record.posted_at for record in records if isinstance(record, Comment)] == [READ.posted_at, None]


def test_a_refused_entry_can_be_read_again_later() -> None:
    whole = {"Comment": {"Comments": {"CommentsList": [{**OLDER, "Comment": 5}]}}, "Profile": PROFILE}
    (refused,) = comments(whole)
    put_right = refused.raw.replace(b'"comment": 5', b'"comment": "hello, you"')
    assert list(read_again("user_data", put_right, refused.context, Options())) == [READ]


@pytest.mark.parametrize(
    "document",
    [
        {"Activity": {"Watched": {"VideoList": too_many(WATCHED)}}, "Comment": {"C": {"CommentsList": [OLDER]}}},
        {"Comment": {"C": {"CommentsList": [ENTRY]}}, "Your Activity": {"W": {"VideoList": too_many(WATCHED)}}},
    ],
    ids=["before", "after"],
)
def test_of_a_large_download_the_other_lists_are_passed_over(document: dict[str, Any]) -> None:
    assert comments({"Profile": PROFILE, **document}) == [READ]


def test_so_many_comments_that_they_come_one_by_one_are_all_read() -> None:
    many = too_many(ENTRY)
    document = {"Profile": PROFILE, "Comment": {"Comments": {"CommentsList": many}}}
    assert comments(document) == [READ] * len(many)


@pytest.mark.parametrize("end", ["]", "}", "}}"])
def test_a_comma_too_many_is_forgiven(end: str) -> None:
    text = json.dumps({"Comment": {"Comments": {"CommentsList": [OLDER, OLDER]}}, "Profile": PROFILE})
    text = text.replace("]}", "],}") if end == "]" else text.replace("}]", "},]") if end == "}" else text[:-1] + ",}"
    assert [record.text for record in comments(text)] == ["hello, you"] * 2


TEXT = "Date: 2026-01-01 00:01:00 UTC\nComment: hello, you\nPhoto: N/A\nUrl: \n"


@pytest.mark.parametrize("content", [TEXT, "\ufeff\n\n" + TEXT, TEXT.replace("\n", "\r\n"), TEXT.replace(" UTC", "")])
def test_the_text_form_says_the_same(content: str) -> None:
    (record,) = comments(content)
    assert (record.text, record.posted_at, record.metadata) == (READ.text, READ.posted_at, {})


@pytest.mark.parametrize(
    "said",
    [
        "two\nlines",
        "two\n\nparagraphs",
        "note: with a colon\nshop: at lamps.example.com",
        "Date: tomorrow",
        "Photo of it",
        "",
    ],
)
def test_in_the_text_form_a_comment_may_be_of_any_shape(said: str) -> None:
    entry = "Date: 2026-01-01 00:01:00 UTC\nComment: {}\nPhoto: N/A\nUrl: \n\n"
    records = comments(entry.format("first") + entry.format(said) + entry.format("last"))
    assert [record.text for record in records] == ["first", said, "last"]


def test_an_entry_without_end_is_refused_alone() -> None:
    endless = "and on\n" * (LONGEST // 7 + 10)
    records = comments(f"{TEXT}\n{TEXT.replace('hello, you', endless)}\n{TEXT}")
    assert [record.reason if isinstance(record, Refused) else record.text for record in records] == [
        "hello, you", "too_long", "hello, you",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("You have no data in this section\n", "is empty"),
        ("Date: 2026-01-01 00:00:00\nLink: https://www.tiktokv.com/share/video/7591000000000000123/\n", "Date, Link"),
        ("Date: 2026-01-01 00:00:00\nFrom: tom\nContent: in private\n", "Content, Date, From"),
    ],
)
def test_other_text_files_of_a_download_are_no_comments(content: str, words: str) -> None:
    with pytest.raises(UnknownFormat, match=words):
        records_of(content)


@pytest.mark.parametrize(
    ("beside", "read"),
    [
        (["TikTok/Activity/Like List.txt", "TikTok/Profile/Profile Info.txt"], ["TikTok/Comment/Comments.txt"]),
        (["notes.txt"], ["TikTok/Comment/Comments.txt", "notes.txt"]),
        (["TikTok/user_data_tiktok.json", "TikTok/Activity/Status.txt"], ["TikTok/user_data_tiktok.json"]),
    ],
)
def test_of_a_zip_only_the_comments_are_taken(tmp_path: Path, beside: list[str], read: list[str]) -> None:
    path = tmp_path / "TikTok_Data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in [*beside, "TikTok/Comment/Comments.txt"]:
            archive.writestr(name, TEXT)
    assert [document.name.removeprefix(f"{path}/") for document in documents(str(path))] == read


def test_a_zip_of_text_files_is_read_like_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "TikTok_Data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(FOLDER / "user_data_reacties.txt", "TikTok/Reacties/Reacties.txt")
        archive.writestr("TikTok/Je activiteit/Volger.txt", "Dit gedeelte bevat geen gegevens\n")
    assert records_in(str(path)) == records_in(str(FOLDER / "user_data_reacties.txt"))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
