"""The Research API's answers, and the tables that R and pandas make of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Comment, Refused, Video

SHAPES = [
    Shape("research_comments.json", "research_comments", comments=5, refused=("missing_id", "source_error")),
    Shape("research_videos.json", "research_videos", videos=4, promoted=1, refused=("ruined_id",)),
    Shape("research_comments.csv", "research_comments", comments=3, refused=("ruined_id",)),
    Shape("research_videos.csv", "research_videos", videos=3, promoted=2, refused=("ruined_id",)),
    Shape("traktok_comments.csv", "research_comments", comments=4, refused=("ruined_id",)),
    Shape("traktok_videos.csv", "research_videos", videos=3, refused=("missing_id",)),
]

COMMENT = {
    "id": 7386111312293610270, "like_count": 2, "parent_comment_id": 7385291383449439519, "text": "so cute",
    "video_id": 7385291383449439519, "create_time": 1719713129,
}  # fmt: skip
VIDEO = {
    "id": 7320768196569599275, "create_time": 1704499196, "username": "kim.studio", "region_code": "US",
    "video_description": "cats #cats", "like_count": 6, "view_count": 4, "hashtag_names": ["cats"],
}  # fmt: skip


def answer(kind: str, *rows: Any) -> dict[str, Any]:
    return {"data": {kind: list(rows), "cursor": 6, "has_more": False}, "error": {"code": "ok", "message": ""}}


def test_a_comment_whose_parent_is_the_video_is_top_level_and_its_id_keeps_every_digit() -> None:
    assert records_of(answer("comments", COMMENT)) == (
        "research_comments",
        [
            Comment(
                "7386111312293610270", "7385291383449439519", "so cute", like_count=2,
                posted_at=datetime(2024, 6, 30, 2, 5, 29, tzinfo=UTC),
            )
        ],
    )  # fmt: skip


def test_a_reply_names_its_parent_and_an_empty_text_is_kept() -> None:
    reply = {**COMMENT, "id": 7386111312293610271, "parent_comment_id": 7386111312293610270, "text": ""}
    _, (record,) = records_of(answer("comments", reply))
    assert isinstance(record, Comment)
    assert (record.parent_ref, record.text) == ("7386111312293610270", "")


def test_a_text_that_was_left_out_is_empty() -> None:
    _, (_, record) = records_of(answer("comments", COMMENT, {key: COMMENT[key] for key in COMMENT if key != "text"}))
    assert isinstance(record, Comment)
    assert record.text == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "7.38e+18"}, "ruined_id"),
        ({"id": 7.386111312293610e18}, "ruined_id"),
        ({"video_id": "7.38e+18"}, "ruined_id"),
        ({"id": None}, "missing_id"),
        ({"text": None}, "missing_text"),
        ({"text": 5}, "missing_text"),
    ],
    ids=str,
)
def test_a_damaged_comment_is_refused_with_its_raw_form_and_the_others_are_read(
    change: dict[str, Any], reason: str
) -> None:
    _, (first, second) = records_of(answer("comments", {**COMMENT, **change}, COMMENT))
    assert isinstance(first, Refused)
    assert first.reason == reason
    assert b"7385291383449439519" in first.raw or b"so cute" in first.raw
    assert isinstance(second, Comment)


def test_a_ruined_parent_leaves_the_parent_unknown() -> None:
    _, (record,) = records_of(answer("comments", {**COMMENT, "parent_comment_id": "7.38e+18"}))
    assert isinstance(record, Comment)
    assert record.parent_ref is None


def test_a_video_is_read_with_keys_missing() -> None:
    bare = {key: VIDEO[key] for key in ("id", "create_time", "region_code", "video_description")}
    name, (full, sparse) = records_of(answer("videos", VIDEO, bare))
    assert name == "research_videos"
    assert isinstance(full, Video)
    assert isinstance(sparse, Video)
    assert (full.video_id, full.username, full.view_count, full.is_promoted) == (
        "7320768196569599275", "kim.studio", 4, False,
    )  # fmt: skip
    assert (sparse.username, sparse.view_count) == (None, None)


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ({"type": "Branded", "number": 1}, "Paid Partnership"),
        ({"video_tag_type": "Branded", "video_tag_number": "7"}, "Creator Earns Commission"),
        ([{"type": "AIGC", "number": 1}, {"type": "Branded", "number": 1}], "Paid Partnership"),
        ({"type": "AIGC", "number": 1}, None),
        ({"type": "Branded", "number": 2}, None),
        ("Branded", None),
        (None, None),
    ],
    ids=str,
)
def test_a_branded_tag_makes_a_video_promoted_and_the_flag_is_kept(tag: Any, label: str | None) -> None:
    _, (record,) = records_of(answer("videos", {**VIDEO, "video_tag": tag}))
    assert isinstance(record, Video)
    assert record.is_promoted is (label is not None)
    assert record.promotion == (None if label is None else {"flag": "video_tag", "label": label})


@pytest.mark.parametrize(
    "cell",
    [
        "\"{'type': 'Branded', 'number': 1}\"",
        "\"[{'type': 'Branded', 'number': 1.0}]\"",
        '"{""type"": ""Branded"", ""number"": 1}"',
    ],
    ids=str,
)
def test_a_branded_tag_in_a_cell_makes_a_video_promoted(cell: str) -> None:
    _, (record,) = records_of(f"id,video_description,region_code,video_tag\n7320768196569599275,cats,US,{cell}\n")
    assert isinstance(record, Video)
    assert record.promotion == {"flag": "video_tag", "label": "Paid Partnership"}


@pytest.mark.parametrize(
    ("cell", "hashtags"),
    [
        ("\"['cats', 'dogs']\"", ["cats", "dogs"]),
        ("['cats' 'dogs']", ["cats", "dogs"]),
        ('"[""cats"", ""dogs""]"', ["cats", "dogs"]),
        ('"c(""cats"", ""dogs"")"', ["cats", "dogs"]),
        ('"list(""cats"")"', ["cats"]),
        ('"cats, dogs"', ["cats", "dogs"]),
        ("cats", ["cats"]),
        ("character(0)", None),
        ("[]", None),
        ("NA", None),
        ("", None),
    ],
    ids=str,
)
def test_hashtags_are_read_as_python_and_as_r_write_them(cell: str, hashtags: list[str] | None) -> None:
    _, (record,) = records_of(f"id,video_description,region_code,hashtag_names\n7320768196569599275,x,US,{cell}\n")
    assert isinstance(record, Video)
    assert record.metadata.get("hashtags") == hashtags


def test_what_r_writes_for_nothing_is_nothing_except_in_a_comments_words() -> None:
    _, (video,) = records_of(
        '"","video_id","author_name","view_count","region_code","create_time","video_description"\n'
        '"1","7320768196569599275",NA,NA,"NA",2024-01-05 23:59:56,NA\n'
    )
    assert video == Video(
        "7320768196569599275", region_code="NA", posted_at=datetime(2024, 1, 5, 23, 59, 56, tzinfo=UTC)
    )
    _, (comment,) = records_of(
        "id,video_id,parent_comment_id,like_count,text\n7386111312293610270,7385291383449439519,NA,NA,NA\n"
    )
    assert comment == Comment("7386111312293610270", "7385291383449439519", "NA")


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "...1", "X"])
def test_the_numbers_of_the_rows_are_not_kept(name: str) -> None:
    _, (record,) = records_of(f"{name},id,video_description,region_code\n0,7320768196569599275,cats,US\n")
    assert isinstance(record, Video)
    assert record.metadata == {}


def test_a_page_without_rows_is_passed_over_and_one_that_says_what_went_wrong_is_counted() -> None:
    empty = {"data": {"cursor": 100, "has_more": True}, "error": {"code": "ok", "message": ""}}
    failed = {"error": {"code": "internal_error", "message": "Something went wrong."}}
    _, (first, second) = records_of([empty, failed, answer("comments", COMMENT)])
    assert isinstance(first, Refused)
    assert (first.reason, first.detail) == ("source_error", "The API answered internal_error: Something went wrong.")
    assert isinstance(second, Comment)


def test_rows_that_somebody_put_under_a_name_of_their_own_file_are_read_and_strangers_among_them_counted() -> None:
    _, (video, stranger) = records_of({"videos": [VIDEO, "gone"]})
    assert isinstance(video, Video)
    assert isinstance(stranger, Refused)
    assert stranger.reason == "not_an_object"
    assert records_of({"comments": [COMMENT]}) == records_of([COMMENT])


@pytest.mark.parametrize("name", ["user_liked_videos", "reposted_videos", "user_reposted_videos", "pinned_videos_list"])
def test_videos_that_a_user_has_to_do_with_are_read_like_those_of_a_search(name: str) -> None:
    assert records_of(answer(name, VIDEO)) == records_of(answer("videos", VIDEO))


def test_fields_that_the_documentation_does_not_know_are_kept() -> None:
    _, (record,) = records_of([{**VIDEO, "favorites_count": 2, "mood": "happy"}])
    assert isinstance(record, Video)
    assert record.metadata == {"mood": "happy", "hashtags": ["cats"]}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
