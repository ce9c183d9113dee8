"""Refused records: looked through by people, and read again after a mapping was mended."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from harvester.errors import NotFound
from harvester.model import Page
from harvester.store.database import WORKER, Connection, Database
from harvester.store.paging import decode_cursor, encode_cursor
from harvester.store.statements import statements

MOST_ROWS = 1_000
_PREFIX = re.compile(r"[0-9a-f-]{6,36}")
_RETRIED_AT_ONCE = 1_000
_SQL = statements("quarantine")


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """One refused record, without its raw form."""

    id: UUID
    source: str
    reason: str
    detail: str
    place: str | None
    """Where in its file it stood."""
    file: str | None
    raw_bytes: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class QuarantinedRecord(QuarantineRow):
    """One refused record with all that is known of it."""

    run_id: UUID
    sha256: str
    raw: bytes
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QuarantineCount:
    """How many records of a source were refused for one reason."""

    source: str
    reason: str
    records: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Retriable:
    """What reading a refused record again takes."""

    id: UUID
    raw: bytes
    context: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """Which refused records are meant: all, those of a source, of a reason, or one."""

    source: str | None = None
    reason: str | None = None
    id: UUID | None = None


async def list_quarantine(
    connection: Connection, kind: Kind, *, limit: int = 50, after: str | None = None
) -> Page[QuarantineRow]:
    """One page of refused records, newest first; raises InvalidCursor for an `after` that no page gave."""
    limit = max(1, min(limit, MOST_ROWS))
    parameters: dict[str, Any] = {"source": kind.source, "reason": kind.reason, "limit": limit + 1}
    condition = sql.SQL("true")
    if after is not None:
        parameters["value"], parameters["id"] = decode_cursor(after, "created", datetime)
        condition = sql.SQL("(created_at, id) < (%(value)s, %(id)s)")
    statement = sql.SQL(_SQL["list_quarantine"]).format(after=condition)
    rows = [QuarantineRow(**row) for row in await (await connection.execute(statement, parameters)).fetchall()]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor("created", last.created_at, last.id) if last else None)


async def quarantined_record(connection: Connection, prefix: str) -> QuarantinedRecord:
    """One refused record by its id or the beginning of it; raises NotFound where that is not one record."""
    hint = "Take an id from: harvester quarantine list"
    if not _PREFIX.fullmatch(prefix.lower()):
        raise NotFound(f"{prefix} is no id of a refused record.", hint=hint)
    cursor = await connection.execute(_SQL["quarantined_record"], {"prefix": prefix.lower()})
    rows = await cursor.fetchall()
    if not rows:
        raise NotFound(f"No refused record has the id {prefix}.", hint=hint)
    if len(rows) > 1:
        raise NotFound(f"Several refused records have ids that begin with {prefix}.", hint="Say more of it.")
    return QuarantinedRecord(**rows[0])


async def quarantine_counts(connection: Connection) -> list[QuarantineCount]:
    """How many records are refused, by source and reason, the most first."""
    rows = await (await connection.execute(_SQL["quarantine_counts"])).fetchall()
    return [QuarantineCount(**row) for row in rows]


async def sources_to_retry(database: Database, kind: Kind) -> list[tuple[str, UUID]]:
    """The sources that have such records, each with the last of them."""
    asked = {"source": kind.source, "reason": kind.reason, "id": kind.id}
    async with database.transaction(WORKER) as connection:
        rows = await (await connection.execute(_SQL["quarantine_extent"], asked)).fetchall()
    return [(row["source"], row["last"]) for row in rows]


async def to_retry(database: Database, source: str, last: UUID, kind: Kind) -> AsyncIterator[list[Retriable]]:
    """The refused records of one source, up to `last`, some at a time; each transaction is short."""
    asked = {"source": source, "reason": kind.reason, "id": kind.id, "last": last, "limit": _RETRIED_AT_ONCE}
    after = UUID(int=0)
    while True:
        async with database.transaction(WORKER) as connection:
            cursor = await connection.execute(_SQL["quarantine_to_retry"], {**asked, "after": after})
            rows = [Retriable(**row) for row in await cursor.fetchall()]
        if not rows:
            return
        yield rows
        after = rows[-1].id
