"""Who has a row of the books in hand: the worker whose mark stands in its cursor.

What advances or finishes such a row names that mark, so that a worker that was taken for dead, and lives, changes
nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database

Cursor = Mapping[str, Any]


async def take_row(
    database: Database, statement: LiteralString, key: UUID, run_id: UUID, cursor: Cursor, read: Cursor | None
) -> bool:
    """Write a cursor with a new `mark` over the one that was `read`; False where it is another by now, or is gone."""
    taken = {
        "id": key, "run_id": run_id, "cursor": Jsonb(dict(cursor)), "mark": cursor["mark"],
        "read": None if read is None else Jsonb(dict(read)),
    }  # fmt: skip

    async def work() -> bool:
        async with database.transaction(WORKER) as connection:
            return await (await connection.execute(statement, taken)).fetchone() is not None

    return await attempted(work, "What is to be collected could not be taken in hand")


async def change_row(connection: Connection, statement: LiteralString, values: Mapping[str, Any]) -> None:
    """Change a row that bears our mark; raises psycopg.Rollback where it bears another, or is gone."""
    if await (await connection.execute(statement, values)).fetchone() is None:
        raise psycopg.Rollback
