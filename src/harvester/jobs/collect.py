"""From records to rows: names what has no name, finds the domains, writes batch by batch."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from harvester.domains import EXTRACTOR_VERSION, extract
from harvester.jobs.cleaning import cleaned
from harvester.model import Comment, Record, Refused, Repair, Video
from harvester.store.database import Database
from harvester.store.ingest import RunCounts, RunWriter
from harvester.store.staging import Batch

BATCH_SIZE = 10_000
"""Records a transaction: beyond this nothing is gained, and a lost batch costs more."""
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Findings:
    """What the extractor found on the way, whether or not it was stored already."""

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
    found: Findings
    samples: Mapping[str, list[str]] = field(default_factory=dict)


Progress = Callable[[int], None]
"""Told how many records are written so far."""


async def collect(
    database: Database,
    source: str,
    request: Mapping[str, Any],
    records: Iterable[Record],
    *,
    video_id: str | None = None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Write all records of one execution of a source, and say what became of them.

    `request` is what was asked, kept with the run. `video_id` stands for the video of comments that
    name none. An interruption leaves the batches before it stored and the run marked as stopped.
    """
    writer = await RunWriter.start(database, source, request, EXTRACTOR_VERSION)
    gathering = _Gathering(video_id)
    try:
        for record in records:
            gathering.add(record)
            if gathering.size >= BATCH_SIZE:
                await writer.write(gathering.batch())
                progress(gathering.written)
        await writer.write(gathering.batch())
        progress(gathering.written)
    except BaseException as error:
        # Ctrl-C and a cancelled task leave a run that says so; the cause goes on to the caller.
        stopped = isinstance(error, KeyboardInterrupt | asyncio.CancelledError)
        await asyncio.shield(writer.finish("stopped" if stopped else "failed"))
        raise
    return Outcome(await writer.finish(), gathering.found(), gathering.samples)


class _Gathering:
    """The records of the next batch, and what is remembered from those before it."""

    def __init__(self, video_id: str | None) -> None:
        self.samples: dict[str, list[str]] = {}
        self.written = 0
        self._video_id = video_id
        self._ordinals: Counter[bytes] = Counter()
        self._names: set[str] = set()
        self._mentions = self._held = 0
        self._clear()

    def _clear(self) -> None:
        self._videos: list[Video] = []
        self._comments: list[tuple[Comment, Any]] = []
        self._refused: list[Refused] = []
        self._repairs: Counter[str] = Counter()

    @property
    def size(self) -> int:
        return len(self._videos) + len(self._comments) + len(self._refused)

    def add(self, record: Record) -> None:
        """Take one record in: repaired, named, and read for domains."""
        if isinstance(record, Repair):
            self._repairs[record.code] += 1
            return
        if not isinstance(record, Refused):
            record = cleaned(record, self._repairs)
        if isinstance(record, Comment):
            record = self._named(record)
        if isinstance(record, Refused):
            self._refused.append(record)
            kept = self.samples.setdefault(record.reason, [])
            if len(kept) < _SAMPLES:
                kept.append(record.detail)
        elif isinstance(record, Video):
            self._videos.append(record)
        else:
            self._read(record)

    def batch(self) -> Batch:
        """What was gathered since the last batch."""
        gathered = Batch(self._videos, self._comments, self._refused, self._repairs)
        self.written += len(gathered)
        self._clear()
        return gathered

    def found(self) -> Findings:
        return Findings(self._mentions, self._held, len(self._names))

    def _read(self, comment: Comment) -> None:
        mentions = extract(comment.text)
        self._comments.append((comment, mentions))
        shown = {mention.domain.domain_name for mention in mentions if mention.tier == "shown"}
        self._names |= shown
        self._mentions += len(shown)
        self._held += len({mention.domain.domain_name for mention in mentions} - shown)

    def _named(self, comment: Comment) -> Comment | Refused:
        """The comment with a video and an id: where the source has none they are derived from the content."""
        if comment.video_id is None:
            if self._video_id is None:
                return Refused("missing_id", "The comment names no video.", repr(comment).encode("utf-8", "replace"))
            comment = replace(comment, video_id=self._video_id)
        if comment.comment_id is None:
            comment = replace(comment, comment_id=self._derived_id(comment))
        return comment

    def _derived_id(self, comment: Comment) -> str:
        """An id made of (video, username, text, posted_at, ordinal among equals): the same at each import."""
        posted_at = comment.posted_at.isoformat() if comment.posted_at else ""
        content = "\0".join((comment.video_id or "", comment.username or "", comment.text, posted_at))
        digest = hashlib.sha256(content.encode()).digest()[:16]
        ordinal = self._ordinals[digest]
        self._ordinals[digest] += 1
        return "derived:" + hashlib.sha256(digest + ordinal.to_bytes(8)).hexdigest()[:32]
