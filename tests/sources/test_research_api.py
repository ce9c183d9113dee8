"""The Research API's answers, in the shapes that were recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of

from harvester.model import Comment, Refused, Video

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
