"""Harvests one video: all its comments, page by page, then the replies that the list left out.

Each page is one transaction: its rows, the run's counts, and the place where the next worker would go on. A worker
that takes a harvest up writes its own mark into that place; one that was taken for dead and lives finds a stranger's
there, and what it fetched last is undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec
import structlog
from msgspec.structs import replace

from harvester.errors import RequestRefused, SearchExpired
from harvester.jobs.desk import EMPTY_PAGES, Desk, Taken, run_of, write_page
from harvester.jobs.planning import next_visit
from harvester.model import Record
from harvester.sources.api.answer import Answer
from harvester.store.database import Connection
from harvester.store.harvest import HarvestRow, advance, finish, look_up, short_threads, take
from harvester.store.ingest import RunWriter
from harvester.store.run import BatchCounts, RunCounts

_log = structlog.get_logger()
SOURCE = "research_comments"
FEWEST_THREADS = 10
"""Threads whose missing replies each harvest asks for at the least; else twice as many as the list had pages."""


class Place(msgspec.Struct, frozen=True):
    """Where a harvest stands; kept as JSON with the video."""

    mark: str
    """Of the worker that has it."""
    cursor: int | None = 0
    """In the list of the video's comments; None once that is read to its end."""
    pages: int = 0
    empty: int = 0
    """Pages in a row that had no row."""
    threads: list[tuple[str, int]] = []
    """Comments whose replies are still to be read, and from where on."""
    read: list[str] = []
    """Comments whose replies were read to the end."""
    new: int = 0
    """New comments so far."""
    is_again: bool = False
    """Whether the list of comments was begun anew."""

    @property
    def is_done(self) -> bool:
        return self.cursor is None and not self.threads

    def after(self, answer: Answer) -> Place:
        """Where it stands once this page is written."""
        empty = 0 if answer.served else self.empty + 1
        if not answer.has_more or empty >= EMPTY_PAGES:
            return self.over()
        assert answer.cursor is not None, "a list that has more says where"
        if self.cursor is not None:
            return replace(self, cursor=answer.cursor, pages=self.pages + 1, empty=empty)
        (thread, _), *rest = self.threads
        return replace(self, threads=[(thread, answer.cursor), *rest], empty=empty)

    def over(self) -> Place:
        """The list that is being read has no more, or gives none."""
        if self.cursor is not None:
            return replace(self, cursor=None, pages=self.pages + 1, empty=0)
        (thread, _), *rest = self.threads
        return replace(self, threads=rest, read=[*self.read, thread], empty=0)

    def anew(self) -> Place:
        """The API does not know the place in its list any more: the list is read from its beginning, once."""
        if self.is_again or not self.cursor:
            return self.over()
        return replace(self, cursor=0, empty=0, is_again=True)


@dataclass(frozen=True, slots=True)
class Harvested:
    """What one job did for a video."""

    requests: int = 0
    is_done: bool = False


async def harvest(desk: Desk, video_id: str, requests: int) -> Harvested:
    """Go on with the harvest of a video, or begin one, with at most so many pages; what is left is gone on with later.

    Raises what the API and the database do; what was written stays, and is gone on from.
    """
    row = await look_up(desk.database, video_id)
    if row is None or (row.cursor is None and not row.is_due):
        # It was harvested meanwhile, or there is nothing to harvest any more.
        return Harvested(is_done=True)
    return await _Harvest(desk, row).go_on(requests)


class _Harvest:
    """One worker's part of the harvest of one video."""

    def __init__(self, desk: Desk, row: HarvestRow) -> None:
        self._desk = desk
        self._row = row
        mark = uuid4().hex
        self._place = replace(msgspec.convert(row.cursor, Place), mark=mark) if row.cursor else Place(mark)
        self._requests = 0

    async def go_on(self, requests: int) -> Harvested:
        desk, row = self._desk, self._row
        writer = await run_of(desk.database, SOURCE, {"video_id": row.video_id}, row.run_id)
        log = _log.bind(run=str(writer.run_id), video=row.video_id)
        counts = None
        try:
            place = msgspec.to_builtins(self._place)
            if not await take(desk.database, row.id, writer.run_id, place, read=row.cursor):
                raise Taken  # noqa: TRY301  All that takes it away ends here.
            while not self._place.is_done and self._requests < requests and not desk.closing.is_set():
                await self._page(writer, log)
            if self._place.is_done and (counts := await writer.finish_with(self._finish)) is not None:
                log.info("harvested", requests=self._requests, fetched=counts.fetched, stored=counts.stored)
        except Taken:
            log.info("harvest_taken_over")
        return Harvested(self._requests, counts is not None)

    async def _page(self, writer: RunWriter, log: Any) -> None:
        """Fetch one page and write it, together with where to go on."""
        self._requests += 1
        records: list[Record] = []
        seen = False
        try:
            answer = await self._answer()
        except SearchExpired:
            place = self._place.anew()
        except RequestRefused as refused:
            # The comment was deleted since it was listed, or the video is private: there is nothing more to be read.
            log.info("list_refused", reason=refused.message)
            place = self._place.over()
        else:
            place, records, seen = self._place.after(answer), answer.records, answer.served > 0
            if answer.is_capped:
                log.info("list_capped", cursor=self._place.cursor)

        async def also(connection: Connection, counts: BatchCounts) -> None:
            nonlocal place
            if self._place.cursor is not None and place.cursor is None:
                most = max(FEWEST_THREADS, 2 * place.pages)
                threads = await short_threads(connection, self._row.id, most)
                place = replace(place, threads=[(each, 0) for each in threads])
            place = replace(place, new=self._place.new + counts.stored)
            await advance(connection, self._row.id, place.mark, msgspec.to_builtins(place), counts, seen=seen)

        held = await write_page(writer, records, also, self._look_up, place.mark)
        self._place = place if held is None else msgspec.convert(held, Place)

    async def _look_up(self) -> HarvestRow | None:
        return await look_up(self._desk.database, self._row.video_id)

    async def _answer(self) -> Answer:
        if self._place.cursor is not None:
            return await self._desk.research.comments(self._row.video_id, cursor=self._place.cursor)
        thread, cursor = self._place.threads[0]
        return await self._desk.research.replies(thread, cursor=cursor)

    async def _finish(self, connection: Connection, _: RunCounts) -> None:
        row, new = self._row, self._place.new
        wait = next_visit(new, row.since_last, row.since_posted, row.quiet_count)
        await finish(connection, row.id, self._place.mark, new=new, read=self._place.read, wait=wait)
