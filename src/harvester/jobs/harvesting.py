"""Harvests one video: all its comments, page by page, then the replies that the list left out.

Each page is one transaction: its rows, the run's counts, and the place where the next worker would go on. A worker
that takes a harvest up writes its own mark into that place; one that was taken for dead and lives finds a stranger's
there, and what it fetched last is undone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

import msgspec
import structlog
from msgspec.structs import replace

from harvester.jobs.desk import EMPTY_PAGES, VERSION, Desk, batch_of
from harvester.jobs.planning import next_visit
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

    @property
    def is_done(self) -> bool:
        return self.cursor is None and not self.threads

    def after(self, answer: Answer) -> Place:
        """Where it stands once this page is written."""
        empty = 0 if answer.served else self.empty + 1
        is_over = not answer.has_more or empty >= EMPTY_PAGES
        if self.cursor is not None:
            return replace(
                self, cursor=None if is_over else answer.cursor, pages=self.pages + 1, empty=empty % EMPTY_PAGES
            )
        (thread, _), *rest = self.threads
        if is_over:
            return replace(self, threads=rest, read=[*self.read, thread], empty=0)
        assert answer.cursor is not None, "a list that has more says where"
        return replace(self, threads=[(thread, answer.cursor), *rest], empty=empty)


@dataclass(frozen=True, slots=True)
class Harvested:
    """What one job did for a video."""

    requests: int = 0
    is_done: bool = False


class Taken(Exception):
    """Another worker has gone on with this harvest."""


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
        writer = await self._begin()
        log = _log.bind(run=str(writer.run_id), video=self._row.video_id)
        counts = None
        try:
            while not self._place.is_done and self._requests < requests:
                await self._page(writer)
            if self._place.is_done and (counts := await writer.finish_with(self._finish)) is not None:
                log.info("harvested", requests=self._requests, fetched=counts.fetched, stored=counts.stored)
        except Taken:
            log.info("harvest_taken_over")
        return Harvested(self._requests, counts is not None)

    async def _begin(self) -> RunWriter:
        """Take the harvest for this worker, with the run that is under way or a new one."""
        database, row = self._desk.database, self._row
        writer = None
        if row.run_id is not None:
            writer = await RunWriter.resume(database, row.run_id, VERSION)
        if writer is None:
            writer = await RunWriter.start(database, SOURCE, {"video_id": row.video_id}, VERSION)
        await take(database, row.id, writer.run_id, msgspec.to_builtins(self._place))
        return writer

    async def _page(self, writer: RunWriter) -> None:
        """Fetch one page and write it, together with where to go on."""
        answer = await self._answer()
        self._requests += 1
        batch = await asyncio.to_thread(batch_of, answer.records)
        place = self._place.after(answer)

        async def also(connection: Connection, counts: BatchCounts) -> None:
            nonlocal place
            if self._place.cursor is not None and place.cursor is None:
                most = max(FEWEST_THREADS, 2 * place.pages)
                place = replace(
                    place, threads=[(each, 0) for each in await short_threads(connection, self._row.id, most)]
                )
            place = replace(place, new=self._place.new + counts.stored)
            await advance(connection, self._row.id, self._place.mark, msgspec.to_builtins(place), counts)

        if await writer.write(batch, also=also):
            self._place = place
            return
        # It was written already: by us, and only the answer of the database was lost, or by somebody else.
        row = await look_up(self._desk.database, self._row.video_id)
        if row is None or row.cursor is None or row.cursor["mark"] != self._place.mark:
            raise Taken
        self._place = msgspec.convert(row.cursor, Place)

    async def _answer(self) -> Answer:
        if self._place.cursor is not None:
            return await self._desk.research.comments(self._row.video_id, cursor=self._place.cursor)
        thread, cursor = self._place.threads[0]
        return await self._desk.research.replies(thread, cursor=cursor)

    async def _finish(self, connection: Connection, _: RunCounts) -> None:
        row, new = self._row, self._place.new
        wait = next_visit(new, row.since_last, row.since_posted, row.quiet_count)
        await finish(connection, row.id, self._place.mark, new=new, read=self._place.read, wait=wait)
