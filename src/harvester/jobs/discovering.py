"""Goes through a saved query and enrols what it finds: videos to be harvested, ads to be looked at.

Days that were gone through before are looked at again from `OVERLAP` before the last beginning on, since TikTok lists
new videos late. Each page is one transaction, with the place where the next worker would go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import msgspec
import structlog
from msgspec.structs import replace

from harvester.errors import SearchExpired
from harvester.jobs.desk import EMPTY_PAGES, Desk, Taken, run_of, write_page
from harvester.model import Record, Video
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
RESEARCH = "research_videos"
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
    oldest: date | None = None
    """When the oldest video seen in the window was posted."""

    def after(self, answer: Answer) -> Place:
        """Where it stands once this page is written."""
        empty = 0 if answer.served else self.empty + 1
        if not answer.has_more or empty >= EMPTY_PAGES:
            return Place(self.mark, self.windows[1:])
        days = [each.posted_at.date() for each in answer.records if isinstance(each, Video) and each.posted_at]
        return replace(
            self,
            cursor=answer.cursor or 0,
            search_id=answer.search_id or self.search_id,
            empty=empty,
            oldest=min([*days, self.oldest or date.max]),
        )

    def anew(self, *, newest_first: bool) -> Place:
        """The search by which the window was paged is known no more: what is left of it is searched anew.

        Where the newest come first, those later than the oldest one seen were seen. The day after it is asked for
        again, since clients disagree on whether the last day of a query counts.
        """
        (start, end), *rest = ((each.start, each.end) for each in self.windows)
        if newest_first and self.oldest is not None:
            end = max(start, min(end, self.oldest + timedelta(days=1)))
        return Place(self.mark, [Window(start, end), *(Window(*each) for each in rest)])


@dataclass(frozen=True, slots=True)
class Discovered:
    """What one job did for a discovery."""

    requests: int = 0
    videos: int = 0
    """Videos that it was the first to find."""
    is_done: bool = False


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
        desk, row = self._desk, self._row
        writer = await run_of(desk.database, row.source, {"discovery": row.name, **row.query}, row.run_id)
        log = _log.bind(run=str(writer.run_id), discovery=row.name)
        counts = None
        try:
            place = msgspec.to_builtins(self._place)
            if not await take(desk.database, row.id, writer.run_id, place, read=row.cursor):
                raise Taken  # noqa: TRY301  All that takes it away ends here.
            while self._place.windows and self._requests < requests and not desk.closing.is_set():
                await self._page(writer)
            if not self._place.windows and (counts := await writer.finish_with(self._finish)) is not None:
                log.info("discovered", requests=self._requests, fetched=counts.fetched, videos=self._videos)
        except Taken:
            log.info("discovery_taken_over")
        return Discovered(self._requests, self._videos, counts is not None)

    async def _page(self, writer: RunWriter) -> None:
        """Fetch one page and write it, together with where to go on."""
        self._requests += 1
        records: list[Record] = []
        try:
            answer = await self._answer()
        except SearchExpired:
            place = self._place.anew(newest_first=self._row.source == RESEARCH)
        else:
            place, records = self._place.after(answer), answer.records
        videos = [each.video_id for each in records if isinstance(each, Video)]
        enrolled = 0

        async def also(connection: Connection, counts: BatchCounts) -> None:
            nonlocal enrolled
            enrolled = await enrol(connection, videos, self._row.id)
            await mark_present(connection, videos)
            await advance(connection, self._row.id, place.mark, msgspec.to_builtins(place), counts, videos=enrolled)

        held = await write_page(writer, records, also, self._look_up, place.mark)
        self._place = place if held is None else msgspec.convert(held, Place)
        self._videos += enrolled

    async def _look_up(self) -> DiscoveryRow | None:
        return await look_up(self._desk.database, self._row.name)

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
    if row.source == RESEARCH:
        return [Window(*each) for each in windows(start, today)]
    # The ad library takes no day that is not over, and no more than a year at once.
    first, last, pieces = max(start, FIRST_DAY), today - timedelta(days=1), []
    while last >= first:
        pieces.append(Window(max(first, last - YEAR), last))
        last = pieces[-1].start - timedelta(days=1)
    return pieces
