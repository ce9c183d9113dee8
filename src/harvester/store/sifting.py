"""Finding the one record that the database refuses: a batch in halves, and the culprit with the database's words."""

from __future__ import annotations

from typing import Any

import msgspec
import psycopg

from harvester.model import Ad, Comment, Creator, Refused, Video
from harvester.store.staging import Batch

_RECORDS = ("videos", "comments", "creators", "ads", "refused")
"""The fields of a batch that hold records."""


def refused_by_database(batch: Batch, error: psycopg.Error) -> Refused:
    """The only record of a batch, as refused by the database."""
    if batch.refused:
        # What cannot even be quarantined as it is, is quarantined by its reason.
        refused = batch.refused[0]
        detail = f"It was refused for {refused.reason}, and the database refused its detail too."
        return Refused("refused_by_database", detail, refused.raw)
    comments = (comment for comment, _ in batch.comments)
    records: list[Video | Comment | Creator | Ad] = [*batch.videos, *comments, *batch.creators, *batch.ads]
    record = records[0]
    words = error.diag.message_primary or str(error)
    context = {"form": "record", "kind": kind_of(record)}
    raw = msgspec.json.encode(record, order="sorted")
    return Refused("refused_by_database", f"The database refused it: {words}.", raw, context=context)


def kind_of(record: Video | Comment | Creator | Ad) -> str:
    """What a record is called in quarantine.

    >>> kind_of(Ad("1"))
    'ad'
    """
    return type(record).__name__.lower()


def halves(batch: Batch) -> tuple[Batch, Batch]:
    """Two parts of a batch of two records or more, neither empty."""
    left = len(batch) // 2
    one: dict[str, Any] = {}
    other: dict[str, Any] = {}
    for name in _RECORDS:
        records = getattr(batch, name)
        one[name], other[name] = records[:left], records[left:]
        left -= len(one[name])
    return Batch(**one, found=batch.found), Batch(**other, found=batch.found)


def joined(one: Batch, other: Batch) -> Batch:
    """The records of both."""
    records: dict[str, Any] = {name: [*getattr(one, name), *getattr(other, name)] for name in _RECORDS}
    return Batch(**records)
