"""Everything goes wrong at once, and every row comes all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from tests.sources.api.conftest import ANCHOR
from tests.sources.api.scripted import PATIENCE, Books

from harvester.errors import SearchExpired
from harvester.model import Ad, Comment, Credentials, Refused, Video
from harvester.sandbox.modes import Delays, Modes
from harvester.sandbox.server import serving
from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET
from harvester.sandbox.world import World
from harvester.sources.api.answer import Answer
from harvester.sources.api.channel import Channel
from harvester.sources.api.commercial import CommercialApi
from harvester.sources.api.query import research_query, windows
from harvester.sources.api.research import ResearchApi

pytestmark = pytest.mark.anyio

SANDBOX = Credentials(CLIENT_KEY, CLIENT_SECRET)
START, END = ANCHOR.date() - timedelta(days=60), ANCHOR.date()
RATE = 0.1


@asynccontextmanager
async def disturbed(world: World, modes: Modes | None = None) -> AsyncIterator[tuple[Channel, Books]]:
    """A channel to the sandbox with all its faults."""
    books = Books()
    delays = Delays(hang=0.02, slow=0.01, retry_after=0)
    async with (
        serving(world, modes=modes, faults={"all": RATE}, delays=delays) as url,
        Channel(url, SANDBOX, books, PATIENCE) as channel,
    ):
        yield channel, books
        async with aiohttp.ClientSession() as session, session.get(f"{url}/sandbox/state") as response:
            uses = [use for day in (await response.json())["days"].values() for use in day.values()]
    booked = [passage.most if passage.records is None else passage.records for _, passage in books.passages]
    assert sum(use["requests"] for use in uses) <= len(booked), "the API counts requests that passed no gate"
    assert 0 < sum(use["records"] for use in uses) <= sum(booked), "the API counts records that are not booked"
    assert books.open == 0


@pytest.mark.parametrize("cap", ["1000", "none"])
async def test_all_comments_come_through_all_faults(world: World, cap: str) -> None:
    lists = [row["id"] for row in world.rows("select id from video where is_deleted = 0 order by id desc limit 12")]
    found: set[str | None] = set()
    async with disturbed(world, Modes(comment_cap=cap)) as (channel, books):
        api = ResearchApi(channel)
        for each in lists:
            page = Answer([], 0, has_more=True)
            while page.has_more:
                page = await api.comments(str(each), cursor=page.cursor or 0)
                found.update(record.comment_id for record in page.records if isinstance(record, Comment))
                assert not [record for record in page.records if isinstance(record, Refused)]
    limit = 1000 if cap == "1000" else 100_000
    assert found == {str(row["id"]) for each in lists for row in world.comments(each, 0, limit)}
    assert len(books.passages) < 200


async def test_all_videos_come_through_all_faults(world: World) -> None:
    query = research_query(regions=[row["region"] for row in world.rows("select distinct region from video")])
    found: set[str] = set()
    async with disturbed(world) as (channel, _):
        for start, end in windows(START, END):
            page = Answer([], 0, has_more=True)
            while page.has_more:
                try:
                    page = await ResearchApi(channel).videos(
                        query, start, end, cursor=page.cursor or 0, search_id=page.search_id, most=10
                    )
                except SearchExpired:
                    page = Answer([], 0, has_more=True)
                found.update(record.video_id for record in page.records if isinstance(record, Video))
    assert found == {str(row["id"]) for row in world.rows("select id from video where is_deleted = 0")}


async def test_all_contents_and_ads_come_through_all_faults(world: World) -> None:
    videos: set[str] = set()
    ads: set[str] = set()
    async with disturbed(world, Modes(ads_per_page="10")) as (channel, _):
        api = CommercialApi(channel, ads_per_page=10)
        page = Answer([], 0, has_more=True)
        while page.has_more:
            page = await api.contents(START, END, search_id=page.search_id)
            videos.update(record.video_id for record in page.records if isinstance(record, Video))
        page = Answer([], 0, has_more=True)
        while page.has_more:
            page = await api.ads(START, END, search_id=page.search_id)
            ads.update(record.ad_id for record in page.records if isinstance(record, Ad))
        details = [await api.ad(each) for each in sorted(ads)]
    contents = world.rows("select video_url from content")
    assert videos == {row["video_url"].rpartition("/")[2] for row in contents}
    assert ads == {str(row["id"]) for row in world.rows("select id from ad")}
    wanted = {str(row["id"]): (row["landing_url"], str(row["advertiser_id"])) for row in world.rows("select * from ad")}
    assert {each.ad_id: (each.landing_url, each.advertiser_id) for each in details if each is not None} == wanted
