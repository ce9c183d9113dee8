"""The Commercial Content API: promoted videos and ads, page by page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.sources.api.conftest import ANCHOR
from tests.sources.api.scripted import PATIENCE, Books, asking, ok, refused

from harvester.errors import RequestRefused, SearchExpired
from harvester.model import Ad, Credentials, Refused, Video
from harvester.sandbox.modes import Modes
from harvester.sandbox.server import serving
from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET
from harvester.sandbox.world import World
from harvester.sources.api.answer import Answer
from harvester.sources.api.channel import Channel
from harvester.sources.api.commercial import CommercialApi

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 1)
SANDBOX = Credentials(CLIENT_KEY, CLIENT_SECRET)
CONTENT = {
    "id": "v09044g40000ce6enu3c77u36l73sp20", "create_timestamp": 1696875852, "label": "Paid partnership",
    "brand_names": ["My Awesome Co."], "creator": {},
    "videos": [{"url": f"https://www.tiktok.com/@joe/video/1938472920482123{number}"} for number in (4, 5)],
}  # fmt: skip
AD = {
    "ad": {"id": 1923845247192304, "first_shown_date": 20210101, "reach": {"unique_user_seen": "11K"}},
    "advertiser": {"buisness_id": 3847236290405, "business_name": "Awe Food Co.", "paid_by": "Awe Co."},
}


async def test_a_content_gives_all_its_videos_and_counts_as_one_row() -> None:
    page = ok({"commercial_contents": [CONTENT], "has_more": "true", "search_id": "eyJsYXN0"})
    async with asking(page) as (channel, script, books):
        answer = await CommercialApi(channel).contents(DAY, DAY, country="fr", usernames=["@Joe"], search_id="before")
    assert script.bodies == [
        {
            "filters": {
                "content_published_date_range": {"min": "20261101", "max": "20261101"},
                "creator_country_code": "FR",
                "creator_usernames": ["joe"],
            },
            "max_count": 50,
            "search_id": "before",
        }
    ]
    assert script.requests[-1].path == "/v2/research/adlib/commercial_content/query/"
    assert (answer.served, answer.has_more, answer.cursor, answer.search_id) == (1, True, None, "eyJsYXN0")
    assert [(each.video_id, each.is_promoted) for each in answer.records if isinstance(each, Video)] == [
        ("19384729204821234", True),
        ("19384729204821235", True),
    ]
    assert [(api, passage.most, passage.records) for api, passage in books.passages] == [("commercial", 50, 1)]


async def test_ads_are_asked_for_by_term_and_advertisers() -> None:
    async with asking(ok({"ads": [AD, 7, {"ad": {}}], "has_more": False})) as (channel, script, books):
        answer = await CommercialApi(channel, ads_per_page=10).ads(
            DAY, DAY, term="glow", country="de", advertiser_ids=["3847236290405"]
        )
    assert script.bodies == [
        {
            "filters": {
                "ad_published_date_range": {"min": "20261101", "max": "20261101"},
                "country_code": "DE",
                "advertiser_business_ids": [3847236290405],
            },
            "max_count": 10,
            "search_term": "glow",
        }
    ]
    ad, number, empty = answer.records
    assert isinstance(ad, Ad)
    assert (ad.ad_id, ad.advertiser_id, ad.paid_for_by, ad.reach) == (
        "1923845247192304", "3847236290405", "Awe Co.", "11K",
    )  # fmt: skip
    assert isinstance(number, Refused)
    assert isinstance(empty, Refused)
    assert (number.reason, empty.reason) == ("not_an_object", "missing_id")
    assert (answer.served, books.passages[0][1].most, books.records) == (3, 10, [3])


async def test_a_term_that_is_too_long_is_not_asked_for() -> None:
    async with asking() as (channel, script, _):
        with pytest.raises(RequestRefused, match="50 characters"):
            await CommercialApi(channel).ads(DAY, DAY, term="x" * 51)
    assert script.requests == []


async def test_a_list_that_begins_without_a_search_id_is_begun_again() -> None:
    nameless = ok({"ads": [AD], "has_more": True})
    named = ok({"ads": [AD], "has_more": True, "search_id": 7})
    async with asking(nameless, named) as (channel, _, books):
        answer = await CommercialApi(channel).ads(DAY, DAY)
    assert (answer.has_more, answer.search_id, len(books.passages)) == (True, "7", 2)


async def test_a_list_that_never_names_its_search_ends() -> None:
    async with asking(ok({"ads": [AD], "has_more": True})) as (channel, _, books):
        answer = await CommercialApi(channel).ads(DAY, DAY)
    assert (answer.has_more, answer.served, len(books.passages)) == (False, 1, 5)


async def test_a_later_page_without_a_search_id_is_gone_on_from_by_the_last_one() -> None:
    async with asking(ok({"ads": [AD], "has_more": True})) as (channel, _, books):
        answer = await CommercialApi(channel).ads(DAY, DAY, search_id="before")
    assert (answer.has_more, answer.search_id, len(books.passages)) == (True, "before", 1)


async def test_a_search_that_is_lost_is_begun_again_by_the_caller() -> None:
    lost = refused(400, "invalid_params", "Search Id eyJsYXN0 is invalid or expired")
    async with asking(lost) as (channel, _, _):
        with pytest.raises(SearchExpired):
            await CommercialApi(channel).contents(DAY, DAY, search_id="eyJsYXN0")


async def test_an_ad_is_looked_at_with_its_landing_page() -> None:
    detail = {**AD, "ad": {**AD["ad"], "id": 1.9e15, "external_url": "https://glow.shop/?x=1"}}  # type: ignore[dict-item]
    async with asking(ok(detail)) as (channel, script, books):
        ad = await CommercialApi(channel).ad("1923845247192304")
    assert ad is not None
    assert (ad.ad_id, ad.landing_url) == ("1923845247192304", "https://glow.shop/?x=1")
    assert (script.bodies, books.records) == ([{"ad_id": 1923845247192304}], [1])


@pytest.mark.parametrize(
    "answer", [ok(), ok({"ad": None}), refused(400, "invalid_params", "The ad_id 7 is invalid: there is no such ad.")]
)
async def test_an_ad_that_is_gone_is_none(answer: Any) -> None:
    async with asking(answer) as (channel, _, _):
        assert await CommercialApi(channel).ad("7") is None


async def test_an_ad_that_may_not_be_seen_is_not_taken_for_gone() -> None:
    async with asking(refused(400, "invalid_params", "The fields are invalid.")) as (channel, _, _):
        with pytest.raises(RequestRefused):
            await CommercialApi(channel).ad("7")


async def test_every_content_of_the_sandbox_comes_with_its_video(world: World) -> None:
    start, end = ANCHOR.date() - timedelta(days=60), ANCHOR.date()
    found, page = [], Answer([], 0, has_more=True)
    async with serving(world) as url, Channel(url, SANDBOX, Books(), PATIENCE) as channel:
        while page.has_more:
            page = await CommercialApi(channel).contents(start, end, search_id=page.search_id)
            found += page.records
    assert {each.video_id for each in found if isinstance(each, Video)} == {
        row["video_url"].rpartition("/")[2] for row in world.rows("select video_url from content")
    }
    assert len(found) > 10


async def test_every_ad_of_the_sandbox_comes_ten_at_a_time(world: World) -> None:
    start, end = ANCHOR.date() - timedelta(days=60), ANCHOR.date()
    found, page = [], Answer([], 0, has_more=True)
    async with (
        serving(world, modes=Modes(ads_per_page="10")) as url,
        Channel(url, SANDBOX, Books(), PATIENCE) as channel,
    ):
        api = CommercialApi(channel, ads_per_page=10)
        while page.has_more:
            page = await api.ads(start, end, search_id=page.search_id)
            found += page.records
        ads = {each.ad_id: each for each in found if isinstance(each, Ad)}
        row = world.row("select * from ad where landing_url is not null limit 1")
        assert row is not None
        detail = await api.ad(str(row["id"]))
        assert await api.ad("12345") is None
    assert ads.keys() == {str(row["id"]) for row in world.rows("select id from ad")}
    assert detail is not None
    assert (detail.landing_url, detail.title, detail.advertiser_username) == (
        row["landing_url"], row["title"], row["username"],
    )  # fmt: skip
