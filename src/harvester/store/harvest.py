"""Harvests: the videos whose comments are collected, each again as its activity warrants, a page at a time.

Whoever works on one has it in hand as `store/holding.py` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.holding import change_row, take_row
from harvester.store.run import BatchCounts
from harvester.store.statements import statements

_SQL = statements("harvest")


@dataclass(frozen=True, slots=True)
class HarvestRow:
    """One video to be harvested, with all that going on with it takes."""

    id: UUID
    """Of the harvest."""
    video_id: str
    """TikTok's."""
    discovery_id: UUID | None
    is_due: bool
    due_at: datetime | None
    """None for never again."""
    cursor: Mapping[str, Any] | None
    """Where to go on; None while no harvest is under way."""
    run_id: UUID | None
    harvest_count: int
    request_count: int
    comment_count: int
    """New ones that its harvests brought."""
    mention_count: int
    quiet_count: int
    """Harvests in a row that brought nothing new."""
    missing_count: int
    last_harvested_at: datetime | None
    recounted_at: datetime | None
    """When TikTok was last asked how many comments it has, without harvesting it."""
    since_last: timedelta | None
    posted_at: datetime | None
    since_posted: timedelta | None
    listed_count: int | None
    """Comments that TikTok says the video has."""
    is_promoted: bool
    discovery: str | None = None
    """The name of the discovery, where due ones are listed."""


async def enrol(connection: Connection, video_ids: Sequence[str], discovery_id: UUID | None = None) -> int:
    """Have stored videos harvested from now on; how many are so for the first time.

    `video_ids` are TikTok's; those that are enrolled already stay as they are, with the discovery that found them.
    """
    if not video_ids:
        return 0
    asked = {"video_ids": list(video_ids), "discovery_id": discovery_id}
    return (await connection.execute(_SQL["enrol"], asked)).rowcount


async def look_up(database: Database, video_id: str) -> HarvestRow | None:
    """The harvest of one video by TikTok's id; None where it is not enrolled."""

    async def work() -> HarvestRow | None:
        async with database.transaction(WORKER) as connection:
            row = await (await connection.execute(_SQL["harvest_by_video"], {"video_id": video_id})).fetchone()
            return HarvestRow(**row) if row is not None else None

    return await attempted(work, "The harvest could not be read")


async def take(
    database: Database,
    harvest_id: UUID,
    run_id: UUID,
    cursor: Mapping[str, Any],
    *,
    read: Mapping[str, Any] | None,
) -> bool:
    """Begin a harvest, or take it from whoever had it; `cursor` holds the new `mark`.

    `read` is the cursor as it was read. False where it is another by now: somebody else has it, or it is gone.
    """
    return await take_row(database, _SQL["take_harvest"], harvest_id, run_id, cursor, read)


async def advance(
    connection: Connection,
    harvest_id: UUID,
    mark: str,
    cursor: Mapping[str, Any],
    counts: BatchCounts,
    *,
    requests: int = 1,
    seen: bool = True,
) -> None:
    """Note where to go on and count a page, for its discovery as well; in the page's own transaction.

    A page that had rows proves that the video is there; without any it was not `seen`. Raises psycopg.Rollback, which
    undoes that, where the harvest bears another mark or is gone.
    """
    moved = {
        "id": harvest_id, "mark": mark, "cursor": Jsonb(dict(cursor)), "requests": requests,
        "comments": counts.stored, "mentions": counts.mentions, "seen": seen,
    }  # fmt: skip
    await change_row(connection, _SQL["advance_harvest"], moved)


async def finish(
    connection: Connection, harvest_id: UUID, mark: str, *, new: int, read: Sequence[str], wait: timedelta | None
) -> None:
    """It came to its end with so many new comments, and is due again after `wait`; None for never.

    `read` are TikTok's ids of the comments whose replies were read to the end. Raises psycopg.Rollback as `advance`
    does.
    """
    ended = {"id": harvest_id, "mark": mark, "is_quiet": new == 0, "read": list(read), "wait": wait}
    await change_row(connection, _SQL["finish_harvest"], ended)


async def short_threads(connection: Connection, harvest_id: UUID, most: int) -> list[str]:
    """TikTok's ids of comments with replies that are not stored, those with the most replies first."""
    rows = await (await connection.execute(_SQL["short_threads"], {"id": harvest_id, "most": most})).fetchall()
    return [row["comment_id"] for row in rows]


async def mark_present(connection: Connection, video_ids: Sequence[str]) -> int:
    """These videos, by TikTok's ids, were seen: how many of them had been missed, and are active and due again."""
    seen = {"video_ids": list(video_ids)}
    await connection.execute(_SQL["revive_videos"], seen)
    return (await connection.execute(_SQL["revive_harvests"], seen)).rowcount
