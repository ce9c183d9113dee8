"""minet's tables of videos and of commercial contents."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import FOLDER, Shape, records_in, seen

from harvester.model import Refused, Video

SHAPES = [
    Shape("minet_videos.csv", "minet_videos", videos=3, promoted=1, refused=("ruined_id",)),
    Shape("minet_commercials.csv", "minet_commercials", videos=4, promoted=4, refused=("missing_id", "missing_id")),
]
COMMERCIALS = "id,creator_username,brand_names,create_date,create_timestamp,label,video_urls,video_views"
ONE = "https://www.tiktok.com/@mira.plants/video/7591000000000000123"
TWO = "https://www.tiktok.com/@mira.plants/photo/7591000000000000124"


def commercials(row: str) -> list[Video]:
    _, records = records_of(f"{COMMERCIALS}\n{row}\n")
    return [record for record in records if isinstance(record, Video)]


def test_a_video_of_a_search_is_read_with_the_column_of_its_query() -> None:
    _, (first, *_) = records_in(str(FOLDER / "minet_videos.csv"))
    assert first == Video(
        "7591000000000000123", username="mira.plants", caption="My first market stall 🌻\n#marketstall",
        view_count=3597, like_count=59, comment_count=3, share_count=1,
        posted_at=datetime(2025, 12, 31, 16, 53, 20, tzinfo=UTC),
        metadata={
            "query": "market stall", "hashtags": ["marketstall", "plants"],
            "stickers": ["opens at nine", "stall.example"], "duration_seconds": 17,
        },
    )  # fmt: skip


def test_every_video_of_a_commercial_content_is_promoted_and_names_label_and_brands() -> None:
    first, second = commercials(f"v09,mira.plants,Pots|Soil,,1767200000,Paid Partnership,{ONE}|{TWO},5200")
    assert first == Video(
        "7591000000000000123", username="mira.plants", is_promoted=True,
        promotion={"flag": "commercial_content", "label": "Paid Partnership", "brands": ["Pots", "Soil"]},
        posted_at=datetime(2025, 12, 31, 16, 53, 20, tzinfo=UTC), metadata={"content_id": "v09"},
    )  # fmt: skip
    assert second.video_id == "7591000000000000124"


def test_views_are_those_of_a_video_that_is_alone_and_the_address_names_the_creator() -> None:
    (only,) = commercials(f"v09,,,2025-12-31T16:53:20,,,{ONE},5200")
    assert (only.view_count, only.username, only.posted_at) == (
        5200, "mira.plants", datetime(2025, 12, 31, 16, 53, 20, tzinfo=UTC),
    )  # fmt: skip
    assert only.promotion == {"flag": "commercial_content", "label": "Commercial content"}


def test_one_address_that_names_no_video_does_not_take_the_others_along() -> None:
    row = f"v09,mira.plants,,,1767200000,,https://vm.tiktok.com/ZM1234567/|{ONE},"
    _, (short, whole) = records_of(f"{COMMERCIALS}\n{row}\n")
    assert isinstance(short, Refused)
    assert short.reason == "missing_id"
    assert isinstance(whole, Video)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
