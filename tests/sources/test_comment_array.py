"""TikWM's comments, and the arrays that its wrappers save."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.model import Comment, Refused

SHAPES = [
    Shape("comment_array.json", "comment_array", comments=3, refused=("missing_text", "ruined_id")),
    Shape("comment_array_answer.json", "comment_array", comments=2),
]
USER = {
    "id": "6800000000000000001", "region": "ID", "unique_id": "shop.online", "nickname": "buy at nick.example",
    "signature": "all of it at bio.example.com", "avatar": "https://p16.example.com/a?x-signature=1",
}  # fmt: skip
COMMENT = {
    "id": "7591000000000001001", "video_id": "7591000000000000123", "text": "look", "status": 1,
    "create_time": "2026-01-01T00:01:00.000Z", "digg_count": 3, "reply_total": 2, "user": USER,
}  # fmt: skip


def reasons(records: list[Any]) -> list[Any]:
    return [record.reason if isinstance(record, Refused) else record.text for record in records]


def test_a_comment_is_read_without_the_bio_of_who_wrote_it() -> None:
    name, (record,) = records_of([COMMENT])
    assert name == "comment_array"
    assert record == Comment(
        "7591000000000001001", "7591000000000000123", "look", username="shop.online", like_count=3, reply_count=2,
        posted_at=datetime(2026, 1, 1, 0, 1, tzinfo=UTC), metadata={"region": "ID"},
    )  # fmt: skip


def test_an_answer_of_the_api_is_read_with_its_seconds_and_without_a_video() -> None:
    comment = {**COMMENT, "create_time": 1767225660}
    del comment["video_id"]
    answer = {"code": 0, "msg": "success", "data": {"comments": [comment], "cursor": 1, "hasMore": False}}
    name, (record,) = records_of(answer)
    assert name == "comment_array"
    assert isinstance(record, Comment)
    assert (record.video_id, record.posted_at) == (None, datetime(2026, 1, 1, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"id": "7.591e+18"}, "ruined_id"),
        ({"id": None}, "missing_id"),
        ({"video_id": 7.591e18}, "ruined_id"),
        ({"video_id": None}, "missing_id"),
        ({"text": None}, "missing_text"),
        ({"text": ["a"]}, "missing_text"),
        ({"text": ""}, ""),
        ({"user": None}, "look"),
        ({"user": "ann"}, "look"),
        ({"user": {**USER, "unique_id": None}}, "look"),
        ({"digg_count": None, "create_time": "soon"}, "look"),
    ],
)
def test_a_damaged_row_does_not_take_the_others_along(damage: dict[str, Any], reason: str) -> None:
    _, records = records_of([COMMENT, {**COMMENT, **damage}, COMMENT])
    assert reasons(records) == ["look", reason, "look"]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
