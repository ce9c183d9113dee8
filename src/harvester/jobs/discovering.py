"""Goes through a saved query and enrols what it finds: videos to be harvested, ads to be looked at.

Days that were gone through before are looked at again from `OVERLAP` before the last beginning on, since TikTok lists
new videos late. Each page is one transaction, with the place where the next worker would go on.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import msgspec
import structlog
from msgspec.structs import replace

from harvester.errors import SearchExpired
from harvester.jobs.desk import EMPTY_PAGES, VERSION, Desk, batch_of
from harvester.model import Video
from harvester.sources.api.answer import Answer
from harvester.sources.api.query import research_query, windows
from harvester.store.database import Connection
from harvester.store.discovery import DiscoveryRow, advance, finish, look_up, take
from harvester.store.harvest import enrol, mark_present
from harvester.store.ingest import RunWriter
from harvester.store.run import BatchCounts, RunCounts

_log = structlog.get_logger()
OVERLAP = timedelta(days=3)
"""TikTok says that a new video is listed after 48 hours at the latest."""
YEAR = timedelta(days=363)
"""Between the first and the last day of a query of the ad library."""
FIRST_DAY = date(2022, 10, 1)
"""The ad library knows nothing before it."""


class Window(msgspec.Struct, frozen=True, array_like=True):
    """Some days, both included."""

    start: date
    end: date


class Place(msgspec.Struct, frozen=True):
    """Where a discovery stands; kept as JSON with it."""

    mark: str
    """Of the worker that has it."""
    windows: list[Window]
    """Those that are left; the first is being read."""
    cursor: int = 0
    search_id: str | None = None
    empty: int = 0
    """Pages in a row that had no row."""

    def after(self, answer: Answer) -> Place:
        """Where it stands once this page is written."""
        empty = 0 if answer.served else self.empty + 1
        if answer.has_more and empty < EMPTY_PAGES:
            return replace(self, cursor=answer.cursor or 0, search_id=answer.search_id or self.search_id, empty=empty)
        return Place(self.mark, self.windows[1:])

    def anew(self) -> Place:
        """The same window from its beginning: the search by which it was paged is known no more."""
        return Place(self.mark, self.windows)


@dataclass(frozen=True, slots=True)
class Discovered:
    """What one job did for a discovery."""

    requests: int = 0
    videos: int = 0
    """Videos that it was the first to find."""
    is_done: bool = False


class Taken(Exception):
    """Another worker has gone on with this discovery."""


async def discover(desk: Desk, name: str, requests: int) -> Discovered:
    """Go on with a discovery, or begin it, with at most so many pages; what is left is gone on with later."""
    row = await look_up(desk.database, name)
    if row is None or not row.is_active or (row.cursor is None and not row.is_due):
        return Discovered(is_done=True)
    return await _Discovery(desk, row).go_on(requests)


class _Discovery:
    """One worker's part of one discovery."""

    def __init__(self, desk: Desk, row: DiscoveryRow) -> None:
        self._desk = desk
        self._row = row
        mark = uuid4().hex
        self._place = replace(msgspec.convert(row.cursor, Place), mark=mark) if row.cursor else Place(mark, _days(row))
        self._requests = self._videos = 0

    async def go_on(self, requests: int) -> Discovered:
        writer = await self._begin()
        log = _log.bind(run=str(writer.run_id), discovery=self._row.name)
        counts = None
        try:
            while self._place.windows and self._requests < requests:
                await self._page(writer)
            if not self._place.windows and (counts := await writer.finish_with(self._finish)) is not None:
                log.info("discovered", requests=self._requests, fetched=counts.fetched, videos=self._videos)
        except Taken:
            log.info("discovery_taken_over")
        return Discovered(self._requests, self._videos, counts is not None)

    async def _begin(self) -> RunWriter:
        """Take the discovery for this worker, with the run that is under way or a new one."""
        database, row = self._desk.database, self._row
        writer = await RunWriter.resume(database, row.run_id, VERSION) if row.run_id is not None else None
        if writer is None:
            request = {"discovery": row.name, **row.query}
            writer = await RunWriter.start(database, row.source, request, VERSION)
        await take(database, row.id, writer.run_id, msgspec.to_builtins(self._place))
        return writer

    async def _page(self, writer: RunWriter) -> None:
        """Fetch one page and write it, together with where to go on."""
        self._requests += 1
        try:
            answer = await self._answer()
        except SearchExpired:
            self._place = self._place.anew()
            return
        batch = await asyncio.to_thread(batch_of, answer.records)
        place = self._place.after(answer)
        videos = [each.video_id for each in answer.records if isinstance(each, Video)]

        enrolled = 0

        async def also(connection: Connection, counts: BatchCounts) -> None:
            nonlocal enrolled
            enrolled = await enrol(connection, videos, self._row.id)
            await mark_present(connection, videos)
            await advance(
                connection, self._row.id, self._place.mark, msgspec.to_builtins(place), counts, videos=enrolled
            )

        if await writer.write(batch, also=also):
            self._place = place
            self._videos += enrolled
            return
        # It was written already: by us, and only the answer of the database was lost, or by somebody else.
        row = await look_up(self._desk.database, self._row.name)
        if row is None or row.cursor is None or row.cursor["mark"] != self._place.mark:
            raise Taken
        self._place = msgspec.convert(row.cursor, Place)

    async def _answer(self) -> Answer:
        place, query = self._place, self._row.query
        start, end = place.windows[0].start, place.windows[0].end
        match self._row.source:
            case "research_videos":
                return await self._desk.research.videos(
                    research_query(**query), start, end, cursor=place.cursor, search_id=place.search_id
                )
            case "commercial_contents":
                return await self._desk.commercial.contents(start, end, search_id=place.search_id, **query)
            case _:
                return await self._desk.commercial.ads(start, end, search_id=place.search_id, **query)

    async def _finish(self, connection: Connection, _: RunCounts) -> None:
        await finish(connection, self._row.id, self._place.mark)


def _days(row: DiscoveryRow) -> list[Window]:
    """What is to be gone through: all days at first, then those since the last time and a few before."""
    today = row.today
    start = today - timedelta(days=row.days_back)
    if row.covered_until is not None:
        start = max(start, row.covered_until.date() - OVERLAP)
    if row.source == "research_videos":
        return [Window(*each) for each in windows(start, today)]
    # The ad library takes no day that is not over, and no more than a year at once.
    first, last, pieces = max(start, FIRST_DAY), today - timedelta(days=1), []
    while last >= first:
        pieces.append(Window(max(first, last - YEAR), last))
        last = pieces[-1].start - timedelta(days=1)
    return pieces
