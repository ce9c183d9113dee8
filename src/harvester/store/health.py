"""The state of the database in figures: sizes and growth, indexes, dead rows, cost of triggers and statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, TypeVar

from psycopg import AsyncConnection, errors
from psycopg.rows import TupleRow, dict_row

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Database, connect
from harvester.store.statements import statements

_SQL = statements("health")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class TableHealth:
    """One table: its size, its growth and what it carries along."""

    table_name: str
    row_estimate: int
    total_bytes: int
    index_bytes: int
    week_bytes: int | None
    """Gained in the last 7 days; None while there is no sample before today."""
    month_bytes: int | None
    dead_rows: int
    dead_share: float | None
    vacuumed_at: datetime | None
    analyzed_at: datetime | None
    transaction_age: int
    """Transactions since its oldest row was frozen; at two billion the server stops."""
    row_level_security: bool
    policies: int
    granted_to: Sequence[str]


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """One index: what it costs in space, and whether anybody used it."""

    index_name: str
    table_name: str
    scans: int
    index_bytes: int
    is_unique: bool
    is_valid: bool


@dataclass(frozen=True, slots=True)
class TriggerHealth:
    """The function of one or more triggers."""

    function_name: str
    table_names: str
    calls: int
    total_ms: float


@dataclass(frozen=True, slots=True)
class StatementHealth:
    """One kind of statement, its values left out."""

    statement: str
    calls: int
    mean_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """The server and the database as a whole."""

    version: str
    track_functions: str
    database_bytes: int
    counted_since: datetime
    """All statistics of use are counted since then."""
    connections: int
    most_connections: int


@dataclass(frozen=True, slots=True)
class Health:
    """All of it, at one moment."""

    server: ServerHealth
    tables: Sequence[TableHealth]
    indexes: Sequence[IndexHealth]
    triggers: Sequence[TriggerHealth]
    slow_statements: Sequence[StatementHealth] | None
    """None where pg_stat_statements is not loaded."""


async def read_health(conninfo: str) -> Health:
    """Take today's sample of sizes and read the figures, as the role of the address: it sees the most."""
    async with await connect(conninfo) as connection:
        await connection.execute(_SQL["sample"])
        (server,) = await _rows(connection, _SQL["server"], ServerHealth)
        return Health(
            server,
            await _rows(connection, _SQL["tables"], TableHealth),
            await _rows(connection, _SQL["indexes"], IndexHealth),
            await _rows(connection, _SQL["triggers"], TriggerHealth),
            await _slow_statements(connection),
        )


async def sample_sizes(database: Database) -> None:
    """Keep today's size of each table, once a day."""

    async def work() -> None:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_SQL["sample"])

    await attempted(work, "Today's sizes could not be kept")


async def _slow_statements(connection: AsyncConnection[TupleRow]) -> list[StatementHealth] | None:
    row = await (await connection.execute(_SQL["has_slow_statements"])).fetchone()
    if row is None or not row[0]:
        return None
    try:
        return await _rows(connection, _SQL["slow_statements"], StatementHealth)
    except (errors.ObjectNotInPrerequisiteState, errors.InsufficientPrivilege):
        # The view is there, but the library was not loaded at the server's start, or is not for this role.
        return None


async def _rows(connection: AsyncConnection[TupleRow], statement: LiteralString, kind: type[Row]) -> list[Row]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement)
        return [kind(**row) for row in await cursor.fetchall()]
