"""Discoveries: saved queries that find videos and ads, each asked again on its schedule, a page at a time.

Whoever works on one has it in hand as `store/holding.py` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from harvester.errors import NameTaken, NotFound
from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.holding import change_row, take_row
from harvester.store.ids import uuid7
from harvester.store.run import BatchCounts
from harvester.store.statements import statements

DiscoverySource = Literal["research_videos", "commercial_contents", "ads"]
"""Which API is asked for what."""
_SQL = statements("discovery")


@dataclass(frozen=True, slots=True)
class DiscoveryRow:
    """One discovery with all that going on with it takes."""

    id: UUID
    name: str
    source: DiscoverySource
    query: Mapping[str, Any]
    every_seconds: int
    """From its end to its next beginning."""
    days_back: int
    is_active: bool
    cursor: Mapping[str, Any] | None
    """Where to go on; None while it is not under way."""
    run_id: UUID | None
    due_at: datetime
    begun_at: datetime | None
    last_finished_at: datetime | None
    covered_until: datetime | None
    """When the last one that came to its end began: what was posted by then was looked for."""
    request_count: int
    record_count: int
    video_count: int
    is_due: bool
    today: date
    """Of UTC, by the clock of the database."""


@dataclass(frozen=True, slots=True)
class DiscoveryYield:
    """What a discovery and the harvests of its videos took and brought, as plans are made by it."""

    name: str
    request_count: int
    mention_count: int


@dataclass(frozen=True, slots=True)
class DiscoveryListing:
    """One discovery as people see it, with what it and the harvests of its videos took and brought."""

    name: str
    source: str
    query: Mapping[str, Any]
    every_seconds: int
    days_back: int
    is_active: bool
    is_under_way: bool
    due_at: datetime
    last_finished_at: datetime | None
    requests: int
    records: int
    """Records that its own requests were given, known ones included."""
    videos: int
    """Videos that it was the first to find."""
    comments: int
    """New ones under those videos."""
    mentions: int
    """New ones under those videos, shown and held."""
    domains: int
    """Domains with a shown mention under those videos."""


async def add_discovery(
    database: Database,
    name: str,
    source: DiscoverySource,
    query: Mapping[str, Any],
    *,
    every_seconds: int = 86_400,
    days_back: int = 30,
) -> UUID:
    """Save a query, due at once, and return its key; raises NameTaken where one has that name."""
    key = uuid7()
    made = {
        "id": key, "name": name, "source": source, "query": Jsonb(dict(query)), "every_seconds": every_seconds,
        "days_back": days_back,
    }  # fmt: skip

    async def work() -> DiscoveryRow | None:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_SQL["add_discovery"], made)
            return await _by_name(connection, name)

    saved = await attempted(work, "The discovery could not be saved")
    if saved is None or saved.id != key:
        raise NameTaken(f"There is a discovery {name} already.", hint="See them all: harvester discovery list")
    return key


async def remove_discovery(database: Database, name: str) -> None:
    """Forget a query; the videos that it found go on being harvested. Raises NotFound where no one has that name."""

    async def work() -> bool:
        async with database.transaction(WORKER) as connection:
            return await (await connection.execute(_SQL["remove_discovery"], {"name": name})).fetchone() is not None

    if not await attempted(work, "The discovery could not be removed"):
        raise NotFound(f"There is no discovery {name}.", hint="See them all: harvester discovery list")


async def list_discoveries(connection: Connection) -> list[DiscoveryListing]:
    """All of them by name."""
    return [DiscoveryListing(**row) for row in await (await connection.execute(_SQL["list_discoveries"])).fetchall()]


async def discovery_yields(connection: Connection) -> list[DiscoveryYield]:
    """What each of them took and brought, by name; quicker than the listing."""
    return [DiscoveryYield(**row) for row in await (await connection.execute(_SQL["discovery_yields"])).fetchall()]


async def due_discoveries(connection: Connection, limit: int = 1000) -> list[DiscoveryRow]:
    """The active ones that are to begin or to go on, the longest waiting first."""
    rows = await (await connection.execute(_SQL["due_discoveries"], {"limit": limit})).fetchall()
    return [DiscoveryRow(**row) for row in rows]


async def look_up(database: Database, name: str) -> DiscoveryRow | None:
    """One discovery as it stands; None where no one has that name."""

    async def work() -> DiscoveryRow | None:
        async with database.transaction(WORKER) as connection:
            return await _by_name(connection, name)

    return await attempted(work, "The discovery could not be read")


async def take(
    database: Database,
    discovery_id: UUID,
    run_id: UUID,
    cursor: Mapping[str, Any],
    *,
    read: Mapping[str, Any] | None,
) -> bool:
    """Begin a discovery, or take it from whoever had it; `cursor` holds the new `mark`.

    `read` is the cursor as it was read. False where it is another by now: somebody else has it, or it is gone.
    """
    return await take_row(database, _SQL["take_discovery"], discovery_id, run_id, cursor, read)


async def advance(
    connection: Connection,
    discovery_id: UUID,
    mark: str,
    cursor: Mapping[str, Any],
    counts: BatchCounts,
    *,
    videos: int,
    requests: int = 1,
) -> None:
    """Note where to go on and count a page, which found so many videos first; in the page's own transaction.

    Raises psycopg.Rollback, which undoes that, where the discovery bears another mark or is gone.
    """
    moved = {
        "id": discovery_id, "mark": mark, "cursor": Jsonb(dict(cursor)), "requests": requests,
        "records": counts.fetched, "videos": videos,
    }  # fmt: skip
    await change_row(connection, _SQL["advance_discovery"], moved)


async def finish(connection: Connection, discovery_id: UUID, mark: str) -> None:
    """It came to its end, and is due again after its time; raises psycopg.Rollback as `advance` does."""
    await change_row(connection, _SQL["finish_discovery"], {"id": discovery_id, "mark": mark})


async def _by_name(connection: Connection, name: str) -> DiscoveryRow | None:
    row = await (await connection.execute(_SQL["discovery_by_name"], {"name": name})).fetchone()
    return DiscoveryRow(**row) if row is not None else None
