"""Reads the texts of a batch for domains and turns it into rows: where a file is long, in a process of its own.

One process can use one core for Python. Long files leave the reading of texts and the making of rows, half of the
work, to another; short ones do not wait for it to start. More than one would only wait for the database.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Self

import msgspec

from harvester.domains import extract_batch
from harvester.jobs.addresses import read_address
from harvester.jobs.gathering import Gathered
from harvester.model import ADDRESS_PLACES, Ad, Comment, Creator, Mention, Refused, Video, texts_of
from harvester.store.elsewhere_rows import Found
from harvester.store.priority import GIVES_WAY
from harvester.store.staging import Batch, Staged, stage

_WITHOUT_HELP = 2
"""Batches that are prepared here, before it is clear that more will come."""
ALLOCATIONS = 200_000
"""Objects between two searches for garbage in cycles: records make none, and a batch of them about half as many."""
_log = logging.getLogger(__name__)
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Findings:
    """What the extractor found in the comments that it read."""

    mentions: int = 0
    """Shown mentions: domains counted once a comment."""
    held: int = 0
    """Mentions below the confidence at which they are shown."""
    names: frozenset[str] = frozenset()
    """Domains among the shown mentions."""


class Unprepared(msgspec.Struct, frozen=True):
    """One batch as it was read, fit to be sent to another process."""

    comments: list[Comment]
    refused: list[Refused]
    repairs: dict[str, int]
    known: int
    videos: list[Video] = []
    creators: list[Creator] = []
    ads: list[Ad] = []

    @classmethod
    def all_of(cls, gathered: Gathered) -> Unprepared:
        """Everything that was gathered, to be written at once."""
        return cls(
            gathered.comments, gathered.refused, dict(gathered.repairs), 0,
            gathered.videos, gathered.creators, gathered.ads,
        )  # fmt: skip

    def batch(self) -> tuple[Batch, Findings]:
        """The batch with its mentions and sightings, and what was found in its comments."""
        mentions = extract_batch([comment.text for comment in self.comments])
        pairs = list(zip(self.comments, mentions, strict=True))
        found = found_elsewhere([*self.videos, *self.creators, *self.ads])
        batch = Batch(
            self.videos, pairs, self.refused, self.repairs,
            known=self.known, creators=self.creators, ads=self.ads, found=found,
        )  # fmt: skip
        return batch, _findings(mentions)


def found_elsewhere(records: Iterable[Video | Creator | Ad]) -> Found:
    """What stands in captions, profiles and ads; a field that holds an address is read as one.

    >>> found = found_elsewhere([Video("1", caption="all at glow.shop"), Creator("maker", bio_url="great.so")])
    >>> [(place, mention.text) for (place, _), mentions in found.items() for mention in mentions]
    [('caption', 'glow.shop'), ('bio_url', 'great.so')]
    """
    return read_texts(text for record in records for text in texts_of(record))


def read_texts(texts: Iterable[tuple[str, str]]) -> Found:
    """What stands in texts, each with its place."""
    texts = dict.fromkeys(texts)
    words = [(place, text) for place, text in texts if place not in ADDRESS_PLACES]
    found = dict(zip(words, extract_batch([text for _, text in words]), strict=True))
    found |= {(place, text): read_address(text) for place, text in texts if place in ADDRESS_PLACES}
    return {where: mentions for where, mentions in found.items() if mentions}


class Preparing:
    """Prepares batches; to be left by `async with`, which ends its process."""

    def __init__(self, now: datetime, extractor_version: str) -> None:
        """`now` stands for the time of observation where a record carries none."""
        self._now = now
        self._extractor_version = extractor_version
        self._prepared = 0
        self._may_help = True
        self._pool: ProcessPoolExecutor | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def prepare(self, unprepared: Unprepared) -> tuple[Staged, Findings]:
        """The rows of one batch, and what was found in it."""
        # What is known already is no work.
        self._prepared += bool(unprepared.comments)
        if unprepared.comments and self._prepared > _WITHOUT_HELP and self._may_help:
            try:
                return await self._prepared_elsewhere(unprepared)
            except BrokenProcessPool as error:
                # It was killed, perhaps for want of memory: the work is done here, only later.
                self._may_help = False
                _log.warning("the process that prepares batches has ended: %s", error)
        return await asyncio.to_thread(_prepared, unprepared, self._now, self._extractor_version)

    async def _prepared_elsewhere(self, unprepared: Unprepared) -> tuple[Staged, Findings]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), _begin)
        sent = await asyncio.to_thread(_encode, unprepared)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _decoded_and_prepared, sent, self._now, self._extractor_version)


def _begin() -> None:
    """Leave Ctrl-C to the process that was started, and end with it; look for garbage in cycles seldom.

    Like the server's processes that write what it prepares, it gives way to who waits for a page.
    """
    os.nice(GIVES_WAY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(ALLOCATIONS)


def _end_with_parent() -> None:
    """Where the parent is killed nobody says that there is no more work, and this process would wait for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _decoded_and_prepared(sent: bytes, now: datetime, extractor_version: str) -> tuple[Staged, Findings]:
    return _prepared(msgspec.msgpack.decode(sent, type=Unprepared), now, extractor_version)


def _prepared(unprepared: Unprepared, now: datetime, extractor_version: str) -> tuple[Staged, Findings]:
    batch, findings = unprepared.batch()
    return stage(batch, now, extractor_version), findings


def _findings(found: Sequence[Sequence[Mention]]) -> Findings:
    shown_names: set[str] = set()
    shown = held = 0
    for mentions in found:
        if mentions:
            names = {mention.domain.domain_name for mention in mentions}
            shown_here = {mention.domain.domain_name for mention in mentions if mention.tier == "shown"}
            shown += len(shown_here)
            held += len(names - shown_here)
            shown_names |= shown_here
    return Findings(shown, held, frozenset(shown_names))
