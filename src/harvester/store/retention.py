"""Deletes what is older than it may be kept, in batches that nobody has to wait for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Database
from harvester.store.statements import statements

BATCH_SIZE = 10_000
"""Rows of each kind a transaction: importers wait for it."""
_SQL = statements("retention")


@dataclass(frozen=True, slots=True)
class Deleted:
    """Rows that are gone, by kind."""

    mentions_deleted: int = 0
    comments_deleted: int = 0
    videos_deleted: int = 0
    domains_deleted: int = 0
    creators_deleted: int = 0
    ads_deleted: int = 0

    def __add__(self, other: Deleted) -> Deleted:
        return Deleted(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


async def clean_up(
    database: Database,
    days_to_keep: int,
    *,
    batch_size: int = BATCH_SIZE,
    progress: Callable[[Deleted], None] = lambda _: None,
) -> Deleted:
    """Delete what was discovered more than so many days ago, a transaction a batch; what was deleted in all.

    An interruption leaves the batches before it deleted; the next run goes on.
    Domains with a verdict or a note stay with their evidence, and comments that have replies stay. So does what is
    still collected: a video that is harvested with its comments of the last visits, an ad that is listed. Sightings go
    with the video, creator or ad in which they stand.
    """
    total = Deleted()
    while (batch := await _batch(database, days_to_keep, batch_size)) != Deleted():
        total += batch
        progress(total)
    return total


async def _batch(database: Database, days_to_keep: int, batch_size: int) -> Deleted:
    async def work() -> Deleted:
        async with database.transaction(WORKER) as connection:
            cursor = await connection.execute(_SQL["cleanup_batch"], {"days": days_to_keep, "rows": batch_size})
            row = await cursor.fetchone()
            assert row is not None, "the function returns one row"
            return Deleted(**row)

    return await attempted(work, "A batch could not be deleted")
