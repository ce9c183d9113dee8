"""Looks up what is known by name: videos that were harvested before, their creators, and ads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from harvester.jobs.desk import VERSION, Desk, batch_of
from harvester.jobs.planning import next_visit
from harvester.model import Ad, Creator, Record, Video
from harvester.sources.api.query import research_query
from harvester.store.database import Connection
from harvester.store.ingest import RunWriter
from harvester.store.plan import recounted, rest
from harvester.store.run import BatchCounts

RECOUNTED_AT_ONCE = 100
_DAY = timedelta(days=1)
UNAVAILABLE = "unavailable"
"""Kept with what the API does not give, so that it is not asked for again every day."""


async def recount(desk: Desk, video_ids: Sequence[str]) -> None:
    """Ask how many comments up to a hundred videos of one month have now; those that have no more may wait.

    One request instead of one for each. A video that TikTok does not know any more, twice in a row, is given up.
    """
    days = [posted_on(each) for each in video_ids]
    start, end = min(days) - _DAY, max(days) + _DAY
    query = research_query(video_ids=video_ids)
    found: list[Record] = []
    cursor, search_id = 0, None
    while True:
        answer = await desk.research.videos(query, start, end, cursor=cursor, search_id=search_id)
        found += answer.records
        if not answer.has_more or not answer.served:
            break
        cursor, search_id = answer.cursor or 0, answer.search_id
    seen = [each.video_id for each in found if isinstance(each, Video)]

    async def also(connection: Connection, _: BatchCounts) -> None:
        unchanged = await recounted(connection, video_ids, seen)
        waits = [
            (each.id, next_visit(0, each.since_last, each.since_posted, each.quiet_count + 1)) for each in unchanged
        ]
        await rest(connection, waits)

    writer = await RunWriter.start(desk.database, "research_videos", {"video_ids": list(video_ids)}, VERSION)
    await writer.write(await asyncio.to_thread(batch_of, found), also=also)
    await writer.finish()


async def look_up_creator(desk: Desk, username: str) -> None:
    """Ask for a creator's profile, whose link and words are looked through for domains."""
    creator = await desk.research.creator(username)
    found = creator if creator is not None else Creator(username, metadata={UNAVAILABLE: True})
    await _written(desk, "research_creators", {"username": username}, found)


async def look_up_ad(desk: Desk, ad_id: str) -> None:
    """Ask for an ad's landing page, which lists of ads leave out."""
    ad = await desk.commercial.ad(ad_id)
    found = ad if ad is not None else Ad(ad_id, metadata={UNAVAILABLE: True})
    await _written(desk, "ads", {"ad_id": ad_id}, replace(found, metadata={**found.metadata, "looked_up": True}))


def posted_on(video_id: str) -> date:
    """The day on which a video was made: the upper half of its id counts Unix seconds.

    >>> posted_on("7385291383449439519")
    datetime.date(2024, 6, 27)
    """
    return datetime.fromtimestamp(int(video_id) >> 32, UTC).date()


async def _written(desk: Desk, source: str, request: dict[str, str], record: Creator | Ad) -> None:
    writer = await RunWriter.start(desk.database, source, request, VERSION)
    await writer.write(await asyncio.to_thread(batch_of, [record]))
    await writer.finish()
