"""Reads refused records again, from what quarantine keeps of them: their files need not be there any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from harvester.domains import EXTRACTOR_VERSION
from harvester.jobs.gathering import Gathered, Gathering
from harvester.jobs.ordinals import Ordinals
from harvester.jobs.preparing import Unprepared
from harvester.model import Ad, Comment, Creator, Record, Refused, Video
from harvester.sources.base import Options
from harvester.sources.reading import read_again
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.quarantine import Kind, Retriable, sources_to_retry, to_retry
from harvester.store.run import RunCounts
from harvester.store.staging import Batch

_KINDS: Mapping[Any, type[Any]] = {"video": Video, "creator": Creator, "ad": Ad}
"""What a refused record was, by its name in quarantine; a comment has any other."""


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the refused records of one source."""

    source: str
    counts: RunCounts
    """`quarantined` are those that stay where they are."""
    released: int
    """Refused records that left quarantine."""


async def retry(database: Database, kind: Kind, columns: Mapping[str, str]) -> list[Retried]:
    """Read refused records again; what can be read now is stored and leaves quarantine in one transaction.

    `columns` names columns of tables anew; where it is empty, what was named at the import holds.
    """
    sources = await sources_to_retry(database, kind)
    return [await _retry_source(database, source, last, kind, columns) for source, last in sources]


async def _retry_source(database: Database, source: str, last: UUID, kind: Kind, columns: Mapping[str, str]) -> Retried:
    request = {"retry": {"reason": kind.reason, "id": str(kind.id) if kind.id else None, "map": dict(columns)}}
    writer = await RunWriter.start(database, source, request, EXTRACTOR_VERSION)
    released = kept = 0
    # Equal rows of a file without ids were refused one by one: together they are numbered as they were there.
    ordinals = Ordinals()
    try:
        async for rows in to_retry(database, source, last, kind):
            batch = _read_again(source, rows, columns, ordinals)
            released += len(batch.released)
            kept += len(batch.refused)
            await writer.write(batch)
    except BaseException:
        await writer.finish("failed")
        raise
    counts = await writer.finish()
    # What could be read, but was refused by the database again, has not left.
    return Retried(source, counts, released - (counts.quarantined - kept))


def _read_again(source: str, rows: Sequence[Retriable], columns: Mapping[str, str], ordinals: Ordinals) -> Batch:
    """The records of some refused ones; a row leaves quarantine when all that it holds can be read."""
    whole = Gathered()
    refused: list[Refused] = []
    released: list[UUID] = []
    for row in rows:
        read = _gathered(source, row, columns, ordinals)
        if read.refused or not len(read):
            # It stays as it is: the raw form that is kept is that of its first refusal.
            refused.append(read.refused[0] if read.refused else Refused("missing_data", "It holds no record.", row.raw))
            continue
        whole += read
        released.append(row.id)
    whole.refused = [_as_it_was(each, row) for each, row in _with_rows(refused, rows, released)]
    batch, _ = Unprepared.all_of(whole).batch()
    return replace(batch, released=released)


def _with_rows(
    refused: Sequence[Refused], rows: Sequence[Retriable], released: Sequence[UUID]
) -> Iterator[tuple[Refused, Retriable]]:
    left = set(released)
    return zip(refused, (row for row in rows if row.id not in left), strict=True)


def _as_it_was(refused: Refused, row: Retriable) -> Refused:
    """The refusal under the raw form and context of the first one, so that it is found to be there already."""
    place = str(row.context.get("place", ""))
    context = {name: value for name, value in row.context.items() if name != "place"}
    return Refused(refused.reason, refused.detail, row.raw, place, context)


def _gathered(source: str, row: Retriable, columns: Mapping[str, str], ordinals: Ordinals) -> Gathered:
    context = row.context
    observed_at = context.get("observed_at")
    options = Options(
        dict(columns) or context.get("map") or {},
        datetime.fromisoformat(observed_at) if observed_at else row.created_at,
    )
    records = _records(source, row, options)
    return Gathering(records, context.get("video_id"), {}, ordinals).next() or Gathered()


def _records(source: str, row: Retriable, options: Options) -> Iterator[Record]:
    context: Mapping[str, Any] = row.context
    if context.get("form") == "record":
        # It was read, and refused by a rule of ours or of the database: that rule may have changed.
        kind: type[Any] = _KINDS.get(context.get("kind"), Comment)
        yield msgspec.json.decode(row.raw, type=kind)
        return
    yield from read_again(source, row.raw, context, options)
