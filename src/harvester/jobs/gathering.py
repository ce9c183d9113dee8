"""The records of a source, gathered into batches: repaired, and named where the source gives no name."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec
from msgspec.structs import replace

from harvester.jobs.cleaning import clean_refused, cleaned
from harvester.jobs.ordinals import Ordinals
from harvester.model import Ad, Comment, Creator, Record, Refused, Repair, Video, texts_of

BATCH_SIZE = 6_000
"""Records a transaction: with 10,000 an import is no faster, and takes 60 MB more."""
BATCH_BYTES = 2 * 1024 * 1024
"""Of text and metadata, about: what bounds the memory where comments are long."""
_SAMPLES = 3


@dataclass(slots=True)
class Gathered:
    """One batch as it was read: the texts are not read for domains yet."""

    videos: list[Video] = field(default_factory=list)
    creators: list[Creator] = field(default_factory=list)
    ads: list[Ad] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    repairs: Counter[str] = field(default_factory=Counter)
    size: int = 0
    """Bytes of text and metadata, about."""
    videos_number: int = 0
    """The number under which its videos, those that its comments name, its creators and ads are written; 0 where there
    are none."""
    number: int = 0
    """The number under which all else is written. The same records of the same content always have the same."""

    def __len__(self) -> int:
        return len(self.videos) + len(self.creators) + len(self.ads) + len(self.comments) + len(self.refused)

    def __iadd__(self, other: Gathered) -> Self:
        """Take in the records of another, too."""
        self.videos += other.videos
        self.creators += other.creators
        self.ads += other.ads
        self.comments += other.comments
        self.refused += other.refused
        self.repairs += other.repairs
        return self

    @property
    def is_full(self) -> bool:
        return self.size >= BATCH_BYTES or len(self) >= BATCH_SIZE


class Gathering:
    """Makes batches of records, one by one; what it must remember from one to the next stays small."""

    def __init__(
        self,
        records: Iterator[Record],
        video_id: str | None,
        origin: Mapping[str, Any],
        ordinals: Ordinals | None = None,
    ) -> None:
        """`video_id` stands for the video of comments that name none; `origin` is kept with what is refused.

        Equal comments are numbered by `ordinals`; without them the numbers begin at the first record.
        """
        self.samples: dict[str, list[str]] = {}
        self._records = records
        self._video_id = video_id
        self._origin = {**origin, "video_id": video_id} if video_id else dict(origin)
        self._ordinals = ordinals or Ordinals()
        self._number = 0

    def next(self) -> Gathered | None:
        """The next batch; None at the end."""
        batch = Gathered()
        for record in self._records:
            self._add(batch, record)
            if batch.is_full:
                return self._numbered(batch)
        self._ordinals.close()
        return self._numbered(batch) if len(batch) or batch.repairs else None

    def _numbered(self, batch: Gathered) -> Gathered:
        if batch.videos or batch.creators or batch.ads or batch.comments:
            self._number += 1
            batch.videos_number = self._number
        if batch.comments or batch.refused or batch.repairs:
            self._number += 1
            batch.number = self._number
        return batch

    def _add(self, batch: Gathered, record: Record) -> None:
        if isinstance(record, Comment):
            self._add_comment(batch, record)
        elif isinstance(record, Repair):
            batch.repairs[record.code] += 1
        elif isinstance(record, Refused):
            self._refuse(batch, record)
        else:
            self._add_owner(batch, record)

    def _add_comment(self, batch: Gathered, comment: Comment) -> None:
        clean = cleaned(comment, batch.repairs)
        named = clean if isinstance(clean, Refused) else self._named(clean)
        if isinstance(named, Refused):
            self._refuse(batch, named)
            return
        batch.comments.append(named)
        batch.size += len(named.text) * (1 if named.text.isascii() else 3)
        if named.metadata:
            batch.size += len(msgspec.json.encode(named.metadata))

    def _add_owner(self, batch: Gathered, record: Video | Creator | Ad) -> None:
        kept: Mapping[type[Any], list[Any]] = {Video: batch.videos, Creator: batch.creators, Ad: batch.ads}
        clean = cleaned(record, batch.repairs)
        if isinstance(clean, Refused):
            self._refuse(batch, clean)
            return
        kept[type(clean)].append(clean)
        batch.size += len(msgspec.json.encode(clean.metadata)) + sum(len(text) for _, text in texts_of(clean)) + 1_000

    def _refuse(self, batch: Gathered, refused: Refused) -> None:
        refused = clean_refused(refused, self._origin)
        batch.refused.append(refused)
        batch.size += len(refused.raw)
        kept = self.samples.setdefault(refused.reason, [])
        if len(kept) < _SAMPLES:
            kept.append(f"{refused.place}: {refused.detail}" if refused.place else refused.detail)

    def _named(self, comment: Comment) -> Comment | Refused:
        """The comment with a video and an id: where the source has none they are derived from the content."""
        if comment.video_id is None:
            if self._video_id is None:
                raw = msgspec.json.encode(comment)
                context = {"form": "record", "kind": "comment"}
                return Refused("missing_id", "The comment names no video.", raw, context=context)
            comment = replace(comment, video_id=self._video_id)
        if comment.comment_id is None:
            comment = replace(comment, comment_id=self._derived_id(comment))
        return comment

    def _derived_id(self, comment: Comment) -> str:
        """An id made of (video, username, text, posted_at, ordinal among equals): the same at each import."""
        posted_at = comment.posted_at.isoformat() if comment.posted_at else ""
        content = "\0".join((comment.video_id or "", comment.username or "", comment.text, posted_at))
        digest = hashlib.sha256(content.encode()).digest()[:16]
        ordinal = self._ordinals.next(digest)
        return "derived:" + hashlib.sha256(digest + ordinal.to_bytes(8)).hexdigest()[:32]
