"""The SQL of this room, read from `queries/<noun>.sql`: one place, each statement with its name and purpose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, LiteralString

from psycopg.sql import Composed

from harvester.store.database import Connection

_MARK = "-- name: "


@cache
def statements(noun: str) -> dict[str, LiteralString]:
    """All statements of `queries/<noun>.sql` by name.

    A statement begins at a line `-- name: <name>`; the comment lines below it say what it is for.
    The texts are ours and part of the program, which is what psycopg's `LiteralString` asks for.
    """
    text = files("harvester.store").joinpath("queries", f"{noun}.sql").read_text(encoding="utf-8")
    named: dict[str, LiteralString] = {}
    for part in text.split(_MARK)[1:]:
        name, _, body = part.partition("\n")
        named[name.strip()] = body.strip()
    return named


async def counted(
    connection: Connection, statement: LiteralString | Composed, parameters: Mapping[str, Any] | None = None
) -> int:
    """Execute a statement that gives one row, a number `n`; that number."""
    row = await (await connection.execute(statement, parameters)).fetchone()
    assert row is not None, "an aggregate gives one row"
    return int(row["n"])


async def copied(connection: Connection, statement: LiteralString, block: bytes) -> None:
    """Execute a COPY with its block; nothing where that is empty."""
    if block:
        async with connection.cursor() as cursor, cursor.copy(statement) as copy:
            await copy.write(block)
