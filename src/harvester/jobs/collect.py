"""From records to rows: reading, extraction and writing overlap, batch by batch.

One thread reads and decodes; what is known already is left out; others have the domains of a batch found and its rows
made; two writers write batches. The work of their server processes goes on meanwhile, so that all cores are in use.

The videos, creators and ads of a batch, and stubs of the videos that its new comments name, are written before, batch
after batch and in transactions of their own: else a writer would wait for the whole batch of the other where both name
one video, and whether a video is stored or updated would depend on which of the two came first.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from harvester.domains import EXTRACTOR_VERSION
from harvester.errors import StoreError
from harvester.jobs.gathering import Gathered, Gathering
from harvester.jobs.preparing import ALLOCATIONS, Findings, Preparing, Unprepared, found_elsewhere
from harvester.model import Ad, Comment, Creator, Record, Video
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.run import RunCounts
from harvester.store.staging import Batch, Staged

WRITERS = 2
"""More gain nothing on two cores, and on more the one that decodes is the limit."""
_SWITCH_SECONDS = 0.0005
"""Python's own is ten times as long."""
PREPARERS = 2
"""Batches that are prepared at a time: one more than the process for it does, so that none waits for the next."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one run: its counts, what was found, and a few refused records of each reason."""

    counts: RunCounts
    found: Findings = field(default_factory=Findings)
    samples: Mapping[str, list[str]] = field(default_factory=dict)
    resumed_at: int = 0
    """Records that an earlier execution of this run had written before it was cut short."""


Progress = Callable[[int], None]
"""Told how many records are written so far."""


