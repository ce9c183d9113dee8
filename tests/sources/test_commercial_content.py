"""Commercial contents of TikTok's ad library, from its API and from its website; and ads, which are refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import FOLDER, Shape, records_in, seen

from harvester.errors import UnknownFormat
from harvester.model import Refused, Video

SHAPES = [
    Shape(
        "commercial_contents.json", "commercial_contents", videos=4, promoted=4,
        refused=("missing_id", "missing_id", "no_video_id", "not_an_object"),
    ),
    Shape("commercial_library.json", "commercial_contents", videos=3, promoted=3, refused=("not_an_object",)),
]  # fmt: skip
CONTENT = {
    "id": "v09", "create_timestamp": 1696875852, "create_date": "20231009", "label": "Paid partnership",
    "brand_names": ["Pots"], "creator": {"username": "mira.plants"},
    "videos": [{"url": "https://www.tiktok.com/@mira.plants/video/7591000000000000123", "cover_image_url": "x"}],
}  # fmt: skip
AD = {
    "ad": {"id": 1923845247192304, "videos": [{"url": "https://films.example/7591000000000000123/"}]},
    "advertiser": {},
}
WEBSITE_AD = {"id": "17", "first_shown_date": 1767200000000, "videos": [{"video_url": "https://films.example/1"}]}


def answer(kind: str, *rows: Any) -> dict[str, Any]:
    return {"data": {kind: rows, "has_more": "true"}, "error": {"code": "ok", "message": ""}}


def test_the_video_of_a_content_is_promoted_and_says_by_whom() -> None:
    name, (record,) = records_of(answer("commercial_contents", CONTENT))
    assert name == "commercial_contents"
    assert record == Video(
        "7591000000000000123", username="mira.plants", is_promoted=True,
        promotion={"flag": "commercial_content", "label": "Paid partnership", "brands": ["Pots"]},
        posted_at=datetime(2023, 10, 9, 18, 24, 12, tzinfo=UTC), metadata={"content_id": "v09"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "posted_at"),
    [
        ({"create_timestamp": None}, datetime(2023, 10, 9, tzinfo=UTC)),
        ({"create_timestamp": None, "create_date": 20231009}, datetime(2023, 10, 9, tzinfo=UTC)),
        (
            {"create_timestamp": None, "create_date": None, "create_date_utc": "2023-10-09"},
            datetime(2023, 10, 9, tzinfo=UTC),
        ),
        ({"create_timestamp": None, "create_date": "soon"}, None),
    ],
    ids=str,
)
def test_the_day_stands_in_for_the_time(changes: dict[str, Any], posted_at: Any) -> None:
    _, (record,) = records_of(answer("commercial_contents", {**CONTENT, **changes}))
    assert isinstance(record, Video)
    assert record.posted_at == posted_at


@pytest.mark.parametrize(
    ("fields", "creator"),
    [
        (("id", "create_timestamp", "label", "videos"), "mira.plants"),
        (("id", "brand_names", "creator", "videos"), "mira.plants"),
        (("create_timestamp", "creator", "videos"), "mira.plants"),
    ],
    ids=str,
)
def test_contents_with_few_of_the_fields_are_read(fields: tuple[str, ...], creator: str) -> None:
    _, (record,) = records_of([{name: CONTENT[name] for name in fields}])
    assert isinstance(record, Video)
    assert (record.username, record.is_promoted) == (creator, True)


def test_the_website_says_the_same_in_other_words() -> None:
    _, (first, second, third, _) = records_in(str(FOLDER / "commercial_library.json"))
    assert isinstance(first, Video)
    assert isinstance(second, Video)
    assert isinstance(third, Video)
    assert (first.promotion or {})["label"] == "Paid Partnership"
    assert (second.promotion or {})["label"] == "Promotional Content"
    # Views are those of a content as a whole, so they are told only where it has one video.
    assert (first.view_count, second.view_count, third.view_count) == (5200, None, None)


def test_one_object_is_a_row_too_and_a_video_may_stand_under_its_other_name() -> None:
    content = {name: value for name, value in CONTENT.items() if name != "videos"}
    _, (record,) = records_of({**content, "video": CONTENT["videos"][0]})  # type: ignore[index]
    assert isinstance(record, Video)
    assert record.video_id == "7591000000000000123"


@pytest.mark.parametrize(
    "content",
    [
        answer("ads", AD, AD),
        {"data": AD, "error": {"code": "ok"}},
        {"data": [WEBSITE_AD], "has_more": False, "search_id": "1"},
        [WEBSITE_AD],
    ],
    ids=["query", "detail", "website", "rows of the website"],
)
def test_a_file_of_ads_alone_is_refused_by_name_with_what_to_import_instead(content: Any) -> None:
    with pytest.raises(UnknownFormat) as refusal:
        records_of(content)
    assert "ads of TikTok's ad library" in refusal.value.message
    assert "commercial_content/query" in refusal.value.hint


def test_an_ad_among_contents_is_refused_and_the_contents_are_read() -> None:
    _, (ad, content) = records_of([answer("ads", AD), answer("commercial_contents", CONTENT)])
    assert isinstance(ad, Refused)
    assert ad.reason == "no_video_id"
    assert isinstance(content, Video)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
