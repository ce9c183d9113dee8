"""Finding the one record that the database refuses: a batch in halves, and the culprit with the database's words."""

from __future__ import annotations

import msgspec
import psycopg

from harvester.model import Comment, Refused, Video
from harvester.store.staging import Batch


def refused_by_database(batch: Batch, error: psycopg.Error) -> Refused:
    """The only record of a batch, as refused by the database."""
    if batch.refused:
        # What cannot even be quarantined as it is, is quarantined by its reason.
        refused = batch.refused[0]
        detail = f"It was refused for {refused.reason}, and the database refused its detail too."
        return Refused("refused_by_database", detail, refused.raw)
    record: Video | Comment = batch.videos[0] if batch.videos else batch.comments[0][0]
    words = error.diag.message_primary or str(error)
    context = {"form": "record", "kind": "video" if batch.videos else "comment"}
    raw = msgspec.json.encode(record, order="sorted")
    return Refused("refused_by_database", f"The database refused it: {words}.", raw, context=context)


def halves(batch: Batch) -> tuple[Batch, Batch]:
    """Two parts of a batch of two records or more, neither empty."""
    videos, comments, refused = batch.videos, batch.comments, batch.refused
    half = len(batch) // 2
    in_videos = min(half, len(videos))
    in_comments = min(half - in_videos, len(comments))
    in_refused = half - in_videos - in_comments
    return (
        Batch(videos[:in_videos], comments[:in_comments], refused[:in_refused]),
        Batch(videos[in_videos:], comments[in_comments:], refused[in_refused:]),
    )


def joined(one: Batch, other: Batch) -> Batch:
    """The records of both."""
    return Batch([*one.videos, *other.videos], [*one.comments, *other.comments], [*one.refused, *other.refused])