async def collect(
    database: Database,
    source: str,
    request: Mapping[str, Any],
    records: Iterable[Record],
    *,
    video_id: str | None = None,
    origin: Mapping[str, Any] | None = None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Write all records of one execution of a source, and say what became of them.

    `request` is what was asked, kept with the run. `video_id` stands for the video of comments that
    name none; `origin` is kept with each refused record. An interruption leaves the batches before it
    stored and the run marked as stopped; asked for the same content again, the run goes on from there.
    """
    with _made_for_bulk():
        return await _collected(database, source, request, records, video_id, origin or {}, progress)


async def _collected(
    database: Database,
    source: str,
    request: Mapping[str, Any],
    records: Iterable[Record],
    video_id: str | None,
    origin: Mapping[str, Any],
    progress: Progress,
) -> Outcome:
    writer = await RunWriter.start(database, source, request, EXTRACTOR_VERSION)
    gathering = Gathering(iter(records), video_id, origin)
    collection = _Collection(writer, gathering, progress)
    try:
        await collection.run()
    except BaseException as error:
        # Ctrl-C and a cancelled task leave a run that says so; the cause goes on to the caller.
        stopped = isinstance(error, KeyboardInterrupt | asyncio.CancelledError)
        await _closed(writer, "stopped" if stopped else "failed")
        raise
    counts = await writer.finish()
    if counts.fetched != collection.read:
        raise StoreError(
            f"{collection.read:,} records were read, but {counts.fetched:,} are accounted for in run {writer.run_id}.",
            hint="This must not happen: please report it. Import the file again; nothing is stored twice.",
        )
    return Outcome(counts, collection.found(), gathering.samples, writer.written)


@contextmanager
def _made_for_bulk() -> Iterator[None]:
    """Two settings of the interpreter, for as long as a run takes.

    Garbage in cycles is looked for seldom: records make none, and looking through them all costs a tenth of the time.
    The thread that decodes gives way more often, so that the writers' servers wait less for their next statement.
    """
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(ALLOCATIONS, *thresholds[1:])
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)


class _Line(Generic[T]):
    """What goes from some tasks to others, one waiting at a time; it ends when all who give have ended."""

    def __init__(self, givers: int) -> None:
        self._givers = givers
        self._queue: asyncio.Queue[T | None] = asyncio.Queue(1)

    async def give(self, item: T) -> None:
        await self._queue.put(item)

    async def end(self) -> None:
        """One of those who give has ended."""
        self._givers -= 1
        if not self._givers:
            await self._queue.put(None)

    async def __aiter__(self) -> AsyncIterator[T]:
        while (item := await self._queue.get()) is not None:
            yield item
        # The next of those who take is to end, too.
        await self._queue.put(None)


@dataclass(frozen=True, slots=True)
class _Sifted:
    """One batch, and what of it is to be prepared; nothing where it was written before."""

    gathered: Gathered
    unprepared: Unprepared | None


@dataclass(frozen=True, slots=True)
class _Ready:
    """One batch that can be written."""

    sifted: _Sifted
    staged: Staged | None = None

    def batch(self) -> Batch:
        """The batch as it was before it was staged."""
        return self.sifted.unprepared.batch()[0] if self.sifted.unprepared is not None else Batch()


class _Collection:
    """The way of the batches of one run, and what was found on it."""

    def __init__(self, writer: RunWriter, gathering: Gathering, progress: Progress) -> None:
        self._writer = writer
        self._gathering = gathering
        self._progress = progress
        self._preparing = Preparing(writer.seen_at, writer.extractor_version)
        self._gathered: _Line[Gathered] = _Line(givers=1)
        self._sifted: _Line[_Sifted] = _Line(givers=1)
        self._ready: _Line[_Ready] = _Line(givers=PREPARERS)
        self.read = 0
        """Records that were read, those of an earlier execution of the run included."""
        self._written = 0
        self._shown = self._held = 0
        self._names: set[str] = set()

    async def run(self) -> None:
        """Read, extract and write to the end; the first failure ends all."""
        try:
            async with self._preparing, asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read())
                tasks.create_task(self._sift())
                for _ in range(PREPARERS):
                    tasks.create_task(self._prepare())
                for _ in range(WRITERS):
                    tasks.create_task(self._write())
        except BaseExceptionGroup as group:
            # One failure cancels the others, and the caller asks for what went wrong, not for a group of it.
            raise _first(group) from None

    def found(self) -> Findings:
        """What was found in all batches."""
        return Findings(self._shown, self._held, frozenset(self._names))

    async def _read(self) -> None:
        while (gathered := await asyncio.to_thread(self._gathering.next)) is not None:
            self.read += len(gathered)
            await self._gathered.give(gathered)
        await self._gathered.end()

    async def _sift(self) -> None:
        """Leave out what is known; write the videos of what is not."""
        async for gathered in self._gathered:
            is_written = not gathered.number or self._writer.is_written(gathered.number)
            fresh = gathered.comments if is_written else await self._writer.unknown(gathered.comments)
            await self._write_owners(gathered, fresh)
            known = len(gathered.comments) - len(fresh)
            unprepared = Unprepared(fresh, gathered.refused, dict(gathered.repairs), known)
            await self._sifted.give(_Sifted(gathered, None if is_written else unprepared))
        await self._sifted.end()

    async def _write_owners(self, gathered: Gathered, fresh: list[Comment]) -> None:
        """Write the videos, creators and ads of a batch, and the videos of its comments that are not stored yet."""
        number = gathered.videos_number
        if not number or self._writer.is_written(number):
            return
        # A comment that is known may say whose its video is, and another may have said otherwise since.
        naming = [comment for comment in gathered.comments if comment.video_username]
        repairs = {} if gathered.number else gathered.repairs
        owners: list[Video | Creator | Ad] = [*gathered.videos, *gathered.creators, *gathered.ads]
        found = await asyncio.to_thread(found_elsewhere, owners) if owners else None
        batch = Batch(
            gathered.videos, creators=gathered.creators, ads=gathered.ads, found=found,
            naming=[*fresh, *naming], errors=repairs,
        )  # fmt: skip
        await self._writer.write(batch, number)

    async def _prepare(self) -> None:
        async for sifted in self._sifted:
            if sifted.unprepared is None:
                await self._ready.give(_Ready(sifted))
                continue
            staged, found = await self._preparing.prepare(sifted.unprepared)
            self._shown += found.mentions
            self._held += found.held
            self._names |= found.names
            await self._ready.give(_Ready(sifted, staged))
        await self._ready.end()

    async def _write(self) -> None:
        async for ready in self._ready:
            gathered = ready.sifted.gathered
            if ready.staged is not None:
                await self._writer.write_staged(ready.staged, gathered.number, ready.batch)
            self._written += len(gathered)
            self._progress(self._written)


async def _closed(writer: RunWriter, state: str) -> None:
    """Mark the run; where the database no longer answers it stays as it is, and is taken up again all the same."""
    closing = asyncio.ensure_future(writer.finish(state))
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await closing
    except StoreError:
        # What cut the run short is what the caller must hear of.
        return


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What went wrong first, out of a group of it."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
