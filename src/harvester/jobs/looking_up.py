"""Looks up what is known by name: videos that were harvested before, their creators, and ads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog

from harvester.errors import SearchExpired
from harvester.jobs.desk import EMPTY_PAGES, VERSION, Desk, batch_of
from harvester.jobs.planning import next_visit
from harvester.model import Record, Video
from harvester.sources.api.query import research_query
from harvester.store.database import Connection
from harvester.store.ingest import Also, RunWriter
from harvester.store.looked_up import mark_looked_up
from harvester.store.plan import recounted, rest
from harvester.store.run import BatchCounts

_log = structlog.get_logger()
RECOUNTED_AT_ONCE = 100
_DAY = timedelta(days=1)
LONGEST_DRAFT = timedelta(days=5)
RECOUNT_PAGES = 8
"""Pages that a recount reads at the most; a hundred videos fill one, but the API gives shorter ones."""


async def recount(desk: Desk, video_ids: Sequence[str]) -> None:
    """Ask how many comments up to a hundred videos of one month have now; those that have no more may wait.

    One request instead of one for each. A video that TikTok does not know any more, twice in a row, is given up; where
    the answer broke off, none counts as unknown.
    """
    found, is_whole = await _listed(desk, video_ids)
    seen = [each.video_id for each in found if isinstance(each, Video)]

    async def also(connection: Connection, _: BatchCounts) -> None:
        unchanged = await recounted(connection, video_ids if is_whole else seen, seen)
        waits = [
            (each.id, next_visit(0, each.since_last, each.since_posted, each.quiet_count + 1)) for each in unchanged
        ]
        await rest(connection, waits)

    await _written(desk, "research_videos", {"video_ids": list(video_ids)}, found, also)


async def look_up_creator(desk: Desk, username: str) -> None:
    """Ask for a creator's profile, whose link and words are looked through for domains."""
    creator = await desk.research.creator(username)

    async def also(connection: Connection, _: BatchCounts) -> None:
        await mark_looked_up(connection, "creator", username)

    found = [creator] if creator is not None else []
    await _written(desk, "research_creators", {"username": username}, found, also)


async def look_up_ad(desk: Desk, ad_id: str) -> None:
    """Ask for an ad's landing page, which lists of ads leave out."""
    ad = await desk.commercial.ad(ad_id)

    async def also(connection: Connection, _: BatchCounts) -> None:
        await mark_looked_up(connection, "ad", ad_id)

    await _written(desk, "ads", {"ad_id": ad_id}, [ad] if ad is not None else [], also)


async def _listed(desk: Desk, video_ids: Sequence[str]) -> tuple[list[Record], bool]:
    """What a query for these videos gives, and whether that is all."""
    days = [posted_on(each) for each in video_ids]
    # A video may be posted days after it was made, and its id counts from then.
    start, end = min(days) - _DAY, max(days) + LONGEST_DRAFT
    query = research_query(video_ids=video_ids)
    found: list[Record] = []
    cursor, search_id, empty = 0, None, 0
    for _ in range(RECOUNT_PAGES):
        try:
            answer = await desk.research.videos(query, start, end, cursor=cursor, search_id=search_id)
        except SearchExpired:
            cursor, search_id = 0, None
            continue
        found += answer.records
        if not answer.has_more:
            return found, True
        empty = 0 if answer.served else empty + 1
        if empty >= EMPTY_PAGES:
            break
        cursor, search_id = answer.cursor or 0, answer.search_id
    return found, False


def posted_on(video_id: str) -> date:
    """The day on which a video was made: the upper half of its id counts Unix seconds.

    >>> posted_on("7385291383449439519")
    datetime.date(2024, 6, 27)
    """
    return datetime.fromtimestamp(int(video_id) >> 32, UTC).date()


async def _written(desk: Desk, source: str, request: Mapping[str, Any], found: Sequence[Record], also: Also) -> None:
    writer = await RunWriter.start(desk.database, source, request, VERSION)
    await writer.write(await asyncio.to_thread(batch_of, found), also=also)
    counts = await writer.finish()
    _log.info("looked_up", run=str(writer.run_id), source=source, fetched=counts.fetched, stored=counts.stored)
