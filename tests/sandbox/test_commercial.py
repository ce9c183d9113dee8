"""The Commercial Content API of the sandbox answers as its documentation says, over real HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.sandbox.asking import YESTERDAY, client, data, one

from harvester.sandbox.commercial import CONTENT_FIELDS
from harvester.sandbox.modes import Modes
from harvester.sandbox.world import World


@pytest.mark.anyio
async def test_contents_name_the_videos_that_are_promoted(world: World) -> None:
    async with client(world) as patient:
        found = await data(
            patient, "adlib/commercial_content/query", ",".join(CONTENT_FIELDS),
            filters={"content_published_date_range": YESTERDAY}, max_count=50,
        )  # fmt: skip
    promoted = {row["id"] for row in world.rows("select id from video where label is not null")}
    contents = found["commercial_contents"]
    assert {int(row["videos"][0]["url"].rpartition("/video/")[2]) for row in contents} <= promoted
    assert all(row["creator"] == {} or row["creator"].keys() == {"username"} for row in contents)
    assert all(re.fullmatch(r"v09044g40000c\w+", row["id"]) for row in contents)


@pytest.mark.anyio
@pytest.mark.parametrize(("mode", "status"), [("refused", 400), ("empty", 200)])
async def test_only_europe_has_contents_by_country(world: World, mode: str, status: int) -> None:
    filters = {"content_published_date_range": YESTERDAY, "creator_country_code": "US"}
    async with client(world, modes=Modes(foreign_country=mode)) as patient:
        got, answer = await patient.post("adlib/commercial_content/query", filters=filters)
    assert (got, answer["error"]["http_status_code"]) == (status, status)
    assert not answer["data"].get("commercial_contents")


@pytest.mark.anyio
async def test_ads_lead_to_their_landing_pages(world: World) -> None:
    async with client(world) as patient:
        found = [row async for row in patient.searched("ad/query", "ads", ad_published_date_range=YESTERDAY)]
        ad_id = one(world, "select id from ad where landing_url is not null")["id"]
        detail = await data(
            patient, "adlib/ad/detail", "ad.id,ad.external_url,ad.videos,advertiser.profile_url", ad_id=ad_id
        )
    assert ad_id in {row["ad"]["id"] for row in found}
    assert detail["ad"]["external_url"].startswith("https://")
    assert "tiktok" not in detail["ad"]["videos"][0]["url"]
    assert detail["advertiser"]["profile_url"].startswith("https://www.tiktok.com/@")


@pytest.mark.anyio
async def test_ads_are_chosen_by_words_advertisers_and_reach(world: World) -> None:
    number, name = one(world, "select advertiser_id, advertiser from ad")
    reach = {"unique_users_seen_size_range": {"min": "2K", "max": "10K"}}
    span = {"ad_published_date_range": YESTERDAY}
    chosen: list[tuple[dict[str, Any], str]] = [
        ({"filters": span | {"advertiser_business_ids": [number]}}, f"advertiser_id = {number}"),
        ({"filters": span, "search_term": name}, f"advertiser = '{name}'"),
        (
            {"filters": span, "search_term": "claim sale", "search_type": "fuzzy_phrase"},
            "title like '%claim%' or title like '%sale%'",
        ),
        ({"filters": span | reach}, "reach between 2000 and 10000"),
    ]  # fmt: skip
    async with client(world) as patient:
        for body, expected in chosen:
            found = await data(patient, "adlib/ad/query", max_count=50, **body)
            rows = world.rows(f"select id from ad where ({expected}) and first_day <= {YESTERDAY['max']}")
            assert {row["ad"]["id"] for row in found["ads"]} == {row["id"] for row in rows}
