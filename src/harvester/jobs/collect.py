"""From records to rows: reading, extraction and writing overlap, batch by batch.

One thread reads and decodes; two writers each take a batch, find its domains in another thread and write it. The
work of a writer's server process goes on meanwhile, so that two cores are in use.

The videos of a batch, and stubs of those that its comments name, are written before, batch after batch and in
transactions of their own: else a writer would wait for the whole batch of the other where both name one video, and
whether a video is stored or updated would depend on which of the two came first.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harvester.domains import EXTRACTOR_VERSION, extract_all
from harvester.errors import StoreError
from harvester.jobs.gathering import Gathered, Gathering
from harvester.model import Mention, Record
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.run import RunCounts
from harvester.store.staging import Batch

WRITERS = 2
"""More gain nothing on two cores, and on more the one that decodes is the limit."""
_ALLOCATIONS = 200_000
"""Objects between two searches for cycles; a batch makes about half as many."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the extractor found in the comments that it read: those whose observation was not known already."""

    mentions: int = 0
    """Shown mentions: domains counted once a comment."""
    held: int = 0
    """Mentions below the confidence at which they are shown."""
    domains: int = 0
    """Different domains among the shown mentions."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one run: its counts, what was found, and a few refused records of each reason."""

    counts: RunCounts
    found: Findings = Findings()
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
    with _seldom_collected_garbage():
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
def _seldom_collected_garbage() -> Iterator[None]:
    """Look for garbage in cycles seldom: records have none, and looking through them all costs a tenth of the time."""
    thresholds = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


class _Collection:
    """The way of the batches of one run, and what was found on it."""

    def __init__(self, writer: RunWriter, gathering: Gathering, progress: Progress) -> None:
        self._writer = writer
        self._gathering = gathering
        self._progress = progress
        self._read_batches: asyncio.Queue[Gathered | None] = asyncio.Queue(1)
        self._batches: asyncio.Queue[Gathered | None] = asyncio.Queue(1)
        self.read = 0
        """Records that were read, those of an earlier execution of the run included."""
        self._written = 0
        self._names: set[str] = set()
        self._mentions = self._held = 0

    async def run(self) -> None:
        """Read, extract and write to the end; the first failure ends all."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read())
                tasks.create_task(self._write_videos())
                for _ in range(WRITERS):
                    tasks.create_task(self._write())
        except BaseExceptionGroup as group:
            # One failure cancels the others, and the caller asks for what went wrong, not for a group of it.
            raise _first(group) from None

    def found(self) -> Findings:
        return Findings(self._mentions, self._held, len(self._names))

    async def _read(self) -> None:
        while (batch := await asyncio.to_thread(self._gathering.next)) is not None:
            self.read += len(batch)
            await self._read_batches.put(batch)
        await self._read_batches.put(None)

    async def _write_videos(self) -> None:
        while (gathered := await self._read_batches.get()) is not None:
            number = gathered.videos_number
            if number and not self._writer.is_written(number):
                repairs = {} if gathered.number else gathered.repairs
                batch = Batch(videos=gathered.videos, naming=gathered.comments, errors=repairs)
                await self._writer.write(batch, number)
            await self._batches.put(gathered)
        for _ in range(WRITERS):
            await self._batches.put(None)

    async def _write(self) -> None:
        while (gathered := await self._batches.get()) is not None:
            if gathered.number and not self._writer.is_written(gathered.number):
                await self._write_one(gathered)
            self._written += len(gathered)
            self._progress(self._written)

    async def _write_one(self, gathered: Gathered) -> None:
        fresh = await self._writer.unknown(gathered.comments)
        mentions = await asyncio.to_thread(extract_all, [comment.text for comment in fresh])
        self._count(mentions)
        batch = Batch(
            comments=list(zip(fresh, mentions, strict=True)),
            refused=gathered.refused,
            errors=gathered.repairs,
            known=len(gathered.comments) - len(fresh),
        )
        await self._writer.write(batch, gathered.number)

    def _count(self, found: Sequence[Sequence[Mention]]) -> None:
        for mentions in found:
            if mentions:
                tiers = {mention.domain.domain_name: mention.tier for mention in mentions}
                tiers |= {mention.domain.domain_name: "shown" for mention in mentions if mention.tier == "shown"}
                counted = Counter(tiers.values())
                self._mentions += counted["shown"]
                self._held += counted["held"]
                self._names |= {name for name, tier in tiers.items() if tier == "shown"}


async def _closed(writer: RunWriter, state: str) -> None:
    """Mark the run; where the database no longer answers it stays as it is, and is taken up again all the same."""
    closing = asyncio.ensure_future(writer.finish(state))
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await closing
    except Exception:  # noqa: BLE001  The cause of the interruption is what the caller must hear of.
        return


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What went wrong first, out of a group of it."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
