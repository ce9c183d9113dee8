"""The rows that a batch is staged as: records of the sources, turned into columns of the staging tables."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from harvester.model import Ad, Comment, Creator, Mention, Refused, Video
from harvester.store.comment_lines import CommentLines, comment_lines
from harvester.store.copy_text import Row, copy_text
from harvester.store.elsewhere_rows import Elsewhere, Found, Observed, elsewhere
from harvester.store.evidence_rows import evidence_rows
from harvester.store.ids import uuid7s
from harvester.store.json_text import as_json


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that are written together; `errors` counts the repairs made on the way, by code."""

    videos: Sequence[Video] = ()
    comments: Sequence[tuple[Comment, Sequence[Mention]]] = ()
    refused: Sequence[Refused] = ()
    errors: Mapping[str, int] = field(default_factory=dict)
    naming: Sequence[Comment] = ()
    """Comments of a later batch: their videos must be there by then, and are made stubs of if need be."""
    known: int = 0
    """Comments whose very observation is stored already: they count as duplicates and are not written."""
    released: Sequence[UUID] = ()
    """Rows of quarantine that leave it with this batch, since they could be read."""
    creators: Sequence[Creator] = ()
    ads: Sequence[Ad] = ()
    found: Found | None = None
    """What was found in the captions, profiles and ads of the batch; None where they were not read."""

    def __len__(self) -> int:
        records = (self.videos, self.comments, self.creators, self.ads, self.refused)
        return sum(map(len, records)) + self.known


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch as it goes to the server: blocks for COPY."""

    videos: bytes
    comments: CommentLines
    mentions: bytes
    quarantine: bytes
    video_waves: int
    """How often one video comes at most; each wave holds it once."""
    fetched: int
    """Records in it, known ones included."""
    quarantined: int
    errors: Mapping[str, int]
    """Repairs and reasons of refusals, by code."""
    released: Sequence[UUID]
    """Rows of quarantine that leave it with this batch."""
    elsewhere: Elsewhere
    extractor_version: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write, all of it being known."""
        there = self.elsewhere
        rows = (self.videos, self.comments.keys, there.creators, there.ads, self.quarantined, self.released)
        return not any(rows)


def stage(batch: Batch, now: datetime, extractor_version: str) -> Staged:
    """Turn a batch into rows; `now` stands for the time of observation where a record carries none."""
    videos = video_rows(batch, now)
    comments = comment_lines(batch.comments, now, extractor_version)
    # The rows of the videos themselves come first, those of stubs after them.
    keyed = [(row[0], video) for row, video in zip(videos, batch.videos, strict=False)]
    observed = Observed(now, extractor_version)
    return Staged(
        copy_text(videos),
        comments,
        copy_text(mention_rows(batch.comments, comments.keys, extractor_version)),
        copy_text(quarantine_rows(batch.refused)),
        1 + max((row[1] for row in videos), default=-1),
        len(batch),
        len(batch.refused),
        Counter(refused.reason for refused in batch.refused) + Counter(batch.errors),
        batch.released,
        elsewhere(keyed, batch.creators, batch.ads, batch.found, observed),
        extractor_version,
    )


def video_rows(batch: Batch, now: datetime) -> list[Row]:
    """Rows of `staged_video`: the videos of the batch, then stubs for those known only by a comment.

    A stub of a video that is in the batch itself comes in a later wave: it only brings its times.
    """
    wave_of: Counter[str] = Counter()
    rows = []
    for video in batch.videos:
        rows.append(_video_row(video, wave_of[video.video_id], now=now))
        wave_of[video.video_id] += 1
    for stub, first_seen_at in _stubs([*(comment for comment, _ in batch.comments), *batch.naming]):
        rows.append(_video_row(stub, wave_of[stub.video_id], now=now, stub_seen_at=first_seen_at or now))
        wave_of[stub.video_id] += 1
    return rows


def quarantine_rows(refused: Sequence[Refused]) -> list[Row]:
    """Rows of `staged_quarantine`."""
    return [
        (key, each.reason, each.detail, each.raw, _quarantine_digest(each), as_json({**each.context, **_place(each)}))
        for key, each in zip(uuid7s(len(refused)), refused, strict=True)
    ]


def _place(refused: Refused) -> dict[str, str]:
    return {"place": refused.place} if refused.place else {}


def _quarantine_digest(refused: Refused) -> bytes:
    """What makes a refused record one of a kind: its raw form, and where rows have no ids its place in the file."""
    video_id = refused.context.get("video_id")
    whole = f"{video_id}\0{refused.place}\0".encode() + refused.raw if video_id else refused.raw
    return hashlib.sha256(whole).digest()


def _video_row(video: Video, wave: int, *, now: datetime, stub_seen_at: datetime | None = None) -> Row:
    observed_at = video.observed_at or now
    is_stub = stub_seen_at is not None
    return (
        uuid7s(1)[0], wave, is_stub, video.observed_at is not None, video.video_id, video.username, video.caption,
        video.video_url or video_url(video.video_id, video.username), video.thumbnail_url, video.region_code,
        video.view_count, video.like_count, video.comment_count, video.share_count, video.is_promoted,
        as_json(video.promotion), video.posted_at, stub_seen_at or observed_at, None if is_stub else observed_at,
        observed_at, as_json(video.metadata),
    )  # fmt: skip


def _stubs(comments: Iterable[Comment]) -> Iterator[tuple[Video, datetime | None]]:
    """A stub for each video and creator's handle that the comments name, with when the first of them was seen.

    What such comments say of the video was observed with the last of them, so that the times of the stored
    row do not depend on how the comments were divided into batches.
    """
    named: dict[tuple[str, str | None, bool], list[datetime]] = {}
    for comment in comments:
        assert comment.video_id is not None, "a comment is given its video before it is written"
        seen = named.setdefault((comment.video_id, comment.video_username, comment.observed_at is not None), [])
        if comment.observed_at is not None:
            seen.append(comment.observed_at)
    for (video_id, username, _), seen in named.items():
        synthetic = video_id.startswith("file:")
        stub = Video(
            video_id,
            username=username,
            observed_at=max(seen, default=None),
            metadata={"synthetic": "the file names no video"} if synthetic else {},
        )
        yield stub, min(seen, default=None)


def video_url(video_id: str, username: str | None) -> str | None:
    """The address of a video on TikTok, where id and creator are known.

    >>> video_url("7580280925297184007", "newsdesk")
    'https://www.tiktok.com/@newsdesk/video/7580280925297184007'
    """
    if username is None or not video_id.isdecimal():
        return None
    return f"https://www.tiktok.com/@{username}/video/{video_id}"


def mention_rows(
    comments: Sequence[tuple[Comment, Sequence[Mention]]], keys: Sequence[str], extractor_version: str
) -> Iterator[Row]:
    """Rows of `staged_mention`, by the keys of the comments' rows."""
    domain_rows: dict[str, str] = {}
    for (comment, mentions), key in zip(comments, keys, strict=True):
        if mentions:
            for row, evidence in evidence_rows(comment.text, mentions, domain_rows, extractor_version):
                yield (row, key, comment.comment_id, *evidence)
